"""The receipt's page."""

import pytest

from payments import escrow
from people.models import User
from tests.payments import house
from tests.payments.test_statements import end

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    user = User.objects.create_user("ana")
    client.force_login(user)
    return f"person:{user.pk}"


def test_a_receipt_names_the_transfer_and_what_it_paid_for(client, person):
    house.earn(person, 500_000)
    payout = house.ask(person, 500_000)
    end(payout, tx_hash="0xa0")

    page = client.get(f"/earnings/payouts/{payout.pk}/").content.decode()

    assert "<h1>Receipt</h1>" in page
    for words in ("0.50\u00a0tUSD", payout.address, "0xa0", str(payout.pk), "job ", "Batch"):
        assert words in page
    assert f"/earnings/payouts/{payout.pk}/" in client.get("/earnings/").content.decode()


def test_a_bonus_is_named_as_one(client, person):
    purse_id = house.project(funds_units=20_000)
    escrow.bonus(purse_id, key="bonus:1", payee=person, amount_units=20_000, cause="Fine work")
    payout = house.ask(person, 20_000)
    end(payout, tx_hash="0xa0")

    page = client.get(f"/earnings/payouts/{payout.pk}/").content.decode()

    assert "Bonus · Fine work" in page


def test_what_is_on_its_way_is_no_receipt_yet(client, person):
    house.earn(person, 500_000)
    payout = house.ask(person, 500_000)

    page = client.get(f"/earnings/payouts/{payout.pk}/").content.decode()

    assert "<h1>Payout</h1>" in page
    assert "Waiting for the next batch" in page
    assert "What it paid for" not in page


def test_a_long_list_says_how_much_it_leaves_out(client, person, monkeypatch):
    monkeypatch.setattr("payments.receipts.WORKS_LIMIT", 1)
    for _ in range(3):
        house.earn(person, 10_000)
    payout = house.ask(person, 30_000)
    end(payout, tx_hash="0xa0")

    assert "And 2 more" in client.get(f"/earnings/payouts/{payout.pk}/").content.decode()


def test_nobody_elses_receipt_is_found(client, person):
    house.earn("person:999999", 500_000)
    payout = house.ask("person:999999", 500_000)

    assert client.get(f"/earnings/payouts/{payout.pk}/").status_code == 404
    client.logout()
    assert client.get(f"/earnings/payouts/{payout.pk}/").status_code == 302


def test_every_payout_is_on_the_page_of_all(client, person, monkeypatch):
    monkeypatch.setattr("payments.web.views.PAYOUTS_SHOWN", 1)
    house.earn(person, 20_000)
    asked = [house.ask(person, 20_000)]
    end(asked[0], tx_hash="0xa0")
    house.earn(person, 40_000)
    asked += [house.ask(person, 20_000) for _ in range(2)]
    house.earn("person:999999", 500_000)
    other = house.ask("person:999999", 500_000)

    newest = client.get("/earnings/").content.decode()
    page = client.get("/earnings/payouts/").content.decode()

    assert 'href="/earnings/payouts/"' in newest
    assert [str(one.pk) in newest for one in asked] == [False, False, True]
    assert [f"/earnings/payouts/{one.pk}/" in page for one in asked] == [True, True, True]
    assert str(other.pk) not in page
    for words in ("Arrived in your wallet", "Waiting for the next batch", "0xa0"):
        assert words in page


def test_all_payouts_of_a_newcomer_are_none(client, person):
    assert "Nothing yet." in client.get("/earnings/payouts/").content.decode()


def test_why_one_came_back_is_said_in_the_readers_language(client, person):
    house.earn(person, 500_000)
    payout = house.ask(person, 500_000)
    end(payout, tx_hash="0xa0", paid=False)

    page = client.get(f"/earnings/payouts/{payout.pk}/").content.decode()

    assert "The token refused this wallet." in page
