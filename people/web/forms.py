"""Join, sign in, and the account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

from people import attempts, codes, profiles
from people.errors import PeopleError
from people.models import User


class RoleFields(forms.ModelForm):
    """At least one role, or the account could do nothing."""

    class Meta:
        model = User
        fields = ["is_labeler", "is_requester"]
        labels = {"is_labeler": "I want to label", "is_requester": "I have data to be labeled"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("is_labeler") and not cleaned.get("is_requester"):
            raise ValidationError("Choose at least one of the two.", code="no_role")
        return cleaned


class JoinForm(RoleFields):
    """A name and one password (it can be shown, so it need not be typed twice)."""

    username = UsernameField(
        label="Name",
        max_length=40,
        help_text="Requesters never see it.",
    )
    password = forms.CharField(
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters.",
    )

    class Meta(RoleFields.Meta):
        fields = ["username", "is_labeler", "is_requester"]

    field_order = ["username", "password"]

    def clean_username(self) -> str:
        """Names that differ only by capital letters would be mistaken for each other."""
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError("This name is taken.", code="name_taken")
        return username

    def _post_clean(self) -> None:
        super()._post_clean()
        try:
            validate_password(self.cleaned_data.get("password") or "", self.instance)
        except ValidationError as error:
            self.add_error("password", error)

    def save(self, commit: bool = True) -> User:
        self.instance.set_password(self.cleaned_data["password"])
        return super().save(commit)


class SignInForm(AuthenticationForm):
    """Django's form behind our limit on wrong passwords."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"

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
            raise ValidationError("This account is no admin's.", code="not_an_admin")
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


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda item: item[1])


class ProfileForm(forms.Form):
    """What a person says of themselves; all of it may be left open."""

    country = forms.ChoiceField(
        label="Country you work from",
        choices=[("", "I would rather not say"), *_by_name(codes.COUNTRIES)],
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label="Languages you read and write well",
        choices=_by_name(codes.LANGUAGES),
        widget=SeveralSelects,
        required=False,
    )
    is_agent = forms.BooleanField(label="I am a program", required=False)

    def clean_languages(self) -> list[str]:
        try:
            return profiles.language_codes(self.cleaned_data["languages"])
        except PeopleError as error:
            raise ValidationError(str(error), code=error.code)


class TokenForm(forms.Form):
    name = forms.CharField(max_length=60, label="What will use it?")
