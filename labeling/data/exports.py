"""The data set leaves, each label with its origin: who, when, how judged, paid by what.

Rows are read and written a few hundred tasks at a time, so a large project costs no memory. Those
read together are of one moment: what is decided meanwhile is in a row whole, or not at all.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from labeling.errors import MalformedFile
from labeling.models import Audit, Judgement, Project, Submission, Task
from payments import escrow

TASKS_A_CHUNK = 500
ANCHORED_A_CHUNK = 20_000  # labels: a batch's tree is built once for so many
OF_TASK = ["is_gold", "consensus_by", "consensus_why", "confidence", "agreement"]
OF_ANNOTATION = [
    *("annotation", "result", "completed_by", "created_at", "leased_at", "submitted_at"),
    *("lead_time_s", "verdict", "score", "judged_by", "judged_at", "reason", "release"),
    *("release_key", "tx_hash", "explorer_url"),
]
CSV_HEAD = ["task", "data", "consensus", *OF_TASK, *OF_ANNOTATION]
WHY = {  # by what made the consensus
    "": None,
    "gold": "The answer was known before.",
    "reviewer": "A reviewer put it right.",
    "majority": "Each answer counts alike.",
    "one_coin": "Each answer counts as much as its labeler is known to be right here.",
    "dawid_skene": "Each answer counts by what its labeler says when what is true.",
    "several": "Each question has a model of its own.",
}


def rows(project: Project) -> Iterator[dict[str, Any]]:
    """Each task with its consensus, what made it and why, how sure it is, and its annotations, in
    the order of import."""
    last_id = 0
    while found := _behind(project, last_id):
        yield from found
        last_id = found[-1]["id"]


def _behind(project: Project, last_id: int) -> list[dict[str, Any]]:
    """The rows of the next tasks behind this one, as they are at one moment."""
    with one_moment():
        found = Task.objects.filter(project=project, pk__gt=last_id).order_by("id")
        return list(_chunk(list(found[:TASKS_A_CHUNK]), _why(project)))


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is of one moment; inside of a transaction, of that transaction's."""
    if connection.in_atomic_block:
        yield
        return
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _why(project: Project) -> Callable[[Task], str | None]:
    """What says of a task why its consensus is what it is: of labels that were fitted to all
    answers, why that model was chosen."""
    audit = Audit.objects.filter(project=project).first()
    chosen = {
        finding["model"]: finding["model_reason"]
        for finding in (audit.findings.values() if audit else ())
        if "model" in finding and finding.get("is_applied", True)
    }

    def of(task: Task) -> str | None:
        is_fitted = audit and task.judged_at and task.judged_at <= audit.made_at
        known = {**WHY, **chosen} if is_fitted else {**chosen, **WHY}
        return known.get(task.consensus_by)

    return of


def _chunk(tasks: list[Task], why: Callable[[Task], str | None]) -> Iterator[dict[str, Any]]:
    submissions = Submission.objects.filter(task__in=tasks).order_by("id")
    submissions = submissions.select_related("labeler", "assignment")
    answers_of: dict[int, list[Submission]] = defaultdict(list)
    for submission in submissions:
        answers_of[submission.task_id].append(submission)
    newest = {one.submission_id: one for one in _judgements(submissions)}
    keys = [one.release_key for one in submissions if one.state == Submission.State.ACCEPTED]
    paid = escrow.payments_of(keys) if keys else {}
    for task in tasks:
        yield {
            "id": task.pk,
            "data": task.data,
            "consensus": task.consensus,
            "is_gold": task.expected is not None,
            "consensus_by": task.consensus_by,
            "consensus_why": why(task),
            "confidence": task.confidence,
            "agreement": task.agreement,
            "annotations": [
                _annotation(one, _score(task, one), newest.get(one.pk), paid.get(one.release_key))
                for one in answers_of[task.pk]
            ],
        }


