"""What happens without anybody asking. Every job may run twice, and twice at once."""

from celery import shared_task

from labeling import attempts, departures, notices
from labeling.handout import reports, slots, turns
from labeling.judging import audits, quality
from labeling.media import errands, files, removals
from labeling.orders import projects
from labeling.review import cases, juries, verdicts


@shared_task(name="labeling.jobs.judge")
def judge() -> int:
    """Tasks with all their answers get their consensus, answers their verdict and their pay."""
    return quality.judge()


@shared_task(name="labeling.jobs.expire")
def expire() -> int:
    """Slots of leases whose time is over are free again, dropped tasks that were held are over."""
    with attempts.apart("expire") as tried:
        return tried("leases", slots.expire_all) + tried("dropped tasks", reports.end_dropped)


@shared_task(name="labeling.jobs.refund_left")
def refund_left() -> int:
    """Closed projects have back what no answer can cost any more, whoever died meanwhile."""
    return projects.refund_left()


@shared_task(name="labeling.jobs.take_turns")
def take_turns() -> int:
    """Where work is scarce, everybody gets a share of it."""
    return turns.share_out()


@shared_task(name="labeling.jobs.audit")
def audit() -> int:
    """Projects with fresh answers have their agreement measured and their labels fitted anew."""
    return audits.audit_some()


@shared_task(name="labeling.jobs.decide_cases")
def decide_cases() -> int:
    """Rejections that nobody contests become final, contested ones get their verdict."""
    juries.expire()
    with attempts.apart("decide_cases") as tried:
        return tried("uncontested", cases.lapse) + tried("contested", verdicts.decide)


@shared_task(name="labeling.jobs.forget_words")
def forget_words() -> int:
    """What people who have left wrote about what is decided meanwhile is gone."""
    return departures.forget()


@shared_task(name="labeling.jobs.fetch_media")
def fetch_media() -> int:
    """What somebody wants to see of media elsewhere is fetched."""
    return errands.run()


@shared_task(name="labeling.jobs.sweep_media")
def sweep_media() -> int:
    """What was never sent to its end is gone, and what was taken away."""
    return files.sweep() + removals.erase_due()


@shared_task(name="labeling.jobs.tell")
def tell() -> int:
    """People have notices of work that was accepted, and of rejections that were decided."""
    return notices.tell_decided() + notices.tell_accepted()
