"""What the workshop's buttons share: one verb of a room, then a sentence; a question before it
where money moves, and a page with a form where the verb wants to know more."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from labeling.errors import LabelingError
from payments.errors import PaymentsError
from payments.money import InvalidAmount
from people.errors import PeopleError

REFUSALS = (LabelingError, PaymentsError, PeopleError, InvalidAmount)
YES = "confirmed"  # the name of the answer to the question


def call(shown: Any, request: HttpRequest, verb: Callable[[], Model], *, done: str) -> Model | None:
    """What the verb answers, written into the admin's log; None, and the reason is told, if it
    refuses."""
    try:
        row = verb()
    except REFUSALS as error:
        messages.error(request, str(error))
        return None
    messages.success(request, done)
    shown.log_change(request, row, done)
    return row


def each(
    shown: Any,
    request: HttpRequest,
    rows: Iterable[Model],
    verb: Callable[[Any], Any],
    *,
    done: str,
) -> None:
    """The verb on each of these: `Task 7: done`, or why not."""
    for row in rows:
        name = _named(row)
        try:
            verb(row)
        except REFUSALS as error:
            messages.error(request, f"{name}: {error}")
            continue
        messages.success(request, f"{name}: {done}")
        shown.log_change(request, row, done)


def _named(row: Model) -> str:
    """As a sentence begins."""
    return str(row)[:1].upper() + str(row)[1:]


def asking(
    shown: Any,
    request: HttpRequest,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], Model],
    *,
    title: str,
    done: str,
) -> HttpResponse:
    """The form, until the verb takes what is written in it; then the list of what there is. `done`
    may name what was written: `{skill} is granted.`"""
    if form.is_valid():
        given = form.cleaned_data
        if call(shown, request, lambda: verb(given), done=done.format(**given)) is not None:
            return redirect(f"admin:{shown.opts.app_label}_{shown.opts.model_name}_changelist")
    return page(shown, request, form, title=title)


def page(
    shown: Any, request: HttpRequest, form: forms.Form, *, title: str, about: str = ""
) -> HttpResponse:
    """A form that is posted to its own address."""
    context = {
        **shown.admin_site.each_context(request),
        "form": form,
        "opts": shown.model._meta,
        "title": title,
        "about": about,
    }
    return render(request, "payments/admin/form.html", context)


def asked(
    shown: Any, request: HttpRequest, rows: Iterable[Model], *, title: str, about: str
) -> HttpResponse | None:
    """The question that an action on many rows begins with; None when it was answered with yes."""
    if request.POST.get(YES):
        return None
    kept = [(ACTION_CHECKBOX_NAME, one) for one in request.POST.getlist(ACTION_CHECKBOX_NAME)]
    kept += [(name, request.POST.get(name, "")) for name in ("action", "select_across")]
    context = {
        **shown.admin_site.each_context(request),
        "opts": shown.model._meta,
        "title": title,
        "about": about,
        "rows": rows,
        "kept": [*kept, (YES, "1")],
    }
    return render(request, "labeling/admin/question.html", context)
