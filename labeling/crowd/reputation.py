"""What is known of how well people work: a posterior a labeler and skill, and why it moved.

How likely somebody's next answer is right is a Beta distribution: 4 right and 1 wrong are credited
to everybody, so newcomers begin at 0.80, and every event adds weights of right and wrong. It is
kept for each skill and, without a skill, for all of a person's work. A test counts for its skill
alone: what is known in it its owner says, for nothing, so it says nothing to others.

Old evidence fades: before a batch of events is added, what was known counts 0.99 times for each
unit of weight that the batch brings. So some hundred marks are remembered, and a reputation falls
as fast as it rises. Within a batch nothing fades; marks that cancel each other fade nothing.

An event may take weight back, when a known answer turns out doubtful or a rejection is
overturned. It takes back all of it, however faded, but never below zero: a doubt is the labeler's.
What of each event still counts (`fading`) adds up to the posterior.

Promises: an event counts once a submission and kind, whatever runs twice. Events never change. Two
at once neither deadlock nor lose anything: rows are locked in the order of labeler and skill, by
one statement; a transaction that records twice must not have touched later labelers before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from scipy.special import betaincinv

from labeling.crowd import fading
from labeling.crowd.fading import FADING, Mark
from labeling.models import Case, Reputation, ReputationEvent, Submission

PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0  # what a newcomer is credited with
INTERVAL = (0.05, 0.95)  # the quantiles between which a score lies with 90 % probability
EVENTS_PAGE = 20
REPLAYED = 5000  # events, the newest: what is older has faded out
FADED_OUT = (0.0, 0.0)

# A weight too small to see is gone: PostgreSQL refuses to multiply on until it underflows.
FADED = """CASE WHEN known.{weight} < 1e-9 THEN 0 ELSE known.{weight}
    * {fading}::float ^ GREATEST(moved."right" + moved.wrong, 0) END"""
IN_ORDER = "ORDER BY labeler_id, skill_id NULLS FIRST"
RECORD = """
WITH given AS (
    SELECT * FROM unnest(%(labelers)s::bigint[], %(skills)s::bigint[], %(submissions)s::bigint[],
        %(kinds)s::text[], %(right)s::float[], %(wrong)s::float[], %(overall)s::bool[])
        WITH ORDINALITY
        AS event (labeler_id, skill_id, submission_id, kind, "right", wrong, is_overall, turn)
), written AS (
    INSERT INTO labeling_reputationevent
        (labeler_id, skill_id, submission_id, kind, "right", wrong, is_overall, created_at)
    SELECT labeler_id, skill_id, submission_id, kind, "right", wrong, is_overall,
        statement_timestamp()
    FROM given ORDER BY submission_id, kind, turn
    ON CONFLICT (submission_id, kind) DO NOTHING
    RETURNING labeler_id, skill_id, "right", wrong, is_overall
), moved AS (
    SELECT labeler_id, skill_id, sum("right") AS "right", sum(wrong) AS wrong, count(*) AS count
    FROM (
        SELECT labeler_id, skill_id, "right", wrong FROM written WHERE skill_id IS NOT NULL
        UNION ALL
        SELECT labeler_id, NULL, "right", wrong FROM written WHERE is_overall
    ) AS each
    GROUP BY labeler_id, skill_id
)
INSERT INTO labeling_reputation AS known
    (labeler_id, skill_id, "right", wrong, events_count, changed_at)
SELECT labeler_id, skill_id, GREATEST("right", 0), GREATEST(wrong, 0), count, now()
FROM moved {in_order}
ON CONFLICT (labeler_id, skill_id) DO UPDATE
SET ("right", wrong) = (
        SELECT GREATEST({right} + moved."right", 0), GREATEST({wrong} + moved.wrong, 0)
        FROM moved WHERE moved.labeler_id = known.labeler_id
            AND moved.skill_id IS NOT DISTINCT FROM known.skill_id
    ),
    events_count = known.events_count + excluded.events_count,
    changed_at = excluded.changed_at
"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Why a reputation moves: that of the skill, and of all work unless `is_overall` says no."""

    labeler_id: int
    skill_id: int | None
    kind: str
    right: float = 0
    wrong: float = 0
    submission_id: int | None = None
    is_overall: bool = True


@dataclass(frozen=True, kw_only=True)
class Score:
    """How likely the next answer is right: the posterior mean, and where it lies with 90 %
    probability. `skill` and `title` are empty for all of somebody's work. The score is the share of
    `right` in `right` and `wrong`, which the events add up to, on top of what is credited."""

    skill: str = ""
    title: str = ""
    right: float
    wrong: float
    score: float
    low: float
    high: float
    events_count: int = 0


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One event in words, with the answer and the project that it is about, its weights, and what
    of them still counts; of a test it counts for the skill alone."""

    id: int
    kind: str
    sentence: str
    right: float
    wrong: float
    counts_right: float
    counts_wrong: float
    skill: str
    submission_id: int | None
    project_id: int | None
    project_title: str
    created_at: datetime
    is_overall: bool


@dataclass(frozen=True)
class Page:
    """At most EVENTS_PAGE events; older ones lie before `next_id`, if there are any."""

    events: list[Explanation]
    next_id: int | None


# --- Writing ----------------------------------------------------------------------------------


def record(events: Sequence[Event]) -> None:
    """The events are written and the reputations moved; recorded before is not counted again.

    One statement, whatever the size of the batch. The rows stay locked to the end of the
    transaction.
    """
    if not events:
        return
    values = {
        "labelers": [event.labeler_id for event in events],
        "skills": [event.skill_id for event in events],
        "submissions": [event.submission_id for event in events],
        "kinds": [str(event.kind) for event in events],
        "right": [float(event.right) for event in events],
        "wrong": [float(event.wrong) for event in events],
        "overall": [event.is_overall for event in events],
    }
    right, wrong = (FADED.format(weight=weight, fading=FADING) for weight in ('"right"', "wrong"))
    with connection.cursor() as cursor:
        cursor.execute(RECORD.format(in_order=IN_ORDER, right=right, wrong=wrong), values)


LOCK = """
    INSERT INTO labeling_reputation AS known
        (labeler_id, skill_id, "right", wrong, events_count, changed_at)
    VALUES (%s, NULL, 0, 0, 0, now())
    ON CONFLICT (labeler_id, skill_id) DO UPDATE SET events_count = known.events_count
