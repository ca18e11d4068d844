"""The requester looks at answers and decides."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import projects, reviews, submissions
from labeling.api.projects import Page
from labeling.models import Submission
from people.permissions import IsRequester


class SubmissionSerializer(serializers.ModelSerializer):
    completed_by = serializers.CharField(source="labeler.pseudonym")
    leased_at = serializers.DateTimeField(source="assignment.leased_at")

    class Meta:
        model = Submission
        fields = [
            *("id", "assignment", "task", "completed_by", "result", "state", "score"),
            *("leased_at", "submitted_at"),
        ]
        read_only_fields = fields


class RejectionSerializer(serializers.Serializer):
    reason = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text="The labeler reads it."
    )


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Submission.State.choices, required=False)


class SubmissionsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="submissions_list",
        parameters=[
            OpenApiParameter("state", enum=Submission.State.values),
            OpenApiParameter("page", type=int),
        ],
        responses=SubmissionSerializer(many=True),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The answers in your project, newest first."""
        project = projects.owned(project_id, owner=request.user)
        wanted = StateSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = submissions.of_project(project.pk, state=wanted.validated_data.get("state"))
        pages = Page()
        rows = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(SubmissionSerializer(rows, many=True).data)


class AcceptView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="submissions_accept", request=None, responses=SubmissionSerializer)
    def post(self, request: Request, submission_id: int) -> Response:
        """Accept an answer: its labeler is paid at once, exactly once."""
        submission = reviews.accept(submission_id, reviewer=request.user)
        return Response(SubmissionSerializer(submission).data)


class RejectView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="submissions_reject",
        request=RejectionSerializer,
        responses=SubmissionSerializer,
    )
    def post(self, request: Request, submission_id: int) -> Response:
        """Reject an answer, with a reason; its money stays locked."""
        wanted = RejectionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        submission = reviews.reject(
            submission_id, reviewer=request.user, reason=wanted.validated_data["reason"]
        )
        return Response(SubmissionSerializer(submission).data)
