"""Bonuses: a requester pays somebody more than was promised, for an answer of theirs.

Promises: it comes out of what the project has not promised to anybody else, it is the labeler's at
once and for good, and the same key pays once.
"""

from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from labeling import causes
from labeling.errors import NotFound
from labeling.models import Project, Submission
from payments import escrow, money
from payments.errors import KeyReused
from people.models import User

NOTE_CHARACTERS = 200


@dataclass(frozen=True, kw_only=True)
class Bonus:
    """What was given: `key` is that of the entry in the book."""

    key: str
    submission_id: int
    labeler: User
    amount_units: int
    note: str


@atomic
def give(
    submission_id: int, *, owner: User, amount_units: int, key: str = "", note: str = ""
) -> Bonus:
    """The labeler of this answer has earned so much more, now or under this key before.

    Raises NotFound for an answer in anybody else's project, InvalidAmount, InsufficientFunds,
    KeyReused for another amount or note under the same key.
    """
    limit_units = settings.STIPEND_PRICE_LIMIT_UNITS
    if not 1 <= amount_units <= limit_units:
        sentence = _("A bonus is more than nothing and at most %(limit)s.")
        raise money.InvalidAmount(sentence % {"limit": money.written(limit_units)})
    answer, project = _owned(submission_id, owner=owner)
    entry_key, said = f"bonus:{answer.pk}:{key or uuid4()}", note.strip()[:NOTE_CHARACTERS]
    ending = _ending(answer.pk, said)
    kept = escrow.bonus(
        project.purse,
        key=entry_key,
        payee=f"person:{answer.labeler_id}",
        amount_units=amount_units,
        cause=_shortened(project.title, escrow.CAUSE_CHARACTERS - len(ending)) + ending,
    )
    if not kept.endswith(ending):
        raise KeyReused(key=entry_key)
    return Bonus(
        key=entry_key,
        submission_id=answer.pk,
        labeler=answer.labeler,
        amount_units=amount_units,
        note=said,
    )


def _ending(answer_id: int, note: str) -> str:
    """The cause in the book, behind the project's title, which may change."""
    sentence = causes.NOTED_ANSWER if note else causes.ANSWER
    return sentence % {"title": "", "number": answer_id, "note": note}


def _shortened(title: str, characters: int) -> str:
    """The title, as much as there is room for: the note is read whole."""
    return title if len(title) <= characters else f"{title[: characters - 1]}…"


def _owned(submission_id: int, *, owner: User) -> tuple[Submission, Project]:
    answer = Submission.objects.select_related("labeler").filter(pk=submission_id).first()
    mine = Project.objects.owned_by(owner)
    project = mine.filter(pk=answer.project_id).first() if answer else None
    if answer is None or project is None:
        raise NotFound("There is no such answer in a project of yours.")
    return answer, project
