"""Two jobs carry the same departure out, and somebody stays at the last moment."""

import pytest
from django.utils import timezone

from payments import wallets as named
from payments.models import Payout
from people import departures, letters
from people.models import Departure, User
from tests.payments import house as bank
from tests.people import house
from tests.races import money, work

pytestmark = pytest.mark.django_db(transaction=True)

State = Departure.State
WALLET = house.key(7).address


@pytest.fixture
def ana():
    """Due to leave, with 0.50 to go to a wallet."""
    user = house.joined(email="ana@example.org", mail_proved_at="2026-01-01T00:00:00Z")
    bank.earn(f"person:{user.pk}", 500_000)
    named.name(f"person:{user.pk}", WALLET)
    departures.ask(user)
    user.letters.all().delete()
    Departure.objects.update(due_at=timezone.now())
    return user


def test_two_jobs_at_once_let_a_person_go_once(ana, monkeypatch):
    money.meet_before(monkeypatch, departures, "_take")
    money.meet_before(monkeypatch, departures, "_ended")

    ends = money.at_once(departures.carry_out, departures.carry_out)

    assert sorted(ends) == [0, 1]
    assert Departure.objects.get().state == State.ENDED
    assert Payout.objects.get().amount_units == 500_000
    assert bank.balance(f"person:{ana.pk}", "EARNED") == 0
    assert ana.letters.count() == 1


def stay_and_go(ana):
    """The ends of both, let go when they wait for the person."""
    statement = f"SELECT FROM people_user WHERE id = {ana.pk} FOR UPDATE"
    return work.behind(statement, lambda: departures.take_back(ana), departures.carry_out)


def test_who_stays_at_the_last_moment_stays_whole_or_goes_whole(ana):
    stayed, gone_count = stay_and_go(ana)

    user = User.objects.get(pk=ana.pk)
    assert [stayed, gone_count] in ([True, 0], [False, 1])
    assert user.is_active is stayed
    assert user.username == "ana" if stayed else user.username.startswith("left-")
    assert Departure.objects.exists() is not stayed
    assert Payout.objects.exists() is not stayed


def test_without_the_lock_a_person_would_be_let_go_of_twice(ana, monkeypatch):
    """The twin: both jobs look at the state before either of them writes it."""
    written, write = [], letters.write

    def counted(*arguments, **options):
        written.append(1)
        return write(*arguments, **options)

    def careless(begun):
        if Departure.objects.get(pk=begun.pk).state != State.BEGUN:
            return False
        meet()
        departures._farewell(User.objects.get(pk=begun.user_id))
        Departure.objects.filter(pk=begun.pk).update(state=State.ENDED, ended_at=timezone.now())
        return True

    meet = money.meeting()
    monkeypatch.setattr(letters, "write", counted)
    monkeypatch.setattr(departures, "_ended", careless)
    money.meet_before(monkeypatch, departures, "_take")

    assert money.at_once(departures.carry_out, departures.carry_out) == [1, 1]
    assert len(written) == 2
