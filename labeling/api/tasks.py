"""Data into a project: a JSON list, or a file."""

from pathlib import PurePath
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import CURSOR, IdPage, id_page_of
from labeling.data import imports, readers
from labeling.errors import MalformedFile
from labeling.models import Task
from labeling.models.task import PRIORITIES
from labeling.orders import projects
from people.permissions import IsRequester

KINDS = {
    "application/json": "json",
    "text/csv": "csv",
    "application/csv": "csv",
    **dict.fromkeys(
        [
            "application/x-ndjson",
            "application/ndjson",
            "application/jsonl",
            "application/jsonlines",
        ],
        "jsonl",
    ),
}


class BodyStream(BaseParser):
    """Any body but a form: not read here, but by the import, row by row."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        return stream


class LoadSerializer(serializers.Serializer):
    load = serializers.UUIDField()
    added = serializers.IntegerField()
    duplicates = serializers.IntegerField(help_text="Rows with content that was there before.")
    tasks = serializers.IntegerField(help_text="Tasks of the project now.")


class TaskPage(IdPage):
    ordering = "id"


class PrioritySerializer(serializers.Serializer):
    priority = serializers.IntegerField(min_value=0, max_value=PRIORITIES - 1, default=0)


class TaskSerializer(serializers.ModelSerializer):
    """A task with its consensus: the model that made it, and how sure it is."""

    is_gold = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = [
            *("id", "state", "data", "is_gold", "overlap", "free_count", "live_count"),
            *("done_count", "spare_count", "consensus", "consensus_by", "confidence"),
            *("agreement", "judged_at", "reports_count", "paused_for"),
        ]
        read_only_fields = fields

    def get_is_gold(self, task: Task) -> bool:
        return task.expected is not None


class TaskFilterSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Task.State.choices, required=False)


class TasksView(APIView):
    permission_classes = [IsRequester]
    parser_classes = [MultiPartParser, BodyStream]

    @extend_schema(
        operation_id="tasks_list",
        parameters=[OpenApiParameter("state", enum=Task.State.values), CURSOR],
        responses=id_page_of(TaskSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Your project's tasks in the order of import, a page at a time, with their consensus."""
        project = projects.owned(project_id, owner=request.user)
        wanted = TaskFilterSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        pages = TaskPage()
        found = project.tasks.filter(**wanted.validated_data).defer("content_hash", "salt")
        rows = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(TaskSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="tasks_load",
        parameters=[
            OpenApiParameter("priority", type=int, description="0 to 9; higher goes out first.")
        ],
        request={
            "application/json": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": {}},
            },
            "application/x-ndjson": OpenApiTypes.BINARY,
            "text/csv": OpenApiTypes.BINARY,
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
            },
        },
        responses={201: LoadSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Load a list of data objects, or a .json, .jsonl or .csv file: all of it or nothing.

        Data that the project has already is counted as a duplicate and left out.
        """
        project = projects.owned(project_id, owner=request.user)
        self._refuse_large(request)
        wanted = PrioritySerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        kind, stream = _upload(request)
        loaded = imports.load_file(project, stream=stream, kind=kind, **wanted.validated_data)
        body = {
            "load": str(loaded.load.pk),
            "added": loaded.load.added_count,
            "duplicates": loaded.load.duplicates_count,
            "tasks": loaded.tasks_count,
        }
        return Response(body, status=201)

    def _refuse_large(self, request: Request) -> None:
        """By the length it says it has, before a byte of it is read."""
        limit_bytes = settings.STIPEND_IMPORT_BYTES
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit_bytes:
            raise readers.too_large(limit_bytes)


def _upload(request: Request) -> tuple[str, Any]:
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise MalformedFile("Send the file with its Content-Length, not in chunks.")
    media_type = request.content_type.partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        file = request.data.get("file")
        if not hasattr(file, "read"):
            raise MalformedFile('The form has no file named "file".')
        return PurePath(file.name).suffix.lstrip(".").lower(), file
    if media_type not in KINDS:
        types = ", ".join(sorted(KINDS))
        raise MalformedFile("The Content-Type is one of %(types)s, or a form.", types=types)
    return KINDS[media_type], request._request
