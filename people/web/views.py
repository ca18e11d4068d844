"""Pages of a person's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people import departures, profiles, tokens
from people.errors import PeopleError
from people.models import User
from people.web.forms import ProfileForm, RoleFields, TokenForm


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Roles and tokens; a fresh token's key is shown on this one answer and never again."""
    if request.method != "POST":
        return _account_page(request)
    roles = RoleFields(request.POST, instance=request.user)
    if roles.is_valid():
        roles.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    request.user.refresh_from_db()
    return _account_page(request, roles=roles, status=400)


@never_cache
@login_required
@require_POST
def profile(request: HttpRequest) -> HttpResponse:
    """Back to the account; the person said something of themselves."""
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _account_page(request, profile_form=form, status=400)
    profiles.change(request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("account")


@never_cache
@login_required
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """The account page with the new token on it."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _account_page(request, token_form=form, status=400)
    try:
        key = tokens.issue(request.user, name=form.cleaned_data["name"])
    except PeopleError as error:
        form.add_error(None, str(error))
        return _account_page(request, token_form=form, status=error.http_status)
    return _account_page(request, new_token=key)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_key: str) -> HttpResponse:
    """Back to the account; the token opens nothing any more."""
    if tokens.revoke(request.user, token_key=token_key):
        messages.success(request, _("The token is revoked."))
    return redirect("account")


def _said_by(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in ("country", "languages", "is_agent")}


def _account_page(
    request: HttpRequest,
    *,
    roles: RoleFields | None = None,
    profile_form: ProfileForm | None = None,
    token_form: TokenForm | None = None,
    new_token: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "roles": roles or RoleFields(instance=request.user),
        "profile_form": profile_form or ProfileForm(initial=_said_by(request.user)),
        "token_form": token_form or TokenForm(),
        "new_token": new_token,
        "tokens": request.user.api_tokens.all(),
        "departure": departures.of(request.user),
    }
    return render(request, "people/account.html", context, status=status)
