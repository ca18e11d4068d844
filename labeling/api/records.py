"""How a requester treats people, for everybody to read."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import NotFound
from labeling.handout import records
from labeling.handout.records import Record
from payments import money
from people.models import User


class RecordSerializer(serializers.Serializer):
    """Of the last three months; null where too little is known."""

    decided = serializers.IntegerField(source="decided_count")
    accepted = serializers.IntegerField(source="accepted_count")
    rejections_standing = serializers.IntegerField(
        source="standing_count", help_text="They can still be appealed, or are."
    )
    rejections_final = serializers.IntegerField(source="final_count")
    appeals = serializers.IntegerField(source="appeals_count", help_text="Decided by a jury.")
    appeals_lost = serializers.IntegerField(source="appeals_lost_count")
    approval_share = serializers.FloatField(allow_null=True)
    appeals_lost_share = serializers.FloatField(allow_null=True)
    median_accept_seconds = serializers.FloatField(
        allow_null=True, help_text="From the answer to its pay."
    )
    median_hourly = serializers.SerializerMethodField(help_text='What people made, as "4.10".')

    def get_median_hourly(self, record: Record) -> str | None:
        units = record.median_hourly_units
        return None if units is None else money.format(units)


class RequesterSerializer(serializers.Serializer):
    pseudonym = serializers.CharField()
    record = RecordSerializer()


class RequesterView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="requesters_get", responses=RequesterSerializer)
    def get(self, request: Request, pseudonym: str) -> Response:
        """A requester's true record, counted from what they decided."""
        person = User.objects.filter(pseudonym=pseudonym).first()
        if person is None or not records.is_requester(person):
            raise NotFound("There is no requester of this name.")
        found = {"pseudonym": person.pseudonym, "record": records.of_requester(person.pk)}
        return Response(RequesterSerializer(found).data)
