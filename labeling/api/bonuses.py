"""Pay a labeler more than was promised."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.review import bonuses
from payments import keys, money
from people.permissions import IsRequester

KEY = OpenApiParameter(
    keys.HEADER,
    location=OpenApiParameter.HEADER,
    description=f"The same key is the same bonus. {keys.RULE}",
)


class BonusRequestSerializer(serializers.Serializer):
    amount = serializers.CharField(max_length=32, help_text='A decimal string, such as "0.50".')
    note = serializers.CharField(
        max_length=bonuses.NOTE_CHARACTERS,
        default="",
        allow_blank=True,
        help_text="What for; the labeler reads it in their statement.",
    )


class BonusSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="Of the entry in the book.")
    submission = serializers.IntegerField(source="submission_id")
    labeler = serializers.CharField(source="labeler.pseudonym")
    amount = serializers.SerializerMethodField()
    note = serializers.CharField()

    def get_amount(self, bonus: bonuses.Bonus) -> str:
        return money.format(bonus.amount_units)


class BonusView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="submissions_bonus",
        parameters=[KEY],
        request=BonusRequestSerializer,
        responses={201: BonusSerializer},
    )
    def post(self, request: Request, submission_id: int) -> Response:
        """Pay the labeler of an answer extra, out of the project's funds: theirs at once."""
        key = keys.said(request.headers)
        wanted = BonusRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        made = bonuses.give(
            submission_id,
            owner=request.user,
            amount_units=money.parse(wanted.validated_data["amount"]),
            key=key,
            note=wanted.validated_data["note"],
        )
        return Response(BonusSerializer(made).data, status=201)
