"""What an admin writes to make a project in a requester's name, and to load gold and tasks."""

from typing import Any

import orjson
from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from labeling.answers.parser import CONFIG_CHARACTERS
from labeling.models import Project, Skill
from labeling.models.project import INSTRUCTIONS_CHARACTERS
from labeling.models.rules import GOLD_PERCENT_LIMIT, TEST_OVERLAP_LIMIT
from payments import money
from people.models import User

ROWS_BYTES = 5_000_000


class Called(forms.ModelChoiceField):
    """A row by the name that people know it by."""

    widget = UnfoldAdminTextInputWidget


class Number(forms.IntegerField):
    widget = UnfoldAdminIntegerFieldWidget


def requester() -> Called:
    """A requester, by the name they sign in with."""
    found = User.objects.filter(is_requester=True, is_active=True)
    return Called(found, to_field_name="username", help_text="The name they sign in with.")


def skill(**options: Any) -> Called:
    """A skill, by its name in requirements."""
    return Called(Skill.objects.all(), to_field_name="slug", **options)


class NewProjectForm(forms.Form):
    """What never changes, and what an entry test is; the rest is on the project's page.

    `settings` are what `projects.create` asks for, once it is valid; the key makes a second click
    harmless.
    """

    owner = requester()
    title = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)
    kind = forms.ChoiceField(choices=Project.Kind.choices, widget=UnfoldAdminSelectWidget)
    config = forms.CharField(
        max_length=CONFIG_CHARACTERS,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="label-studio's XML.",
    )
    instructions = forms.CharField(
        required=False,
        max_length=INSTRUCTIONS_CHARACTERS,
        strip=False,
        widget=UnfoldAdminTextareaWidget,
    )
    price = forms.CharField(
        max_length=40, widget=UnfoldAdminTextInputWidget, help_text="For one accepted label."
    )
    overlap = Number(
        required=False,
        min_value=1,
        max_value=TEST_OVERLAP_LIMIT,
        help_text="Answers to each task, one if empty; in a test, people asked each question: as "
        "many as may be if it is free.",
    )
    confidence = forms.FloatField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="More answers are asked for until it is reached; empty: the overlap is fixed.",
    )
    overlap_max = Number(
        required=False,
        min_value=1,
        max_value=TEST_OVERLAP_LIMIT,
        help_text="With a confidence: answers asked for at most.",
    )
    skill = skill(required=False, help_text="One of the owner's; a test grants it.")
    quota = Number(
        required=False, min_value=1, help_text="Tasks for each labeler; a test is as long."
    )
    pass_percent = Number(min_value=0, max_value=100, initial=80, help_text="Right, in a test.")
    gold_percent = Number(min_value=0, max_value=GOLD_PERCENT_LIMIT, initial=5)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_price(self) -> int:
        try:
            return money.parse(self.cleaned_data["price"].strip())
        except money.InvalidAmount as error:
            raise forms.ValidationError(str(error), code=error.code)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        granted, owner = cleaned.get("skill"), cleaned.get("owner")
        if granted and owner and granted.owner_id != owner.pk:
            self.add_error("skill", "This is a skill of somebody else.")
        return cleaned

    def settings(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        del given["owner"]
        given |= {"price_units": given.pop("price"), "key": str(given["key"])}
        return {name: value for name, value in given.items() if value is not None}


class RowsForm(forms.Form):
    """A JSON list, as a text or a file; `rows` is it, once it is valid."""

    text = forms.CharField(
        label="JSON", required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 12})
    )
    file = forms.FileField(
        label="Or a file of it", required=False, widget=UnfoldAdminFileFieldWidget
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file and file.size > ROWS_BYTES:
            raise forms.ValidationError("This file is too large.", code="file_too_large")
        try:
            rows = orjson.loads(file.read() if file else cleaned.get("text") or "")
        except ValueError as error:
            raise forms.ValidationError(f"This is no JSON: {error}", code="no_json")
        if not isinstance(rows, list):
            raise forms.ValidationError("Write a list of rows: [ … ].", code="no_list")
        self.rows = rows
        return cleaned
