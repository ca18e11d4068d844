"""Rejections, for those they concern: read, appealed, overturned."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import CURSOR, PAGE, UNTIL, NewestCases, NewestPage, id_page_of, page_of
from labeling.api.submissions import IsReviewer
from labeling.errors import NotFound
from labeling.judging import tallies
from labeling.judging.tallies import Tally
from labeling.models import Case, Submission
from labeling.review import appeals, cases, reviewers
from payments import money
from people.models import User
from people.permissions import IsLabeler, IsRequester

NOTE_CHARACTERS = 2000


class CaseDetailSerializer(serializers.ModelSerializer):
    """What was rejected and why, until when it can be appealed, and how it ended."""

    submissions = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    stake = serializers.SerializerMethodField(help_text="What the labeler has at stake.")
    stake_lost = serializers.SerializerMethodField(help_text="What of it a jury was paid.")
    reason_text = serializers.CharField(source="get_reason_display")

    class Meta:
        model = Case
        fields = [
            *("id", "project", "state", "reason", "reason_text", "note", "submissions"),
            *("appealable_until", "appeal_note", "appealed_at", "stake", "stake_lost"),
            *("decided_at", "bound_low", "bound_high", "created_at"),
        ]
        read_only_fields = fields

    def get_stake(self, case: Case) -> str:
        return money.format(case.stake_units)

    def get_stake_lost(self, case: Case) -> str:
        return money.format(case.lost_units)


class OwnCaseSerializer(CaseDetailSerializer):
    stake_to_appeal = serializers.SerializerMethodField(
        help_text="What an appeal would put at stake now."
    )

    class Meta(CaseDetailSerializer.Meta):
        fields = [*CaseDetailSerializer.Meta.fields, "stake_to_appeal"]
        read_only_fields = fields

    def get_stake_to_appeal(self, case: Case) -> str | None:
        units = self.context["stakes"].get(case.pk)
        return None if units is None else money.format(units)


class ShownCaseSerializer(OwnCaseSerializer):
    """For the description: who is not its labeler is not told what an appeal would cost."""

    stake_to_appeal = serializers.CharField(allow_null=True, required=False)


def own(labeler_id: int, found: Iterable[Case]) -> dict[str, Any]:
    """The context in which a labeler's own cases are written: what appeals would put at stake."""
    standing = [case for case in found if case.state == Case.State.STANDING]
    return {"stakes": appeals.stakes_units(labeler_id, standing) if standing else {}}


class JudgedAnswerSerializer(serializers.ModelSerializer):
    case = serializers.SerializerMethodField()
    title = serializers.CharField(source="project.title")

    class Meta:
        model = Submission
        fields = ["id", "project", "title", "result", "state", "submitted_at", "case"]
        read_only_fields = fields

    @extend_schema_field(OwnCaseSerializer(allow_null=True))
    def get_case(self, submission: Submission) -> Any:
        if submission.case is None:
            return None
        return OwnCaseSerializer(submission.case, context=self.context).data


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Submission.State.choices, required=False)


class AppealSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=NOTE_CHARACTERS, allow_blank=True, default="")


class AnswersView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="answers_list",
        parameters=[
            OpenApiParameter("state", enum=Submission.State.values),
            CURSOR,
        ],
        responses=id_page_of(JudgedAnswerSerializer),
    )
    def get(self, request: Request) -> Response:
        """Your answers, newest first, with what stands on them."""
        wanted = StateSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = Submission.objects.filter(labeler=request.user.pk, **wanted.validated_data)
        pages = NewestPage()
        related = found.select_related("project", "case__project")
        whole = related.prefetch_related("case__submissions")
        rows = pages.paginate_queryset(whole, request, self)
        context = own(request.user.pk, (row.case for row in rows if row.case))
        answers = JudgedAnswerSerializer(rows, many=True, context=context).data
        return pages.get_paginated_response(answers)


class PendingSerializer(serializers.Serializer):
    """Work that is not paid, and may be."""

    in_review = serializers.SerializerMethodField(help_text="The pay of answers without a verdict.")
    in_review_count = serializers.IntegerField(source="pending_count")
    contested = serializers.SerializerMethodField(
        help_text="The pay that is locked for answers rejected, and not for good."
    )
    contested_count = serializers.IntegerField()

    def get_in_review(self, tally: Tally) -> str:
        return money.format(tally.pending_units)

    def get_contested(self, tally: Tally) -> str:
        return money.format(tally.contested_units)


class PendingView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="answers_pending", responses=PendingSerializer)
    def get(self, request: Request) -> Response:
        """What waits to be earned; what is earned, on its way and paid, the statement says."""
        return Response(PendingSerializer(tallies.of(request.user.pk)).data)


class CaseView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="cases_get", responses=ShownCaseSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        """One case: for its labeler, for whoever reviews the project and for admins."""
        case = Case.objects.select_related("project").filter(pk=case_id).first()
        if case is None or not _is_concerned(request.user, case):
            raise NotFound("There is no such case of yours.")
        if request.user.pk != case.labeler_id:
            return Response(CaseDetailSerializer(case).data)
        return Response(OwnCaseSerializer(case, context=own(case.labeler_id, [case])).data)


def _is_concerned(user: User, case: Case) -> bool:
    is_own = user.pk == case.labeler_id
    return is_own or user.is_staff or reviewers.may_review(case.project, user)


class AppealView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="cases_appeal", request=AppealSerializer, responses=CaseDetailSerializer
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Contest a rejection of yours: people other than the requester decide."""
        wanted = AppealSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        case = appeals.appeal(case_id, labeler_id=request.user.pk, **wanted.validated_data)
        return Response(CaseDetailSerializer(case).data)


class CasesView(APIView):
    permission_classes = [IsReviewer]

    @extend_schema(
        operation_id="cases_list",
        parameters=[PAGE, UNTIL],
        responses=page_of(CaseDetailSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The rejections in a project that you review, newest first."""
        project = reviewers.project_of(project_id, reviewer=request.user)
        pages = NewestCases()
        found = cases.of_project(project, until_id=pages.until_id(request))
        found = found.prefetch_related("submissions")
        rows = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(CaseDetailSerializer(rows, many=True).data)


class OverturnView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="cases_overturn", request=None, responses=CaseDetailSerializer)
    def post(self, request: Request, case_id: UUID) -> Response:
        """Take a rejection back: the answers are accepted and paid; a final one is funded anew."""
        if not Case.objects.filter(pk=case_id, project__owner=request.user).exists():
            raise NotFound("There is no such case in a project of yours.")
        return Response(CaseDetailSerializer(cases.overturn(case_id, judge=request.user)).data)
