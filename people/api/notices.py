"""What you were told, and what you want to hear of."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from people import choices, explorer, notices, wordings
from people.models import Notice

IDS_LIMIT = 200  # marked by one request


class NoticeSerializer(serializers.ModelSerializer):
    """`facts` are for programs; `title` and `text` say the same in the request's language."""

    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    path = serializers.SerializerMethodField(help_text="Of the page that it is about.")
    is_read = serializers.SerializerMethodField()
    facts = serializers.DictField()
    links = serializers.SerializerMethodField(
        help_text="In the network's explorer: of each wallet and transfer that is named here."
    )

    class Meta:
        model = Notice
        fields = ["id", "kind", "title", "text", "path", "facts", "links"]
        fields += ["at", "is_read", "read_at"]
        read_only_fields = fields

    def get_title(self, notice: Notice) -> str:
        return wordings.of(notice).title

    def get_text(self, notice: Notice) -> str:
        return wordings.of(notice).text

    def get_path(self, notice: Notice) -> str:
        return wordings.of(notice).path

    def get_links(self, notice: Notice) -> dict[str, str]:
        said = wordings.of(notice)
        return explorer.links(f"{said.title} {said.text} {notice.facts}")

    def get_is_read(self, notice: Notice) -> bool:
        return notice.read_at is not None


class NoticePageSerializer(serializers.Serializer):
    unread = serializers.IntegerField(help_text="Of all notices, counted up to 100.")
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = NoticeSerializer(many=True)


class ListingSerializer(serializers.Serializer):
    unread = serializers.BooleanField(default=False)
    until = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class ReadSerializer(serializers.Serializer):
    """Neither of both: all that there are now."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=IDS_LIMIT,
        required=False,
    )
    until = serializers.DateTimeField(
        required=False, help_text="All that you were told by that moment."
    )


class UnreadSerializer(serializers.Serializer):
    read = serializers.IntegerField(help_text="How many of these had not been read.")
    unread = serializers.IntegerField(help_text="How many are left, counted up to 100.")


class ChoiceSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Notice.Kind.choices)
    page = serializers.BooleanField(required=False, help_text="On this site, and here.")
    mail = serializers.BooleanField(required=False)
    always = serializers.BooleanField(read_only=True, help_text="True where there is no choice.")


class Page(PageNumberPagination):
    """The pages behind the first leave out what came after it: nothing comes twice."""

    page_size = 50
    newest_id: int | None = None  # when the first page was read

    def get_next_link(self) -> str | None:
        link = super().get_next_link()
        return replace_query_param(link, "until", self.newest_id) if link else None


class NoticesView(APIView):
    @extend_schema(
        operation_id="notices_list",
        parameters=[
            OpenApiParameter("page", type=int),
            OpenApiParameter("unread", type=bool, description="Only those not read."),
            OpenApiParameter(
                "until", type=int, description="None newer than this id: `next` says it."
            ),
        ],
        responses=NoticePageSerializer,
    )
    def get(self, request: Request) -> Response:
        """What you were told, the newest first: the order stays while you mark what you read.

        With `unread` the list grows shorter by that: mark them behind its last page.
        """
        wanted = ListingSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        pages, found = Page(), notices.told(request.user)
        pages.newest_id = wanted.validated_data.get("until") or notices.newest_id(request.user)
        found = found.filter(pk__lte=pages.newest_id)
        if wanted.validated_data["unread"]:
            found = found.filter(read_at=None)
        rows: Any = pages.paginate_queryset(found, request, self)
        answer = pages.get_paginated_response(NoticeSerializer(rows, many=True).data)
        answer.data = {"unread": notices.unread_count(request.user), **answer.data}
        return answer


class ReadView(APIView):
    @extend_schema(operation_id="notices_read", request=ReadSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        """Mark notices as read: some by their ids, or all. Read before is read."""
        wanted = ReadSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        if "ids" in given:
            count = notices.read(request.user, given["ids"])
        else:
            count = notices.read_all(request.user, until=given.get("until", timezone.now()))
        return Response({"read": count, "unread": notices.unread_count(request.user)})


class ChoicesView(APIView):
    @extend_schema(
        operation_id="notices_preferences",
        responses=ChoiceSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What you want to hear of, kind by kind, on your page and by mail."""
        return _choices(request)

    @extend_schema(
        operation_id="notices_preferences_change",
        request=ChoiceSerializer,
        responses=ChoiceSerializer(many=True),
    )
    def patch(self, request: Request) -> Response:
        """Change it for one kind; what is left out stays. Mails go to a proved address alone."""
        wanted = ChoiceSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        choices.change(request.user, **wanted.validated_data)
        return _choices(request)


def _choices(request: Request) -> Response:
    return Response(ChoiceSerializer(choices.of(request.user), many=True).data)
