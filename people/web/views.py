"""Pages of a person's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordChangeView,
    RedirectURLMixin,
)
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import CreateView

from people import profiles, tokens
from people.errors import PeopleError
from people.models import User
from people.web.forms import JoinForm, ProfileForm, RoleFields, SignInForm, TokenForm


class JoinView(RedirectURLMixin, CreateView):
    """A new account, signed in at once; nothing else is asked first."""

    form_class = JoinForm
    template_name = "people/join.html"
    next_page = "/"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return sensitive_post_parameters()(super().dispatch)(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        user = form.save()
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect(self.get_success_url())


class SignInView(LoginView):
    form_class = SignInForm
    template_name = "people/sign_in.html"
    redirect_authenticated_user = True


class SignOutView(LogoutView):
    """Signed out, and nothing of this person stays on the device."""

    next_page = "/?signed-out"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


class PasswordView(PasswordChangeView):
    template_name = "people/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Form) -> HttpResponse:
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Roles and tokens; a fresh token's key is shown on this one answer and never again."""
    if request.method != "POST":
        return _account_page(request)
    roles = RoleFields(request.POST, instance=request.user)
    if roles.is_valid():
        roles.save()
        messages.success(request, "Saved.")
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
    messages.success(request, "Saved.")
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
        messages.success(request, "The token is revoked.")
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
    }
    return render(request, "people/account.html", context, status=status)
