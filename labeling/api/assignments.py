"""The labeler's loop: next, submit, return. Lean on purpose: this is the hot path."""

from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.http.request import RawPostDataException
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling.api import rendering
from labeling.errors import (
    AnswerTooLarge,
    Barred,
    MalformedAnswer,
    NotEligible,
    ProjectNotOpen,
    QuotaReached,
)
from labeling.handout import assignments, reports, submissions
from labeling.models import Report, Submission
from labeling.models.assignment import PLACES
from people import tokens
from people.permissions import IsLabeler

ENVELOPE_BYTES = 1024  # of a body, around the answer


class AssignmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    project = serializers.IntegerField()
    data = serializers.DictField(help_text="The task's data.")
    config = serializers.CharField(help_text="The project's XML configuration.")
    instructions = serializers.CharField()
    leased_until = serializers.DateTimeField()


class RegionSerializer(serializers.Serializer):
    id = serializers.CharField(required=False)
    from_name = serializers.CharField()
    to_name = serializers.CharField()
    type = serializers.CharField(help_text="The control's, as label-studio writes it.")
    value = serializers.DictField(help_text='As {"choices": […]}, {"text": […]}, {"rating": n}.')


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
    assignments = AssignmentSerializer(
        many=True, required=False, help_text="With ?count=n: all that you hold then, at most n."
    )


class AssignmentsSerializer(serializers.Serializer):
    assignments = AssignmentSerializer(many=True)


class CountSerializer(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=PLACES)


class ExtendedSerializer(serializers.Serializer):
    leased_until = serializers.DateTimeField()


class ReportSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(choices=Report.Reason.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


DOORS: list[Any] = [{"token": []}, {"cookieAuth": []}]  # as everywhere else
COUNT = OpenApiParameter("count", type=int, description=f"Hold up to so many, 1 to {PLACES}.")

NOTHING = OpenApiResponse(description="There is nothing for you now.")


class NextView(APIView):
    permission_classes = [IsLabeler]
    content_negotiation_class = rendering.AlwaysJson

    @extend_schema(
        operation_id="assignments_next",
        parameters=[COUNT],
        request=None,
        responses={
            200: PolymorphicProxySerializer(
                "Next",
                [AssignmentSerializer, AssignmentsSerializer],
                resource_type_field_name=None,
            ),
            204: NOTHING,
        },
    )
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Take a task. Who holds one gets the same again; 204 when there is none.

        With `count` several at once: {"assignments": […]} is all that you hold then.
        """
        count = _count(request)
        held = assignments.leases(project_id, labeler_id=request.user.pk, count=count or 1)
        if not held:
            return HttpResponse(status=204)
        found = [rendering.assignment(lease) for lease in held]
        return rendering.answer({"assignments": found} if count else found[0])


class SubmitView(APIView):
    authentication_classes = [tokens.RememberedToken, SessionAuthentication]
    permission_classes = [IsLabeler]
    content_negotiation_class = rendering.AlwaysJson

    @extend_schema(
        operation_id="assignments_submit",
        parameters=[
            OpenApiParameter("next", type=int, enum=[0, 1], description="1: also take the next."),
            COUNT,
        ],
        request=AnswerSerializer,
        responses={200: SubmittedSerializer, 201: SubmittedSerializer},
        auth=DOORS,
    )
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Answer a task you hold. The same answer once more is harmless (200 instead of 201)."""
        count = _count(request)
        receipt = self._submitted(request, assignment_id)
        body: dict[str, Any] = {"submission": rendering.submission(receipt)}
        if count:
            body["assignments"] = _more(receipt.project_id, request.user.pk, count)
        elif request.GET.get("next") in {"1", "true"}:
            body["next"] = next(iter(_more(receipt.project_id, request.user.pk, 1)), None)
        return rendering.answer(body, status=201 if receipt.is_new else 200)

    def _submitted(self, request: Request, assignment_id: int) -> submissions.Receipt:
        """Who is only remembered is proved by the statement that writes, or looked at after it."""
        result = _result(request)
        if isinstance(request.auth, tokens.Unproved):
            receipt = submissions.submit_remembered(
                assignment_id,
                labeler_id=request.user.pk,
                result=result,
                token=request.auth.digest,
            )
            if receipt:
                return receipt
            tokens.prove(request)
            self.check_permissions(request)
        return submissions.submit(assignment_id, labeler_id=request.user.pk, result=result)


def _count(request: Request) -> int | None:
    if "count" not in request.GET:
        return None
    wanted = CountSerializer(data={"count": request.GET["count"]})
    wanted.is_valid(raise_exception=True)
    return wanted.validated_data["count"]


def _more(project_id: int, labeler_id: int, count: int) -> list[dict[str, Any]]:
    """What they hold then: the answer is in, whatever keeps them from getting another task."""
    try:
        held = assignments.leases(project_id, labeler_id=labeler_id, count=count)
    except (ProjectNotOpen, QuotaReached, Barred, NotEligible):
        return []
    return [rendering.assignment(lease) for lease in held]


def _result(request: Request) -> Any:
    limit_bytes = settings.STIPEND_ANSWER_BYTES + ENVELOPE_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit_bytes:
        raise AnswerTooLarge(limit_bytes=settings.STIPEND_ANSWER_BYTES)
    try:
        body = orjson.loads(request._request.body)
    except RequestDataTooBig:
        raise AnswerTooLarge(limit_bytes=settings.STIPEND_ANSWER_BYTES)
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
        """Give a task back without an answer; you do not get it again, except in a test."""
        assignments.give_back(assignment_id, labeler_id=request.user.pk)
        return HttpResponse(status=204)


class ExtendView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="assignments_extend", request=None, responses=ExtendedSerializer)
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Hold a task for another lease from now, as long as the whole stays within bounds."""
        until = assignments.extend(assignment_id, labeler_id=request.user.pk)
        return rendering.answer({"leased_until": until})


class ReportView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="assignments_report",
        request=ReportSerializer,
        responses={204: OpenApiResponse(description="Reported, and given back.")},
    )
    def post(self, request: Request, assignment_id: int) -> HttpResponse:
        """Say that a task cannot be done; it goes back and costs you nothing."""
        wanted = ReportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        reports.report(assignment_id, labeler_id=request.user.pk, **wanted.validated_data)
        return HttpResponse(status=204)
