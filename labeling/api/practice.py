"""Practice: examples without pay, and at once what would have been right."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api import rendering
from labeling.api.projects import ExampleSerializer
from labeling.content import examples
from labeling.models import Example
from labeling.models.example import WHY_CHARACTERS
from labeling.orders import projects
from people.permissions import IsLabeler, IsRequester


class PracticeSerializer(serializers.ModelSerializer):
    data = serializers.SerializerMethodField()

    class Meta:
        model = Example
        fields = ["id", "data"]

    @extend_schema_field(serializers.DictField())
    def get_data(self, example: Example) -> dict[str, Any]:
        return self.context["shown"](example.data)


class TrySerializer(serializers.Serializer):
    result = serializers.ListField(child=serializers.DictField(), help_text="As in a submission.")


class FeedbackSerializer(serializers.Serializer):
    right = serializers.BooleanField(source="is_right", help_text="It would be accepted.")
    score = serializers.FloatField(help_text="Its agreement with the right answer, from 0 to 1.")
    result = serializers.ListField(child=serializers.DictField(), help_text="The right answer.")
    why = serializers.CharField()


class WhySerializer(serializers.Serializer):
    why = serializers.CharField(max_length=WHY_CHARACTERS, allow_blank=True, default="")


class PracticeView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="practice_list", responses=PracticeSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """What can be practised on, without the answers; nothing is paid for it or counted."""
        project = examples.project_of(project_id)
        context = {"shown": rendering.shown_of(project)}
        found = project.examples.all()
        return Response(PracticeSerializer(found, many=True, context=context).data)


class TryView(APIView):
    permission_classes = [IsLabeler]

    @extend_schema(operation_id="practice_try", request=TrySerializer, responses=FeedbackSerializer)
    def post(self, request: Request, project_id: int, example_id: int) -> Response:
        """Whether this answer would be right, and why; it is not kept."""
        wanted = TrySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        project = examples.project_of(project_id)
        told = examples.practise(project, example_id=example_id, **wanted.validated_data)
        return Response(FeedbackSerializer(told).data)


class SetAsideView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="gold_set_aside", request=WhySerializer, responses={201: ExampleSerializer}
    )
    def post(self, request: Request, project_id: int, task_id: int) -> Response:
        """Gold that was taken out becomes practice: asked no more, its answer told after a try."""
        wanted = WhySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        project = projects.owned(project_id, owner=request.user)
        made = examples.set_aside(project, task_id=task_id, **wanted.validated_data)
        return Response(ExampleSerializer(made).data, status=201)
