"""What happens without anybody asking. Every job may run twice, and twice at once."""

from celery import shared_task

from labeling import assignments, quality


@shared_task(name="labeling.jobs.judge")
def judge() -> int:
    """Tasks with all their answers get their consensus, answers their verdict and their pay."""
    return quality.judge()


@shared_task(name="labeling.jobs.expire")
def expire() -> int:
    """Slots of leases whose time is over are free again."""
    ended_count = 0
    while count := assignments.expire():
        ended_count += count
    return ended_count
