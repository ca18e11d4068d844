"""Proof of solvency: what the vault holds, what was owed after each batch, and your own leaf."""

import hashlib
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments import explorer, money, solvency
from payments.models import Owed


class VaultLookSerializer(serializers.Serializer):
    amount = serializers.CharField()
    block = serializers.IntegerField()
    at = serializers.DateTimeField()


class VaultSerializer(serializers.Serializer):
    chain_id = serializers.IntegerField()
    vault = serializers.CharField()
    vault_url = serializers.CharField(allow_null=True)
    token = serializers.CharField()
    token_url = serializers.CharField(allow_null=True)
    reported = serializers.CharField(
        help_text="What came in less what went out, by the vault's own events up to `block`."
    )
    block = serializers.IntegerField()
    looked_at = VaultLookSerializer(
        allow_null=True, help_text="The token's balance of the vault when it was last reconciled."
    )


class OwedSerializer(serializers.Serializer):
    """What everybody was owed after a batch: the chain keeps the roots."""

    batch = serializers.IntegerField(source="batch.number")
    balances_root = serializers.CharField()
    labels_root = serializers.CharField()
    owed = serializers.SerializerMethodField(help_text="The sum of all leaves of the balances.")
    without_wallet = serializers.SerializerMethodField(
        help_text="Owed to people who have named no wallet: in no leaf."
    )
    tx_hash = serializers.CharField(source="batch.chain_tx.tx_hash")
    explorer_url = serializers.SerializerMethodField()
    block = serializers.IntegerField(source="batch.chain_tx.block_number", allow_null=True)
    confirmed_at = serializers.DateTimeField(source="batch.chain_tx.confirmed_at", allow_null=True)

    def get_owed(self, owed: Owed) -> str:
        return money.format(owed.total_units)

    def get_without_wallet(self, owed: Owed) -> str:
        return money.format(owed.homeless_units)

    def get_explorer_url(self, owed: Owed) -> str | None:
        return explorer.tx_url(owed.batch.chain_tx.tx_hash)


class OwedPageSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OwedSerializer(many=True)


class BalanceProofSerializer(serializers.Serializer):
    """A leaf with its way to the root: `./stipend verify balance` and the vault's exit take it."""

    format = serializers.CharField()
    chain_id = serializers.IntegerField()
    vault = serializers.CharField()
    token = serializers.CharField()
    batch = serializers.IntegerField()
    tx_hash = serializers.CharField()
    explorer_url = serializers.CharField(allow_null=True)
    vault_url = serializers.CharField(allow_null=True)
    token_url = serializers.CharField(allow_null=True)
    account_url = serializers.CharField(allow_null=True)
    balances_root = serializers.CharField()
    account = serializers.CharField()
    units = serializers.IntegerField()
    amount = serializers.CharField()
    proof = serializers.ListField(child=serializers.CharField())


class TreeSerializer(serializers.Serializer):
    """A tree for mirrors: `./stipend proof` makes a proof of it, without this house."""

    format = serializers.CharField()
    chain_id = serializers.IntegerField()
    vault = serializers.CharField()
    vault_url = serializers.CharField(allow_null=True)
    token = serializers.CharField()
    token_url = serializers.CharField(allow_null=True)
    batch = serializers.IntegerField()
    tx_hash = serializers.CharField()
    explorer_url = serializers.CharField(allow_null=True)
    balances_root = serializers.CharField()
    leaves = serializers.ListField(
        child=serializers.CharField(), help_text="The hashes of a wallet and its units, in order."
    )


class LeavesSerializer(TreeSerializer):
    """The last tree that the chain has for good, and those that the vault may have already."""

    coming = TreeSerializer(
        many=True, help_text="Of batches that are signed or sent but not final yet, oldest first."
    )


class Page(PageNumberPagination):
    page_size = 50


class SolvencyView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="solvency", responses=VaultSerializer)
    def get(self, request: Request) -> Response:
        """What the vault holds, for anyone."""
        return Response(VaultSerializer(vault()).data)


def vault() -> dict[str, Any]:
    """What the vault holds, as the API and the page show it; raises NoVaultYet."""
    found = solvency.vault()
    look, there = found.looked_at, found.network
    looked_at = look and {
        "amount": money.format(look.vault_units or 0),
        "block": look.block_number,
        "at": look.at,
    }
    return {
        "chain_id": there.chain_id,
        "vault": there.vault_address,
        "vault_url": explorer.address_url(there.vault_address),
        "token": there.token_address,
        "token_url": explorer.address_url(there.token_address),
        "reported": money.format(found.reported_units),
        "block": found.block_number,
        "looked_at": looked_at,
    }


class BatchesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="solvency_batches",
        parameters=[OpenApiParameter("page", type=int)],
        responses=OwedPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """The roots of each batch and the sums behind them, newest first, for anyone."""
        pages = Page()
        rows: Any = pages.paginate_queryset(solvency.recorded(), request, self)
        return pages.get_paginated_response(OwedSerializer(rows, many=True).data)


class BatchView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="solvency_batch", responses=OwedSerializer)
    def get(self, request: Request, number: int) -> Response:
        """The roots of one batch, for anyone."""
        return Response(OwedSerializer(solvency.of_batch(number)).data)


class LeavesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="solvency_leaves",
        responses={
            200: LeavesSerializer,
            304: OpenApiResponse(description="You have them: `If-None-Match` names their `ETag`."),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """All leaves of the last batch's root as hashes, for anyone: who keeps them keeps
        everybody's way to their money. Before the first batch is final the one that is on its way
        stands in its place."""
        roots = solvency.roots()
        tag = f'"{hashlib.sha256(repr(roots).encode()).hexdigest()}"'
        answer = HttpResponse(content_type="application/json")
        answer["ETag"], answer["Cache-Control"] = tag, "no-cache"  # to be asked for anew
        told = get_conditional_response(request._request, etag=tag, response=answer)
        if told is not None and told is not answer:
            return told
        answer.content = _leaves(roots)
        return answer


@lru_cache(maxsize=2)
def _leaves(roots: tuple[solvency.Root, ...]) -> bytes:
    """What these roots are made of, written once for all who keep it."""
    return JSONRenderer().render(solvency.leaves(roots))


class ProofsView(APIView):
    @extend_schema(operation_id="solvency_proofs", responses=BalanceProofSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Your leaves in the last batch's root, each with its proof: download them anew after each
        payout; with older ones the leaves that somebody kept are needed. A leaf is a wallet of
        yours and all that is owed to it; without a wallet you have none."""
        return Response(solvency.proofs(f"person:{request.user.pk}"))
