"""From where to where, how much, and why."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from payments import corrections, money
from payments.models import Account, Purse

KINDS = [(kind.value, f"{kind.value}: {kind.label}") for kind in corrections.KINDS]


class PurseField(forms.CharField):
    """A purse, by its holder's name or its id."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: Any) -> Purse:
        text = super().clean(value).strip()
        found = Purse.objects.filter(holder=text).first()
        if found is None:
            try:
                found = Purse.objects.filter(pk=UUID(text)).first()
            except ValueError:
                found = None
        if found is None:
            raise forms.ValidationError(_("There is no such purse."), code="no_purse")
        return found


class KindField(forms.ChoiceField):
    """One of the accounts that a correction may touch."""

    widget = UnfoldAdminSelectWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=KINDS, **kwargs)


class CorrectionForm(forms.Form):
    """`move` is what it says, once it is valid."""

    source = PurseField(label=_("From the purse"), help_text=_("Its id, or such as person:12."))
    source_kind = KindField(label=_("From the account"))
    target = PurseField(label=_("To the purse"), help_text=_("Its id, or such as project:7."))
    target_kind = KindField(label=_("To the account"))
    amount = forms.CharField(label=_("Amount"), max_length=20, widget=UnfoldAdminTextInputWidget)
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    def clean_amount(self) -> int:
        try:
            return money.parse(self.cleaned_data["amount"].strip())
        except money.InvalidAmount as error:
            raise forms.ValidationError(str(error), code=error.code)

    def move(self) -> corrections.Move:
        found = self.cleaned_data
        return corrections.Move(
            source=Account(purse=found["source"], kind=found["source_kind"]),
            target=Account(purse=found["target"], kind=found["target_kind"]),
            amount_units=found["amount"],
            reason=found["reason"],
        )
