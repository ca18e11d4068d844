"""How good a project's answers are."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.models import Audit
from labeling.orders import projects
from people.permissions import IsRequester


class LabelerFindingSerializer(serializers.Serializer):
    labeler = serializers.CharField(help_text="The pseudonym.")
    answers = serializers.IntegerField()
    alpha_to_rest = serializers.FloatField(allow_null=True)
    accuracy = serializers.FloatField(allow_null=True, help_text="By the model.")


class FindingSerializer(serializers.Serializer):
    type = serializers.CharField()
    alpha = serializers.FloatField(allow_null=True, help_text="Krippendorff's, null: unknown.")
    alpha_tasks = serializers.IntegerField(
        required=False,
        help_text="Of how many tasks alpha is, drawn at random: all would take too long.",
    )
    model = serializers.CharField(required=False)
    model_reason = serializers.CharField(required=False)
    is_applied = serializers.BooleanField(
        required=False,
        help_text="Labels are by the model: all that the form asks is single choice.",
    )
    labelers = LabelerFindingSerializer(many=True)


class AuditSerializer(serializers.ModelSerializer):
    findings = serializers.DictField(child=FindingSerializer(), help_text="By control.")

    class Meta:
        model = Audit
        fields = ["project", "answers_count", "made_at", "findings"]


class QualityView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_quality",
        responses={200: AuditSerializer, 204: OpenApiResponse(description="No look yet.")},
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Agreement, the model of the labels and why it was chosen, and each labeler's accuracy.

        Looked at anew every few minutes while tasks are judged; 204 before the first time.
        """
        project = projects.owned(project_id, owner=request.user)
        audit = Audit.objects.filter(project=project).first()
        if audit is None:
            return Response(status=204)
        return Response(AuditSerializer(audit).data)
