"""Tasks with a known answer: committed before they are asked, taken out when they are doubtful.

Promises: when gold opens, a root over all of it is written and never changed, so nobody can make
an answer wrong afterwards; a leaf hides its answer behind a random salt until its proof is shown.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from labeling.content import commitments, contents
from labeling.crowd import reputation, skills
from labeling.crowd.reputation import Event
from labeling.errors import NotFound, ProjectClosed, TaskNotPaused
from labeling.models import Load, MissedGold, Project, ReputationEvent, Submission, Task

DOUBT_ANSWERS = 4  # of labelers who are otherwise right, before gold is doubted
GOOD_GOLD = 5  # other gold answers that make a labeler known
GOOD_LEAST = 3  # of them, where there is so little gold
GOOD_SHARE = 0.8  # of them right
ASKED = (Task.State.OPEN, Task.State.ANSWERED, Task.State.JUDGED)  # or will be with more work
MISSED = "good labelers missed it."  # how it ends why doubtful gold is paused
RETIRED = "Taken out by the requester."
Kind = ReputationEvent.Kind
MARKS = (Kind.GOLD_RIGHT, Kind.GOLD_WRONG)


def entry(task: Task) -> bytes:
    """What a leaf is made of, to the byte: JSON without spaces, keys in this order, in UTF-8.

    `data_hash` is the SHA-256 of the data as imported, in hex, `salt` 16 random bytes in hex.
    """
    words = {
        "data_hash": bytes(task.content_hash).hex(),
        "expected": task.expected,
        "salt": bytes(task.salt or b"").hex(),
    }
    return json.dumps(words, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()


def _tasks(load: Load) -> list[Task]:
    """In the order of their leaves, which tells nothing about them."""
    return sorted(load.tasks.all(), key=lambda task: commitments.leaf(entry(task)))


def commit(load: Load) -> None:
    """The load's root is written: called when it opens, in that transaction; once is for ever."""
    if load.gold_root is None:
        leaves = [commitments.leaf(entry(task)) for task in _tasks(load)]
        load.gold_root = commitments.root(leaves)
        load.save(update_fields=["gold_root"])


def committed(project_id: int, *, newest: int | None = None) -> list[dict[str, Any]]:
    """What was committed, for everybody to keep before they work: load, root in hex, size, when.

    Oldest first; only the `newest` ones, if that is given.
    """
    found = Load.objects.filter(project=project_id, gold_root__isnull=False)
    loads = list(found.order_by("-opened_at")[:newest])[::-1]
    return [
        {
            "load": str(load.pk),
            "root": bytes(load.gold_root).hex(),
            "size": load.added_count,
            "committed_at": load.opened_at,
        }
        for load in loads
    ]


def proof_of(submission: Submission) -> dict[str, Any]:
    """The known answer with its way up to the root: the entry as a text, index, size, path, root;
    and the data it is the answer to, in the spelling whose hash the entry has.

    Raises NotFound when the answer was to no gold, or to gold that was not committed yet.
    """
    task = Task.objects.select_related("load").get(pk=submission.task_id)
    if task.expected is None or task.load.gold_root is None:
        raise NotFound("There is no known answer to this.")
    tasks = _tasks(task.load)
    leaves = [commitments.leaf(entry(one)) for one in tasks]
    index = [one.pk for one in tasks].index(task.pk)
    return {
        "load": str(task.load_id),
        "entry": entry(task).decode(),
        "data": contents.canonical(task.data).decode(),
        "expected": task.expected,
        "index": index,
        "size": len(leaves),
        "path": [side.hex() for side in commitments.path(leaves, index)],
        "root": bytes(task.load.gold_root).hex(),
    }


# --- Marks --------------------------------------------------------------------------------


