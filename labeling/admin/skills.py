"""Skills, and who has them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from labeling.crowd import skills
from labeling.models import Grant, Skill
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Skill)
class SkillAdmin(ReadOnlyAdmin):
    list_display = ["slug", "title", "owner", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["slug", "title", "owner__username"]


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ["skill", "labeler", "value", "source", "granted_at", "revoked_at"]
    list_filter = ["source", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["skill", "labeler"]
    search_fields = ["skill__slug", "labeler__username", "labeler__pseudonym"]
    actions = ["revoke"]

    @admin.action(description="Revoke: not earned again by itself", permissions=["operate"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Grant]) -> None:
        for grant in chosen.select_related("skill", "labeler"):
            skills.revoke(grant.skill, labeler=grant.labeler)
            messages.success(request, f"{grant.labeler} has {grant.skill} no more.")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_grant")
