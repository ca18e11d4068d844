"""A labeler's answers, a rejection and its appeal, and jury duty, as pages without scripts."""

import pytest

from labeling.models import Case, Seat
from labeling.review import appeals, cases, juries, verdicts
from payments import escrow, ledger
from tests.labeling import house
from tests.labeling.review.test_cases import FEE, SEAT, answered, contested, juror, reject

pytestmark = pytest.mark.django_db


def test_answers_say_what_stands_on_them(client):
    made, who = answered(funds=5 * SEAT)
    client.force_login(who)
    assert "Waiting" in client.get("/answers/").content.decode()

    case = reject(made)

    page = client.get("/answers/").content.decode()
    assert "Rejected" in page
    assert f"/cases/{case.pk}/" in page
    assert "You can appeal until" in page


def test_nothing_answered_says_so(client):
    client.force_login(house.labeler())

    assert "Nothing yet." in client.get("/answers/").content.decode()


def test_a_rejection_is_appealed_on_its_page(client):
    made, who = answered(funds=5 * SEAT)
    case = reject(made, note="<b>No</b>")
    client.force_login(who)

    page = client.get(f"/cases/{case.pk}/").content.decode()
    empty = client.post(f"/cases/{case.pk}/", {"note": ""})
    done = client.post(f"/cases/{case.pk}/", {"note": "It is right."}, follow=True)

    assert "It costs you nothing." in page
    assert "&lt;b&gt;No&lt;/b&gt;" in page
    assert "This field is required" in empty.content.decode()
    assert "Other labelers are looking at it." in done.content.decode()
    assert Case.objects.get().appeal_note == "It is right."


@pytest.mark.parametrize(
    ("good_count", "state", "words", "lost"),
    [
        (2, "UPHELD", "you are paid 0.30", "0.025"),
        (3, "OVERTURNED", "Paid for 7 of 10.", "0.00"),
    ],
)
def test_a_case_of_many_says_how_it_ended_and_what_of_the_stake_is_gone(
    client, settings, good_count, state, words, lost
):
    settings.STIPEND_CASE_SAMPLE = 6
    _made, who, case, people = contested(tasks=10)
    purse_id = escrow.open_purse(f"person:{who.pk}")
    ledger.deposit(purse_id, key="stake", amount_units=FEE)
    escrow.hold(purse_id, key="stake:test", amount_units=FEE)
    Case.objects.filter(pk=case.pk).update(stake_units=FEE)
    good = cases.sample(case)[:good_count]
    for one in people:
        docket = juries.take(one.pk)
        votes = {one.position: one.is_gold or one.submission_id in good for one in docket.answers}
        juries.vote(docket.seat.pk, juror_id=one.pk, votes=votes)
    verdicts.decide()
    client.force_login(who)

    page = client.get(f"/cases/{case.pk}/").content.decode()
    told = client.get(f"/api/v1/cases/{case.pk}/").json()

    assert words in page
    assert page.count("Rejected for good") == 6 - good_count
    assert ("Of your stake the jury was paid:" in page) == (state == "UPHELD")
    assert (told["state"], told["stake"], told["stake_lost"]) == (state, "0.00", lost)


def test_a_case_is_nobody_elses_business(client):
    made, _ = answered(funds=5 * SEAT)
    case = reject(made)

    for stranger in (house.labeler(), made.owner):
        client.force_login(stranger)
        assert client.get(f"/cases/{case.pk}/").status_code == 404


def test_a_juror_votes_on_the_page(client):
    made, who = answered(funds=5 * SEAT)
    one = juror(made)
    case = reject(made)
    appeals.appeal(case.pk, labeler_id=who.pk, note="It is right.")
    client.force_login(one)

    page = client.get("/jury/").content.decode()
    seat = Seat.objects.get()
    incomplete = client.post("/jury/", {"seat": seat.pk}, follow=True).content.decode()
    done = client.post("/jury/", {"seat": seat.pk, "answer-1": "yes"}, follow=True)

    assert "It is right." in page
    assert who.pseudonym not in page
    assert "Each answer of the case gets one vote" in incomplete
    assert "Thank you." in done.content.decode()
    seat.refresh_from_db()
    assert (seat.state, seat.paid_units) == ("VOTED", FEE)


def test_without_a_case_the_jury_page_says_so(client):
    client.force_login(house.labeler())

    assert "There is no case for you now." in client.get("/jury/").content.decode()
    assert cases.lapse() == 0