def met(project: Project, answers: Iterable[Submission]) -> dict[int, bool]:
    """Whether each of these answers of one project met the gold that it was to, by id: as it was
    marked when it was scored, whatever `accept_score` is by now. Others are left out."""
    scores = {one.pk: one.score for one in answers if one.is_gold and one.score is not None}
    marks = ReputationEvent.objects.filter(submission__in=list(scores), kind__in=MARKS)
    marked = dict(marks.values_list("submission_id", "kind"))
    return {
        pk: marked[pk] == Kind.GOLD_RIGHT if pk in marked else score >= project.accept_score
        for pk, score in scores.items()
    }


# --- Doubt --------------------------------------------------------------------------------


def note(answers: Iterable[Submission]) -> None:
    """These missed gold, or met some that was taken out: `doubt` looks at it, also if this process
    dies before it comes to that."""
    MissedGold.objects.bulk_create(
        MissedGold(submission=one, task_id=one.task_id) for one in answers
    )


def missed_in() -> QuerySet[MissedGold, int]:
    """The projects with missed gold that is still to be looked at."""
    return MissedGold.objects.order_by().values_list("task__project", flat=True).distinct()


def doubt(project_id: int) -> int:
    """How much was taken out of the project's gold that was missed: what those who know their work
    keep missing.

    Doubtful is gold that more than half of at least DOUBT_ANSWERS good labelers missed; good is
    who met GOOD_SHARE of at least GOOD_GOLD others, or of all others where there are fewer, but of
    GOOD_LEAST. Its marks are undone, those of answers that come in later too, and what they said
    of a skill; its slots are kept as spare.
    """
    missed = MissedGold.objects.filter(task__project=project_id).order_by("task")
    task_ids = missed.values_list("task", flat=True).distinct()
    return sum(_doubt(task_id) for task_id in list(task_ids))


@atomic
def _doubt(task_id: int) -> bool:
    task = Task.objects.select_for_update(no_key=True).get(pk=task_id)
    missed = list(MissedGold.objects.filter(task=task).values_list("pk", flat=True))
    is_new = bool(missed) and task.expected is not None  # none: another process looked at it
    is_out = is_new and _is_taken_out(task)
    MissedGold.objects.filter(pk__in=missed).delete()
    return is_out


def _is_taken_out(task: Task) -> bool:
    project = Project.objects.get(pk=task.project_id)
    answers = list(Submission.objects.filter(task=task, score__isnull=False).order_by("id"))
    undone = ReputationEvent.objects.filter(submission__in=answers, kind=Kind.GOLD_WITHDRAWN)
    undone_ids = set(undone.values_list("submission_id", flat=True))
    is_asked = task.state in ASKED
    why = _why(project, task, answers) if is_asked else ""
    if not why and (is_asked or not undone_ids):
        return False
    if is_asked:
        _take_out(task, why=why)
    marked = [one for one in answers if one.pk not in undone_ids]
    _undo_marks(project, marked)
    skills.settle(project, {one.labeler_id for one in marked})
    return is_asked


def _why(project: Project, task: Task, answers: list[Submission]) -> str:
    """Why it is doubtful, empty if it is not."""
    good = _good(project, {one.labeler_id for one in answers}, but=task)
    judged = [one for one in answers if one.labeler_id in good]
    was_met = met(project, judged)
    missed = [one for one in judged if not was_met[one.pk]]
    if len(judged) < DOUBT_ANSWERS or len(missed) * 2 <= len(judged):
        return ""
    return f"{len(missed)} of {len(judged)} {MISSED}"


def _good(project: Project, labeler_ids: set[int], *, but: Task) -> set[int]:
    """Those of these who meet other gold of this project."""
    scored = Submission.objects.filter(
        project_id=project.pk, labeler__in=labeler_ids, is_gold=True, score__isnull=False
    ).exclude(task=but)
    met_count = Count("id", filter=_is_met("pk"))
    tallies = scored.order_by().values("labeler_id").annotate(count=Count("id"), met=met_count)
    others = project.tasks.filter(expected__isnull=False, state__in=ASKED).exclude(pk=but.pk)
    enough = min(max(others.count(), GOOD_LEAST), GOOD_GOLD)
    return {
        row["labeler_id"]
        for row in tallies
        if row["count"] >= enough and row["met"] >= GOOD_SHARE * row["count"]
    }


