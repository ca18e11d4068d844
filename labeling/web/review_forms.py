"""What a reviewer can say: reject, put right, accept many."""

from typing import Any

import orjson
from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.answers import Config
from labeling.answers.choices import Choices
from labeling.answers.control import Control
from labeling.answers.numbers import Rating
from labeling.answers.texts import TEXT_LIMIT, TextArea
from labeling.errors import MalformedAnswer
from labeling.review import reviews
from labeling.review.reviews import Chosen

NOTE_CHARACTERS = 2000
REASONS = [("", _("Choose a reason")), *reviews.REASONS.items()]


class RejectForm(forms.Form):
    """A reason of the list and a note, both read by the labeler."""

    reason = forms.ChoiceField(choices=REASONS)
    note = forms.CharField(
        label=_("What exactly is wrong?"),
        max_length=NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("The labeler reads it, and may appeal."),
    )


class FixForm(forms.Form):
    """The right answer, and what becomes of the answer in review."""

    decision = forms.ChoiceField(
        label=_("And this answer"),
        choices=[("accept", _("is accepted")), ("reject", _("is rejected"))],
        initial="accept",
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(choices=REASONS, required=False)
    note = forms.CharField(
        label=_("What exactly is wrong?"),
        required=False,
        max_length=NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, prefix="fix", **options)

    def result(self) -> Any:
        """The right answer as regions, of what was filled in."""
        raise NotImplementedError

    def wanted(self) -> reviews.Decision:
        """What becomes of the answer in review."""
        if self.cleaned_data["decision"] == "accept":
            return reviews.Decision()
        return reviews.Decision(
            is_accepted=False,
            reason=self.cleaned_data["reason"],
            note=self.cleaned_data["note"],
        )


class DrawnFix(FixForm):
    """Of any controls: the labeling page's own form, drawn by its script, fills it in."""

    is_drawn = True
    regions = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, given: Any = None, **options: Any) -> None:
        written = orjson.dumps(given or []).decode()
        super().__init__(*args, initial={"regions": written}, **options)

    def clean_regions(self) -> Any:
        """What the script wrote; the room checks it against the configuration."""
        try:
            return orjson.loads(self.cleaned_data["regions"])
        except orjson.JSONDecodeError:
            raise forms.ValidationError(str(MalformedAnswer()))

    def result(self) -> Any:
        return self.cleaned_data["regions"]


class PlainFix(FixForm):
    """Of controls that a plain form can ask for, with no script at all."""

    is_drawn = False

    def __init__(self, *args: Any, config: Config, given: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.config = config
        given_values = {region["from_name"]: region["value"] for region in given or []}
        for name, control in config.controls.items():
            self.fields[f"control-{name}"] = _field(control, given_values.get(name))
        self.order_fields([f"control-{name}" for name in config.controls])

    @staticmethod
    def can_ask(config: Config) -> bool:
        """True if every control has a field, and all of them are asked of everybody."""
        return not any(config.conditions.values()) and all(
            isinstance(one, Choices | Rating | TextArea) for one in config.controls.values()
        )

    def answer_fields(self) -> list[forms.BoundField]:
        """Those of the right answer."""
        return [self[f"control-{name}"] for name in self.config.controls]

    def result(self) -> list[dict[str, Any]]:
        """The right answer as regions, of what was filled in."""
        answers = {
            name: _native(control, self.cleaned_data.get(f"control-{name}"))
            for name, control in self.config.controls.items()
        }
        return self.config.result({name: given for name, given in answers.items() if given})


def fix_form(config: Config, data: Any = None, *, given: Any = None) -> FixForm:
    """The form to put an answer right in, filled with what was posted, or with what was given."""
    if PlainFix.can_ask(config):
        return PlainFix(data, config=config, given=given)
    return DrawnFix(data, given=given)


def _field(control: Control, value: dict[str, Any] | None) -> forms.Field:
    common = {"label": control.name.replace("_", " "), "required": control.required}
    match control:
        case Choices(multiple=True):
            return forms.MultipleChoiceField(
                choices=[(one.result, one.words) for one in control.options],
                widget=forms.CheckboxSelectMultiple,
                initial=value["choices"] if value else None,
                **common,
            )
        case Choices():
            return forms.ChoiceField(
                choices=[(one.result, one.words) for one in control.options],
                widget=forms.RadioSelect,
                initial=value["choices"][0] if value else None,
                **common,
            )
        case Rating():
            return forms.IntegerField(
                min_value=1,
                max_value=control.stars,
                initial=value["rating"] if value else None,
                help_text=_("1 to %(stars)s") % {"stars": control.stars},
                **common,
            )
        case TextArea():
            lines = _("One text a line.") if control.submissions_limit > 1 else ""
            return forms.CharField(
                max_length=TEXT_LIMIT,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
                initial="\n".join(value["text"]) if value else "",
                help_text=lines,
                **common,
            )
        case _:
            return forms.CharField(required=False, disabled=True)


def _native(control: Control, cleaned: Any) -> Any:
    """The answer as `Config.result` takes it; nothing for nothing."""
    match control:
        case Choices(multiple=True):
            return tuple(cleaned or ())
        case Choices():
            return (cleaned,) if cleaned else ()
        case TextArea(submissions_limit=1):
            return (cleaned,) if cleaned else ()
        case TextArea():
            return tuple(line.strip() for line in (cleaned or "").splitlines() if line.strip())
        case _:
            return cleaned


class ManyForm(forms.Form):
    """Which answers are to be accepted at once."""

    which = forms.ChoiceField(
        label=_("Accept"),
        choices=[
            ("score", _("those that agree with the consensus and have no signal")),
            ("all", _("everything that is undecided")),
        ],
        initial="score",
        widget=forms.RadioSelect,
    )
    percent = forms.IntegerField(
        label=_("Agreement of at least"),
        min_value=0,
        max_value=100,
        initial=80,
        required=False,
        help_text=_("in a hundred"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("which") == "score" and cleaned.get("percent") is None:
            self.add_error("percent", _("How much must they agree?"))
        return cleaned

    def chosen(self) -> Chosen:
        """The answers meant."""
        if self.cleaned_data["which"] == "all":
            return Chosen()
        return Chosen(minimum_score=self.cleaned_data["percent"] / 100)
