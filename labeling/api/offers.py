"""What there is to work on, for programs that label."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import offers
from labeling.api.projects import Page
from labeling.api.records import RecordSerializer
from labeling.models import Project
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
    lease_minutes = serializers.IntegerField()
    review = serializers.ChoiceField(choices=Project.Review.choices)
    review_hours = serializers.IntegerField(help_text="After them silence accepts.")
    seconds = serializers.FloatField(
        allow_null=True, help_text="What a person needs for a task, by those who did some."
    )
    hourly = serializers.CharField(allow_null=True, help_text="What that makes in an hour.")
    requester = serializers.CharField()
    record = RecordSerializer()


class FullOfferSerializer(OfferSerializer):
    instructions = serializers.CharField()
    config = serializers.CharField(help_text="label-studio's XML.")


class OfferFilterSerializer(serializers.Serializer):
    available = serializers.BooleanField(required=False, allow_null=True, default=None)
    eligible = serializers.BooleanField(required=False, allow_null=True, default=None)
    language = serializers.CharField(max_length=8, default="", allow_blank=True)


class OffersView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="offers_list",
        parameters=[
            OpenApiParameter("available", type=bool, description="Work waits for you, or not."),
            OpenApiParameter("eligible", type=bool, description="You meet what is asked, or not."),
            OpenApiParameter("language", description="Open to who speaks it: ISO 639-1."),
            OpenApiParameter("page", type=int),
        ],
        responses=inline_serializer(
            "OfferPage",
            {
                "count": serializers.IntegerField(),
                "next": serializers.CharField(allow_null=True),
                "previous": serializers.CharField(allow_null=True),
                "results": OfferSerializer(many=True),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        """Open projects: those with work for you first, then the newest."""
        wanted = OfferFilterSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        pages = Page()
        found = offers.search(request.user, **wanted.validated_data)
        rows = offers.describe(pages.paginate_queryset(found, request, self), request.user)
        return pages.get_paginated_response(OfferSerializer(rows, many=True).data)


class OfferView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="offers_get", responses=FullOfferSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """What one project asks and pays, with its instructions and configuration."""
        found = offers.get(request.user, project_id=project_id)
        return Response(FullOfferSerializer(found).data)
