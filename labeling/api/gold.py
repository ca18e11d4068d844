"""Tasks with a known answer: loaded, watched, committed, proved."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.assignments import RegionSerializer
from labeling.api.pages import PAGE, Page, page_of
from labeling.api.tasks import LoadSerializer
from labeling.content import gold
from labeling.data import gold_loads
from labeling.errors import MalformedFile, NotFound
from labeling.models import Project, Submission, Task
from labeling.orders import projects
from people.permissions import IsRequester


class GoldRowSerializer(serializers.Serializer):
    data = serializers.DictField(help_text="As in a task.")
    expected = RegionSerializer(many=True, help_text="The known answer, as in a submission.")


class GoldSerializer(serializers.ModelSerializer):
    answers_count = serializers.IntegerField()
    met_count = serializers.IntegerField(help_text="Answers that met the known one.")

    class Meta:
        model = Task
        fields = [
            *("id", "state", "data", "expected", "free_count", "live_count"),
            *("answers_count", "met_count", "paused_for"),
        ]
        read_only_fields = fields


class RetiredSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = ["id", "state", "paused_for"]
        read_only_fields = fields


class CommitmentSerializer(serializers.Serializer):
    load = serializers.UUIDField()
    root = serializers.CharField(help_text="Merkle root as in RFC 9162, in hex.")
    size = serializers.IntegerField()
    committed_at = serializers.DateTimeField()


class ProofSerializer(serializers.Serializer):
    load = serializers.UUIDField()
    entry = serializers.CharField(help_text="The leaf is SHA-256(0x00 and these bytes).")
    data = serializers.CharField(help_text="SHA-256 of these bytes is the entry's data_hash.")
    expected = serializers.ListField(child=serializers.DictField())
    index = serializers.IntegerField()
    size = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField())
    root = serializers.CharField()


class GoldView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="gold_list", parameters=[PAGE], responses=page_of(GoldSerializer))
    def get(self, request: Request, project_id: int) -> Response:
        """Your gold, and how it is met."""
        project = projects.owned(project_id, owner=request.user)
        pages = Page()
        rows = pages.paginate_queryset(gold.overview(project), request, self)
        return pages.get_paginated_response(GoldSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="gold_load",
        request=GoldRowSerializer(many=True),
        responses={201: LoadSerializer},
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Load [{"data": {…}, "expected": [regions]}]: all of it or nothing."""
        project = projects.owned(project_id, owner=request.user)
        rows: Any = request.data
        if not isinstance(rows, list):
            raise MalformedFile("Gold is a JSON list of rows.")
        loaded = gold_loads.load(project, rows=rows)
        body = {
            "load": loaded.load.pk,
            "added": loaded.load.added_count,
            "duplicates": loaded.load.duplicates_count,
            "tasks": loaded.tasks_count,
        }
        return Response(LoadSerializer(body).data, status=201)


class RetireView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="gold_retire", request=None, responses=RetiredSerializer)
    def post(self, request: Request, project_id: int, task_id: int) -> Response:
        """Ask this gold no more."""
        project = projects.owned(project_id, owner=request.user)
        return Response(RetiredSerializer(gold.retire(project, task_id=task_id)).data)


class CommitmentsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="commitments_list", responses=CommitmentSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """What the project's gold was committed to before anybody worked: keep it."""
        project = Project.objects.exclude(state=Project.State.DRAFT).filter(pk=project_id).first()
        if project is None:
            raise NotFound("There is no such project.")
        return Response(CommitmentSerializer(gold.committed(project.pk), many=True).data)


class ProofView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="gold_proof", responses=ProofSerializer)
    def get(self, request: Request, submission_id: int) -> Response:
        """The known answer to a task, with the proof that it was known: for the labeler whose
        rejection cites it, and for the project's owner."""
        found = Submission.objects.select_related("project", "case").filter(pk=submission_id)
        submission = found.first()
        if submission is None or not _may_see(submission, request.user.pk):
            raise NotFound("There is no known answer for you here.")
        return Response(ProofSerializer(gold.proof_of(submission)).data)


def _may_see(submission: Submission, user_id: int) -> bool:
    if submission.project.owner_id == user_id:
        return True
    cites_gold = submission.case is not None and submission.case.reason == "gold_failed"
    return submission.labeler_id == user_id and cites_gold
