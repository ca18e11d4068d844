"""The form that asks for a payout."""

from typing import Any

from django import forms

from payments import addresses, money
from payments.errors import PaymentsError


class PayoutForm(forms.Form):
    """Amount and wallet as a person writes them; `key` makes a second click harmless."""

    amount = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    address = forms.CharField(
        label="Wallet address",
        max_length=64,
        widget=forms.TextInput(
            attrs={"placeholder": "0x…", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        if "key" in self.errors:  # nobody sees the errors of a hidden field
            raise forms.ValidationError("This page is too old. Reload it and try again.")
        return self.cleaned_data

    def clean_amount(self) -> int:
        return _checked(money.parse, self.cleaned_data["amount"].strip().replace(",", "."))

    def clean_address(self) -> str:
        return _checked(addresses.parse, self.cleaned_data["address"].strip())


def _checked(parse: Any, text: str) -> Any:
    try:
        return parse(text)
    except (PaymentsError, money.InvalidAmount) as error:
        raise forms.ValidationError(str(error))
