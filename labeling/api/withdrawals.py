"""What a requester does not need any more goes back to a wallet of theirs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import PAGE, UNTIL, GrowingPage, page_of
from labeling.orders import projects
from payments import escrow, keys, money
from people.permissions import IsRequester

KEY = OpenApiParameter(
    keys.HEADER,
    location=OpenApiParameter.HEADER,
    description=f"The same key is the same withdrawal. {keys.RULE}",
)


class WithdrawalRequestSerializer(serializers.Serializer):
    amount = serializers.CharField(max_length=32, help_text='A decimal string, such as "1.50".')
    address = serializers.CharField(max_length=64, help_text="The wallet: 0x and 40 digits.")


class WithdrawalSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    amount = serializers.SerializerMethodField()
    address = serializers.CharField()
    state = serializers.CharField(help_text="As of a payout.")
    reason = serializers.CharField()
    tx_hash = serializers.CharField(allow_null=True)
    explorer_url = serializers.CharField(allow_null=True, help_text="Of the transfer.")
    address_url = serializers.CharField(allow_null=True, help_text="Of the wallet.")
    requested_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_amount(self, withdrawal: escrow.Withdrawal) -> str:
        return money.format(withdrawal.amount_units)


class NewestWithdrawals(GrowingPage):
    """Their ids are UUIDs."""

    until = serializers.UUIDField()


class WithdrawalsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="withdrawals_list",
        parameters=[PAGE, UNTIL],
        responses=page_of(WithdrawalSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """What left the project's purse, newest first."""
        project = projects.owned(project_id, owner=request.user)
        pages = NewestWithdrawals()
        found: Any = escrow.withdrawals(project.purse, until_id=pages.until_id(request))
        rows = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(WithdrawalSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="withdrawals_create",
        parameters=[KEY],
        request=WithdrawalRequestSerializer,
        responses={201: WithdrawalSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Send funds that no task is held for to a wallet."""
        project = projects.owned(project_id, owner=request.user)
        key = keys.said(request.headers)
        wanted = WithdrawalRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = dict(wanted.validated_data)
        amount_units = money.parse(fields.pop("amount"))
        made = projects.withdraw(project, amount_units=amount_units, key=key, **fields)
        return Response(WithdrawalSerializer(made).data, status=201)