"""


def lock(labeler_id: int) -> None:
    """Nobody else moves this person's reputation before the transaction ends.

    For who counts events before adding some: what is counted then does not change.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [labeler_id])


# --- Reading ----------------------------------------------------------------------------------


def mean(right: float, wrong: float) -> float:
    """The posterior mean of these weights."""
    return (right + PRIOR_RIGHT) / (right + wrong + PRIOR_RIGHT + PRIOR_WRONG)


def score(labeler_id: int, *, skill_id: int | None = None) -> float:
    """How likely the next answer is right; without a skill, in all of their work."""
    return scores_of([labeler_id], skill_id=skill_id)[labeler_id]


def scores_of(labeler_ids: Iterable[int], *, skill_id: int | None = None) -> dict[int, float]:
    """The same for many people: everybody has one, newcomers that of the prior."""
    found = dict.fromkeys(labeler_ids, mean(0, 0))
    known = Reputation.objects.filter(labeler__in=list(found), skill=skill_id)
    for labeler_id, right, wrong in known.values_list("labeler_id", "right", "wrong"):
        found[labeler_id] = mean(right, wrong)
    return found


def scores_in_skills(labeler_id: int) -> dict[int | None, float]:
    """One person's scores by the skill's id, None for all of their work; not those of the prior."""
    known = Reputation.objects.filter(labeler=labeler_id)
    rows = known.values_list("skill_id", "right", "wrong")
    return {skill_id: mean(right, wrong) for skill_id, right, wrong in rows}


def standing(labeler_id: int) -> list[Score]:
    """Somebody's scores: first that of all their work, which everybody has, then by skill."""
    known = Reputation.objects.filter(labeler=labeler_id).select_related("skill")
    rows = {row.skill.slug if row.skill else "": row for row in known}
    rows.setdefault("", Reputation())
    return [_scored(rows[slug]) for slug in sorted(rows)]


def _scored(known: Reputation) -> Score:
    right, wrong = known.right + PRIOR_RIGHT, known.wrong + PRIOR_WRONG
    low, high = (float(betaincinv(right, wrong, quantile)) for quantile in INTERVAL)
    return Score(
        skill=known.skill.slug if known.skill else "",
        title=known.skill.title if known.skill else "",
        right=right,
        wrong=wrong,
        score=mean(known.right, known.wrong),
        low=low,
        high=high,
        events_count=known.events_count,
    )


def explain(labeler_id: int, *, skill: str = "", before_id: int | None = None) -> Page:
    """Why somebody's reputation is what it is, the newest events first; only those before one.

    With a skill's name those of that skill, and what of them counts for it; else those that count
    for all of their work. For the labeler alone: it tells what they answered. An answer to gold is
    named only where a rejection cites it: who knows gold need not work.
    """
    found = ReputationEvent.objects.filter(labeler=labeler_id)
    found = found.filter(skill__slug=skill) if skill else found.filter(is_overall=True)
    counting = _counting(found)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    rows = found.select_related("skill", "submission__project", "submission__case").only(
        *("kind", "right", "wrong", "is_overall", "created_at", "skill__slug"),
        "submission__project__title",
        *("submission__case__reason", "submission__is_gold"),
    )
    newest = rows.order_by("-id")[: EVENTS_PAGE + 1]
    events = [_explained(event, counting.get(event.pk, FADED_OUT)) for event in newest]
    is_last = len(events) <= EVENTS_PAGE
    return Page(events[:EVENTS_PAGE], next_id=None if is_last else events[EVENTS_PAGE - 1].id)


def _counting(found: QuerySet[ReputationEvent]) -> dict[int, tuple[float, float]]:
    """What of these events still counts: those of one batch were written at one moment."""
    newest = found.order_by("-id").values_list("id", "created_at", "right", "wrong")[:REPLAYED]
    return fading.counting(Mark(*row) for row in reversed(newest))


def _is_cited(gold: Submission) -> bool:
    return gold.case is not None and gold.case.reason == Case.Reason.GOLD_FAILED


def _explained(event: ReputationEvent, counts: tuple[float, float]) -> Explanation:
    about = event.submission
    if about is not None and about.is_gold and not _is_cited(about):
        about = None
    project = about.project if about else None
    return Explanation(
        id=event.pk,
        kind=event.kind,
        sentence=ReputationEvent.Kind(event.kind).label,
        right=event.right,
        wrong=event.wrong,
        counts_right=counts[0],
        counts_wrong=counts[1],
        skill=event.skill.slug if event.skill else "",
        submission_id=about.pk if about else None,
        project_id=project.pk if project else None,
        project_title=project.title if project else "",
        created_at=event.created_at,
        is_overall=event.is_overall,
    )
