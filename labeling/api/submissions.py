"""The answers in a project, and the verdict on one of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import CURSOR, NewestPage, id_page_of
from labeling.handout import submissions
from labeling.models import Signal, Submission
from labeling.review import reviewers, reviews

NOTE_CHARACTERS = 2000
REASONS = " ".join(f"{code}: {words}" for code, words in reviews.REASONS.items())


class IsReviewer(IsAuthenticated):
    """Signed in, and either with the requester role or asked to review somebody's project."""

    message = _("This needs the requester role, or a project that you were asked to review.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.user.is_requester or reviewers.is_reviewer(request.user)


class SignalSerializer(serializers.ModelSerializer):
    words = serializers.CharField(source="get_kind_display")

    class Meta:
        model = Signal
        fields = ["kind", "words", "detail"]
        read_only_fields = fields


class SubmissionSerializer(serializers.ModelSerializer):
    completed_by = serializers.CharField(source="labeler.pseudonym")
    leased_at = serializers.DateTimeField(source="assignment.leased_at")
    signals = SignalSerializer(many=True)

    class Meta:
        model = Submission
        fields = [
            *("id", "assignment", "task", "completed_by", "result", "state", "score"),
            *("is_gold", "signals", "case", "leased_at", "submitted_at", "decide_until"),
        ]
        read_only_fields = fields


class RejectionSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=100, default="", allow_blank=True, help_text=REASONS)
    note = serializers.CharField(
        max_length=NOTE_CHARACTERS,
        allow_blank=True,
        default="",
        help_text="What exactly is wrong; the labeler reads it.",
    )


class FixSerializer(RejectionSerializer):
    result = serializers.JSONField(help_text="The right answer: a list of regions.")
    accept = serializers.BooleanField(
        default=True, help_text="false: the answer is rejected, with reason and note."
    )


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Submission.State.choices, required=False)


class SubmissionsView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="submissions_list",
        parameters=[
            OpenApiParameter("state", enum=Submission.State.values),
            CURSOR,
        ],
        responses=id_page_of(SubmissionSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The answers in a project that you review, newest first, a page at a time."""
        project = reviewers.project_of(project_id, reviewer=request.user)
        wanted = StateSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = submissions.of_project(project.pk, state=wanted.validated_data.get("state"))
        pages = NewestPage()
        rows = pages.paginate_queryset(found.prefetch_related("signals"), request, self)
        return pages.get_paginated_response(SubmissionSerializer(rows, many=True).data)


class AcceptView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(operation_id="submissions_accept", request=None, responses=SubmissionSerializer)
    def post(self, request: Request, submission_id: int) -> Response:
        """Accept an answer: its labeler is paid at once, exactly once."""
        submission = reviews.accept(submission_id, reviewer=request.user)
        return Response(SubmissionSerializer(submission).data)


class RejectView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="submissions_reject",
        request=RejectionSerializer,
        responses=SubmissionSerializer,
    )
    def post(self, request: Request, submission_id: int) -> Response:
        """Reject an answer, with a reason and a note; its money stays locked, and its labeler
        may appeal."""
        fields = _rejection(request, RejectionSerializer)
        submission = reviews.reject(submission_id, reviewer=request.user, **fields)
        return Response(SubmissionSerializer(submission).data)


class FixView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="submissions_fix", request=FixSerializer, responses=SubmissionSerializer
    )
    def post(self, request: Request, submission_id: int) -> Response:
        """Give the right answer to the task: it is the consensus from now on. The answer in
        review is then accepted, or rejected with a reason and a note."""
        fields = _rejection(request, FixSerializer)
        submission = reviews.fix(
            submission_id,
            reviewer=request.user,
            result=fields.pop("result"),
            decision=reviews.Decision(is_accepted=fields.pop("accept"), **fields),
        )
        return Response(SubmissionSerializer(submission).data)


def _rejection(request: Request, kind: type[RejectionSerializer]) -> dict[str, Any]:
    wanted = kind(data=request.data)
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)
