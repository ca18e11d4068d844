"""Jury duty: a contested case, without names, and its votes."""

from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.content import configs
from labeling.errors import MalformedVotes
from labeling.media import remotes
from labeling.models import Seat
from labeling.review import juries
from labeling.review.juries import Docket
from payments import money
from people.permissions import IsLabeler


class ContestedSerializer(serializers.Serializer):
    answer = serializers.IntegerField(help_text="Its number in the vote.")
    data = serializers.DictField()
    result = serializers.ListField(child=serializers.DictField())


class DocketSerializer(serializers.Serializer):
    seat = serializers.IntegerField()
    leased_until = serializers.DateTimeField()
    pay = serializers.CharField()
    instructions = serializers.CharField()
    config = serializers.CharField()
    reason = serializers.CharField()
    note = serializers.CharField(help_text="Why the requester rejected.")
    appeal_note = serializers.CharField(help_text="Why the labeler contests it.")
    answers = ContestedSerializer(many=True)


class OneVoteSerializer(serializers.Serializer):
    answer = serializers.IntegerField()
    acceptable = serializers.BooleanField()


class VotesSerializer(serializers.Serializer):
    votes = OneVoteSerializer(many=True)


class SeatSerializer(serializers.ModelSerializer):
    pay = serializers.SerializerMethodField(help_text="Released when the case is decided.")

    class Meta:
        model = Seat
        fields = ["id", "state", "voted_at", "pay"]
        read_only_fields = fields

    def get_pay(self, seat: Seat) -> str:
        return money.format(seat.paid_units)


def shown(docket: Docket) -> dict[str, Any]:
    """What a juror sees of a case."""
    case, project = docket.case, docket.case.project
    config = configs.form_of(project.pk, version=project.config_version).config
    own_of = cache(remotes.own)  # of whose answer it is: a known one may be another project's
    return {
        "seat": docket.seat.pk,
        "leased_until": docket.seat.leased_until,
        "pay": money.format(docket.fee_units),
        "instructions": project.instructions,
        "config": project.config,
        "reason": case.get_reason_display(),
        "note": case.note,
        "appeal_note": case.appeal_note,
        "answers": [
            {
                "answer": one.position,
                "data": config.shown(one.submission.task.data, own_of(one.submission.project_id)),
                "result": one.submission.result,
            }
            for one in docket.answers
        ],
    }


class JuryNextView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(
        operation_id="jury_next",
        request=None,
        responses={200: DocketSerializer, 204: OpenApiResponse(description="No case for you.")},
    )
    def post(self, request: Request) -> Response:
        """Take a contested case of work that you know; 204 when there is none for you."""
        docket = juries.take(request.user.pk)
        if docket is None:
            return Response(status=204)
        return Response(DocketSerializer(shown(docket)).data)


class JuryVoteView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="jury_vote", request=VotesSerializer, responses=SeatSerializer)
    def post(self, request: Request, seat_id: int) -> Response:
        """Say of each answer whether it is acceptable."""
        wanted = VotesSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        said = wanted.validated_data["votes"]
        votes = {one["answer"]: one["acceptable"] for one in said}
        if len(votes) < len(said):
            raise MalformedVotes()
        seat = juries.vote(seat_id, juror_id=request.user.pk, votes=votes)
        return Response(SeatSerializer(seat).data)
