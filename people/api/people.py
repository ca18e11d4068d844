"""Who am I, and keys for programs."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people import attempts, profiles, tokens, two_step
from people.models import User

LANGUAGES_SENT = 200  # in one request; how many are kept, `profiles` says


class MeSerializer(serializers.ModelSerializer):
    is_admin = serializers.BooleanField(source="is_staff")

    class Meta:
        model = User
        fields = [
            *("id", "username", "pseudonym", "is_labeler", "is_requester", "is_admin"),
            *("country", "languages", "is_agent"),
        ]


class ProfileSerializer(serializers.Serializer):
    """What is left out stays as it is."""

    country = serializers.CharField(
        max_length=8, allow_blank=True, required=False, help_text='ISO 3166-1 alpha-2, as "SN".'
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=8),
        max_length=LANGUAGES_SENT,
        required=False,
        help_text='ISO 639-1, as ["fr", "wo"].',
    )
    is_agent = serializers.BooleanField(required=False, help_text="True for a program.")

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Refuses names that are none: what they were to change would be lost without a word."""
        names = [name[:100] for name in sorted(set(self.initial_data) - set(self.fields))[:20]]
        if names:
            said = _("There is no setting %(name)s.")
            raise serializers.ValidationError({one: [said % {"name": one}] for one in names})
        return wanted


class TokenRequestSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    name = serializers.CharField(max_length=60, default="token")
    code = serializers.CharField(
        max_length=20,
        default="",
        allow_blank=True,
        help_text="Of the app, or for emergencies: for who signs in with a second step.",
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send it as `Authorization: Token <token>`.")
    name = serializers.CharField()


class MeView(APIView):
    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The signed-in person, their roles, and what they say of themselves."""
        return Response(MeSerializer(request.user).data)

    @extend_schema(operation_id="me_change", request=ProfileSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Say where you are, what you speak, and whether you are a program."""
        wanted = ProfileSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        user = profiles.change(request.user, **wanted.validated_data)
        return Response(MeSerializer(user).data)


class TokensView(APIView):
    authentication_classes: list[type] = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="tokens_create",
        request=TokenRequestSerializer,
        responses={201: TokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """A new token for the person of this name and password. It is shown only now."""
        wanted = TokenRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        user = attempts.sign_in(
            request._request, username=fields["username"], password=fields["password"]
        )
        two_step.check(user, fields["code"])
        token = tokens.issue(user, name=fields["name"])
        return Response({"token": token, "name": fields["name"]}, status=201)
