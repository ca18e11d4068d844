"""A requester's projects."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.answers.parser import CONFIG_CHARACTERS
from labeling.api.pages import PAGE, UNTIL, NewestIds, page_of
from labeling.crowd import skills
from labeling.errors import InvalidSettings
from labeling.models import Example, Project
from labeling.models.example import WHY_CHARACTERS
from labeling.models.project import INSTRUCTIONS_CHARACTERS, LEASE_MINUTES_LIMIT
from labeling.models.rules import (
    GOLD_PERCENT_LIMIT,
    OVERLAP_LIMIT,
    REVIEW_HOURS_LIMIT,
    TEST_OVERLAP_LIMIT,
)
from labeling.orders import overviews, projects, warnings
from labeling.orders.rules import CHANGEABLE
from payments import keys, money
from people.permissions import IsRequester

KEY = OpenApiParameter(
    keys.HEADER,
    location=OpenApiParameter.HEADER,
    description=f"The same key is the same project. {keys.RULE}",
)
SIGNAL_LIMITS = {
    "too_fast_seconds": "Faster is too fast, for any task; null: as the deployment says.",
    "too_fast_characters": "More a second are unread; null: as the deployment says.",
    "constant_answers": "As many alike in a row are constant; null: as the deployment says.",
    "copied_characters": "Longer texts alike are copied; null: as the deployment says.",
}
SHARES = ["accept_score", "confidence", "minimum_reputation"]


class ExampleSerializer(serializers.ModelSerializer):
    """A task with its right answer; one that is not shown is for practice alone."""

    result = serializers.ListField(child=serializers.DictField(), help_text="As in a submission.")
    why = serializers.CharField(
        max_length=WHY_CHARACTERS, allow_blank=True, default="", help_text="Why it is right."
    )
    shown = serializers.BooleanField(
        source="is_shown", default=True, help_text="Told beside the instructions."
    )

    class Meta:
        model = Example
        fields = ["data", "result", "why", "shown"]


@extend_schema_field(ExampleSerializer(many=True))
class ExamplesField(serializers.ListField):
    """Their shape; the room checks them against the project's own form."""

    child = serializers.DictField()


class SettingsSerializer(serializers.ModelSerializer):
    """What may change while people work."""

    examples = ExamplesField(
        required=False, help_text="Tasks with their right answers, to learn by: all there are."
    )

    class Meta:
        model = Project
        fields = [*sorted(CHANGEABLE), "examples"]
        extra_kwargs = {
            "lease_minutes": {"min_value": 1, "max_value": LEASE_MINUTES_LIMIT},
            "review_hours": {"min_value": 1, "max_value": REVIEW_HOURS_LIMIT},
            "gold_percent": {"min_value": 0, "max_value": GOLD_PERCENT_LIMIT},
            "gold_floor_percent": {"min_value": 0, "max_value": 100},
            "pass_percent": {"min_value": 0, "max_value": 100},
            **{name: {"min_value": 0, "max_value": 1} for name in SHARES},
            "quota": {"min_value": 1},
            **{name: {"help_text": words} for name, words in SIGNAL_LIMITS.items()},
        }


class ProjectRequestSerializer(SettingsSerializer):
    instructions = serializers.CharField(
        max_length=INSTRUCTIONS_CHARACTERS, default="", allow_blank=True, trim_whitespace=False
    )
    config = serializers.CharField(
        max_length=CONFIG_CHARACTERS,
        trim_whitespace=False,
        allow_blank=True,
        help_text="label-studio's XML.",
    )
    price = serializers.CharField(max_length=40, help_text='For one accepted label, as "0.05".')
    overlap = serializers.IntegerField(
        min_value=1,
        max_value=TEST_OVERLAP_LIMIT,
        required=False,
        help_text=f"Answers to each task, {OVERLAP_LIMIT} at most; 1 if left out. In a test, how "
        f"many people each question is asked: {TEST_OVERLAP_LIMIT} if it is free, and a paid one "
        "has to say it.",
    )
    overlap_max = serializers.IntegerField(
        min_value=1,
        max_value=TEST_OVERLAP_LIMIT,
        required=False,
        help_text="With a confidence: answers asked for at most.",
    )
    kind = serializers.ChoiceField(choices=Project.Kind.choices, default=Project.Kind.LABELING)
    skill = serializers.SlugField(required=False, allow_null=True, help_text="One of yours.")

    class Meta(SettingsSerializer.Meta):
        fields = [
            *SettingsSerializer.Meta.fields,
            *("instructions", "config", "price", "overlap", "overlap_max", "kind", "skill"),
        ]


class PurseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    funds = serializers.CharField()
    held = serializers.CharField()
    fees = serializers.CharField()


class DepositSerializer(serializers.Serializer):
    vault = serializers.CharField(allow_null=True)
    vault_url = serializers.CharField(allow_null=True, help_text="In the network's explorer.")
    token = serializers.CharField(allow_null=True)
    token_url = serializers.CharField(allow_null=True)
    purse = serializers.CharField(help_text="The vault's first argument of deposit().")
    chain_id = serializers.IntegerField(allow_null=True)


class CountsSerializer(serializers.Serializer):
    tasks = serializers.IntegerField()
    loaded = serializers.IntegerField()
    open = serializers.IntegerField()
    done = serializers.IntegerField()
    submissions = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    paused = serializers.IntegerField()
    gold = serializers.IntegerField()


class ProjectSerializer(serializers.ModelSerializer):
    """A project with its money and its progress; to be written by `shown`."""

    skill = serializers.CharField(source="skill.slug", allow_null=True, default=None)
    examples = ExampleSerializer(many=True, read_only=True)
    price = serializers.SerializerMethodField()
    cost_per_task = serializers.SerializerMethodField()
    cost_to_open = serializers.SerializerMethodField(
        help_text="What opening the loaded tasks now would hold, answers to gold included."
    )
    purse = serializers.SerializerMethodField()
    deposit = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField(
        help_text="That your rejections wait for an admin, what keeps everybody out, that a test "
        "has run out of questions, and hotkeys that the page does not have, in sentences."
    )

    class Meta:
        model = Project
        fields = [
            *("id", "kind", "instructions", "config", "price", "overlap", "overlap_max", "skill"),
            *SettingsSerializer.Meta.fields,
            *("state", "purse", "deposit", "cost_per_task", "cost_to_open", "counts"),
            *("warnings", "created_at"),
        ]

    def get_price(self, project: Project) -> str:
        return money.format(project.price_units)

    def get_cost_per_task(self, project: Project) -> str:
        return money.format(project.cost_per_task_units)

    def get_cost_to_open(self, project: Project) -> str:
        return money.format(self._overview(project).opening_units)

    @extend_schema_field(PurseSerializer)
    def get_purse(self, project: Project) -> dict[str, Any]:
        balances = self._overview(project).balances
        kinds = {"funds": "FUNDS", "held": "HELD", "fees": "FEES"}
        amounts = {name: money.format(balances.get(kind, 0)) for name, kind in kinds.items()}
        return {"id": str(project.purse_id), **amounts}

    @extend_schema_field(DepositSerializer)
    def get_deposit(self, project: Project) -> dict[str, Any]:
        return self._overview(project).deposit

    @extend_schema_field(CountsSerializer)
    def get_counts(self, project: Project) -> dict[str, int]:
        return self._overview(project).counts

    def get_warnings(self, project: Project) -> list[str]:
        return self.context["warnings"][project.pk]

    def _overview(self, project: Project) -> overviews.Overview:
        return self.context["overviews"][project.pk]


