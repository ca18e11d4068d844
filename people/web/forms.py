"""Join, sign in, and the account."""

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    SetPasswordForm,
    UsernameField,
)
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

from people import attempts, codes, locales, profiles
from people.errors import PeopleError
from people.models import User


class RoleFields(forms.ModelForm):
    """At least one role, or the account could do nothing."""

    class Meta:
        model = User
        fields = ["is_labeler", "is_requester"]
        labels = {
            "is_labeler": _("I want to label"),
            "is_requester": _("I have data to be labeled"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("is_labeler") and not cleaned.get("is_requester"):
            raise ValidationError(_("Choose at least one of the two."), code="no_role")
        return cleaned


class JoinForm(RoleFields):
    """A name, and one way to sign in: a password, a passkey, or a wallet that signed for it.

    One password (it can be shown, so it need not be typed twice). The browser fills in the hidden
    fields when it has made a passkey, or when the wallet has signed.
    """

    username = UsernameField(
        label=_("Name"),
        max_length=40,
        help_text=_("Requesters never see it."),
    )
    email = forms.EmailField(
        label=_("Mail address (optional)"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("To get back in if you lose your password or your phone. Nobody is shown it."),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        required=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters."),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)
    message = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    signature = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta(RoleFields.Meta):
        fields = ["username", "email", "is_labeler", "is_requester"]

    field_order = ["username", "email", "password"]

    def clean_username(self) -> str:
        """Names that differ only by capital letters would be mistaken for each other."""
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This name is taken."), code="name_taken")
        return username

    @property
    def way(self) -> str:
        """How the person wants to sign in: `passkey`, `wallet` or `password`."""
        if self.cleaned_data.get("credential"):
            return "passkey"
        return "wallet" if self.cleaned_data.get("signature") else "password"

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.way != "password":
            return
        try:
            validate_password(self.cleaned_data.get("password") or "", self.instance)
        except ValidationError as error:
            self.add_error("password", error)

    def save(self, commit: bool = True) -> User:
        if self.way == "password":
            self.instance.set_password(self.cleaned_data["password"])
        else:
            self.instance.set_unusable_password()
        return super().save(commit)


class JoinTermsForm(JoinForm):
    """The same before there is a passkey or a signature: may somebody join under this name?"""

    def _post_clean(self) -> None:
        forms.ModelForm._post_clean(self)


class SignInForm(AuthenticationForm):
    """Django's form behind our limit on wrong passwords."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Name")
        self.fields["username"].help_text = _("Or your mail address, if you have proved it.")

    def clean(self) -> dict[str, Any]:
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username and password:
            try:
                self.user_cache = attempts.sign_in(
                    self.request, username=username, password=password
                )
            except PeopleError as error:
                raise ValidationError(str(error), code=error.code)
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class AdminSignInForm(SignInForm, UnfoldAuthenticationForm):
    """The same limit at the admin's own door, for admins alone, in the admin's look."""

    def confirm_login_allowed(self, user: User) -> None:
        if not user.is_staff:
            raise ValidationError(_("This account is no admin's."), code="not_an_admin")
        super().confirm_login_allowed(user)


class SeveralSelects(forms.SelectMultiple):
    """One select for each language chosen, and two more: easier by thumb than one long list."""

    template_name = "people/several_selects.html"
    SPARE = 2

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = list(value or [])
        context["widget"]["selects"] = [*chosen, *[""] * self.SPARE]
        context["widget"]["languages"] = self.choices
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [code for code in super().value_from_datadict(data, files, name) or [] if code]


BEHIND = str.maketrans({"ґ": "г\uffff", "є": "е\uffff", "і": "и\uffff"})


def _countries() -> list[tuple[str, str | Promise]]:
    return [("", _("I would rather not say")), *_by_name(codes.COUNTRIES, locales.country)]


def _languages() -> list[tuple[str, str]]:
    return _by_name(codes.LANGUAGES, locales.language)


def _by_name(known: dict[str, str], named: Callable[[str], str]) -> list[tuple[str, str]]:
    """Codes with their names, in the order of the names: both in the reader's language."""
    return sorted(((code, named(code)) for code in known), key=lambda item: _place(item[1]))


def _place(name: str) -> str:
    """What a name is sorted by: its letters without accents, Ukrainian ones behind their likes."""
    return normalize("NFKD", name.casefold()).translate(BEHIND)


class ProfileForm(forms.Form):
    """What a person says of themselves; all of it may be left open."""

    country = forms.ChoiceField(
        label=_("Country you work from"),
        choices=_countries,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you read and write well"),
        choices=_languages,
        widget=SeveralSelects,
        required=False,
    )
    is_agent = forms.BooleanField(label=_("I am a program"), required=False)

    def clean_languages(self) -> list[str]:
        try:
            return profiles.language_codes(self.cleaned_data["languages"])
        except PeopleError as error:
            raise ValidationError(str(error), code=error.code)


class TokenForm(forms.Form):
    name = forms.CharField(max_length=60, label=_("What will use it?"))


class CredentialForm(forms.Form):
    """What a device answered for a passkey."""

    name = forms.CharField(label=_("Name of the device"), max_length=60, required=False)
    credential = forms.JSONField(widget=forms.HiddenInput)


class SignatureForm(forms.Form):
    """A message of ours and what a wallet made of it."""

    message = forms.CharField(max_length=2000, strip=False, widget=forms.HiddenInput)
    signature = forms.CharField(max_length=5000, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """Digits from a mail or an app, as people type them."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}
        ),
    )


class AppCodeForm(ActivateTOTPForm):
    """The first code of an app that has been given our secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeForm.base_fields["code"]


class ClaimForm(forms.Form):
    """The code that somebody was given when they left."""

    claim = forms.CharField(
        label=_("The code you were given"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono", "dir": "ltr"}
        ),
    )


class MailForm(forms.Form):
    email = forms.EmailField(
        label=_("Mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ResetForm(CodeForm):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters."),
    )


class FirstPasswordForm(SetPasswordForm):
    """Django's, with the one rule that people have to know beforehand, in our words.

    Django's own list of rules is not translated into all of our languages.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _("At least 8 characters.")
        self.fields["new_password2"].help_text = ""


class NewPasswordForm(FirstPasswordForm, PasswordChangeForm):
    """The same, and the old password first."""
