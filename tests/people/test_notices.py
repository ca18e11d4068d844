"""Notices: told once, counted up, unread until seen, and nobody else's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.transaction import atomic
from django.utils import timezone

from people import choices, notices
from people.errors import AlwaysTold, WrongLink
from people.models import Notice, User
from tests.people import house

pytestmark = pytest.mark.django_db(transaction=True)
PAID = {"amount": "1.50", "address": "0xa", "path": "/earnings/payouts/7/"}


@pytest.fixture
def ana():
    return house.joined(email="ana@example.org", mail_proved_at=timezone.now())


def told(user: User, number: int = 1, kind: str = "paid") -> Notice:
    key = f"{kind}:{number}"
    notices.tell(f"person:{user.pk}", kind, PAID, key=key)
    return Notice.objects.get(user=user, key=key)


def test_under_one_key_a_person_is_told_once(ana):
    first = told(ana)
    notices.read(ana, [first.pk])

    again = told(ana)

    assert (again.pk, again.read_at is not None) == (first.pk, True)
    assert notices.of(ana).count() == 1


def test_the_database_refuses_a_second_row_of_one_key(ana):
    one = told(ana)
    one.pk = None

    with pytest.raises(IntegrityError), atomic():
        one.save(force_insert=True)


def test_nothing_is_told_of_what_did_not_happen(ana):
    with atomic():
        told(ana)
        transaction.set_rollback(True)

    assert Notice.objects.count() == 0


def test_only_people_who_are_active_are_told(ana):
    User.objects.update(is_active=False)

    for holder in (f"person:{ana.pk}", "person:999999", "project:1", "house"):
        notices.tell(holder, "paid", PAID, key="paid:1")
        notices.grow(holder, "accepted", key="accepted:1", grown=lambda facts: facts)

    assert Notice.objects.count() == 0


def test_there_is_no_other_kind(ana):
    with pytest.raises(ValueError, match="gossip"):
        notices.tell(f"person:{ana.pk}", "gossip", {}, key="gossip:1")


def test_what_grows_is_one_notice_unread_again(ana):
    def grown(facts):
        return {"count": facts.get("count", 0) + 2}

    for _ in range(3):
        notices.grow(f"person:{ana.pk}", "accepted", key="accepted:1", grown=grown)
        before = Notice.objects.get()
        assert notices.unread_count(ana) == 1
        notices.read(ana, [before.pk])

    assert before.facts == {"count": 6}
    assert notices.unread_count(ana) == 0


def test_the_unread_come_first_then_the_newest(ana):
    made = [told(ana, number) for number in range(4)]
    notices.read(ana, [made[3].pk, made[0].pk])

    shown = [one.key for one in notices.of(ana)]

    assert shown == ["paid:2", "paid:1", "paid:3", "paid:0"]
    assert notices.unread_count(ana) == 2


def test_reading_all_leaves_what_came_afterwards(ana):
    told(ana, 1)
    moment = timezone.now()
    late = told(ana, 2)

    assert notices.read_all(ana, until=moment) == 1
    assert [one.pk for one in notices.of(ana).filter(read_at=None)] == [late.pk]


def test_anybody_elses_stay_as_they_are(ana):
    bob = house.joined("bob")
    theirs = told(bob)

    assert notices.read(ana, [theirs.pk]) == 0
    assert notices.read_all(ana, until=timezone.now()) == 0
    assert (notices.of(ana).count(), notices.unread_count(bob)) == (0, 1)


def test_the_head_of_a_page_costs_one_look_into_a_small_index(ana, django_assert_num_queries):
    told(ana)

    with django_assert_num_queries(1) as asked:
        assert notices.unread_count(ana) == 1

    assert 'WHERE "people_notice"."on_page"' in asked[0]["sql"] or "read_at" in asked[0]["sql"]
    assert "LIMIT 100" in asked[0]["sql"]


def test_what_was_read_long_ago_is_forgotten(ana, settings):
    old, unread, fresh = (told(ana, number) for number in range(3))
    notices.read(ana, [old.pk, fresh.pk])
    long_ago = timezone.now() - timedelta(days=settings.STIPEND_NOTICE_DAYS + 1)
    Notice.objects.filter(pk__in=[old.pk, unread.pk]).update(at=long_ago, mail_due_at=None)

    assert notices.forget_old() == 1
    assert {one.pk for one in notices.of(ana)} == {unread.pk, fresh.pk}


# --- What they want to hear of ------------------------------------------------------------------


def test_what_is_muted_on_the_page_is_mailed_alone(ana):
    choices.change(ana, "paid", page=False)

    notice = told(ana)

    assert (notice.on_page, notice.mail_due_at is not None) == (False, True)
    assert (notices.of(ana).count(), notices.unread_count(ana)) == (0, 0)


def test_what_is_muted_by_mail_stays_on_the_page(ana):
    choices.change(ana, "paid", mail=False)

    notice = told(ana)

    assert (notice.on_page, notice.mail_due_at) == (True, None)
    assert told(ana, kind="returned").mail_due_at is not None


def test_what_is_said_of_one_kind_and_channel_leaves_the_others(ana):
    choices.change(ana, "paid", page=False, mail=False)
    choices.change(ana, "paid", page=True)
    choices.change(ana, "rejected", mail=False)

    ana.refresh_from_db()
    assert ana.muted == ["mail:paid", "mail:rejected"]
    unwanted = [(one.kind, one.page) for one in choices.of(ana) if not one.mail]
    assert unwanted == [("rejected", True), ("paid", True)]


def test_what_is_about_safety_is_always_told(ana):
    with pytest.raises(AlwaysTold):
        choices.change(ana, "wallet_changed", mail=False)

    User.objects.update(muted=["mail:wallet_changed", "page:wallet_changed"])
    ana.refresh_from_db()
    assert ana.muted
    assert choices.wants(ana, "wallet_changed", "mail")
    assert {one.always for one in choices.of(ana) if one.kind == "wallet_changed"} == {True}


def test_a_link_mutes_one_kind_for_one_person(ana):
    bob = house.joined("bob")
    token = choices.token(ana, "paid")

    assert [choices.mute(token), choices.mute(token)] == ["paid", "paid"]

    ana.refresh_from_db()
    bob.refresh_from_db()
    assert (ana.muted, bob.muted) == (["mail:paid"], [])


def test_a_link_that_was_tampered_with_mutes_nothing(ana):
    good = choices.token(ana, "paid")
    always = choices.token(ana, "wallet_changed")

    for token in (good[:-1], good + "x", "", "1:paid", always):
        with pytest.raises(WrongLink):
            choices.mute(token)

    ana.refresh_from_db()
    assert ana.muted == []
