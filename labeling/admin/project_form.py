"""The settings of a project as a form: what may change while people work, and nothing else."""

import copy
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from labeling.content import examples
from labeling.errors import LabelingError
from labeling.judging import signals
from labeling.models import Example, Project
from labeling.models.rules import SignalKind
from labeling.orders import rules
from people.errors import PeopleError

LISTS = ("languages", "countries_only", "countries_except")

LIMITS = {
    "too_fast_seconds": "That any task takes at least.",
    "too_fast_characters": "A second, that nobody reads.",
    "constant_answers": "The same in a row.",
    "copied_characters": "Of a text; up to them it is the same by chance.",
}


class ProjectForm(forms.ModelForm):
    """Refuses what the API refuses, in the same words."""

    examples = forms.JSONField(
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
        help_text='[{"data": {…}, "result": [regions], "why": "…", "shown": true}, …]',
    )

    class Meta:
        model = Project
        fields = sorted(rules.CHANGEABLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(LISTS) & self.fields.keys():
            self.fields[name] = SimpleArrayField(
                forms.CharField(max_length=8),
                required=False,
                widget=UnfoldAdminTextInputWidget(),
                help_text="ISO codes with commas between them; empty demands nothing.",
            )
        if "signals" in self.fields:
            self.fields["signals"] = forms.MultipleChoiceField(
                choices=SignalKind.choices,
                required=False,
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
                help_text="What asks for a look at an answer; none of it rejects.",
            )
        usual = asdict(signals.Limits.of(Project()))
        for name in self.fields.keys() & usual.keys():
            self.fields[name].help_text = f"{LIMITS[name]} Empty: the deployment's, {usual[name]}."
        if self.instance.pk and "examples" in self.fields:
            shown = [written(one) for one in self.instance.examples.all()]
            self.initial["examples"] = shown

    def clean(self) -> dict[str, Any]:
        """The settings, tried on a copy of the project."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self.instance.pk:
            settings = {name: cleaned[name] for name in cleaned if name != "examples"}
            try:
                rules.change(copy.copy(self.instance), settings)
            except (LabelingError, PeopleError) as error:
                raise forms.ValidationError(str(error))
        return cleaned

    def clean_examples(self) -> Any:
        """A list that the project's form takes."""
        rows = self.cleaned_data["examples"] or []
        try:
            examples.checked(self.instance, rows)
        except LabelingError as error:
            row = error.data.get("row")
            raise forms.ValidationError(f"Example {row}: {error}" if row else str(error))
        return rows


def written(one: Example) -> dict[str, Any]:
    """An example as the field and the API write it."""
    return {"data": one.data, "result": one.result, "why": one.why, "shown": one.is_shown}
