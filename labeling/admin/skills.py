"""Skills, and who has them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from labeling.admin import doors
from labeling.admin.order_forms import Called, Number, requester, skill
from labeling.crowd import skills
from labeling.crowd.requirements import VALUE_LIMIT
from labeling.models import Grant, Skill
from payments.admin.readonly import ReadOnlyAdmin
from people.models import User


class SkillForm(forms.Form):
    """Whose, and what it is called."""

    owner = requester()
    slug = forms.CharField(
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text="Small letters, digits and hyphens: what requirements say.",
    )
    title = forms.CharField(max_length=120, widget=UnfoldAdminTextInputWidget)


class GrantForm(forms.Form):
    """What, to whom, how much of it."""

    skill = skill(help_text="Its name in requirements.")
    labeler = Called(
        User.objects.all(), to_field_name="pseudonym", help_text="The name on their answers."
    )
    value = Number(
        min_value=0,
        max_value=VALUE_LIMIT,
        initial=VALUE_LIMIT,
        help_text="It stands as the owner's word: above tests and gold.",
    )


@admin.register(Skill)
class SkillAdmin(ReadOnlyAdmin):
    list_display = ["slug", "title", "owner", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["slug", "title", "owner__username"]
    actions_list = ["create"]

    @action(
        description="Create a skill",
        permissions=["create"],
        variant=ActionVariant.PRIMARY,
        icon="add",
    )
    def create(self, request: HttpRequest) -> HttpResponse:
        return doors.asking(
            *(self, request, SkillForm(request.POST or None)),
            lambda given: skills.create(given["owner"], slug=given["slug"], title=given["title"]),
            title="Create a skill",
            done="{slug} can be granted.",
        )

    def has_create_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("labeling.add_skill")


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ["skill", "labeler", "value", "source", "granted_at", "revoked_at"]
    list_filter = ["source", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["skill", "labeler"]
    search_fields = ["skill__slug", "labeler__username", "labeler__pseudonym"]
    actions = ["revoke"]
    actions_list = ["grant"]

    @action(
        description="Grant a skill",
        permissions=["grant"],
        variant=ActionVariant.PRIMARY,
        icon="school",
    )
    def grant(self, request: HttpRequest) -> HttpResponse:
        return doors.asking(
            *(self, request, GrantForm(request.POST or None)),
            lambda given: skills.grant(
                given["skill"], labeler=given["labeler"], value=given["value"]
            ),
            title="Grant a skill",
            done="{labeler.pseudonym} has {skill} at {value}.",
        )

    @admin.action(description="Revoke: not earned again by itself", permissions=["operate"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Grant]) -> None:
        rows = chosen.select_related("skill", "labeler")
        doors.each(self, request, rows, _revoke, done="is taken back.")

    def has_grant_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("labeling.add_grant")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_grant")


def _revoke(grant: Grant) -> None:
    skills.revoke(grant.skill, labeler=grant.labeler)
