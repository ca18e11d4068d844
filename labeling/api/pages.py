"""Lists, a page at a time: by number, or for long ones from one id to the next."""

import re
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from payments.api import pages

PAGE = OpenApiParameter("page", type=int)
CURSOR = OpenApiParameter("cursor", description="As in the next of the page before.")
UNTIL = pages.UNTIL
ID = re.compile(r"[0-9]{1,18}")


class Page(PageNumberPagination):
    page_size = 20


class GrowingPage(pages.GrowingPage):
    """A list that grows at its front: the pages behind the first leave out what came after it."""

    page_size = Page.page_size


class NewestIds(GrowingPage):
    """The same for rows whose newest have the highest ids."""

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """The page's rows, of those that were there when the first page was read."""
        until_id = self.until_id(request)
        found = queryset if until_id is None else queryset.filter(pk__lte=until_id)
        return super().paginate_queryset(found, request, view)


class NewestCases(GrowingPage):
    """The same for cases, which have UUIDs."""

    until = serializers.UUIDField()


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
