"""Pages of notices: what a person was told, what they want to hear of, and no more mails."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from people import choices, notices, wordings
from people.errors import PeopleError
from people.models import Notice
from people.web import doors

NOTICES_A_PAGE = 20


@doors.own
def notice_list(request: HttpRequest) -> HttpResponse:
    """What this person was told, the unread first."""
    page = Paginator(notices.of(request.user), NOTICES_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"notice": one, "said": wordings.of(one)} for one in page]
    unread_count = notices.unread_count(request.user)
    context = {"page": page, "rows": rows, "now": timezone.now(), "unread_count": unread_count}
    return render(request, "people/notices.html", context)


@doors.own
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """On to what the notice is about, which is read now."""
    notice = notices.of(request.user).filter(pk=notice_id).first()
    if notice is None:
        raise Http404("There is no such notice of yours.")
    notices.read(request.user, [notice.pk])
    return redirect(wordings.of(notice).path or "notices")


@doors.own
@require_POST
def read_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Back to the notices; this one is read."""
    notices.read(request.user, [notice_id])
    return redirect(doors.next_page(request, otherwise="notices"))


@doors.own
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Back to the notices; all that the page knew of are read."""
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is not None and timezone.is_aware(until):
        notices.read_all(request.user, until=until)
    return redirect("notices")


# --- What they want to hear of ------------------------------------------------------------------


class ChoicesForm(forms.Form):
    """Two boxes for each kind: `accepted-page`, `accepted-mail`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Notice.Kind:
            for channel in (choices.PAGE, choices.MAIL):
                self.fields[f"{kind.value}-{channel}"] = forms.BooleanField(required=False)

    def of(self, kind: Notice.Kind) -> dict[str, bool]:
        """What was chosen for this kind, by channel."""
        return {
            channel: self.cleaned_data[f"{kind.value}-{channel}"]
            for channel in (choices.PAGE, choices.MAIL)
        }


@doors.own
def notice_choices(request: HttpRequest) -> HttpResponse:
    """What this person wants to hear of, and where."""
    form = ChoicesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for kind in Notice.Kind:
            if kind not in choices.ALWAYS:
                choices.change(request.user, kind, **form.of(kind))
        messages.success(request, _("Saved."))
        return redirect("notice-choices")
    return render(request, "people/notice_choices.html", {"chosen": choices.of(request.user)})


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mute_mails(request: HttpRequest, token: str) -> HttpResponse:
    """What a mail's link leads to: one button, and for mail programs one POST (RFC 8058).

    The link's signature says who it is, so nobody needs to sign in, and no form of another site
    could name a person by it.
    """
    try:
        kind = choices.mute(token) if request.method == "POST" else choices.muted_kind(token)
    except PeopleError as error:
        context, status = {"problem": str(error)}, error.http_status
    else:
        context, status = {"kind": kind.label, "is_done": request.method == "POST"}, 200
    return render(request, "people/mute_mails.html", context, status=status)
