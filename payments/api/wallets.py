"""The wallet that you are paid out to, and how it changes."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments import explorer, wallets
from payments.errors import NotConfirmed
from payments.models import Wallet

HOLD = "Seconds until another wallet than the first one counts, unless it is confirmed sooner."


class NamedWalletSerializer(serializers.Serializer):
    address = serializers.CharField()
    named_at = serializers.DateTimeField()
    usable_from = serializers.DateTimeField(help_text="From when payouts go there.")
    explorer_url = serializers.SerializerMethodField()

    def get_explorer_url(self, wallet: Wallet) -> str | None:
        return explorer.address_url(wallet.address)


class WalletSerializer(serializers.Serializer):
    used = NamedWalletSerializer(allow_null=True, help_text="Where payouts go now.")
    coming = NamedWalletSerializer(allow_null=True, help_text="Where they will go.")
    message = serializers.CharField(
        allow_null=True,
        help_text="What the wallet in use signs (personal_sign) for the coming one to count now.",
    )
    by_mail = serializers.BooleanField(
        help_text="True if the mail about the coming one has a link that makes it count now."
    )
    hold_seconds = serializers.IntegerField(help_text=HOLD)


class WalletNameSerializer(serializers.Serializer):
    address = serializers.CharField(max_length=64, help_text="0x and 40 digits.")


class WalletConfirmSerializer(serializers.Serializer):
    signature = serializers.CharField(
        max_length=200, required=False, help_text="Of `message`, by the wallet in use."
    )
    token = serializers.CharField(
        max_length=2000, required=False, help_text="From the link in the mail."
    )


class WalletView(APIView):
    @extend_schema(operation_id="wallet", responses=WalletSerializer)
    def get(self, request: Request) -> Response:
        """The wallet that you are paid out to, and the one that is to come."""
        return _wallets(request)

    @extend_schema(
        operation_id="wallet_name", request=WalletNameSerializer, responses=WalletSerializer
    )
    def put(self, request: Request) -> Response:
        """Name a wallet. The first counts at once, another one later: you are told by mail."""
        wanted = WalletNameSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        wallets.name(_holder(request), wanted.validated_data["address"])
        return _wallets(request)


class ComingView(APIView):
    @extend_schema(operation_id="wallet_take_back", responses={200: WalletSerializer})
    def delete(self, request: Request) -> Response:
        """Keep the wallet in use: the one to come is taken back."""
        wallets.take_back(_holder(request))
        return _wallets(request)


class ConfirmView(APIView):
    @extend_schema(
        operation_id="wallet_confirm", request=WalletConfirmSerializer, responses=WalletSerializer
    )
    def post(self, request: Request) -> Response:
        """Let the coming wallet count now: signed by the one in use, or by the mail's token."""
        wanted = WalletConfirmSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        if "signature" in given:
            wallets.confirm_by_signature(_holder(request), given["signature"])
        elif "token" in given:
            wallets.confirm_by_link(given["token"])
        else:
            raise NotConfirmed("Send the old wallet's signature, or the token of the mail.")
        return _wallets(request)


def _holder(request: Request) -> str:
    return f"person:{request.user.pk}"


def _wallets(request: Request) -> Response:
    return Response(WalletSerializer(wallets.standing(_holder(request))).data)
