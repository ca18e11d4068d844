"""What was earned, for what, and what became of it."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments import money, purses, spreadsheets, statements
from payments.api.pages import PAGE, UNTIL, GrowingPage
from payments.statements import OF_PERSON


class BalancesSerializer(serializers.Serializer):
    earned = serializers.CharField(help_text="Can be taken out at any time.")
    staked = serializers.CharField(help_text="At stake in appeals that are not decided.")
    leaving = serializers.CharField(help_text="Asked for, on its way.")
    paid = serializers.CharField(
        help_text="Arrived in a wallet, taken out of the vault with a proof, too."
    )
    funds = serializers.CharField(help_text="Deposited by yourself.")


class RowSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    amount = serializers.SerializerMethodField(help_text="Negative when it left.")
    cause = serializers.CharField()
    tx_hash = serializers.CharField(
        allow_null=True, help_text="The transfer that paid it, or carried it out."
    )
    explorer_url = serializers.CharField(allow_null=True)
    links = serializers.DictField(
        child=serializers.CharField(),
        help_text="Where to look at each wallet that the cause names.",
    )

    def get_amount(self, row: statements.Row) -> str:
        return money.format(row.amount_units)


class StatementSerializer(serializers.Serializer):
    balances = BalancesSerializer()
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    results = RowSerializer(many=True)


class MonthSumSerializer(serializers.Serializer):
    kind = serializers.CharField()
    amount = serializers.CharField()
    count = serializers.IntegerField(help_text="How many entries.")


class MonthSerializer(serializers.Serializer):
    month = serializers.CharField(help_text="Such as 2026-05, in UTC.")
    change = serializers.CharField(help_text="By how much the earnings changed.")
    sums = MonthSumSerializer(many=True)


class StatementView(APIView):
    @extend_schema(
        operation_id="statement",
        parameters=[PAGE, UNTIL],
        responses=StatementSerializer,
    )
    def get(self, request: Request) -> Response:
        """Your balances, and each line with its cause and the transfer that paid it."""
        purse_id = purses.find(f"person:{request.user.pk}")
        pages = GrowingPage()
        found: Any = statements.of_purse(purse_id, until_id=pages.until_id(request))
        rows: Any = pages.paginate_queryset(found, request, self)
        totals = statements.totals(purse_id)
        return Response(
            {
                "balances": {name: money.format(units) for name, units in totals.items()},
                "count": pages.page.paginator.count,
                "next": pages.get_next_link(),
                "results": RowSerializer(rows, many=True).data,
            }
        )


class MonthsView(APIView):
    @extend_schema(operation_id="statement_months", responses=MonthSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What each month brought and took, newest first."""
        found = statements.months(purses.find(f"person:{request.user.pk}"))
        return Response([_month(one) for one in found])


def _month(one: statements.Month) -> dict[str, Any]:
    sums = [
        {"kind": kind, "amount": money.format(units), "count": count}
        for (_, kind), (units, count) in one.sums.items()
    ]
    change = money.format(one.units(*OF_PERSON))
    return {"month": f"{one.first:%Y-%m}", "change": change, "sums": sums}


class StatementFileView(APIView):
    @extend_schema(operation_id="statement_csv", responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> StreamingHttpResponse:
        """Your whole statement as CSV, oldest line first, in English whoever reads."""
        return csv_file(f"person:{request.user.pk}")


def csv_file(holder: str) -> StreamingHttpResponse:
    """A person's whole statement as a file to keep."""
    rows = statements.whole(purses.find(holder))
    answer = StreamingHttpResponse(
        spreadsheets.written(rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="statement.csv"'
    return answer
