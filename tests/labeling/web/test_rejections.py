"""What a requester rejected, on a page with the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Case
from labeling.review import cases, reviewers, reviews
from payments import escrow
from tests.labeling import house
from tests.labeling.review.test_cases import COST, PRICE, SEAT, answered, earned, purse, reject

pytestmark = pytest.mark.django_db


def address(made) -> str:
    return f"/review/{made.pk}/rejections/"


def read(client, made) -> str:
    return client.get(address(made)).content.decode()


def take_back(client, made, case) -> str:
    path = f"{address(made)}{case.pk}/take-back/"
    return client.post(path, follow=True).content.decode()


def test_a_rejection_is_listed_and_taken_back_once(client):
    made, who = answered(funds=5 * SEAT)
    case = reject(made, note="<b>It is good.</b>")
    client.force_login(made.owner)
    seen = read(client, made)
    assert "&lt;b&gt;It is good.&lt;/b&gt;" in seen
    assert "The answer is wrong." in seen
    assert who.pseudonym in seen
    assert who.username not in seen
    assert "It can be appealed." in seen

    for _ in range(2):
        said = take_back(client, made, case)

    assert "The rejection is taken back" in said
    assert "It did not stand: the labeler is paid." in said
    assert "Take back and pay" not in said
    assert (earned(who), purse(made)) == (PRICE, (5 * SEAT, 0))


def test_a_final_one_is_funded_anew_or_says_what_it_takes(client):
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    client.force_login(made.owner)
    assert "Nobody appealed: it is final." in read(client, made)
    funds, _ = purse(made)
    withdrawn = funds - COST + 1
    escrow.hold(made.purse_id, key="elsewhere", amount_units=withdrawn)

    said = take_back(client, made, case)
    assert "A final rejection is funded anew" in said
    assert "needs 0.0525" in said
    assert earned(who) == 0
    escrow.refund(made.purse_id, key="back", amount_units=withdrawn)
    take_back(client, made, case)

    assert earned(who) == PRICE


def test_after_thirty_days_there_is_no_way_back(client):
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    Case.objects.update(decided_at=timezone.now() - timedelta(days=31))
    client.force_login(made.owner)

    assert "Take back and pay" not in read(client, made)
    assert "decided too long ago" in take_back(client, made, case)
    assert earned(who) == 0


def test_a_reviewer_reads_it_and_the_way_back_is_the_owners(client):
    made, _ = answered(funds=5 * SEAT)
    peer = house.labeler()
    reviewers.add(made, username=peer.username)
    reviews.reject(made.submissions.get().pk, reviewer=peer, reason="wrong", note="It is good.")
    client.force_login(peer)

    seen = read(client, made)

    assert "It is good." in seen
    assert "It can be appealed." in seen
    assert "Take back and pay" not in seen
    assert "You can think again" not in seen
    reviewers.remove(made, username=peer.username)
    assert client.get(address(made)).status_code == 404


def test_others_see_nothing_of_it_and_the_owner_alone_takes_back(client):
    made, who = answered(funds=5 * SEAT)
    case = reject(made)
    peer = house.labeler()
    reviewers.add(made, username=peer.username)

    for person, status in ((who, 404), (peer, 200), (house.requester(), 404)):
        client.force_login(person)
        assert client.get(address(made)).status_code == status
        assert client.post(f"{address(made)}{case.pk}/take-back/").status_code == 404
    other = house.opened()
    client.force_login(other.owner)
    assert client.post(f"{address(other)}{case.pk}/take-back/").status_code == 404

    assert Case.objects.get().state == "STANDING"


def test_the_review_leads_there(client):
    made, _ = answered()
    client.force_login(made.owner)

    assert address(made) in client.get(f"/review/{made.pk}/").content.decode()
    assert "Nothing was rejected in this project." in read(client, made)
