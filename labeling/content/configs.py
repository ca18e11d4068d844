"""Parsed configurations, kept per process: a hot request never parses XML.

A configuration never changes under its version, so an entry never goes stale.
"""

from collections import OrderedDict
from dataclasses import dataclass

from labeling.answers import Config, parse
from labeling.models import Project

KEPT_FORMS = 512


@dataclass(frozen=True, slots=True)
class Form:
    """What a labeler is shown besides the data, and what checks their answer."""

    xml: str
    instructions: str
    config: Config


_forms: OrderedDict[tuple[int, int], Form] = OrderedDict()


def form_of(project_id: int, *, version: int) -> Form:
    """The project's form, read from the database when this process sees it first."""
    key = (project_id, version)
    form = _forms.get(key)
    if form is None:
        xml, instructions = Project.objects.values_list("config", "instructions").get(pk=project_id)
        form = Form(xml=xml, instructions=instructions, config=parse(xml))
        _forms[key] = form
        while len(_forms) > KEPT_FORMS:
            _forms.popitem(last=False)
    return form
