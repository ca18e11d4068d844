"""Deposits ready to be signed by a wallet: two calls, or a permit and one call."""

import time
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments import addresses, money, permits, purses
from payments.errors import NothingMoves

PERMIT_SECONDS = 3600
WORD = 2**256
SIGNATURE_CHARACTERS = 20_000  # a contract's may be long: it is refused for what it is


class CallSerializer(serializers.Serializer):
    to = serializers.CharField()
    data = serializers.CharField(help_text="0x and hexadecimal digits.")


class DepositCallsRequestSerializer(serializers.Serializer):
    purse = serializers.UUIDField()
    amount = serializers.CharField(max_length=32, help_text='A decimal string, such as "12.50".')


class DepositCallsSerializer(serializers.Serializer):
    chain_id = serializers.IntegerField()
    calls = CallSerializer(many=True, help_text="To be sent one after the other.")


class PermitRequestSerializer(DepositCallsRequestSerializer):
    owner = serializers.CharField(max_length=64, help_text="The wallet that signs and sends.")
    nonce = serializers.IntegerField(
        min_value=0, default=0, help_text="What the token answers to `nonces`."
    )
    deadline = serializers.IntegerField(
        min_value=0, required=False, help_text="Seconds since 1970; an hour from now if left out."
    )
    signature = serializers.CharField(
        max_length=SIGNATURE_CHARACTERS,
        required=False,
        help_text="Of `typed_data`: then `call` is the answer.",
    )


class PermitSerializer(serializers.Serializer):
    chain_id = serializers.IntegerField()
    nonces = CallSerializer(help_text="Asked of the token (eth_call): the permit's nonce.")
    typed_data = serializers.JSONField(help_text="What the wallet signs: EIP-712.")
    call = CallSerializer(allow_null=True, help_text="The deposit, once it is signed.")


class DepositCallsView(APIView):
    @extend_schema(
        operation_id="deposits_calls",
        request=DepositCallsRequestSerializer,
        responses=DepositCallsSerializer,
    )
    def post(self, request: Request) -> Response:
        """What a wallet sends to put an amount into a purse: approve, then deposit."""
        wanted = DepositCallsRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        purses.holder(wanted.validated_data["purse"])
        units = _units(wanted.validated_data["amount"])
        found = permits.calls(wanted.validated_data["purse"], units)
        return Response({"chain_id": permits.network().chain_id, "calls": found})


class PermitView(APIView):
    @extend_schema(
        operation_id="deposits_permit", request=PermitRequestSerializer, responses=PermitSerializer
    )
    def post(self, request: Request) -> Response:
        """One signature and one call instead of two: the permit to sign, then the call."""
        wanted = PermitRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given: dict[str, Any] = wanted.validated_data
        purses.holder(given["purse"])
        there, terms = permits.network(), _terms(given)
        call = None
        if "signature" in given:
            call = permits.signed_call(given["purse"], terms, signature=given["signature"])
        found = {
            "chain_id": there.chain_id,
            "nonces": permits.nonces_call(there, terms.owner),
            "typed_data": permits.typed_data(there, terms),
            "call": call,
        }
        return Response(found)


def _terms(given: dict[str, Any]) -> permits.Terms:
    return permits.Terms(
        owner=addresses.parse(given["owner"]),
        units=_units(given["amount"]),
        nonce=given["nonce"] % WORD,
        deadline=given.get("deadline", int(time.time()) + PERMIT_SECONDS) % WORD,
    )


def _units(amount: str) -> int:
    units = money.parse(amount)
    if units <= 0:
        raise NothingMoves("A deposit is more than nothing.")
    return units
