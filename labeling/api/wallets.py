"""The wallet that a project's withdrawals go to, and how its change is confirmed or taken back."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.models import Project
from labeling.orders import projects
from payments import escrow
from payments.api.wallets import WalletSerializer
from people.permissions import IsRequester


class SignatureSerializer(serializers.Serializer):
    signature = serializers.CharField(
        max_length=200, help_text="Of `message`, by the wallet in use."
    )


class ProjectWalletView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="projects_wallet", responses=WalletSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """The wallet that withdrawals go to, and the one that is to come."""
        return _wallets(projects.owned(project_id, owner=request.user))


class ProjectComingView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="projects_wallet_take_back", responses={200: WalletSerializer})
    def delete(self, request: Request, project_id: int) -> Response:
        """Keep the wallet in use: the one to come is taken back."""
        project = projects.owned(project_id, owner=request.user)
        escrow.keep_wallet(project.purse)
        return _wallets(project)


class ProjectConfirmView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_wallet_confirm",
        request=SignatureSerializer,
        responses=WalletSerializer,
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Let the coming wallet count now: signed by the one in use."""
        project = projects.owned(project_id, owner=request.user)
        wanted = SignatureSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        escrow.confirm_wallet(project.purse, **wanted.validated_data)
        return _wallets(project)


def _wallets(project: Project) -> Response:
    return Response(WalletSerializer(escrow.wallet(project.purse)).data)
