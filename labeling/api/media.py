"""Images and recordings of a project: sent once, then named in task data by their address."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import CURSOR, IdPage, id_page_of
from labeling.errors import MalformedFile, MediaTooLarge
from labeling.media import addresses, kinds, removals, uploads
from labeling.models import Medium
from labeling.orders import projects
from people.permissions import IsRequester


class MediumSerializer(serializers.ModelSerializer):
    """A file that the project has; `address` is what goes into task data.

    One with `removed_at` was taken away: `sha256` still says what it was.
    """

    file = serializers.CharField(source="title", help_text="What it was called when it was sent.")
    address = serializers.SerializerMethodField()
    content_type = serializers.SerializerMethodField(help_text="By its bytes, not by its name.")
    sha256 = serializers.SerializerMethodField()
    bytes = serializers.IntegerField(source="size_bytes")

    class Meta:
        model = Medium
        fields = ["file", "address", "content_type", "bytes", "sha256", "created_at", "removed_at"]
        read_only_fields = fields

    def get_address(self, medium: Medium) -> str:
        return addresses.of_file(medium.name)

    def get_content_type(self, medium: Medium) -> str:
        return kinds.KINDS[medium.name.rpartition(".")[2]].content_type

    def get_sha256(self, medium: Medium) -> str:
        return medium.name.partition(".")[0]


class MediaPage(IdPage):
    """The newest first."""

    ordering = "-id"


class MediaView(APIView):
    permission_classes = [IsRequester]
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="media_list",
        parameters=[CURSOR],
        responses=id_page_of(MediumSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """The images and recordings that your project has, those fetched from elsewhere too."""
        project = projects.owned(project_id, owner=request.user)
        pages = MediaPage()
        rows = pages.paginate_queryset(project.media.all(), request, self)
        return pages.get_paginated_response(MediumSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="media_send",
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                },
            }
        },
        responses={
            201: inline_serializer("MediaSent", {"media": MediumSerializer(many=True)}),
        },
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Send images (PNG, JPEG, WebP, GIF) or recordings (MP3, WAV, Ogg), one or many at once.

        All of a request or nothing of it, up to 100 files. The same file twice is one, with the
        same address.
        """
        project = projects.owned(project_id, owner=request.user)
        kept = uploads.keep(project, _arrived(request))
        return Response({"media": MediumSerializer(kept, many=True).data}, status=201)


class MediumView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="media_remove",
        responses={204: OpenApiResponse(description="Taken away.")},
    )
    def delete(self, request: Request, project_id: int, name: str) -> Response:
        """Take a file away for good, such as a picture of somebody who did not want it.

        `name` is the last part of its `address`. 409 `media_in_use` while tasks that are not done
        and decided, or examples, need it. Its SHA-256 stays known, so that labels of it stay
        provable; the address answers 410 `media_removed`, unless another project has the same file.
        """
        removals.remove(projects.owned(project_id, owner=request.user), name)
        return Response(status=204)


def _arrived(request: Request) -> list[Any]:
    """The files of the form, written to disk as they come in."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise MalformedFile("Send the file with its Content-Length, not in chunks.")
    limit_bytes = settings.STIPEND_MEDIA_UPLOAD_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit_bytes:
        raise MediaTooLarge(limit_bytes=limit_bytes)
    request._request.upload_handlers = [uploads.ToDisk(request._request)]
    return [file for name in request.FILES for file in request.FILES.getlist(name)]
