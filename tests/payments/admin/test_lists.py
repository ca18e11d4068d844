"""The admin's lists of money: quick however long they are, and readable."""

from itertools import count

import pytest
from django.contrib import admin as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments import payouts
from payments.chain.wallet import Wallet
from payments.models import ChainEvent, ChainTx, Line
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
_numbers = count(1)


@pytest.fixture
def admin():
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def queue(batch, payees, roots):
    return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)


def payday(people: int):
    """Each has earned 0.50 and takes 0.20 out; all of them share a batch."""
    for _ in range(people):
        number = next(_numbers)
        house.earn(f"person:{number}", 500_000)
        house.ask(f"person:{number}", 200_000, wallet=number)
    return payouts.batch(queue=queue)


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def lists():
    """Every list of the bank's."""
    models = [model for model in site.site._registry if model._meta.app_label == "payments"]
    return sorted(f"admin:payments_{model._meta.model_name}_changelist" for model in models)


def test_a_list_asks_as_much_of_many_rows_as_of_few(admin):
    payday(2)
    few = {name: queries(admin, reverse(name)) for name in lists()}
    for people in (2, 3):
        payday(people)

    many = {name: queries(admin, reverse(name)) for name in lists()}

    assert {name: n for name, n in many.items() if n > few[name]} == {}


def test_a_batch_says_how_many_it_pays_and_what(admin):
    made = payday(3)

    (row,) = admin.get(reverse("admin:payments_batch_changelist")).context["cl"].result_list

    assert (row.pk, row.payees_count, row.units) == (made.pk, 3, 600_000)


def test_an_entry_says_what_it_moved(admin):
    house.earn("person:1", 500_000)

    rows = admin.get(reverse("admin:payments_entry_changelist")).context["cl"].result_list

    assert {row.kind: row.units for row in rows} == {
        "deposit": 500_000,
        "hold": 500_000,
        "release": 500_000,
    }


def test_a_payout_stands_in_its_list_by_the_ends_of_its_address(admin, settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn("person:1", 500_000)
    house.ask("person:1", 200_000, wallet=7)
    address = Wallet(7).address

    page = admin.get(reverse("admin:payments_payout_changelist")).content.decode()

    assert f">{address[:6]}…{address[-4:]}<" in page
    assert f'title="{address}"' in page
    assert "waits for two admins" in page
    assert "UTC" in page


def shown(client, name):
    """A list of the admin as it is read."""
    return client.get(reverse(f"admin:payments_{name}_changelist")).content.decode()


def test_a_line_says_whose_account_it_changed_and_for_what(admin):
    house.earn("person:1", 500_000)
    line = Line.objects.get(account__kind="EARNED")

    listed = shown(admin, "line")
    entry = admin.get(reverse("admin:payments_entry_change", args=[line.entry_id]))

    for page in (listed, entry.content.decode()):
        assert "person:1" in page
        assert "to be taken out at any time" in page
        assert str(line.account.purse_id) not in page.replace(f"purse/{line.account.purse_id}", "")
    assert line.entry.cause in listed


def test_an_event_of_the_chain_says_who_and_not_in_json(admin):
    address = Wallet(7).address
    said = {
        "Deposited": {"sender": address, "amount": "900000", "purse": "0x07"},
        "BatchPaid": {"batch_id": "3", "total": "100", "labels_root": "0x" + "7" * 64},
    }
    for number, (name, payload) in enumerate(said.items()):
        ChainEvent.objects.create(
            name=name, payload=payload, log_index=number, block_number=1, block_hash="0x1"
        )

    page = shown(admin, "chainevent")

    assert f"{address[:6]}…{address[-4:]}" in page
    assert "batch 3" in page
    assert "labels_root" not in page
