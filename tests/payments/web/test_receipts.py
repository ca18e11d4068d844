"""The receipt's page."""

import pytest

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
