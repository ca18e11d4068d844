"""What looks odd about an answer asks for a look.

Promises: a signal never changes a verdict, it only keeps an answer from being accepted unseen.
One read for each kind of signal, whatever the size of the batch. A project says which kinds are
looked for and from where on (`Limits`), STIPEND_SIGNALS which of them the deployment looks for at
all.

Too fast: adults read 238 words of plain English a minute (Brysbaert 2019, a review of 190
studies), some 24 characters a second with their spaces. By default it is twice
that, so who is faster has not read the text, be it plain, marked up, a dialogue or a list. The gist
of a picture is seen within a tenth of a second, but nobody chooses and clicks within half a second,
after a picture or a recording, nor does a whole task within 0.7.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from labeling.answers import Config
from labeling.answers.objects import Media, Paragraphs
from labeling.answers.texts import TextArea
from labeling.content import configs
from labeling.models import Project, Signal, Submission, Task
from labeling.models.assignment import PLACES

MEDIA_SECONDS = 0.5  # of each image or recording in it
VARIED_SHARE = 0.2  # of the others' answers, that differ from somebody's constant one
OTHERS_LIMIT = 500  # the newest answers of a project, looked through where nobody has the same task

Kind = Signal.Kind


@dataclass(frozen=True)
class _Odd:
    submission_id: int
    kind: str
    detail: str


@dataclass(frozen=True)
class Limits:
    """From where on an answer is odd."""

    too_fast_seconds: float  # that any task takes
    too_fast_characters: int  # a second, that nobody reads
    constant_answers: int  # the same in a row
    copied_characters: int  # of a text; up to them it is the same by chance

    @classmethod
    def of(cls, project: Project) -> "Limits":
        """The project's own; where it has none, the deployment's."""

        def either(own: Any, usual: Any) -> Any:
            return usual if own is None else own

        return cls(
            either(project.too_fast_seconds, settings.STIPEND_LEAST_SECONDS),
            either(project.too_fast_characters, settings.STIPEND_READ_CHARACTERS),
            either(project.constant_answers, settings.STIPEND_CONSTANT_ANSWERS),
            either(project.copied_characters, settings.STIPEND_COPIED_CHARACTERS),
        )


def look(project: Project, submissions: Sequence[Submission]) -> None:
    """Signals of these answers of one project are written; seen before is seen.

    To be called inside the transaction that locked the answers.
    """
    config = configs.form_of(project.pk, version=project.config_version).config
    odd = [
        found
        for kind, look_for in LOOKS.items()
        if submissions and kind in project.signals and kind in settings.STIPEND_SIGNALS
        for found in look_for(project, config, submissions)
    ]
    if not odd:
        return
    Signal.objects.bulk_create(
        [Signal(submission_id=one.submission_id, kind=one.kind, detail=one.detail) for one in odd],
        ignore_conflicts=True,
    )
    odd_ids = {one.submission_id for one in odd}
    Submission.objects.filter(pk__in=odd_ids).update(is_signalled=True)
    for submission in submissions:
        submission.is_signalled = submission.is_signalled or submission.pk in odd_ids


def of(submission_ids: Iterable[int]) -> set[int]:
    """Those of these that carry a signal."""
    found = Signal.objects.filter(submission__in=list(submission_ids))
    return set(found.values_list("submission_id", flat=True))


# --- Too fast ---------------------------------------------------------------------------------

# Leases may overlap, so the pace is the time since the lease by the answers given in it: each of
# ten tasks taken together and answered in a minute took six seconds. Programs read as they like.
# `most` is more than the task can need: by all of its data, where people see some fields of them.
FAST = """
    SELECT answer.id, pace.seconds, task.data::text
    FROM labeling_submission AS answer
    JOIN labeling_assignment AS lease ON lease.id = answer.assignment_id
    JOIN labeling_task AS task ON task.id = answer.task_id
    JOIN people_user AS person ON person.id = answer.labeler_id AND NOT person.is_agent
    CROSS JOIN LATERAL (
        SELECT GREATEST(%(least)s, %(media)s + %(per_character)s * length(task.data::text))::float
            AS seconds
    ) AS most
    CROSS JOIN LATERAL (
        SELECT extract(epoch FROM answer.submitted_at - lease.leased_at)::float AS seconds
    ) AS lead
    CROSS JOIN LATERAL (
        SELECT lead.seconds / CASE WHEN lead.seconds >= most.seconds * %(places)s THEN 1 ELSE (
            SELECT GREATEST(count(*), 1) FROM (
                SELECT submitted_at FROM labeling_submission
                WHERE labeler_id = answer.labeler_id AND id <= answer.id
                ORDER BY id DESC LIMIT %(places)s
            ) AS former
            WHERE former.submitted_at > lease.leased_at
        ) END AS seconds
    ) AS pace
    WHERE answer.id = ANY(%(ids)s) AND pace.seconds < most.seconds
