"""Lists, a page at a time: by number, or for long ones from one id to the next."""

import re
from typing import Any

from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

PAGE = OpenApiParameter("page", type=int)
CURSOR = OpenApiParameter("cursor", description="As in the next of the page before.")
UNTIL = OpenApiParameter(
    "until", description="The id of the first row of the first page: `next` says it."
)
ID = re.compile(r"[0-9]{1,18}")


class Page(PageNumberPagination):
    page_size = 20


class GrowingPage(Page):
    """A list that grows at its front: the pages behind the first leave out what came after it."""

    until: serializers.Field = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def until_id(self, request: Request) -> Any:
        """The row that was the first when the first page was read, as the link says; or None."""
        if "until" not in request.query_params:
            return None
        try:
            return self.until.run_validation(request.query_params["until"])
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"until": error.detail})

    def get_next_link(self) -> str | None:
        """The following page as of the first one; None on the last."""
        link, request = super().get_next_link(), self.request
        if link is None or request is None or self.until_id(request):
            return link
        return replace_query_param(link, "until", self.page[0].id)


class IdPage(CursorPagination):
    """A late page costs what the first one does. Whose ids come first, `ordering` says."""

    page_size = 100

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Where the page begins; raises NotFound for what is no place between two ids."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not ID.fullmatch(cursor.position):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class NewestPage(IdPage):
    """From the newest one back: nothing comes twice or is left out while others are added, or
    leave the list."""

    ordering = "-id"


def page_of(row: type[serializers.Serializer]) -> serializers.Serializer:
    """What a page of such rows is answered as, for the API's description."""
    return _described(row, count=serializers.IntegerField())


def id_page_of(row: type[serializers.Serializer]) -> serializers.Serializer:
    """The same for an `IdPage`, which counts nothing."""
    return _described(row)


def _described(
    row: type[serializers.Serializer], **fields: serializers.Field
) -> serializers.Serializer:
    around = {
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": row(many=True),
    }
    name = row.__name__.removesuffix("Serializer") + "Page"
    return inline_serializer(name, {**fields, **around})
