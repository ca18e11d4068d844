"""Tasks that labelers found broken, and what becomes of them."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import PAGE, UNTIL, NewestIds, page_of
from labeling.handout import reports
from labeling.models import Report, Task
from labeling.orders import projects
from people.permissions import IsRequester


class ReportedSerializer(serializers.ModelSerializer):
    reported_by = serializers.CharField(source="labeler.pseudonym")
    task_state = serializers.CharField(source="task.state")

    class Meta:
        model = Report
        fields = ["id", "task", "task_state", "reason", "note", "reported_by", "created_at"]
        read_only_fields = fields


class ResumedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = ["id", "state", "reports_count", "paused_for"]
        read_only_fields = fields


class ReportsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="reports_list",
        parameters=[PAGE, UNTIL],
        responses=page_of(ReportedSerializer),
    )
    def get(self, request: Request, project_id: int) -> Response:
        """What labelers reported in your project, newest first."""
        project = projects.owned(project_id, owner=request.user)
        pages = NewestIds()
        rows = pages.paginate_queryset(reports.of_project(project), request, self)
        return pages.get_paginated_response(ReportedSerializer(rows, many=True).data)


class ResumeView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="tasks_resume", request=None, responses=ResumedSerializer)
    def post(self, request: Request, project_id: int, task_id: int) -> Response:
        """Offer a paused task again."""
        project = projects.owned(project_id, owner=request.user)
        return Response(ResumedSerializer(reports.resume(project, task_id=task_id)).data)


class DropView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="tasks_drop", request=None, responses=ResumedSerializer)
    def post(self, request: Request, project_id: int, task_id: int) -> Response:
        """Ask nobody any more about a paused task; the money for missing answers goes back."""
        project = projects.owned(project_id, owner=request.user)
        return Response(ResumedSerializer(reports.drop(project, task_id=task_id)).data)