"""


def _too_fast(
    project: Project, config: Config, submissions: Sequence[Submission]
) -> Iterator[_Odd]:
    limits = Limits.of(project)
    shown = {one.field: one for one in config.objects.values()}.values()
    media = MEDIA_SECONDS * sum(isinstance(one, Media) for one in shown)
    read = [one for one in shown if not isinstance(one, Media)]
    values = {
        "ids": [one.pk for one in submissions],
        "media": media,
        "per_character": 1 / limits.too_fast_characters,
        "least": limits.too_fast_seconds,
        "places": PLACES,
    }
    for submission_id, pace_seconds, data_json in _rows(FAST, values):
        data = orjson.loads(data_json)
        characters = sum(len(one.words(data)) for one in read)
        needed = max(limits.too_fast_seconds, media + characters / limits.too_fast_characters)
        if pace_seconds < needed:
            detail = f"{pace_seconds:.1f} s for what takes {needed:.1f} s to look at."
            yield _Odd(submission_id, Kind.TOO_FAST, detail)


# --- Constant ---------------------------------------------------------------------------------

SAID = """COALESCE((
    SELECT jsonb_agg(jsonb_build_array(region ->> 'from_name', region -> 'value')
        ORDER BY region ->> 'from_name', region -> 'value')
    FROM jsonb_array_elements({answer}.result) AS region WHERE region ->> 'type' <> %(free)s
), %(nothing)s::jsonb)"""
# The last answers of each person in the batch, sorted into runs of the same answer. A run counts
# only if the others' answers to its tasks differ from it often enough: where nearly all tasks
# have the same right answer, giving it is no carelessness. Where nobody else has the same task,
# it is the others' newest answers in the project, as many as a run at least.
CONSTANT = """
WITH people AS (
    SELECT labeler_id, max(id) AS last_id, count(*) AS count
    FROM labeling_submission WHERE id = ANY(%(ids)s) GROUP BY labeler_id
), recent AS (
    SELECT former.id, former.labeler_id, former.task_id, former.is_gold, {said} AS said
    FROM people CROSS JOIN LATERAL (
        SELECT * FROM (
            SELECT * FROM labeling_submission
            WHERE labeler_id = people.labeler_id AND id <= people.last_id
            ORDER BY id DESC LIMIT 3 * (people.count + %(run)s)
        ) AS anywhere
        WHERE project_id = %(project)s ORDER BY id DESC LIMIT people.count + %(run)s
    ) AS former
), marked AS (
    SELECT *, row_number() OVER (PARTITION BY labeler_id ORDER BY id)
        - row_number() OVER (PARTITION BY labeler_id, said ORDER BY id) AS run
    FROM recent WHERE said IS NOT NULL
), runs AS (
    SELECT *, row_number() OVER (PARTITION BY labeler_id, said, run ORDER BY id) AS length
    FROM marked
), suspects AS (
    SELECT * FROM runs WHERE length >= %(run)s AND id = ANY(%(ids)s)
), same_tasks AS MATERIALIZED ({same_tasks}), careless AS ({careless})
SELECT suspects.id, suspects.length, careless.share
FROM suspects JOIN careless USING (labeler_id, said, run)
WHERE careless.share >= %(varied)s
"""
SAME_TASKS = """
    SELECT runs.labeler_id, runs.said, runs.run,
        avg(CASE WHEN {others_said} = runs.said THEN 0.0 ELSE 1.0 END) AS share
    FROM runs
    JOIN labeling_submission AS other
        ON other.task_id = runs.task_id AND other.labeler_id <> runs.labeler_id
    WHERE NOT runs.is_gold
        AND (runs.labeler_id, runs.said, runs.run) IN (SELECT labeler_id, said, run FROM suspects)
    GROUP BY runs.labeler_id, runs.said, runs.run
"""
NO_SAME_TASKS = "SELECT labeler_id, said, run, 0.0 AS share FROM suspects WHERE false"
CARELESS = """
    WITH newest AS MATERIALIZED (  -- read once, and only if anybody is suspected
        SELECT labeler_id, {others_said} AS said
        FROM (
            SELECT * FROM labeling_submission WHERE project_id = %(project)s
            ORDER BY id DESC LIMIT %(others)s
        ) AS other
        WHERE NOT is_gold
    )
    SELECT labeler_id, said, run, share FROM same_tasks
    UNION ALL
    SELECT suspect.labeler_id, suspect.said, run, others.share
    FROM (
        SELECT labeler_id, said, run FROM suspects
        EXCEPT SELECT labeler_id, said, run FROM same_tasks
    ) AS suspect
    CROSS JOIN LATERAL (
        SELECT avg(CASE WHEN newest.said = suspect.said THEN 0.0 ELSE 1.0 END) AS share
        FROM newest WHERE newest.labeler_id <> suspect.labeler_id
        HAVING count(*) >= %(run)s
    ) AS others
