"""What a jury's votes come to: verdicts, pay, stakes, in one transaction a case.

Promises: an answer is judged by three at least who met the known case; doubt, and a jury that
never comes, are for the labeler; what was not sampled is rejected only when the bound leaves no
doubt; the losing side pays. Lock order: case, submission, reputation, account.
"""

from functools import partial

from django.db.transaction import atomic
from scipy.special import betaincinv

from labeling import attempts, causes
from labeling.crowd import reputation
from labeling.models import Case, Judgement, Seat, Vote
from labeling.review import appeals, cases, juries
from payments import escrow

CERTAINTY = 0.95  # of the bounds of a sampled case
REJECTABLE = 0.5  # the share of acceptable answers below which, for sure, the rest is rejected
State = Case.State


def decide() -> int:
    """How many cases got their verdict: by their jury, or by default when too few came."""
    waiting = Case.objects.filter(state=State.APPEALED).order_by()
    project_ids = waiting.values_list("project_id", flat=True)
    return attempts.each("decide", project_ids, _decide_in, share=0.25)


def _decide_in(project_id: int) -> int:
    waiting = Case.objects.filter(project=project_id, state=State.APPEALED).order_by("appealed_at")
    ids = list(waiting.values_list("pk", flat=True))
    with attempts.apart("decide") as tried:
        return sum(tried(f"case {case_id}", partial(_decide, case_id)) for case_id in ids)


@atomic
def _decide(case_id: object) -> bool:
    case = cases.lock(case_id)
    if case.state != State.APPEALED:
        return False
    seats = list(case.seats.exclude(state=Seat.State.EXPIRED))
    voted = [seat for seat in seats if seat.state == Seat.State.VOTED]
    counted = [seat for seat in voted if juries.is_counted(seat)]
    is_full = len(voted) >= cases.SEATS_LIMIT
    is_jury = len(counted) >= appeals.FIRST_SEATS
    if is_jury and (is_full or len(counted) >= juries.needed(counted)):
        _conclude(case, voted, _acceptable(counted))
        _note_jury(case)
    elif is_full or juries.is_late(case, seats):
        _conclude(case, voted, {})
    else:
        return False
    return True


def _note_jury(case: Case) -> None:
    """What a jury found stays known, whatever becomes of the case later."""
    case.jury_state = case.state
    case.save(update_fields=["jury_state"])


def _acceptable(counted: list[Seat]) -> dict[int, bool]:
    """By answer: acceptable to at least half of the jurors; doubt is for the labeler."""
    votes = Vote.objects.filter(seat__in=counted, is_gold=False)
    tally: dict[int, list[bool]] = {}
    for submission_id, is_acceptable in votes.values_list("submission_id", "is_acceptable"):
        tally.setdefault(submission_id, []).append(bool(is_acceptable))
    return {key: sum(said) * 2 >= len(said) for key, said in tally.items()}


def _conclude(case: Case, voted: list[Seat], acceptable: dict[int, bool]) -> None:
    """The verdicts, the jurors' pay, the stake, what is left: in one transaction.

    Where no jury found anything all is doubtful, and no bound is claimed.
    """
    yes = sum(acceptable.values())
    is_overturned = yes * 2 >= len(acceptable)
    low, high = bounds(yes, len(acceptable))
    is_doubtful = high >= REJECTABLE
    answers = cases.locked_answers(case)
    right = [one for one in answers if acceptable.get(one.pk, is_doubtful)]
    wrong = [one for one in answers if not acceptable.get(one.pk, is_doubtful)]
    if 0 < len(acceptable) < len(answers):
        case.bound_low, case.bound_high = low, high
    reputation.record([*cases.rejections(case, wrong), *cases.amends(case, right)])
    cases.lock_money(case, jurors=[seat.juror_id for seat in voted])
    _pay(case, voted, from_stake=not is_overturned)
    cases.pardon(case, right, by=Judgement.By.JURY)
    cases.forfeit(case, wrong, by=Judgement.By.JURY)
    case.seats_count = len(voted)
    case.save(update_fields=["bound_low", "bound_high", "seats_count"])
    cases.close(case, State.OVERTURNED if is_overturned else State.UPHELD)


def bounds(yes: int, count: int) -> tuple[float, float]:
    """The share of acceptable answers in the whole case, with a certainty of 95 %.

    C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits (Biometrika 26, 1934).
    """
    tail = (1 - CERTAINTY) / 2
    low = float(betaincinv(yes, count - yes + 1, tail)) if yes else 0.0
    high = float(betaincinv(yes + 1, count - yes, 1 - tail)) if yes < count else 1.0
    return low, high


def _pay(case: Case, voted: list[Seat], *, from_stake: bool) -> None:
    """Jurors are paid by the losing side: out of the stake as far as it goes, the rest secured."""
    labeler = f"person:{case.labeler_id}"
    stake_units = case.stake_units
    releases: dict[str, list[escrow.Release]] = {"stake": [], "project": []}
    for seat in voted:
        staked = min(seat.paid_units, stake_units) if from_stake else 0
        stake_units -= staked
        for source, units in (("stake", staked), ("project", seat.paid_units - staked)):
            if units:
                key = f"jury:{seat.pk}" + (":stake" if source == "stake" else "")
                releases[source].append(
                    escrow.Release(
                        key=key,
                        payee=f"person:{seat.juror_id}",
                        amount_units=units,
                        fee_units=0,
                        cause=causes.ON_A_JURY % {"title": case.project.title},
                    )
                )
    if releases["stake"]:
        escrow.release_all(escrow.open_purse(labeler), releases["stake"])
    if releases["project"]:
        escrow.release_all(case.project.purse, releases["project"])
        case.secured_units -= sum(one.amount_units for one in releases["project"])
    if stake_units:
        key, cause = f"unstake:{case.pk}", causes.UNSTAKED % {"title": case.project.title}
        escrow.unstake(labeler, key=key, amount_units=stake_units, cause=cause)
    case.lost_units, case.stake_units = case.stake_units - stake_units, 0
    case.save(update_fields=["secured_units", "stake_units", "lost_units"])
