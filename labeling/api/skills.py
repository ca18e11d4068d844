"""Skills: a requester's own, who has them, and the tests that grant them."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.api.pages import PAGE, UNTIL, NewestIds, Page, page_of
from labeling.crowd import skills
from labeling.crowd.requirements import VALUE_LIMIT
from labeling.models import Grant, Skill
from labeling.orders import entry_tests
from people.permissions import IsRequester


class HeldSerializer(serializers.Serializer):
    value = serializers.IntegerField()
    source = serializers.ChoiceField(choices=Grant.Source.choices)


class SkillSerializer(serializers.ModelSerializer):
    """A skill; `held` is the asker's own grant of it."""

    mine = serializers.SerializerMethodField()
    held = serializers.SerializerMethodField()

    class Meta:
        model = Skill
        fields = ["slug", "title", "mine", "held", "created_at"]

    def get_mine(self, skill: Skill) -> bool:
        return skill.owner_id == self.context["asker"].pk

    @extend_schema_field(HeldSerializer(allow_null=True))
    def get_held(self, skill: Skill) -> dict[str, int | str] | None:
        grant = self.context["held"].get(skill.pk)
        return None if grant is None else HeldSerializer(grant).data


class SkillRequestSerializer(serializers.Serializer):
    slug = serializers.CharField(max_length=200, help_text="Small letters, digits and hyphens.")
    title = serializers.CharField(max_length=120)


class MineSerializer(serializers.Serializer):
    mine = serializers.BooleanField(default=False)


class GrantSerializer(serializers.ModelSerializer):
    labeler = serializers.CharField(source="labeler.pseudonym")

    class Meta:
        model = Grant
        fields = ["labeler", "value", "source", "granted_at"]


class GrantRequestSerializer(serializers.Serializer):
    labeler = serializers.CharField(max_length=20, help_text="The name on their answers.")
    value = serializers.IntegerField(min_value=0, max_value=VALUE_LIMIT, default=VALUE_LIMIT)


class ResultSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=[str(state) for state in skills.State])
    answers = serializers.IntegerField(source="answers_count")
    right = serializers.IntegerField(source="right_count")
    percent = serializers.IntegerField()


class EntryTestSerializer(serializers.Serializer):
    project = serializers.IntegerField(source="project_id")
    title = serializers.CharField()
    skill = serializers.CharField()
    price = serializers.CharField(help_text='For one answer, as "0.05".')
    length = serializers.IntegerField(help_text="Answers until the result stands.")
    lease_minutes = serializers.IntegerField()
    pass_percent = serializers.IntegerField()
    open = serializers.BooleanField(source="is_open")
    result = ResultSerializer(allow_null=True)


class SkillsView(APIView):
    def get_permissions(self) -> list[IsAuthenticated]:
        return [IsRequester() if self.request.method == "POST" else IsAuthenticated()]

    @extend_schema(
        operation_id="skills_list",
        parameters=[OpenApiParameter("mine", type=bool), PAGE],
        responses=page_of(SkillSerializer),
    )
    def get(self, request: Request) -> Response:
        """What requirements can speak of, by name; your own with `mine=true`."""
        wanted = MineSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = request.user.skills.all() if wanted.validated_data["mine"] else Skill.objects.all()
        pages = Page()
        rows = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(_shown(rows, request))

    @extend_schema(
        operation_id="skills_create",
        request=SkillRequestSerializer,
        responses={201: SkillSerializer},
    )
    def post(self, request: Request) -> Response:
        """A new skill of your own, to be granted by hand, by tests or by answers to gold."""
        wanted = SkillRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        made = skills.create(request.user, **wanted.validated_data)
        return Response(_shown([made], request)[0], status=201)


def _shown(rows: list[Skill], request: Request) -> list[dict[str, object]]:
    held = {grant.skill_id: grant for grant in skills.of(request.user.pk)}
    context = {"asker": request.user, "held": held}
    return SkillSerializer(rows, many=True, context=context).data


class GrantsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="grants_list",
        parameters=[PAGE, UNTIL],
        responses=page_of(GrantSerializer),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Who has your skill, the newest grant first."""
        found = skills.held(skills.owned(slug, owner=request.user))
        pages = NewestIds()
        rows = pages.paginate_queryset(found, request, self)
        return pages.get_paginated_response(GrantSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="grants_create",
        request=GrantRequestSerializer,
        responses={201: GrantSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Grant your skill, or change its value; what you say stands above tests and gold."""
        skill = skills.owned(slug, owner=request.user)
        wanted = GrantRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        labeler = skills.labeler_called(fields["labeler"])
        granted = skills.grant(skill, labeler=labeler, value=fields["value"])
        return Response(GrantSerializer(granted).data, status=201)


class GrantView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="grants_revoke", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, pseudonym: str) -> Response:
        """Take your skill back; who lost it by your word does not earn it again by themselves."""
        skill = skills.owned(slug, owner=request.user)
        skills.revoke(skill, labeler=skills.labeler_called(pseudonym))
        return Response(status=204)


class EntryTestsView(APIView):
    @extend_schema(operation_id="skills_tests", responses=EntryTestSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Tests that you may take and how you stand in those that you began."""
        return Response(EntryTestSerializer(entry_tests.for_person(request.user), many=True).data)
