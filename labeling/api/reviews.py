"""A project's review: the queue, one answer at a time, and many at once."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.submissions import IsReviewer, RejectionSerializer, SubmissionSerializer
from labeling.models import Case, Submission
from labeling.review import reviewers, reviews

IDS_LIMIT = 1000
ROWS_LIMIT = 200
AFTER = OpenApiParameter("after", type=str, description="What `next` or `after` said before.")


class ReviewSerializer(SubmissionSerializer):
    """An answer with the data it is about and what quality control makes of it."""

    data = serializers.JSONField(source="task.data")
    consensus = serializers.JSONField(source="task.consensus")
    consensus_by = serializers.CharField(source="task.consensus_by")
    confidence = serializers.FloatField(source="task.confidence")
    expected = serializers.JSONField(
        source="task.expected", help_text="The known answer, where there is one."
    )
    reputation = serializers.FloatField(help_text="Its labeler's, from 0 to 1.")

    class Meta(SubmissionSerializer.Meta):
        fields = [
            *SubmissionSerializer.Meta.fields,
            *("data", "consensus", "consensus_by", "confidence", "expected", "reputation"),
        ]
        read_only_fields = fields


class QueueSerializer(serializers.Serializer):
    results = ReviewSerializer(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="The following page: ?after=…; null on the last."
    )


class OtherSerializer(serializers.ModelSerializer):
    completed_by = serializers.CharField(source="labeler.pseudonym")

    class Meta:
        model = Submission
        fields = ["id", "completed_by", "result", "state", "score"]
        read_only_fields = fields


class LookSerializer(serializers.Serializer):
    submission = ReviewSerializer()
    others = OtherSerializer(many=True, help_text="Some other answers to the same task.")
    reputation = serializers.FloatField(help_text="The labeler's, from 0 to 1.")
    after = serializers.CharField(source="cursor", help_text="To leave it: next/?after=….")


class ChosenSerializer(serializers.Serializer):
    """Exactly one of the three."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=IDS_LIMIT,
        required=False,
    )
    minimum_score = serializers.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        help_text="Answers that agree so much with the consensus and carry no signal.",
    )
    all = serializers.BooleanField(required=False, help_text="true: whatever is undecided.")

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in attributes if attributes[name] is not False]
        if len(named) != 1:
            raise ValidationError(_("Say one of ids, minimum_score and all."), code="choose_one")
        return attributes


class LeftOutSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    why = serializers.ChoiceField(
        choices=[(why.value, why.name.lower()) for why in reviews.Why],
        help_text="already_judged: it has its verdict; own_answer: nobody judges their own; "
        "not_found: it is no answer of this project.",
    )


class AcceptedSerializer(serializers.Serializer):
    accepted = serializers.IntegerField(source="count")
    is_more = serializers.BooleanField(help_text="More of them wait: call again.")
    left_out = LeftOutSerializer(
        many=True, help_text="Those of `ids` that were not accepted, and do not wait either."
    )


class RejectedIdsSerializer(RejectionSerializer):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=IDS_LIMIT,
    )


class CaseSerializer(serializers.ModelSerializer):
    labeler = serializers.CharField(source="labeler.pseudonym")
    submissions = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Case
        fields = [
            *("id", "labeler", "reason", "note", "state", "submissions", "appealable_until"),
        ]
        read_only_fields = fields


class QueueView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="review_queue",
        parameters=[AFTER, OpenApiParameter("limit", type=int)],
        responses=QueueSerializer,
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Answers that wait for a look, those that need it most first: with a signal, then to
        gold that was missed, then of a low score, then the oldest."""
        project = reviewers.project_of(project_id, reviewer=request.user)
        page = reviews.queue(
            project,
            reviewer=request.user,
            after=request.query_params.get("after", ""),
            limit=_limit(request),
        )
        rows = ReviewSerializer(page.rows, many=True).data
        return Response({"results": rows, "next": page.next or None})


def _limit(request: Request) -> int:
    field = serializers.IntegerField(min_value=1, max_value=ROWS_LIMIT)
    try:
        return field.run_validation(request.query_params.get("limit", reviews.QUEUE_ROWS))
    except ValidationError as error:
        raise ValidationError({"limit": error.detail})


class NextView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="review_next",
        parameters=[AFTER],
        request=None,
        responses={
            200: LookSerializer,
            204: OpenApiResponse(description="Nothing waits, or others look at all of it."),
        },
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Take the answer that needs a look most; other reviewers get others meanwhile."""
        project = reviewers.project_of(project_id, reviewer=request.user)
        after = request.query_params.get("after", "")
        found = reviews.next(project, reviewer=request.user, after=after)
        if found is None:
            return Response(status=204)
        look = reviews.look(found.pk, reviewer=request.user)
        return Response(LookSerializer(look).data)


class AcceptAllView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="review_accept", request=ChosenSerializer, responses=AcceptedSerializer
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Accept many answers: of these ids, of this score without a signal, or all."""
        project = reviewers.project_of(project_id, reviewer=request.user)
        wanted = ChosenSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        chosen = reviews.Chosen(
            ids=wanted.validated_data.get("ids"),
            minimum_score=wanted.validated_data.get("minimum_score"),
        )
        accepted = reviews.accept_all(project, reviewer=request.user, chosen=chosen)
        return Response(AcceptedSerializer(accepted).data)


class RejectAllView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="review_reject",
        request=RejectedIdsSerializer,
        responses=CaseSerializer(many=True),
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Reject many answers for one reason: one case for each labeler, all or none."""
        project = reviewers.project_of(project_id, reviewer=request.user)
        wanted = RejectedIdsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        opened = reviews.reject_all(project, reviewer=request.user, **wanted.validated_data)
        return Response(CaseSerializer(opened, many=True).data)
