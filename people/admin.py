"""People in the Django admin."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from people.models import ApiToken, User
from people.web.forms import AdminSignInForm

admin.site.login_form = AdminSignInForm
admin.site.unregister(Group)
admin.site.unregister(AuthToken)  # ours is ApiToken


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "pseudonym", "is_labeler", "is_requester", "is_staff", "is_active"]
    list_filter = ["is_labeler", "is_requester", "is_agent", "is_staff", "is_active"]
    search_fields = ["username", "pseudonym", "email"]
    readonly_fields = ["pseudonym", "country", "languages", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "email", "pseudonym"]}),
        ("Roles", {"fields": ["is_labeler", "is_requester", "is_active", "is_staff"]}),
        ("What they say of themselves", {"fields": ["country", "languages", "is_agent"]}),
        ("Admin rights", {"fields": ["is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """Tokens can be seen and revoked here, never made or changed."""

    list_display = ["name", "user", "created"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    fields = readonly_fields = ["name", "user", "created"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False
