"""The few verbs of the money admin: asked first, done once, written into the admin's log."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from payments import escrow, nudges, payouts
from payments.models import (
    BlockedAddress,
    ChainEvent,
    ChainTx,
    Correction,
    Network,
    Payout,
    Reconciliation,
)
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:900001", "person:900002"  # none of the admins
ASKED = {"_form_submitted": "True"}
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


def signed_in(name: str, **roles) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(name, is_staff=True, **roles))
    return client


@pytest.fixture
def admin():
    return signed_in("root", is_superuser=True)


@pytest.fixture
def second():
    return signed_in("root-2", is_superuser=True)


@pytest.fixture
def onlooker():
    """Staff without a permission."""
    return signed_in("onlooker")


@pytest.fixture
def network():
    return Network.objects.create(
        chain_id=31337,
        name="local",
        token_address="0x" + "1" * 40,
        vault_address="0x" + "2" * 40,
        deployed_block=0,
    )


def log() -> list[str]:
    return [one.get_change_message() for one in LogEntry.objects.order_by("pk")]


def test_payouts_are_paused_with_a_reason_and_go_on(admin, network):
    pause, resume = (f"/admin/payments/network/1/{verb}/" for verb in ("pause", "resume"))
    assert admin.get(pause).status_code == 200
    assert Network.objects.get().paused_at is None

    assert admin.post(pause, ASKED).status_code == 200  # no reason: asked again
    assert Network.objects.get().paused_at is None
    assert admin.post(pause, {**ASKED, "reason": "The node lies."}).status_code == 302

    paused = Network.objects.get()
    assert (paused.paused_at is None, paused.paused_for) == (False, "The node lies.")
    assert "The node lies." in admin.get("/admin/").content.decode()
    assert admin.post(resume, ASKED).status_code == 302
    assert Network.objects.get().paused_at is None
    assert log() == ["paused: The node lies.", "resumed"]


def test_a_dialog_leads_back_by_its_own_header(admin, network):
    answer = admin.post(
        "/admin/payments/network/1/pause/",
        {**ASKED, "reason": "x"},
        headers={"HX-Request": "true"},
    )

    assert answer.headers["HX-Redirect"] == "/admin/payments/network/"


def test_a_large_payout_needs_two_admins(admin, second, settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn(PERSON, 500_000)
    asked = house.ask(PERSON, 200_000)
    page = f"/admin/payments/payout/{asked.pk}/approve/"

    for _ in range(2):
        admin.post(page, ASKED)
    assert Payout.objects.get().approved_at is None
    assert "1 payout waits for admins." in admin.get("/admin/").content.decode()
    second.post(
        "/admin/payments/payout/", {"action": "approve_chosen", "_selected_action": asked.pk}
    )

    assert Payout.objects.get().approved_at is not None
    assert {one.admin.username for one in asked.approvals.all()} == {"root", "root-2"}
    assert payouts.of_holder(PERSON).get().state == "REQUESTED"


def test_an_admin_is_told_that_a_payout_of_their_own_waits_for_others(admin, settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    owner = f"person:{User.objects.get().pk}"
    house.earn(owner, 500_000)
    asked = house.ask(owner, 200_000)

    said = admin.post(f"/admin/payments/payout/{asked.pk}/approve/", ASKED, follow=True)

    assert "Others than the one who is paid have to agree." in said.content.decode()
    assert not asked.approvals.exists()


def form(**changes) -> dict[str, str]:
    moved = {"source": PERSON, "source_kind": "EARNED", "target": OTHER, "target_kind": "EARNED"}
    return {**moved, "amount": "0.20", "reason": "A mistake.", **changes}


@pytest.fixture
def earned():
    house.earn(PERSON, 500_000)
    house.earn(OTHER, 10_000)


def test_a_correction_is_proposed_by_one_and_posted_by_another(admin, second, earned):
    page = "/admin/payments/correction/propose/"
    assert "person:12" in admin.get(page).content.decode()

    assert admin.post(page, form()).status_code == 302

    made = Correction.objects.get()
    assert house.balance(PERSON, "EARNED") == 500_000
    admin.post(f"/admin/payments/correction/{made.pk}/approve/", ASKED)
    assert Correction.objects.get().state == "PROPOSED"
    second.post(f"/admin/payments/correction/{made.pk}/approve/", ASKED)
    assert Correction.objects.get().state == "POSTED"
    assert (house.balance(PERSON, "EARNED"), house.balance(OTHER, "EARNED")) == (300_000, 210_000)
    assert log() == ["proposed", "Posted."]


def test_a_correction_is_declined(admin, earned):
    admin.post("/admin/payments/correction/propose/", form())
    made = Correction.objects.get()

    admin.post(
        "/admin/payments/correction/", {"action": "decline_chosen", "_selected_action": made.pk}
    )

    assert Correction.objects.get().state == "DECLINED"
    assert house.balance(PERSON, "EARNED") == 500_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "person:99"}, "There is no such purse."),
        ({"target": "0f6f9b1e-93a5-4f0b-9b0e-000000000000"}, "There is no such purse."),
        ({"amount": "lots"}, "Write an amount as 12.34"),
        ({"amount": "0"}, "A correction moves an amount"),
        ({"target": PERSON}, "A correction moves an amount"),
        ({"source_kind": "LEAVING"}, "Select a valid choice"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_a_correction_that_makes_no_sense_is_not_proposed(admin, earned, changes, words):
    answer = admin.post("/admin/payments/correction/propose/", form(**changes))

    assert words in answer.content.decode()
    assert not Correction.objects.exists()


def test_a_list_of_blocked_addresses_is_loaded(admin):
    page = "/admin/payments/blockedaddress/load/"
    assert admin.get(page).status_code == 200

    given = {"source": "a list", "text": f"{WALLET.lower()} # somebody\n\n"}
    answer = admin.post(page, given, follow=True)

    assert "1 address is new." in answer.content.decode()
    assert BlockedAddress.objects.get().address == WALLET
    for text, words in (("0x12", "This is no address"), ("", "Paste addresses, or choose a file")):
        assert words in admin.post(page, {"source": "b", "text": text}).content.decode()
    assert BlockedAddress.objects.count() == 1


def test_reconcile_is_asked_for_and_its_findings_are_shown(admin, monkeypatch):
    asked = []
    monkeypatch.setattr(nudges, "nudge_after_commit", asked.append)
    Reconciliation.objects.create(
        is_clean=False,
        problems=["The vault holds 1.00 less."],
        figures={"in_house": "3.00", "unknown_deposits_sum": "0.00"},
        vault_units=2_000_000,
    )
    row = Reconciliation.objects.get()

    answer = admin.post("/admin/payments/reconciliation/prove-now/", ASKED)
    assert answer.status_code == 302, answer.content

    assert asked == ["payments.jobs.reconcile"]
    for page in ("", f"{row.pk}/change/"):
        shown = admin.get(f"/admin/payments/reconciliation/{page}").content.decode()
        assert "The vault holds 1.00 less." in shown
        assert "2.00" in shown
        assert "3.00" in shown
    assert "Reconcile found 1 problem." in admin.get("/admin/").content.decode()


def test_the_front_page_says_how_things_stand(admin, onlooker, network):
    house.earn(PERSON, 500_000)
    house.ask(PERSON, 200_000)
    Network.objects.update(gas_wei=2 * 10**18)
    Reconciliation.objects.create(is_clean=True, problems=[], figures={}, vault_units=7_000_000)

    told = admin.get("/admin/").context["figures"]

    assert {one["name"]: one["text"] for one in told} == {
        "Last proof of the book": "now",
        "In the vault": "7.00\xa0tUSD",
        "Payouts asked for": "1",
        "Payouts on their way": "0",
        "Gas money": "2.000000",
        "Projects open": "0",
        "Appeals before a jury": "0",
    }
    assert all(admin.get(one["url"]).status_code == 200 for one in told)
    assert onlooker.get("/admin/").context["figures"] == []


def test_the_front_page_shows_the_alarms(admin, network):
    page = admin.get("/admin/").content.decode()
    assert "Nothing needs an admin now." in page

    Network.objects.update(gas_wei=5 * 10**14, gas_low_at="2026-01-01T00:00Z")
    ChainTx.objects.create(key="k", to="", calldata=b"", gas_limit=1, error="No key.")

    page = admin.get("/admin/").content.decode()
    assert "gas money is low: 0.000500 are left" in page
    assert "1 chain tx waits and says why." in page


@pytest.fixture
def stray(network):
    event = ChainEvent.objects.create(
        name="Deposited",
        block_number=1,
        block_hash="0x" + "b" * 64,
        tx_hash="0x" + "a" * 64,
        log_index=0,
        payload={"purse": "0x" + "0" * 63 + "7", "sender": WALLET, "amount": "900000"},
        settled_at="2026-01-01T00:00Z",
    )
    return f"/admin/payments/chainevent/{event.pk}/"


def test_a_stray_deposit_is_listed_and_proposed_to_be_sent_back(admin, stray):
    front = admin.get("/admin/").content.decode()
    assert "1 deposit of 0.90 is in no purse." in front
    assert WALLET in admin.get("/admin/payments/chainevent/?stray=1").content.decode()
    assert "send-back" in admin.get(f"{stray}change/").content.decode()

    answer = admin.post(f"{stray}send-back/", {**ASKED, "reason": "A typing mistake."})

    assert answer.status_code == 302
    made = Correction.objects.get()
    assert (made.amount_units, made.reason) == (900_000, "A typing mistake.")
    assert "A typing mistake." in admin.get(answer["Location"]).content.decode()


def test_the_houses_money_is_swept_and_asked_for(admin, second, settings):
    purse_id = house.project(funds_units=100_000)
    escrow.hold(purse_id, key="h", amount_units=100_000)
    escrow.release(
        purse_id, key="r", payee=PERSON, amount_units=60_000, fee_units=40_000, cause="job"
    )

    swept = admin.post("/admin/payments/purse/sweep-fees/", ASKED, follow=True)
    assert "0.04" in swept.content.decode()
    form = admin.get("/admin/payments/purse/pay-out/").context["form"]
    given = {"amount": "0.03", "address": WALLET, "key": str(form.initial["key"])}
    for _ in range(2):
        admin.post("/admin/payments/purse/pay-out/", given)

    asked = Payout.objects.get()
    assert (asked.amount_units, asked.purse.holder) == (30_000, "house")
    assert asked.waits_for_admins
    refused = admin.post("/admin/payments/purse/pay-out/", {**given, "amount": "7"})
    assert "This key was used before" in refused.content.decode()


@pytest.mark.parametrize(
    "page",
    [
        *("purse/sweep-fees", "purse/pay-out", "chainevent/1/send-back"),
        *("network/1/pause", "network/1/resume", "correction/propose", "blockedaddress/load"),
        "reconciliation/prove-now",
    ],
)
def test_an_onlooker_does_nothing(onlooker, network, page):
    for answer in (
        onlooker.get(f"/admin/payments/{page}/"),
        onlooker.post(f"/admin/payments/{page}/"),
    ):
        assert answer.status_code == 403
    front = onlooker.get("/admin/").content.decode()
    assert "Nothing needs an admin" not in front
