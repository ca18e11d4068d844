"""Whom a requester lets review their project."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.models import Reviewer
from labeling.orders import projects
from labeling.review import reviewers
from people.permissions import IsRequester


class NameSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150, help_text="The name they sign in with.")


class ReviewerSerializer(serializers.ModelSerializer):
    username = serializers.CharField(source="user.username")
    pseudonym = serializers.CharField(source="user.pseudonym")

    class Meta:
        model = Reviewer
        fields = ["username", "pseudonym", "added_at"]
        read_only_fields = fields


class ReviewersView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="reviewers_list", responses=ReviewerSerializer(many=True))
    def get(self, request: Request, project_id: int) -> Response:
        """Who reviews your project besides you."""
        project = projects.owned(project_id, owner=request.user)
        return Response(ReviewerSerializer(reviewers.of_project(project), many=True).data)

    @extend_schema(
        operation_id="reviewers_add", request=NameSerializer, responses={201: ReviewerSerializer}
    )
    def post(self, request: Request, project_id: int) -> Response:
        """Let somebody review: they see and judge answers, never their own, and no money."""
        project = projects.owned(project_id, owner=request.user)
        added = reviewers.add(project, username=_name(request))
        return Response(ReviewerSerializer(added).data, status=201)

    @extend_schema(
        operation_id="reviewers_remove",
        parameters=[OpenApiParameter("username", type=str, description="Here or in the body.")],
        request=NameSerializer,
        responses={204: OpenApiResponse(description="They review it no longer.")},
    )
    def delete(self, request: Request, project_id: int) -> Response:
        """Let somebody review no longer; what they judged stands."""
        project = projects.owned(project_id, owner=request.user)
        reviewers.remove(project, username=_name(request))
        return Response(status=204)


def _name(request: Request) -> str:
    wanted = NameSerializer(data=request.data or request.query_params)
    wanted.is_valid(raise_exception=True)
    return wanted.validated_data["username"]
