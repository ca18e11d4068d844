"""The settings of a project as a form: what may change while people work, and nothing else."""

import copy
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from unfold.widgets import UnfoldAdminTextInputWidget

from labeling import rules
from labeling.errors import LabelingError
from labeling.models import Project

LISTS = ("languages", "countries_only", "countries_except")


class ProjectForm(forms.ModelForm):
    """Refuses what the API refuses, in the same words."""

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

    def clean(self) -> dict[str, Any]:
        """The settings, tried on a copy of the project."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self.instance.pk:
            try:
                rules.change(copy.copy(self.instance), cleaned)
            except LabelingError as error:
                raise forms.ValidationError(str(error))
        return cleaned
