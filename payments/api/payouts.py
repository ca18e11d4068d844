"""Take out what you have earned."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments import explorer, keys, money, payouts, receipts
from payments.api.pages import PAGE, UNTIL, NewestPayouts
from payments.models import Payout
from payments.receipts import Receipt, Work
from payments.web import wording


class PayoutRequestSerializer(serializers.Serializer):
    amount = serializers.CharField(max_length=32, help_text='A decimal string, such as "1.50".')
    address = serializers.CharField(max_length=64, help_text="The wallet: 0x and 40 digits.")


class PayoutSerializer(serializers.ModelSerializer):
    amount = serializers.SerializerMethodField()
    state_text = serializers.SerializerMethodField(help_text="The state in words.")
    tx_hash = serializers.SerializerMethodField()
    explorer_url = serializers.SerializerMethodField(help_text="Of the transfer.")
    address_url = serializers.SerializerMethodField(help_text="Of the wallet.")
    waits_for_admins = serializers.BooleanField(
        help_text="A large one leaves when two admins have approved it."
    )

    class Meta:
        model = Payout
        fields = [
            *("id", "amount", "address", "state", "state_text", "waits_for_admins", "reason"),
            *("tx_hash", "explorer_url", "address_url", "requested_at", "ended_at"),
        ]
        read_only_fields = fields

    def get_amount(self, payout: Payout) -> str:
        return money.format(payout.amount_units)

    def get_state_text(self, payout: Payout) -> str:
        return wording.of_payout(payout)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_tx_hash(self, payout: Payout) -> str | None:
        return payout.tx_hash or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_explorer_url(self, payout: Payout) -> str | None:
        return explorer.tx_url(payout.tx_hash)

    def get_address_url(self, payout: Payout) -> str | None:
        return explorer.address_url(payout.address)


class PayoutPageSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PayoutSerializer(many=True)


class WorkSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["release", "bonus"], help_text="Accepted work, or a bonus.")
    key = serializers.CharField(help_text="Of the entry in the book that earned it.")
    cause = serializers.CharField()
    earned_at = serializers.DateTimeField()
    amount = serializers.SerializerMethodField()

    def get_amount(self, work: Work) -> str:
        return money.format(work.amount_units)


class PayoutReceiptSerializer(serializers.Serializer):
    """A payout with its proofs; what is not known yet is null, and `works` are empty till then."""

    payout = PayoutSerializer()
    network = serializers.CharField(allow_null=True)
    chain_id = serializers.IntegerField(allow_null=True)
    token = serializers.CharField(allow_null=True, source="token_address")
    token_url = serializers.CharField(allow_null=True)
    batch = serializers.IntegerField(allow_null=True, source="batch_number")
    block = serializers.IntegerField(allow_null=True, source="block_number")
    works_count = serializers.IntegerField(help_text="Those not listed counted, too.")
    works = WorkSerializer(many=True, help_text="What it paid for, at most 1,000.")


class PayoutsView(APIView):
    @extend_schema(
        operation_id="payouts_list",
        parameters=[PAGE, UNTIL],
        responses=PayoutPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Your payouts, newest first."""
        pages = NewestPayouts()
        until_id = pages.until_id(request)
        found = payouts.of_holder(f"person:{request.user.pk}", until_id=until_id)
        rows: Any = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(PayoutSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="payouts_create",
        request=PayoutRequestSerializer,
        parameters=[
            OpenApiParameter(
                keys.HEADER,
                location=OpenApiParameter.HEADER,
                description=f"The same key is the same payout. {keys.RULE}",
            )
        ],
        responses={201: PayoutSerializer},
    )
    def post(self, request: Request) -> Response:
        """Send an amount you have earned to a wallet."""
        wanted = PayoutRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        payout = payouts.request(
            f"person:{request.user.pk}",
            amount_units=money.parse(wanted.validated_data["amount"]),
            address=wanted.validated_data["address"],
            key=keys.said(request.headers),
        )
        return Response(PayoutSerializer(payout).data, status=201)


class PayoutView(APIView):
    @extend_schema(operation_id="payouts_get", responses=PayoutSerializer)
    def get(self, request: Request, payout_id: UUID) -> Response:
        """One of your payouts and how far it is."""
        payout = payouts.get(payout_id, holder=f"person:{request.user.pk}")
        return Response(PayoutSerializer(payout).data)


class ReceiptView(APIView):
    @extend_schema(operation_id="payouts_receipt", responses=PayoutReceiptSerializer)
    def get(self, request: Request, payout_id: UUID) -> Response:
        """The receipt of one of your payouts: where the chain keeps it, and what it paid for."""
        found: Receipt = receipts.of(payout_id, holder=f"person:{request.user.pk}")
        return Response(PayoutReceiptSerializer(found).data)