def _judgements(submissions: QuerySet[Submission]) -> QuerySet[Judgement]:
    """What was concluded, the newest last. A rejection that nobody appealed was judged by who
    rejected: silence made it final, and said nothing of the answer."""
    found = Judgement.objects.filter(submission__in=submissions).order_by("id")
    return found.exclude(verdict=Judgement.Verdict.FORFEITED, by=Judgement.By.SILENCE)


def _score(task: Task, submission: Submission) -> float | None:
    """None, too, where the consensus that it agreed with went with its last answer."""
    is_said = submission.is_gold or task.consensus is not None
    return submission.score if is_said else None


def _annotation(
    submission: Submission,
    score: float | None,
    judgement: Judgement | None,
    release: dict[str, Any] | None,
) -> dict[str, Any]:
    leased_at = submission.assignment.leased_at
    return {
        "id": submission.pk,
        "result": submission.result,
        "completed_by": submission.labeler.pseudonym,
        "created_at": submission.submitted_at,
        "leased_at": leased_at,
        "submitted_at": submission.submitted_at,
        "lead_time_s": round((submission.submitted_at - leased_at).total_seconds(), 3),
        "verdict": submission.state,
        "score": score,
        "judged_by": judgement.by if judgement else None,
        "judged_at": judgement.created_at if judgement else None,
        "reason": judgement.reason if judgement else None,
        "release": release["entry"] if release else None,
        "release_key": submission.release_key if release else None,
        "tx_hash": release["tx_hash"] if release else None,
        "explorer_url": release["explorer_url"] if release else None,
    }


def _json(project: Project) -> Iterator[bytes]:
    start = b"[\n"
    for row in rows(project):
        yield start + _encoded(row)
        start = b",\n"
    yield b"[]\n" if start == b"[\n" else b"\n]\n"


def _json_lines(project: Project) -> Iterator[bytes]:
    for row in rows(project):
        yield _encoded(row) + b"\n"


def _encoded(value: Any) -> bytes:
    """JSON; the slow way for a number that the fast one cannot write."""
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z)
    except TypeError:
        return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def _csv(project: Project) -> Iterator[bytes]:
    """One line an annotation; a task without one has one line with these cells empty."""
    yield _line(CSV_HEAD)
    for row in rows(project):
        task = [row["id"], *(_encoded(row[key]).decode() for key in ("data", "consensus"))]
        task += [row[name] for name in OF_TASK]
        for annotation in row["annotations"] or [{}]:
            cells = {**annotation, "annotation": annotation.get("id")}
            if annotation:
                cells["result"] = _encoded(annotation["result"]).decode()
            yield _line([*task, *(cells.get(name) for name in OF_ANNOTATION)])


def _line(cells: list[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([_plain(cell) for cell in cells])
    return line.getvalue().encode()


def _plain(cell: Any) -> Any:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell


def anchors(project: Project) -> Iterator[bytes]:
    """A line of JSON for each batch on chain that paid some of the labels: the proofs of them.

    `./stipend verify export` holds an export against them and the chain.
    """
    last_id = 0
    accepted = project.submissions.filter(state=Submission.State.ACCEPTED).order_by("id")
    while found := list(accepted.filter(pk__gt=last_id).only("pk")[:ANCHORED_A_CHUNK]):
        for anchor in escrow.anchors_of([one.release_key for one in found]):
            yield _encoded(anchor) + b"\n"
        last_id = found[-1].pk


Writer = Callable[[Project], Iterator[bytes]]
WRITERS: dict[str, tuple[str, Writer]] = {
    "json": ("application/json", _json),
    "jsonl": ("application/x-ndjson", _json_lines),
    "csv": ("text/csv; charset=utf-8", _csv),
}


def stream(project: Project, *, kind: str) -> tuple[str, Iterator[bytes]]:
    """The content type and the parts of the file; raises MalformedFile for another kind."""
    if kind not in WRITERS:
        raise MalformedFile("Exports are written as json, jsonl or csv.", kind=kind[:20])
    content_type, write = WRITERS[kind]
    return content_type, write(project)
