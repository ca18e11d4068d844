"""The data set out of a project."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling.api.assignments import RegionSerializer
from labeling.data import exports
from labeling.models import Judgement, Submission
from labeling.orders import projects
from people.permissions import IsRequester


class AnnotationSerializer(serializers.Serializer):
    """One answer, how it was judged and what paid it."""

    id = serializers.IntegerField()
    result = RegionSerializer(many=True)
    completed_by = serializers.CharField(help_text="The labeler's pseudonym.")
    created_at = serializers.DateTimeField()
    leased_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField()
    lead_time_s = serializers.FloatField(help_text="From the lease to the answer.")
    verdict = serializers.ChoiceField(choices=Submission.State.choices)
    score = serializers.FloatField(allow_null=True, help_text="Of 1, to the consensus or gold.")
    judged_by = serializers.ChoiceField(
        choices=Judgement.By.choices,
        allow_null=True,
        help_text="Of a rejection that nobody appealed, who rejected.",
    )
    judged_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    release = serializers.IntegerField(allow_null=True, help_text="The entry that paid it.")
    release_key = serializers.CharField(allow_null=True)
    tx_hash = serializers.CharField(allow_null=True, help_text="Of the batch that paid it out.")
    explorer_url = serializers.CharField(allow_null=True)


class LabeledTaskSerializer(serializers.Serializer):
    """A task with its label, what made it and how sure it is, and all its answers."""

    id = serializers.IntegerField()
    data = serializers.DictField()
    consensus = RegionSerializer(many=True, allow_null=True)
    is_gold = serializers.BooleanField()
    consensus_by = serializers.CharField(allow_blank=True)
    consensus_why = serializers.CharField(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    agreement = serializers.FloatField(allow_null=True)
    annotations = AnnotationSerializer(many=True)


class ExportView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_export",
        parameters=[OpenApiParameter("as", enum=list(exports.WRITERS), default="json")],
        responses={
            (200, "application/json"): LabeledTaskSerializer(many=True),
            (200, "application/x-ndjson"): OpenApiTypes.BINARY,
            (200, "text/csv"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, project_id: int) -> StreamingHttpResponse:
        """Every task with its answers: who, when, how judged, which release and tx paid it."""
        project = projects.owned(project_id, owner=request.user)
        kind = request.query_params.get("as", "json")
        content_type, parts = exports.stream(project, kind=kind)
        name = f"project-{project.pk}.{kind}"
        return _file(parts, content_type=content_type, name=name)


class AnchorsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_export_proofs",
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, project_id: int) -> StreamingHttpResponse:
        """Proofs, a line a batch, that the labels were paid: `./stipend verify export` and anybody
        with a node hold an export against them, without us."""
        project = projects.owned(project_id, owner=request.user)
        name = f"project-{project.pk}-proofs.jsonl"
        return _file(exports.anchors(project), content_type="application/x-ndjson", name=name)


def _file(parts: Iterator[bytes], *, content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
