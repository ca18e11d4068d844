"""One's own data, leaving, and what is owed to who has left."""

from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.module_loading import import_string
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people import attempts, confirmations, departures, dossiers, two_step
from people.errors import NotFresh, NotLeaving
from people.models import Departure, User

CODE = "Write it down, it is told only now: it opens what is owed after the account is deleted."


class RefusalSerializer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()
    projects = serializers.ListField(child=serializers.IntegerField(), required=False)


class DepartureSerializer(serializers.Serializer):
    state = serializers.ChoiceField(
        choices=Departure.State.choices, allow_null=True, help_text="Null: you stay."
    )
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="Till then it can be taken back; then the account is deleted."
    )
    refusals = RefusalSerializer(many=True, help_text="What has to be settled first.")


class AskedSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Departure.State.choices)
    due_at = serializers.DateTimeField()
    claim = serializers.CharField(help_text=CODE)


class ConfirmationSerializer(serializers.Serializer):
    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, required=False, allow_blank=True
    )
    code = serializers.CharField(
        max_length=20, default="", allow_blank=True, help_text="Of the second step, if it is on."
    )


class ClaimSerializer(serializers.Serializer):
    claim = serializers.CharField(max_length=60, help_text="The code that leaving brought.")
    address = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        help_text="All that is earned leaves for this wallet. Without it nothing moves.",
    )


class LastPayoutSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    amount = serializers.CharField()
    address = serializers.CharField()
    state = serializers.CharField()
    tx_hash = serializers.CharField(allow_null=True)
    explorer_url = serializers.CharField(allow_null=True)
    address_url = serializers.CharField(allow_null=True)


class RestSerializer(serializers.Serializer):
    earned = serializers.CharField(help_text="Can be taken out.")
    leaving = serializers.CharField()
    paid = serializers.CharField()
    wallet = serializers.CharField(allow_null=True, help_text="In use till another one counts.")
    wallet_url = serializers.CharField(allow_null=True)
    payouts = LastPayoutSerializer(many=True)


def download(user: User) -> StreamingHttpResponse:
    """The person's dossier as a file that is written while it is read; raises TooManyAttempts."""
    attempts.spend(attempts.DOSSIERS, f"person:{user.pk}")
    response = StreamingHttpResponse(dossiers.written(user), content_type="application/json")
    name = f"stipend-{user.pseudonym}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class DataView(APIView):
    @extend_schema(
        operation_id="me_data", responses={(200, "application/json"): OpenApiTypes.OBJECT}
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Everything that is held about you, in sections, as one file."""
        _check_session(request)
        return download(request.user)


class DepartureView(APIView):
    @extend_schema(operation_id="me_departure", responses=DepartureSerializer)
    def get(self, request: Request) -> Response:
        """Whether your account is about to be deleted, and what keeps it from being."""
        departure = departures.of(request.user)
        found = {
            "state": departure.state if departure else None,
            "due_at": departure.due_at if departure else None,
            "refusals": departures.refusals(request.user),
        }
        return Response(DepartureSerializer(found).data)

    @extend_schema(
        operation_id="me_leave", request=ConfirmationSerializer, responses={201: AskedSerializer}
    )
    def post(self, request: Request) -> Response:
        """Delete your account, after some days to think it over. Your tokens end at once."""
        wanted = ConfirmationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        _check_person(request, wanted.validated_data)
        asked = departures.ask(request.user)
        told = {
            "state": asked.departure.state,
            "due_at": asked.departure.due_at,
            "claim": asked.code,
        }
        return Response(AskedSerializer(told).data, status=201)

    @extend_schema(operation_id="me_stay", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Keep your account."""
        if not departures.take_back(request.user):
            raise NotLeaving
        return Response(status=204)


class LeftView(APIView):
    authentication_classes: list[type] = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="left", request=ClaimSerializer, responses=RestSerializer)
    def post(self, request: Request) -> Response:
        """What is owed to who has left with this code; with an address it is sent there."""
        attempts.spend(attempts.CLAIMS, attempts.address(request._request))
        wanted = ClaimSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        (person_id,) = departures.by_code(given["claim"])
        found = import_string(settings.STIPEND_REST)(person_id, address=given["address"])
        return Response(RestSerializer(found).data)


def _check_session(request: Request) -> None:
    """A token is the person's own; a browser's session has to have shown lately who is there."""
    if request.auth is None and not confirmations.is_fresh(request._request):
        raise NotFresh


def _check_person(request: Request, given: dict[str, Any]) -> None:
    """By their password and second step, or by a session that has shown lately who is there."""
    password = given.get("password")
    if password:
        name = request.user.username
        attempts.sign_in(request._request, username=name, password=password)
        two_step.check(request.user, given["code"])
    elif request.auth is not None or not confirmations.is_fresh(request._request):
        raise NotFresh
