"""Lists that grow at their front, a page at a time."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

PAGE = OpenApiParameter("page", type=int)
UNTIL = OpenApiParameter(
    "until", description="The id of the first row of the first page: `next` says it."
)


class GrowingPage(PageNumberPagination):
    """The pages behind the first one leave out what came after it: no row comes twice."""

    page_size = 50
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
        if link is None or request is None or self.page.number > 1 or self.until_id(request):
            return link
        return replace_query_param(link, "until", self.page[0].id)


class NewestPayouts(GrowingPage):
    """The same for rows that have a UUID."""

    until = serializers.UUIDField()
