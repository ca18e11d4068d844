"""The forms that ask for a payout and name a wallet."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import addresses, money
from payments.errors import PaymentsError

WALLET = {
    "placeholder": "0x…",
    "class": "mono",
    "dir": "ltr",
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class PayoutForm(forms.Form):
    """Amount and wallet as a person writes them; `key` makes a second click harmless."""

    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Wallet address"), max_length=64, widget=forms.TextInput(attrs=WALLET)
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        if "key" in self.errors:  # nobody sees the errors of a hidden field
            raise forms.ValidationError(_("This page is too old. Reload it and try again."))
        return self.cleaned_data

    def clean_amount(self) -> int:
        return _checked(money.read, self.cleaned_data["amount"])

    def clean_address(self) -> str:
        return _checked(addresses.parse, self.cleaned_data["address"].strip())


class WalletForm(forms.Form):
    """The address that payouts shall go to."""

    address = forms.CharField(
        label=gettext_lazy("Wallet address"), max_length=64, widget=forms.TextInput(attrs=WALLET)
    )

    def clean_address(self) -> str:
        return _checked(addresses.parse, self.cleaned_data["address"].strip())


class SignatureForm(forms.Form):
    """What the wallet in use signed."""

    signature = forms.CharField(
        label=gettext_lazy("Signature"), max_length=200, widget=forms.TextInput(attrs=WALLET)
    )


def _checked(parse: Any, text: str) -> Any:
    try:
        return parse(text)
    except (PaymentsError, money.InvalidAmount) as error:
        raise forms.ValidationError(str(error))
