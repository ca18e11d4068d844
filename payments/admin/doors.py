"""What the admin's buttons share: a question first, then one verb of a room, then a sentence.

Nothing happens on a GET: each button opens a dialog, and the dialog's form is posted.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from payments.errors import PaymentsError

REASON_CHARACTERS = 200


class ReasonForm(BaseDialogForm):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_CHARACTERS, widget=UnfoldAdminTextInputWidget
    )


def question(
    title: Any, description: Any, *, form: type[BaseDialogForm] = BaseDialogForm
) -> ActionDialog:
    """What is asked before the verb is called."""
    return ActionDialog(
        title=title, description=description, form_class=form, form_submit_text=title
    )


def is_among(rows: QuerySet[Any], object_id: Any) -> bool:
    """True if the row of an address is one of these; False, too, of what is no id at all."""
    try:
        return rows.filter(pk=object_id).exists()
    except (ValueError, ValidationError):
        return False


def call(request: HttpRequest, verb: Callable[[], Any], *, done: Any) -> bool:
    """True if the verb did it; either way the admin is told."""
    try:
        verb()
    except PaymentsError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def back(request: HttpRequest, where: Any) -> HttpResponse:
    """To a page of the admin, also out of a dialog."""
    if request.headers.get("HX-Request"):
        answer = redirect(where)
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return redirect(where)
