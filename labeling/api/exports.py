"""The data set out of a project."""

from collections.abc import Iterator

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