def _is_met(submission: str) -> Exists:
    """True of answers that were marked as right."""
    marks = ReputationEvent.objects.filter(submission=OuterRef(submission))
    return Exists(marks.filter(kind=Kind.GOLD_RIGHT))


def _take_out(task: Task, *, why: str) -> None:
    task.state, task.paused_for = Task.State.PAUSED, why
    task.spare_count, task.free_count = task.spare_count + task.free_count, 0
    task.save(update_fields=["state", "paused_for", "spare_count", "free_count"])


UNDO = """
    WITH undone AS (
        SELECT labeler_id, bool_or(met) AS met
        FROM unnest(%(labelers)s::bigint[], %(met)s::bool[]) AS mark (labeler_id, met)
        GROUP BY labeler_id
    ), seats AS (
        SELECT id, labeler_id FROM labeling_membership
        WHERE project_id = %(project)s AND labeler_id = ANY(%(labelers)s)
        ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE labeling_membership AS seat
    SET gold_count = GREATEST(seat.gold_count - 1, 0),
        gold_right_count = GREATEST(seat.gold_right_count - undone.met::int, 0),
        "right" = GREATEST(seat."right" - undone.met::int, 0),
        wrong = GREATEST(seat.wrong - (NOT undone.met)::int, 0),
        barred_at = CASE
            WHEN seat.gold_count - 1 >= %(first)s
                AND GREATEST(seat.gold_right_count - undone.met::int, 0) * 100
                    < (seat.gold_count - 1) * %(floor)s
            THEN seat.barred_at END
    FROM seats, undone
    WHERE seat.id = seats.id AND undone.labeler_id = seats.labeler_id
"""


def _undo_marks(project: Project, answers: list[Submission]) -> None:
    """As if it had not been asked; barred stays who missed too much of the rest."""
    was_met = met(project, answers)
    marks = ReputationEvent.objects.filter(submission__in=answers, kind__in=MARKS)
    is_overall = dict(marks.values_list("submission_id", "is_overall"))
    values = {
        "project": project.pk,
        "labelers": [one.labeler_id for one in answers],
        "met": [was_met[one.pk] for one in answers],
        "first": settings.STIPEND_GOLD_FIRST,
        "floor": project.gold_floor,
    }
    reputation.record(
        [
            Event(
                labeler_id=one.labeler_id,
                skill_id=project.skill_id,
                is_overall=is_overall.get(one.pk, project.is_work),
                kind=Kind.GOLD_WITHDRAWN,
                right=-1.0 if was_met[one.pk] else 0.0,
                wrong=0.0 if was_met[one.pk] else -1.0,
                submission_id=one.pk,
            )
            for one in answers
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(UNDO, values)


@atomic
def retire(project: Project, *, task_id: int) -> Task:
    """The requester takes a gold task out; raises NotFound, TaskNotPaused when it is not asked,
    ProjectClosed."""
    if Project.objects.locked().get(pk=project.pk).state == Project.State.CLOSED:
        raise ProjectClosed()
    task = Task.objects.select_for_update(no_key=True).filter(project=project, pk=task_id).first()
    if task is None or task.expected is None:
        raise NotFound("There is no such gold in this project.")
    if task.state not in ASKED:
        raise TaskNotPaused("This task is not offered.")
    _take_out(task, why=RETIRED)
    return task


def overview(project: Project) -> QuerySet[Task]:
    """The gold of a project with `answers_count` and `met_count`, in the order of import."""
    met_count = Count("submissions", filter=_is_met("submissions__pk"))
    known = project.tasks.filter(expected__isnull=False)
    return known.annotate(answers_count=Count("submissions"), met_count=met_count).order_by("id")
