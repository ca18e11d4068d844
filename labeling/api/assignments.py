"""The labeler's loop: next, submit, return. Lean on purpose: this is the hot path."""

from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.http.request import RawPostDataException
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling import assignments, readers, submissions
from labeling.api import rendering
from labeling.errors import MalformedAnswer, ProjectNotOpen
from labeling.models import Submission
from people.permissions import IsLabeler

ENVELOPE_BYTES = 1024  # of a body, around the answer


class AssignmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    task = serializers.IntegerField()
    data = serializers.DictField(help_text="The task's data.")
    config = serializers.CharField(help_text="The project's XML configuration.")
    instructions = serializers.CharField()
    leased_until = serializers.DateTimeField()


class RegionSerializer(serializers.Serializer):
    id = serializers.CharField(required=False)
    from_name = serializers.CharField()
    to_name = serializers.CharField()
    type = serializers.CharField(help_text="choices, textarea or rating.")
    value = serializers.DictField(help_text='{"choices": […]}, {"text": […]} or {"rating": n}.')


class AnswerSerializer(serializers.Serializer):
    result = RegionSerializer(many=True)


class ReceiptSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    assignment = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Submission.State.choices)
    submitted_at = serializers.DateTimeField()


class SubmittedSerializer(serializers.Serializer):
    submission = ReceiptSerializer()
    next = AssignmentSerializer(
        allow_null=True, required=False, help_text="With ?next=1: the next one, or null."
    )


NOTHING = OpenApiResponse(description="There is nothing for you now.")


class NextView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="assignments_next",
        request=None,
        responses={200: AssignmentSerializer, 204: NOTHING},
    )
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take a task. Who holds one gets the same again; 204 when there is none."""
        lease = assignments.lease(project_id, labeler_id=request.user.pk)
        if lease is None:
            return HttpResponse(status=204)
        return rendering.answer(rendering.assignment(lease))


class SubmitView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="assignments_submit",
        parameters=[
            OpenApiParameter("next", type=int, enum=[0, 1], description="1: also take the next.")
        ],
        request=AnswerSerializer,
        responses={200: SubmittedSerializer, 201: SubmittedSerializer},
    )
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Answer a task you hold. The same answer once more is harmless (200 instead of 201)."""
        receipt = submissions.submit(
            assignment_id, labeler_id=request.user.pk, result=_result(request)
        )
        body: dict[str, Any] = {"submission": rendering.submission(receipt)}
        if request.GET.get("next") in {"1", "true"}:
            body["next"] = _next(receipt.project_id, labeler_id=request.user.pk)
        return rendering.answer(body, status=201 if receipt.is_new else 200)


def _next(project_id: int, *, labeler_id: int) -> dict[str, Any] | None:
    try:
        lease = assignments.lease(project_id, labeler_id=labeler_id)
    except ProjectNotOpen:
        return None
    return rendering.assignment(lease) if lease else None


def _result(request: Request) -> Any:
    limit_bytes = settings.STIPEND_ANSWER_BYTES + ENVELOPE_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit_bytes:
        raise readers.too_large("answer", settings.STIPEND_ANSWER_BYTES)
    try:
        body = orjson.loads(request._request.body)
    except RequestDataTooBig:
        raise readers.too_large("answer", settings.STIPEND_ANSWER_BYTES)
    except (ValueError, RawPostDataException):
        raise MalformedAnswer("The body is not JSON.")
    if not isinstance(body, dict) or "result" not in body:
        raise MalformedAnswer('The body is {"result": [regions]}.')
    return body["result"]


class ReturnView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="assignments_return",
        request=None,
        responses={204: OpenApiResponse(description="Given back.")},
    )
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Give a task back without an answer; somebody else gets it, you do not again."""
        assignments.give_back(assignment_id, labeler_id=request.user.pk)
        return HttpResponse(status=204)
