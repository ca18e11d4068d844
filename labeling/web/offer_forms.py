"""What a labeler looks for, as a form that works without scripts: its fields are the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.content import kinds
from labeling.handout.offers import Wish
from labeling.web import figures
from payments import money
from people import locales

PRICES = ("0.01", "0.05", "0.25", "1.00")
HOURLY = ("1.00", "3.00", "5.00", "10.00")
SECONDS = (15, 60, 300)
ANY = ("", _("Any"))


class WishForm(forms.Form):
    """Every field may be left open; nonsense in the address is left out, and said so."""

    ready = forms.BooleanField(label=_("Only what I can do now"), required=False)
    kind = forms.ChoiceField(label=_("What to do"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    seconds = forms.TypedChoiceField(label=_("Length, at most"), required=False, coerce=int)
    pay = forms.ChoiceField(label=_("Pay for a task, at least"), required=False)
    hourly = forms.ChoiceField(label=_("Pay in an hour, at least"), required=False)

    def __init__(self, data: Any, *, languages: list[str], is_known: bool) -> None:
        super().__init__(data, auto_id="wish-%s")
        if not is_known:
            del self.fields["ready"]
        names = sorted((locales.language(code), code) for code in languages)
        self.fields["kind"].choices = [ANY, *kinds.TITLES.items()]
        self.fields["language"].choices = [ANY, *((code, name) for name, code in names)]
        self.fields["seconds"].choices = [ANY, *((one, figures.duration(one)) for one in SECONDS)]
        for name, amounts in (("pay", PRICES), ("hourly", HOURLY)):
            written = [(one, money.written(money.parse(one))) for one in amounts]
            self.fields[name].choices = [ANY, *written]

    def wish(self) -> Wish:
        """What is looked for, as far as it makes sense."""
        self.is_valid()
        wanted = self.cleaned_data
        ready = True if wanted.get("ready") else None
        return Wish(
            available=ready,
            eligible=ready,
            kind=wanted.get("kind") or "",
            language=wanted.get("language") or "",
            longest_seconds=wanted.get("seconds") or None,
            least_units=_units(wanted.get("pay")),
            least_hourly_units=_units(wanted.get("hourly")),
        )

    @property
    def is_used(self) -> bool:
        """True if something is looked for."""
        return any(self.data.get(name) for name in self.fields)


def _units(amount: str | None) -> int | None:
    return money.parse(amount) if amount else None
