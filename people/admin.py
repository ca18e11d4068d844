"""People in the Django admin."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin import EmptyFieldListFilter
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from people import explorer, languages, mails, two_step
from people.models import (
    ApiToken,
    Departure,
    Letter,
    MailCode,
    Notice,
    ProvedWallet,
    User,
    WalletMessage,
)
from people.requests_admin import AskedByLetter

admin.site.unregister(Group)
admin.site.unregister([EmailAddress, Authenticator, UserSession])  # addresses are on the person
admin.site.unregister(AuthToken)  # ours is ApiToken


@admin.register(User)
class UserAdmin(AskedByLetter, DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "pseudonym", "is_labeler", "is_requester", "is_staff", "is_active"]
    list_filter = ["is_labeler", "is_requester", "is_agent", "is_staff", "is_active"]
    search_fields = ["username", "pseudonym", "email"]
    filter_horizontal = []  # two lists side by side are wider than a screen
    actions_detail = ["copy_data", "leave", "stay"]
    readonly_fields = [
        *("pseudonym", "country", "languages", "last_login", "date_joined"),
        *("mail_proved_at", "two_step"),
    ]
    fieldsets = [
        (None, {"fields": ["username", "password", "email", "mail_proved_at", "pseudonym"]}),
        ("Signing in", {"fields": ["two_step"]}),
        ("Roles", {"fields": ["is_labeler", "is_requester", "is_active", "is_staff"]}),
        ("What they say of themselves", {"fields": ["country", "languages", "is_agent"]}),
        ("Admin rights", {"fields": ["is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Another mail address is nobody's until it is proved, and the old one is told."""
        if change and form.initial["email"].lower() != obj.email.lower():
            mails.replace(obj, obj.email)
        super().save_model(request, obj, form, change)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Whose password was changed is told."""
        user = self.get_object(request, unquote(id))
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        if user is not None and user.password != User.objects.get(pk=user.pk).password:
            with languages.spoken_to(user):
                two_step.tell(user, _("The password of your account was changed."))
        return answer


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


class Looked(ModelAdmin):
    """Rows that can be seen and deleted here, never made or changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(Looked):
    """Deleting a token revokes it."""

    list_display = ["name", "user", "created"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    fields = readonly_fields = ["name", "user", "created"]


@admin.register(Authenticator)
class AuthenticatorAdmin(Looked):
    """Second steps and passkeys without their secrets; deleting one helps who lost a phone."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]


@admin.register(ProvedWallet)
class ProvedWalletAdmin(Looked):
    list_display = ["user", "linked", "proved_at", "used_at"]
    list_select_related = ["user"]
    search_fields = ["address", "user__username"]
    fields = readonly_fields = ["linked", "user", "proved_at", "used_at"]

    @admin.display(description="address", ordering="address")
    def linked(self, wallet: ProvedWallet) -> str:
        return explorer.linked(wallet.address)


@admin.register(WalletMessage)
class WalletMessageAdmin(Looked):
    list_display = ["purpose", "linked", "expires_at"]
    fields = readonly_fields = ["linked", "purpose", "said", "expires_at"]

    @admin.display(description="address", ordering="address")
    def linked(self, message: WalletMessage) -> str:
        return explorer.linked(message.address)

    @admin.display(description="text")
    def said(self, message: WalletMessage) -> str:
        return linebreaksbr(explorer.linked(message.text))


@admin.register(MailCode)
class MailCodeAdmin(Looked):
    list_display = ["address", "purpose", "user", "tries_left", "expires_at"]
    list_select_related = ["user"]
    fields = readonly_fields = ["address", "purpose", "user", "tries_left", "expires_at"]


@admin.register(Departure)
class DepartureAdmin(Looked):
    """Who leaves, and who has left: by pseudonym, for nothing else is left of them."""

    list_display = ["user", "state", "asked_at", "asked_by", "due_at", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["user", "asked_by"]
    search_fields = ["user__pseudonym", "user__username"]
    fields = readonly_fields = [
        *("user", "state", "linked", "asked_at", "asked_by", "due_at", "ended_at"),
    ]

    @admin.display(description="wallets")
    def linked(self, departure: Departure) -> str:
        return explorer.linked(" ".join(departure.wallets))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: it is their way to their money."""
        return False


@admin.register(Letter)
class LetterAdmin(Looked):
    """What went out, what waits, and why; never what it says."""

    list_display = ["user", "address", "written_at", "ended_at", "tries", "problem"]
    list_filter = [("ended_at", EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["address", "user__username"]
    fields = readonly_fields = [
        *("user", "address", "written_at", "due_at", "ended_at", "tries", "problem"),
    ]


@admin.register(Notice)
class NoticeAdmin(Looked):
    """What people were told, when, and whether they read it; nobody writes or deletes one here."""

    list_display = ["kind", "user", "at", "read_at", "on_page", "mail_due_at", "letter"]
    list_filter = ["kind", ("read_at", EmptyFieldListFilter)]
    list_select_related = ["user", "letter"]
    search_fields = ["=key", "user__username", "user__pseudonym"]
    fields = readonly_fields = [
        *("user", "kind", "key", "told", "on_page", "at", "read_at", "mail_due_at", "letter"),
    ]

    @admin.display(description="facts")
    def told(self, notice: Notice) -> str:
        rows = ((name, explorer.linked(fact)) for name, fact in notice.facts.items())
        return format_html_join("", "<p>{}: {}</p>", rows)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
