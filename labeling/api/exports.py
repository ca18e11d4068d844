"""The data set out of a project."""

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling.data import exports
from labeling.orders import projects
from people.permissions import IsRequester


class ExportView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_export",
        parameters=[OpenApiParameter("as", enum=list(exports.WRITERS), default="json")],
        responses={
            (200, "application/json"): OpenApiTypes.ANY,
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
        response = StreamingHttpResponse(parts, content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
