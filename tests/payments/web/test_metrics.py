"""The gauges as a monitor reads them, who may, and what a look costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from payments import corrections, escrow, jobs, pauses, wallets
from payments.chain import watcher
from payments.models import Account, ChainTx, Network, Payout, Reconciliation, ScannedBlock
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON = "person:1"
TOKEN = "a long secret"
BOOK = ("payments_line", "payments_entry", "payments_account")  # never walked through for a look


def told(client=None, **headers):
    """Figures by name, those with a label by (name, label's value)."""
    answer = (client or Client()).get("/metrics", **headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    found = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        assert family.type == "gauge"
        assert family.documentation
        for one in family.samples:
            labels = tuple(one.labels.values())
            found[(one.name, *labels) if labels else one.name] = one.value
    return found


def test_before_anything_there_is_little_to_tell():
    assert told() == {
        ("stipend_payouts", "REQUESTED"): 0,
        ("stipend_payouts", "BATCHED"): 0,
        "stipend_payouts_waiting_for_admins": 0,
        "stipend_oldest_payout_seconds": 0,
        "stipend_oldest_batch_seconds": 0,
        "stipend_corrections_proposed": 0,
        ("stipend_chain_txs", "READY"): 0,
        ("stipend_chain_txs", "SENT"): 0,
        ("stipend_chain_txs", "SIGNED"): 0,
        "stipend_chain_txs_with_error": 0,
    }


def test_the_book_and_the_vault_as_they_were_proved(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn(PERSON, 600_000, purse_id=purse_id)
    house.ask(PERSON, 100_000)
    jobs.pump_payouts()
    mine(2)
    jobs.pump_payouts()
    jobs.scan_deposits()
    jobs.reconcile()

    found = told()

    assert found["stipend_reconcile_clean"] == 1
    assert found["stipend_reconcile_problems"] == 0
    assert found["stipend_vault_units"] == found["stipend_vault_owed_units"] == 900_000
    assert found["stipend_vault_surplus_units"] == 0
    assert found["stipend_book_units", "EARNED"] == 500_000
    assert found["stipend_book_units", "FUNDS"] == 400_000
    assert found["stipend_payouts_ended", "PAID"] == 1
    assert found["stipend_payouts_ended", "RETURNED"] == 0
    assert found["stipend_root_owed_units"] == 500_000
    assert found["stipend_root_homeless_units"] == 0
    now = timezone.now().timestamp()
    for name in ("stipend_reconcile_timestamp_seconds", "stipend_root_timestamp_seconds"):
        assert now - 60 < found[name] <= now


@pytest.mark.broken_book
def test_a_book_that_is_off_and_a_chain_that_is_away(chain, settings):
    jobs.reconcile()
    looked_at = told()["stipend_vault_timestamp_seconds"]
    house.project(funds_units=100)
    Account.objects.filter(kind="FUNDS").update(balance_units=101)
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"

    jobs.reconcile()

    found = told()
    assert (found["stipend_reconcile_clean"], found["stipend_reconcile_problems"]) == (0, 1)
    assert found["stipend_vault_timestamp_seconds"] == looked_at
    assert found["stipend_vault_units"] == 0


@pytest.mark.broken_book
def test_what_waits_is_counted_and_has_an_age(chain, settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 200_000
    house.earn(PERSON, 900_000)
    house.ask(PERSON, 300_000)
    house.ask(PERSON, 100_000)
    jobs.pump_payouts()
    hour_ago = timezone.now() - timedelta(hours=1)
    Payout.objects.filter(state="REQUESTED").update(requested_at=hour_ago)

    found = told()

    assert found["stipend_payouts", "REQUESTED"] == found["stipend_payouts", "BATCHED"] == 1
    assert found["stipend_payouts_waiting_for_admins"] == 1
    assert 3600 <= found["stipend_oldest_payout_seconds"] < 3700
    assert 0 < found["stipend_oldest_batch_seconds"] < 60
    assert found["stipend_chain_txs", "SENT"] == 1


def test_the_network_the_watcher_and_the_gas(chain, mine):
    jobs.scan_deposits()
    jobs.watch_gas()
    ChainTx.objects.create(key="k", to="", calldata=b"", gas_limit=1, error="No key.")
    head = ScannedBlock.objects.latest("number").number
    Network.objects.update(head_block=head + 3)

    found = told()

    assert found["stipend_watcher_block"] == head
    assert (found["stipend_chain_head_block"], found["stipend_watcher_lag_blocks"]) == (head + 3, 3)
    assert 0 <= found["stipend_watcher_lag_seconds"] < 60
    assert found["stipend_gas_wei"] > 10**18
    assert (found["stipend_gas_low"], found["stipend_payouts_paused"]) == (0, 0)
    assert found["stipend_chain_txs_with_error"] == 1

    pauses.pause(reason="a key may be lost")
    assert told()["stipend_payouts_paused"] == 1


def test_a_watcher_that_cannot_read_to_the_end_lags(chain, mine, monkeypatch):
    jobs.scan_deposits()
    read_at, head = Network.objects.values_list("read_at", "head_block").get()
    mine(4)

    def stuck(*arguments):
        raise watcher.Unreachable("away")

    monkeypatch.setattr(watcher, "_read_on", stuck)
    jobs.scan_deposits()

    assert told()["stipend_watcher_lag_blocks"] == 4
    assert Network.objects.values_list("read_at", "head_block").get() == (read_at, head + 4)


def test_what_a_hold_and_a_correction_keep_waiting(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS, settings.STIPEND_NOTICE = 3600, ""
    for address in ("0x" + "11" * 20, "0x" + "22" * 20):
        wallets.name(PERSON, address)
    purse_id = house.project(funds_units=100)
    escrow.hold(purse_id, key="hold:a", amount_units=40)
    funds, held = (Account.objects.get(kind=kind) for kind in ("FUNDS", "HELD"))
    move = corrections.Move(source=held, target=funds, amount_units=5, reason="a slip")
    corrections.propose(move, admin=User.objects.create_user("root"))
    Reconciliation.objects.create(is_clean=True, facts=jobs.prove(with_chain=False).facts)

    found = told()

    assert found["stipend_wallets_on_hold"] == 1
    assert found["stipend_corrections_proposed"] == 1
    assert found["stipend_book_units", "HELD"] == 40


@pytest.mark.broken_book
def test_a_look_reads_a_few_rows_and_never_the_book(chain):
    house.earn(PERSON, 900_000)
    house.ask(PERSON, 100_000)
    jobs.reconcile()

    with CaptureQueriesContext(
        connection,
    ) as seen:
        told()

    texts = [one["sql"] for one in seen]
    assert len(texts) <= 12
    assert [text for text in texts if any(table in text for table in BOOK)] == []


@pytest.mark.parametrize(
    ("secret", "headers", "status"),
    [
        ("", {"REMOTE_ADDR": "127.0.0.1"}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.8"}, 403),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, 403),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer "}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": "Bearer "}, 403),
        (TOKEN, {"REMOTE_ADDR": "127.0.0.1"}, 403),
        (TOKEN, {"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        (TOKEN, {"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": f"Token {TOKEN}"}, 403),
        (TOKEN, {"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": "Bearer a long guess"}, 403),
    ],
)
def test_who_may_look(settings, secret, headers, status):
    settings.STIPEND_METRICS_TOKEN = secret

    answer = Client().get("/metrics", **headers)

    assert answer.status_code == status
    assert ("stipend_payouts" in answer.content.decode()) == (status == 200)


def test_behind_a_proxy_nobody_is_at_home(settings):
    settings.STIPEND_PROXIES = 1

    assert Client().get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403


def test_an_admin_looks_from_anywhere_and_a_labeler_does_not():
    admin, labeler = Client(REMOTE_ADDR="10.0.0.8"), Client(REMOTE_ADDR="10.0.0.8")
    admin.force_login(User.objects.create_superuser("root"))
    labeler.force_login(User.objects.create_user("ana"))

    assert "stipend_payouts" in admin.get("/metrics").content.decode()
    assert labeler.get("/metrics").status_code == 403
    assert admin.post("/metrics").status_code == 405
