"""What happens without anybody asking. Every job may run twice, and twice at once."""

from celery import shared_task

from people import departures, letters, notice_mails, notices


@shared_task(name="people.jobs.carry_letters")
def carry_letters() -> int:
    """Letters that are due go out."""
    return letters.carry()


@shared_task(name="people.jobs.write_notices")
def write_notices() -> int:
    """Notices whose mail is due have their letter."""
    return notice_mails.write_due()


@shared_task(name="people.jobs.forget_notices")
def forget_notices() -> int:
    """Notices that were read long ago are gone."""
    return notices.forget_old()


@shared_task(name="people.jobs.carry_out_departures")
def carry_out_departures() -> int:
    """Who asked to leave, and has had the time to think it over, has left."""
    return departures.carry_out()