"""


def _constant(
    project: Project, config: Config, submissions: Sequence[Submission]
) -> Iterator[_Odd]:
    controls = config.controls.values()
    all_is_free = all(isinstance(control, TextArea) for control in controls)
    may_be_empty = any(control.may_be_empty for control in controls)
    run = Limits.of(project).constant_answers
    values = {
        "ids": [one.pk for one in submissions],
        "project": project.pk,
        "nothing": "[]" if may_be_empty else None,  # nothing to mark is an answer, too
        "free": "" if all_is_free else TextArea.type,  # beside other answers, a remark at will
        "run": run,
        "varied": VARIED_SHARE,
        "others": max(OTHERS_LIMIT, 2 * run),  # some of them are the suspect's own
    }
    others_said = SAID.format(answer="other")
    same_tasks = SAME_TASKS if project.overlap_max > 1 else NO_SAME_TASKS
    statement = CONSTANT.format(
        said=SAID.format(answer="former"),
        same_tasks=same_tasks.format(others_said=others_said),
        careless=CARELESS.format(others_said=others_said),
    )
    for submission_id, length, share in _rows(statement, values):
        detail = f"{length} times the same; {share:.0%} of the others' answers differ from it."
        yield _Odd(submission_id, Kind.CONSTANT, detail)


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


# --- Copied -----------------------------------------------------------------------------------


def _copied(project: Project, config: Config, submissions: Sequence[Submission]) -> Iterator[_Odd]:
    """Only texts about texts: two who write down what an image says are both right."""
    names = {
        name
        for name, control in config.controls.items()
        if isinstance(control, TextArea) and not isinstance(config.objects[control.to_name], Media)
    }
    least = Limits.of(project).copied_characters
    written = {one.pk: _texts(one.result, names, least) for one in submissions}
    task_ids = {one.task_id for one in submissions if written[one.pk]}
    if not task_ids:
        return
    said_by, shown_in = _said_by(task_ids, names, least), _shown_in(config, task_ids)
    for one in submissions:
        for name, text in written[one.pk].items():
            others = said_by[one.task_id, name, text] - {(one.labeler_id, one.pk)}
            if text in shown_in[one.task_id]:
                yield _Odd(one.pk, Kind.COPIED, f"{name}: the task's own text.")
            elif others:
                detail = f"{name}: the same text as in answer {min(others)[1]}."
                yield _Odd(one.pk, Kind.COPIED, detail)


def _texts(result: Any, names: set[str], least: int) -> dict[str, str]:
    """Texts of more characters than `least`, as they are compared: blind to case and spaces."""
    return {
        region["from_name"]: _plain(" ".join(region["value"]["text"]))
        for region in result
        if region["from_name"] in names and sum(map(len, region["value"]["text"])) > least
    }


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def _said_by(
    task_ids: set[int], names: set[str], least: int
) -> dict[tuple[int, str, str], set[tuple[int, int]]]:
    """Who wrote a text, and in which answer."""
    said_by: dict[tuple[int, str, str], set[tuple[int, int]]] = defaultdict(set)
    found = Submission.objects.filter(task__in=task_ids).order_by("id")
    for pk, task_id, labeler_id, result in found.values_list(
        "id", "task_id", "labeler_id", "result"
    ):
        for name, text in _texts(result, names, least).items():
            said_by[task_id, name, text].add((labeler_id, pk))
    return said_by


def _shown_in(config: Config, task_ids: set[int]) -> dict[int, set[str]]:
    """The texts that each task shows."""
    found = Task.objects.filter(pk__in=task_ids).values_list("id", "data")
    return {pk: set(map(_plain, _shown(config, data))) for pk, data in found}


def _shown(config: Config, data: dict[str, Any]) -> Iterator[str]:
    for one in config.objects.values():
        if not isinstance(one, Media):
            yield one.words(data)
        if isinstance(one, Paragraphs):  # without who said what
            yield " ".join(one.seen(data) or ())


Look = Callable[[Project, Config, Sequence[Submission]], Iterator[_Odd]]
LOOKS: dict[str, Look] = {
    Kind.TOO_FAST: _too_fast,
    Kind.CONSTANT: _constant,
    Kind.COPIED: _copied,
}
