"""A project's money: what came in on chain, each change of it, and the months."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import PAGE, UNTIL, GrowingPage, Page, page_of
from labeling.api.projects import DepositSerializer
from labeling.models import Project
from labeling.orders import projects
from payments import escrow, money
from people.permissions import IsRequester

ACCOUNT = OpenApiParameter(
    "account",
    enum=["funds", "held"],
    default="funds",
    description="`held` is what is promised to open work: each accepted answer is a line there.",
)


class ArrivalSerializer(serializers.Serializer):
    state = serializers.ChoiceField(
        choices=["SEEN", "CREDITED", "REPORTED", "TAKEN_BACK"],
        help_text="SEEN waits for confirmations; CREDITED is in the funds; REPORTED could not be "
        "booked, and TAKEN_BACK was undone by the chain: the admins know of it.",
    )
    amount = serializers.SerializerMethodField()
    sender = serializers.CharField()
    sender_url = serializers.SerializerMethodField()
    tx_hash = serializers.CharField()
    explorer_url = serializers.SerializerMethodField()
    confirmations = serializers.IntegerField(help_text="Blocks on top, as far as they are needed.")
    needed = serializers.IntegerField()
    credited_at = serializers.DateTimeField(allow_null=True)

    def get_amount(self, one: escrow.Deposit) -> str:
        return money.format(one.amount_units)

    def get_sender_url(self, one: escrow.Deposit) -> str | None:
        return escrow.address_url(one.sender)

    def get_explorer_url(self, one: escrow.Deposit) -> str | None:
        return escrow.explorer_url(one.tx_hash)


class ArrivalsSerializer(serializers.Serializer):
    instructions = DepositSerializer()
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    results = ArrivalSerializer(many=True)


class ChangeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    account = serializers.CharField()
    kind = serializers.CharField()
    amount = serializers.SerializerMethodField(help_text="Negative when it left the account.")
    cause = serializers.CharField()
    tx_hash = serializers.CharField(allow_null=True)
    explorer_url = serializers.CharField(allow_null=True)
    links = serializers.DictField(
        child=serializers.CharField(),
        help_text="Where to look at each wallet that the cause names.",
    )

    def get_amount(self, row: escrow.Row) -> str:
        return money.format(row.amount_units)


class ProjectMonthSerializer(serializers.Serializer):
    month = serializers.CharField(help_text="Such as 2026-05, in UTC.")
    deposited = serializers.CharField()
    spent = serializers.CharField(help_text="On accepted answers and juries, without the fee.")
    fees = serializers.CharField()
    bonuses = serializers.CharField()
    withdrawn = serializers.CharField()


class DepositsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_deposits", parameters=[PAGE], responses=ArrivalsSerializer
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Where money goes in, what arrived so far, and how far each is."""
        project = projects.owned(project_id, owner=request.user)
        pages, found = Page(), escrow.deposits(project.purse)
        rows = pages.paginate_queryset(_any(found), request, self)
        return Response(
            {
                "instructions": escrow.deposit_instructions(project.purse),
                "count": pages.page.paginator.count,
                "next": pages.get_next_link(),
                "results": ArrivalSerializer(rows, many=True).data,
            }
        )


class ProjectStatementView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_statement",
        parameters=[ACCOUNT, PAGE, UNTIL],
        responses=page_of(ChangeSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """What changed the project's funds, newest first: each line with its cause and chain tx."""
        project = projects.owned(project_id, owner=request.user)
        wanted = request.query_params.get("account", "funds")
        if wanted not in ("funds", "held"):
            raise serializers.ValidationError({"account": ["It is funds or held."]})
        pages = GrowingPage()
        until_id = pages.until_id(request)
        found = escrow.statement(project.purse, account=wanted.upper(), until_id=until_id)
        rows = pages.paginate_queryset(_any(found), request, self)
        return pages.get_paginated_response(ChangeSerializer(rows, many=True).data)


class ProjectMonthsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_statement_months", responses=ProjectMonthSerializer(many=True)
    )
    def get(self, request: Request, project_id: int) -> Response:
        """What each month brought and took, newest first."""
        project = projects.owned(project_id, owner=request.user)
        return Response([month(one) for one in escrow.months(project.purse)])


class ProjectStatementFileView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_statement_csv", responses={(200, "text/csv"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, project_id: int) -> StreamingHttpResponse:
        """All that changed the project's money as CSV, oldest line first."""
        return csv_file(projects.owned(project_id, owner=request.user))


def month(one: escrow.ProjectMonth) -> dict[str, str]:
    """A month as the API and the page show it."""
    names = ("deposited", "spent", "fees", "bonuses", "withdrawn")
    sums = {name: money.format(getattr(one, f"{name}_units")) for name in names}
    return {"month": f"{one.first:%Y-%m}", **sums}


def csv_file(project: Project) -> StreamingHttpResponse:
    """The project's whole statement as a file to keep."""
    rows = escrow.statement_file(project.purse)
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    name = f"project-{project.pk}-statement.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _any(found: Any) -> Any:
    """Paginators take whatever has a length and slices; their types know of querysets alone."""
    return found
