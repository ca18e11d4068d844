"""What happens without anybody asking. Every job may run twice, and twice at once."""

from celery import shared_task

from people import letters


@shared_task(name="people.jobs.carry_letters")
def carry_letters() -> int:
    """Letters that are due go out."""
    return letters.carry()
