"""A labeler's own reputation, and what moved it."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.crowd import reputation
from labeling.models import ReputationEvent
from people.permissions import IsLabeler


class ScoreSerializer(serializers.Serializer):
    skill = serializers.CharField(help_text="Empty for all of your work.")
    right = serializers.FloatField(help_text="4 that everybody has, and what your events add.")
    wrong = serializers.FloatField(help_text="1 that everybody has, and what your events add.")
    score = serializers.FloatField(
        help_text="How likely your next answer is right: right / (right + wrong)."
    )
    low = serializers.FloatField(help_text="With 90 % probability it lies above this,")
    high = serializers.FloatField(help_text="and below this.")
    events = serializers.IntegerField(source="events_count")


class ExplanationSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ReputationEvent.Kind.choices)
    sentence = serializers.CharField()
    right = serializers.FloatField(help_text="The weight added for right answers.")
    wrong = serializers.FloatField(help_text="The weight added for wrong answers.")
    counts_right = serializers.FloatField(
        help_text="What of it still counts: older evidence fades. Over all events it adds up to "
        "the score's, without what everybody has."
    )
    counts_wrong = serializers.FloatField(help_text="The same for wrong answers.")
    skill = serializers.CharField()
    submission = serializers.IntegerField(source="submission_id", allow_null=True)
    project = serializers.IntegerField(source="project_id", allow_null=True)
    project_title = serializers.CharField()
    created_at = serializers.DateTimeField()


class ReputationSerializer(serializers.Serializer):
    scores = ScoreSerializer(many=True)
    events = ExplanationSerializer(many=True)
    next = serializers.IntegerField(
        allow_null=True, help_text="Pass it on as `before` for older events; null at the end."
    )


class ReputationQuerySerializer(serializers.Serializer):
    skill = serializers.CharField(max_length=60, default="", allow_blank=True)
    before = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class ReputationView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="reputation_get",
        parameters=[
            OpenApiParameter("skill", description="Only the events of this skill."),
            OpenApiParameter("before", type=int, description="Only events before this one."),
        ],
        responses=ReputationSerializer,
    )
    def get(self, request: Request) -> Response:
        """Your scores, and the events that made them, the newest first."""
        wanted = ReputationQuerySerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = reputation.explain(
            request.user.pk,
            skill=wanted.validated_data["skill"],
            before_id=wanted.validated_data.get("before"),
        )
        body = {
            "scores": reputation.standing(request.user.pk),
            "events": found.events,
            "next": found.next_id,
        }
        return Response(ReputationSerializer(body).data)
