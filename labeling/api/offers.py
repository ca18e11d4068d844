"""What there is to work on, for programs that label."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api import rendering
from labeling.api.pages import PAGE, Page, page_of
from labeling.api.projects import ExampleSerializer
from labeling.api.records import RecordSerializer
from labeling.content import examples, kinds
from labeling.handout import offers
from labeling.models import Project
from payments import money
from people.permissions import IsLabeler


class OfferSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Project.Kind.choices)
    skill = serializers.CharField(help_text="A test grants it; otherwise reputation counts for it.")
    price = serializers.CharField(help_text='For one accepted answer, as "0.05".')
    paid = serializers.BooleanField(source="is_paid")
    available = serializers.BooleanField(help_text="Work waits for you here.")
    eligible = serializers.BooleanField(help_text="You meet what is asked.")
    state = serializers.CharField(help_text="The same in words.")
    asks = serializers.ListField(child=serializers.CharField())
    unmet = serializers.ListField(
        child=serializers.CharField(), help_text="What keeps you out, a sentence each."
    )
    languages = serializers.ListField(child=serializers.CharField())
    quota = serializers.IntegerField(allow_null=True, help_text="Tasks for one person.")
    quota_left = serializers.IntegerField(allow_null=True, help_text="Those left for you.")
    reputation = serializers.FloatField(
        allow_null=True, help_text="Yours in its skill, or else in all of your work, from 0 to 1."
    )
    lease_minutes = serializers.IntegerField()
    review = serializers.ChoiceField(choices=Project.Review.choices)
    review_hours = serializers.IntegerField(help_text="After them silence accepts.")
    seconds = serializers.FloatField(
        allow_null=True, help_text="What a person needs for a task, by those who did some."
    )
    hourly = serializers.CharField(allow_null=True, help_text="What that makes in an hour.")
    task_bytes = serializers.IntegerField(
        allow_null=True, help_text="Of a task's data and the files that it names."
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(kinds.TITLES)), help_text="What one does."
    )
    requester = serializers.CharField()
    record = RecordSerializer()


class FullOfferSerializer(OfferSerializer):
    instructions = serializers.CharField()
    config = serializers.CharField(help_text="label-studio's XML.")
    examples = serializers.SerializerMethodField()
    practice_count = serializers.SerializerMethodField(
        help_text="Examples that can be practised on, those that are not shown too."
    )

    @extend_schema_field(ExampleSerializer(many=True))
    def get_examples(self, offer: offers.Offer) -> Any:
        rows = [one for one in self.context["examples"] if one.is_shown]
        shown = self.context["shown"]
        return [
            row | {"data": shown(row["data"])} for row in ExampleSerializer(rows, many=True).data
        ]

    def get_practice_count(self, offer: offers.Offer) -> int:
        return len(self.context["examples"])


class AmountField(serializers.CharField):
    """A decimal string at the door, units inside."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return money.parse(super().to_internal_value(data))
        except money.InvalidAmount as error:
            raise serializers.ValidationError(str(error))


class OfferFilterSerializer(serializers.Serializer):
    available = serializers.BooleanField(required=False, allow_null=True, default=None)
    eligible = serializers.BooleanField(required=False, allow_null=True, default=None)
    language = serializers.CharField(max_length=8, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=sorted(kinds.TITLES), default="", allow_blank=True)
    pay = AmountField(source="least_units", required=False, default=None)
    hourly = AmountField(source="least_hourly_units", required=False, default=None)
    seconds = serializers.IntegerField(source="longest_seconds", min_value=1, default=None)


class OffersView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="offers_list",
        parameters=[
            OpenApiParameter("available", type=bool, description="Work waits for you, or not."),
            OpenApiParameter("eligible", type=bool, description="You meet what is asked, or not."),
            OpenApiParameter("language", description="Open to who speaks it: ISO 639-1."),
            OpenApiParameter("kind", enum=sorted(kinds.TITLES)),
            OpenApiParameter("pay", description='At least so much for a task, as "0.05".'),
            OpenApiParameter("hourly", description="At least so much an hour, as measured."),
            OpenApiParameter("seconds", type=int, description="At most so long, as measured."),
            PAGE,
        ],
        responses=page_of(OfferSerializer),
    )
    def get(self, request: Request) -> Response:
        """Open projects: what you can start now first, then the newest."""
        wanted = OfferFilterSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        pages = Page()
        found = offers.search(request.user, offers.Wish(**wanted.validated_data))
        rows = offers.describe(pages.paginate_queryset(found, request, self), request.user)
        return pages.get_paginated_response(OfferSerializer(rows, many=True).data)


class OfferView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="offers_get", responses=FullOfferSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """What one project asks and pays, with its instructions, examples and configuration."""
        found = offers.get(request.user, project_id=project_id)
        project = examples.project_of(project_id)
        context = {"examples": list(project.examples.all()), "shown": rendering.shown_of(project)}
        return Response(FullOfferSerializer(found, context=context).data)
