"""A labeler leaves with work undecided: all of their money reaches them, exact to the unit."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hexbytes import HexBytes

from payments.chain import deploy, vault
from payments.chain.errors import ChainError
from payments.chain.wallet import Wallet
from payments.jobs import pump_payouts, scan_deposits
from payments.models import Payout
from people import departures, dossiers, wallets
from people.models import Departure, User
from tests.flows import street
from tests.flows.street import Person
from tests.people.house import signed

pytestmark = pytest.mark.django_db(transaction=True)


def opened(requester: Person, mine: Any, *, tasks: int, amount: str, review: str) -> int:
    """An open project that pays 0.30 an answer."""
    wanted = {"title": "Moods", "config": street.CONFIG, "price": "0.30", "review": review}
    project = requester.post("/projects/", wanted, status=201)
    rows = [{"text": f"{review} {number}"} for number in range(tasks)]
    requester.post(f"/projects/{project['id']}/tasks/", rows)
    street.deposit(project, amount, mine)
    requester.post(f"/projects/{project['id']}/open/", status=200)
    return int(project["id"])


def arrive(mine: Any) -> None:
    """Jobs run and blocks come until no payout is under way."""
    for _ in range(street.ROUNDS_LIMIT):
        pump_payouts()
        if not Payout.objects.filter(state__in=["REQUESTED", "BATCHED"]).exists():
            return
        mine(1)
    raise AssertionError("A payout never ended.")


def leave(person: Person) -> str:
    """The code of the person, whose week is over."""
    code = departures.ask(person.user).code
    Departure.objects.update(due_at=timezone.now())
    assert departures.carry_out() == 1
    return code


@pytest.fixture
def worked(chain, mine, meet):
    """0.60 earned, 0.30 undecided in the manual project, and one more task of it held."""
    cache.clear()
    requester, labeler = meet(is_requester=True), meet()
    auto = opened(requester, mine, tasks=2, amount="0.63", review="auto")
    manual = opened(requester, mine, tasks=2, amount="0.63", review="manual")
    labeler.label(auto, {"auto 0": "Good", "auto 1": "Good"})
    held = labeler.post(f"/projects/{manual}/next/", status=200)
    path = f"/assignments/{held['id']}/submit/?next=1"
    given = labeler.post(path, {"result": street.answer("Good")}, status=201)
    street.quality_control()
    assert labeler.balances() == {"earned": "0.60", "leaving": "0.00", "paid": "0.00"}
    return requester, labeler, manual, given["submission"]["id"]


def test_by_wallet(worked, chain, mine, clean):
    requester, labeler, manual, submission_id = worked
    wallets.keep(labeler.user, labeler.address)
    before = vault.token_balance()

    leave(labeler)
    arrive(mine)

    assert labeler.tokens_units() == 600_000
    assert before - vault.token_balance() == 600_000
    assert labeler.ask("GET", "/statement/", status=401)["code"]
    left = User.objects.get(pk=labeler.user.pk)
    assert (left.pseudonym, left.is_active) == (labeler.user.pseudonym, False)
    clean()

    requester.post(f"/submissions/{submission_id}/accept/")
    browser = Client()
    asked = browser.post("/sign-in/wallet/message/", {"address": labeler.address}).json()
    signature = signed(labeler.wallet.account, asked["message"])
    proof = {"message": asked["message"], "signature": signature}
    assert browser.post("/sign-in/wallet/", proof)["Location"] == "/left/"
    page = browser.get("/left/").content.decode()
    assert "0.30" in page
    assert labeler.address in page
    sent = browser.post("/left/", {"person": left.pk, "address": labeler.address})
    assert sent["Location"] == "/left/"
    arrive(mine)

    assert labeler.tokens_units() == 900_000
    other = requester.http.post(f"/projects/{manual}/close/")
    assert other.is_success
    clean()


def test_by_code_without_a_wallet(worked, chain, mine, meet, clean):
    requester, labeler, _, submission_id = worked
    code = leave(labeler)
    arrive(mine)
    assert labeler.tokens_units() == 0
    requester.post(f"/submissions/{submission_id}/accept/")

    stranger = meet()
    stranger.http.headers.pop("Authorization")
    told = stranger.post("/left/", {"claim": code})
    sent = stranger.post("/left/", {"claim": code, "address": labeler.address})
    again = stranger.ask("POST", "/left/", {"claim": code, "address": labeler.address}, status=400)
    arrive(mine)

    assert (told["earned"], told["leaving"], told["wallet"]) == ("0.90", "0.00", None)
    assert (sent["earned"], sent["leaving"]) == ("0.00", "0.90")
    assert again["code"] == "below_minimum"
    assert labeler.tokens_units() == 900_000
    clean()


def test_the_vault_pays_who_left_when_the_house_is_silent(worked, chain, mine, clean):
    """With nothing but the file that they took along: the payout at leaving is never sent."""
    _, labeler, _, _ = worked
    street.pay_out(labeler, "0.20")  # a batch, which leaves a root
    arrive(mine)
    told = json.loads(b"".join(dossiers.written(labeler.user)))
    (proof,) = told["proofs_of_balance"]
    leave(labeler)
    anybody = Wallet(street.REQUESTERS_WALLET)
    nodes = [HexBytes(node) for node in proof["proof"]]
    way_out = ("Vault", proof["vault"], "exit", proof["account"], proof["units"], nodes)

    assert (proof["account"], proof["amount"]) == (labeler.address, "0.40")
    with pytest.raises(ChainError, match="not silent"):
        anybody._call(*way_out)
    chain.call("evm_increaseTime", deploy.EXIT_DELAY_SECONDS + 1)
    mine(1)
    anybody._call(*way_out)

    assert labeler.tokens_units() == 600_000
    with pytest.raises(ChainError, match="taken out before"):
        anybody._call(*way_out)
    mine(settings.CHAIN_CONFIRMATIONS + 1)
    scan_deposits()
    assert not Payout.objects.filter(state__in=["REQUESTED", "BATCHED"]).exists()
    clean()


def test_a_payout_under_way_arrives_and_a_requester_settles_first(worked, chain, mine, clean):
    requester, labeler, manual, _ = worked
    street.pay_out(labeler, "0.25")

    leave(labeler)
    arrive(mine)
    refused = requester.get("/me/departure/")["refusals"]

    assert labeler.tokens_units() == 600_000
    assert {one["code"] for one in refused} == {"projects_open", "money_held"}
    assert manual in refused[0]["projects"]
    clean()
