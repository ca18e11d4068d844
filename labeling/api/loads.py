"""What was loaded, and loads taken back before they open."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import PAGE, Page, page_of
from labeling.models import Load
from labeling.orders import loads, projects
from payments import money
from people.permissions import IsRequester


class LoadedSerializer(serializers.ModelSerializer):
    load = serializers.UUIDField(source="pk")
    added = serializers.IntegerField(source="added_count")
    duplicates = serializers.IntegerField(source="duplicates_count")
    held = serializers.SerializerMethodField(
        help_text="For its tasks; answers to gold are held for beside it."
    )

    class Meta:
        model = Load
        fields = [
            *("load", "state", "added", "duplicates", "priority", "is_gold", "held"),
            *("created_at", "opened_at"),
        ]
        read_only_fields = fields

    def get_held(self, load: Load) -> str:
        return money.format(load.held_units)


class LoadsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="loads_list", parameters=[PAGE], responses=page_of(LoadedSerializer)
    )
    def get(self, request: Request, project_id: int) -> Response:
        """What was loaded into your project, newest first: LOADED waits to be opened."""
        project = projects.owned(project_id, owner=request.user)
        pages = Page()
        rows = pages.paginate_queryset(loads.of_project(project), request, self)
        return pages.get_paginated_response(LoadedSerializer(rows, many=True).data)


class DropLoadView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="loads_drop", request=None, responses=LoadedSerializer)
    def post(self, request: Request, project_id: int, load_id: UUID) -> Response:
        """Take back what was loaded and not opened: its tasks are gone, and may be loaded again."""
        project = projects.owned(project_id, owner=request.user)
        return Response(LoadedSerializer(loads.drop(project, load_id=load_id)).data)