def shown(found: Sequence[Project]) -> list[dict[str, Any]]:
    """Projects as their requester reads them, in as many statements as one project takes."""
    prefetch_related_objects(found, "examples")
    context = {"overviews": overviews.of(found), "warnings": warnings.of(found)}
    return list(ProjectSerializer(found, many=True, context=context).data)


class OpeningSerializer(serializers.Serializer):
    opened = serializers.IntegerField()
    held = serializers.CharField(help_text="What was held for the tasks opened now.")
    project = ProjectSerializer()


class ProjectsView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(
        operation_id="projects_list",
        parameters=[PAGE, UNTIL],
        responses=page_of(ProjectSerializer),
    )
    def get(self, request: Request) -> Response:
        """Your projects, newest first."""
        pages = NewestIds()
        own = Project.objects.owned_by(request.user).select_related("skill")
        found = pages.paginate_queryset(own, request, self)
        return pages.get_paginated_response(shown(found))

    @extend_schema(
        operation_id="projects_create",
        parameters=[KEY],
        request=ProjectRequestSerializer,
        responses={201: ProjectSerializer},
    )
    def post(self, request: Request) -> Response:
        """A new project with a purse of its own, to be funded, loaded and opened."""
        key = keys.said(request.headers)
        _refuse_unknown(request.data)
        wanted = ProjectRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = dict(wanted.validated_data)
        price_units = money.parse(fields.pop("price"))
        if slug := fields.pop("skill", None):
            fields["skill"] = skills.owned(slug, owner=request.user)
        project = projects.create(request.user, price_units=price_units, key=key, **fields)
        return Response(shown([project])[0], status=201)


class ProjectView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="projects_get", responses=ProjectSerializer)
    def get(self, request: Request, project_id: int) -> Response:
        """One of your projects, with its money and its progress."""
        return Response(shown([projects.owned(project_id, owner=request.user)])[0])

    @extend_schema(
        operation_id="projects_change", request=SettingsSerializer, responses=ProjectSerializer
    )
    def patch(self, request: Request, project_id: int) -> Response:
        """Change settings. Price, form and overlap stay: they are what people agreed to."""
        project = projects.owned(project_id, owner=request.user)
        _refuse_fixed(request.data)
        wanted = SettingsSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        changed = projects.change(project, **wanted.validated_data)
        return Response(shown([changed])[0])


def _refuse_unknown(wanted: Any) -> None:
    """A name that is none would be lost without a word, with what it was to change."""
    if names := _others(wanted, known=ProjectRequestSerializer.Meta.fields):
        raise InvalidSettings("There is no setting %(name)s.", name=names[0], names=names)


def _refuse_fixed(wanted: Any) -> None:
    if names := _others(wanted, known=SettingsSerializer.Meta.fields):
        raise InvalidSettings("%(name)s cannot be changed.", name=names[0], names=names)


def _others(wanted: Any, *, known: Iterable[str]) -> list[str]:
    names = sorted(set(wanted) - set(known)) if isinstance(wanted, dict) else []
    return [name[:100] for name in names[:20]]


class OpenView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="projects_open", request=None, responses=OpeningSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Hold the full cost of all loaded tasks and offer them; a paused project goes on."""
        opening = projects.open_tasks(projects.owned(project_id, owner=request.user))
        return Response(
            {
                "opened": opening.opened_count,
                "held": money.format(opening.held_units),
                "project": shown([opening.project])[0],
            }
        )


class PauseView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="projects_pause", request=None, responses=ProjectSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Hand out nothing more for now; running leases may still be answered."""
        project = projects.pause(projects.owned(project_id, owner=request.user))
        return Response(shown([project])[0])


class CloseView(APIView):
    permission_classes = [IsRequester]

    @extend_schema(operation_id="projects_close", request=None, responses=ProjectSerializer)
    def post(self, request: Request, project_id: int) -> Response:
        """Hand out nothing more, ever; what no answer can cost any more goes back to funds."""
        project = projects.close(projects.owned(project_id, owner=request.user))
        return Response(shown([project])[0])
