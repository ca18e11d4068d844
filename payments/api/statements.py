"""What was earned, for what, and what became of it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments import money, purses, statements


class BalancesSerializer(serializers.Serializer):
    earned = serializers.CharField(help_text="Can be taken out at any time.")
    leaving = serializers.CharField(help_text="Asked for, on its way.")
    paid = serializers.CharField(help_text="Arrived in a wallet.")
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

    def get_amount(self, row: statements.Row) -> str:
        return money.format(row.amount_units)


class StatementSerializer(serializers.Serializer):
    balances = BalancesSerializer()
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    results = RowSerializer(many=True)


class Page(PageNumberPagination):
    page_size = 50


class StatementView(APIView):
    @extend_schema(
        operation_id="statement",
        parameters=[OpenApiParameter("page", type=int)],
        responses=StatementSerializer,
    )
    def get(self, request: Request) -> Response:
        """Your balances, and each line with its cause and the transfer that paid it."""
        purse_id = purses.find(f"person:{request.user.pk}")
        pages = Page()
        lines: Any = pages.paginate_queryset(statements.lines(purse_id), request, self)
        totals = statements.totals(purse_id)
        return Response(
            {
                "balances": {name: money.format(units) for name, units in totals.items()},
                "count": pages.page.paginator.count,
                "next": pages.get_next_link(),
                "results": RowSerializer(statements.rows(lines), many=True).data,
            }
        )
