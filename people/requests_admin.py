"""What an admin does for somebody who asked by letter: a copy of their data, and their leaving."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import ActionDialog
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from people import departures
from people.api.leaving import download
from people.errors import PeopleError
from people.models import Departure, User

PEOPLE = "admin:people_user_changelist"


class AskedByLetter:
    """Verbs on a person's page, for admins who may delete people; there is no other deleting."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: money hangs on the row. Who leaves keeps a row without a name."""
        return False

    def has_letter_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("people.delete_user") and _is_person(object_id)

    def has_stay_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self.has_letter_permission(request, object_id):
            return False
        return Departure.objects.filter(user=object_id, state=Departure.State.ASKED).exists()

    @action(description=_("Copy of their data"), url_path="copy", permissions=["letter"])
    def copy_data(self, request: HttpRequest, object_id: Any) -> HttpResponseBase:
        user = User.objects.get(pk=object_id)
        try:
            answer = download(user)
        except PeopleError as error:
            messages.error(request, str(error))
            return redirect("admin:people_user_change", object_id)
        self.log_change(request, user, "copied what is held about them")  # type: ignore[attr-defined]
        return answer

    @action(
        description=_("Delete the account"),
        url_path="leave",
        permissions=["letter"],
        variant=ActionVariant.DANGER,
        dialog=ActionDialog(
            title=_("Delete the account"),
            description=_("As they asked by letter. They can take it back for some days."),
            form_class=BaseDialogForm,
            form_submit_text=_("Delete the account"),
        ),
    )
    def leave(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        user = User.objects.get(pk=object_id)
        try:
            asked = departures.ask(user, by=request.user)
        except PeopleError as error:
            messages.error(request, " ".join([str(error), *_reasons(error)]))
            return _back(request)
        said = _("Tell them this code, it is not shown again: %(code)s opens what they are owed.")
        messages.warning(request, said % {"code": asked.code})
        self.log_change(request, user, "asked to leave, by letter")  # type: ignore[attr-defined]
        return _back(request)

    @action(
        description=_("Keep the account"),
        url_path="stay",
        permissions=["stay"],
        dialog=ActionDialog(
            title=_("Keep the account"),
            description=_("It will not be deleted."),
            form_class=BaseDialogForm,
            form_submit_text=_("Keep the account"),
        ),
    )
    def stay(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        user = User.objects.get(pk=object_id)
        if departures.take_back(user):
            messages.success(request, _("The account stays."))
            self.log_change(request, user, "stays")  # type: ignore[attr-defined]
        return _back(request)


def _is_person(object_id: Any) -> bool:
    """False of an address that names nobody, or no id at all; a list names nobody in particular."""
    try:
        return object_id is None or User.objects.filter(pk=object_id).exists()
    except ValueError:
        return False


def _reasons(error: PeopleError) -> list[str]:
    return [one["message"] for one in error.data.get("reasons", [])]


def _back(request: HttpRequest) -> HttpResponse:
    """To the list of people, also out of a dialog."""
    answer = redirect(PEOPLE)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    return answer
