"""What is shown of the chain leads to its explorer: every page, answer, file and mail is read."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as conf
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from payments import addresses, corrections, deposits, jobs, purses, wallets
from payments.chain.wallet import Wallet
from payments.models import (
    ChainTx,
    Network,
    Owed,
    Payout,
    Purse,
    Reconciliation,
    ScannedBlock,
)
from people import departures, tokens
from people import jobs as post
from people import wallets as proved
from people.models import Departure, User
from tests.flows import street
from tests.flows.shown import EXPLORER, LINK, NAMED, Page, bare_in_json
from tests.people.house import PASSWORD, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "0x" + "ab" * 32  # a purse of nobody
ROWS_LOOKED_AT = 3  # of each kind in the admin
QUESTIONS = ("history", "delete")
# What stands in addresses of pages that have nothing to do with the chain.
OF_WORK = {
    *("assignment_id", "submission_id", "load_id", "task_id", "case_id", "seat_id"),
    *("example_id", "name"),
    *("slug", "pseudonym", "language", "version", "token", "token_key", "passkey_id"),
    *(
        "session_id",
        "notice_id",
        "address",
        "path",
        "content_type_id",
        "object_id",
        "app_label",
        "id",
    ),
}
MUST_SHOW = {
    *("/vault/", "/earnings/", "/earnings/payouts/", "/earnings/wallet/", "/wallet/"),
    *("/account/notices/", "/account/confirm/", "/api/v1/statement/", "/api/v1/payouts/"),
    *("/api/v1/statement/csv/", "/api/v1/wallet/", "/api/v1/notices/", "/api/v1/me/data/"),
    *("/api/v1/solvency/", "/api/v1/solvency/proofs/", "/api/v1/solvency/batches/"),
    "/earnings/proof.json",
}


@pytest.fixture(autouse=True)
def explorer(settings):
    """As on a network that has one."""
    settings.CHAIN_EXPLORER_TX_URL = EXPLORER + "/tx/{hash}"
    settings.CHAIN_EXPLORER_BLOCK_URL = EXPLORER + "/block/{hash}"
    settings.CHAIN_EXPLORER_ADDRESS_URL = EXPLORER + "/address/{address}"


@dataclass(kw_only=True)
class Town:
    """Who looks, and at what."""

    browsers: list[Client]
    programs: list[Client]
    admin: Client
    parts: dict[str, Any]
    known: set[str] = field(default_factory=set)  # roots and purses
    roots: dict[str, set[str]] = field(default_factory=dict)  # with the txs that wrote them
    linked: dict[str, set[str]] = field(default_factory=dict)  # by address of the page
    led: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # by it, too
    bare: dict[str, list[str]] = field(default_factory=dict)
    astray: list[str] = field(default_factory=list)

    def who_reads(self, path: str) -> list[Client]:
        """Everybody whom such a page is for."""
        if path.startswith("/admin/"):
            return [self.admin]
        return self.programs if path.startswith("/api/") else self.browsers

    def read(self, client: Client, path: str) -> None:
        """What this page shows is noted."""
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200:
            parts = answer.streaming_content if answer.streaming else [answer.content]
            self.note(path, answer["Content-Type"].split(";")[0], b"".join(parts))

    def note(self, path: str, kind: str, content: bytes) -> None:
        if kind == "text/html":
            page = Page(content.decode(), self.roots)
            bare, linked = page.bare, page.linked
            self.led.setdefault(path, set()).update(page.led)
            self.astray += [f"{path}: {one}" for one in page.astray]
        elif kind in READERS:
            linked = set(LINK.findall(content.decode()))
            bare = list(bare_in_json(READERS[kind](content.decode()), self.known))
        else:
            return
        self.linked.setdefault(path, set()).update(linked)
        if bare := [one for one in bare if one not in self.known]:
            self.bare[path] = bare


READERS = {
    "application/json": json.loads,
    "application/x-ndjson": lambda text: [json.loads(line) for line in text.splitlines()],
    "text/csv": lambda text: list(csv.DictReader(io.StringIO(text))),
}


@pytest.fixture
def town(chain, mine, meet, settings):
    """One of each that the chain has to do with has happened, to a labeler and a requester."""
    requester, labeler, leaver = meet(is_requester=True), meet(), meet()
    root = User.objects.create_superuser("root", password=PASSWORD)
    for one in (requester.user, labeler.user):
        one.set_password(PASSWORD)
        one.email = f"{one.username}@example.org"
        one.mail_proved_at = timezone.now() - timedelta(hours=2)
        one.save()
    project = _worked(requester, [labeler, leaver], mine)
    _strayed(root, mine)
    _left(leaver)
    payout = _paid(labeler, project, requester, mine)
    _refused(labeler)
    settings.STIPEND_WALLET_HOLD_SECONDS = 3600
    wallets.name(f"person:{labeler.user.pk}", Wallet(8).address)
    for job in (jobs.tell_ended, post.write_notices, post.carry_letters, jobs.reconcile):
        job()
    mine_own = _signed_in(labeler.user.username)
    asked = mine_own.post("/wallet/message/", {"address": labeler.address})
    assert asked.status_code == 200
    roots: dict[str, set[str]] = {}
    for *both, tx in Owed.objects.values_list(
        "balances_root", "labels_root", "batch__chain_tx__tx_hash"
    ):
        for root in both:
            roots.setdefault(root, set()).add(tx)
    return Town(
        browsers=[mine_own, _signed_in(requester.user.username), Client(), _with_code(leaver)],
        programs=[_with_token(one) for one in (labeler, requester)],
        admin=_signed_in("root"),
        parts={"project_id": project["id"], "payout_id": payout["id"], "number": 1},
        known={purses.onchain(one.pk) for one in Purse.objects.all()} | set(roots) | {NOBODY},
        roots=roots,
    )


def _worked(requester: Any, people: list[Any], mine: Any) -> dict[str, Any]:
    wanted = {"title": "Moods", "config": street.CONFIG, "price": "0.30", "overlap": 2}
    project = requester.post("/projects/", {**wanted, "review": "auto"})
    requester.post(f"/projects/{project['id']}/tasks/", [{"text": "one"}, {"text": "two"}])
    street.deposit(project, "3.00", mine)
    requester.post(f"/projects/{project['id']}/open/")
    for person in people:
        person.label(project["id"], {"one": "Good", "two": "Bad"})
    street.quality_control()
    return project


def _strayed(root: User, mine: Any) -> None:
    """Money that names nobody's purse; an admin wants to send it back."""
    wallet = Wallet(street.REQUESTERS_WALLET)
    wallet.mint(70_000)
    tx_hash = wallet.deposit(NOBODY, 70_000)
    mine(conf.CHAIN_CONFIRMATIONS + 1)
    jobs.scan_deposits()
    (event,) = deposits.strays()
    corrections.propose_refund(event.pk, reason=f"{tx_hash} is nobody's", admin=root)


def _left(leaver: Any) -> None:
    proved.keep(leaver.user, leaver.address)
    leaver.code = departures.ask(leaver.user).code
    Departure.objects.update(due_at=timezone.now())
    assert departures.carry_out() == 1


def _paid(labeler: Any, project: dict[str, Any], requester: Any, mine: Any) -> dict[str, Any]:
    """A part of what was earned, twice so that a leaf is in a root; and of the funds."""
    proved.keep(labeler.user, labeler.address)
    wallets.name(f"person:{labeler.user.pk}", labeler.address)
    wanted = {"amount": "0.20", "address": requester.address}
    requester.post(f"/projects/{project['id']}/withdrawals/", wanted, status=201)
    payout = street.settle(labeler, street.pay_out(labeler, "0.30"), mine)
    assert payout["state"] == "PAID"
    return payout


def _refused(labeler: Any) -> None:
    """A payout came back because of where it went; and what nodes and proofs may say."""
    refused = Wallet(9).address
    street.pay_out(labeler, "0.10", address=refused)
    addresses.load_blocked([refused], source="a list")
    assert Payout.objects.filter(address=refused, state="RETURNED").exists()
    tx = ChainTx.objects.first()
    ChainTx.objects.filter(pk=tx.pk).update(error=f"nonce too low for {tx.sender}")
    Reconciliation.objects.create(
        is_clean=False, problems=[f"Entry deposit:{tx.tx_hash}:0 has 3 lines that sum to 1."]
    )


def _signed_in(name: str) -> Client:
    """A browser that has shown just now who is there."""
    client = Client()
    assert sign_in(client, name, PASSWORD).status_code == 302
    return client


def _with_token(person: Any) -> Client:
    return Client(headers={"Authorization": f"Token {tokens.issue(person.user)}"})


def _with_code(leaver: Any) -> Client:
    """A browser that has shown the code of who has left."""
    client = Client()
    assert client.post("/left/", {"claim": leaver.code})["Location"] == "/left/"
    return client


def addresses_of(patterns: list[Any], parts: dict[str, Any], before: str = "/") -> Iterator[str]:
    """Every page's, with what there is in its place; a part that nobody knows of is an error."""
    for one in patterns:
        if not isinstance(one.pattern, RoutePattern):
            continue
        unknown = set(one.pattern.converters) - set(parts)
        assert unknown <= OF_WORK, f"Say what to look at for {unknown} of {one.pattern}."
        if unknown:
            continue
        address = before + str(one.pattern)
        for name in one.pattern.converters:
            address = _filled(address, name, parts[name])
        if isinstance(one, URLResolver):
            yield from addresses_of(one.url_patterns, parts, address)
        elif isinstance(one, URLPattern):
            yield address


def _filled(address: str, name: str, value: Any) -> str:
    before, _, rest = address.partition("<")
    inside, _, after = rest.partition(">")
    assert inside.split(":")[-1] == name
    return f"{before}{value}{after}"


def of_admin() -> Iterator[str]:
    """Rows of each kind: to look at, their history, and the question before one is deleted."""
    for model in admin.site._registry:
        label = model._meta.label_lower.replace(".", "_")
        rows = model._default_manager.all()[:ROWS_LOOKED_AT]
        yield from (reverse(f"admin:{label}_change", args=[row.pk]) for row in rows)
        for row in rows[:1]:
            yield from (reverse(f"admin:{label}_{page}", args=[row.pk]) for page in QUESTIONS)


def walk(town: Town) -> None:
    found = [*addresses_of(get_resolver().url_patterns, town.parts), *of_admin()]
    for path in dict.fromkeys(found):
        for client in town.who_reads(path):
            town.read(client, path)


def on_chain() -> set[str]:
    """All that has a page in the explorer."""
    network = Network.objects.get()
    txs = ChainTx.objects.exclude(tx_hash="")
    return {
        *(network.vault_address, network.token_address),
        *txs.values_list("tx_hash", flat=True),
        *txs.values_list("block_hash", flat=True),
        *txs.values_list("sender", flat=True),
        *ScannedBlock.objects.values_list("block_hash", flat=True)[:ROWS_LOOKED_AT],
        *Payout.objects.values_list("address", flat=True),
    }


def test_nothing_of_the_chain_is_shown_without_its_link(town):
    walk(town)

    assert town.bare == {}
    assert town.astray == []
    recorded = Owed.objects.values_list("balances_root", "batch__chain_tx__tx_hash")
    assert set(recorded) <= town.led["/vault/"]
    shown = {path for path, linked in town.linked.items() if linked}
    project = town.parts["project_id"]
    of_project = {
        *(f"/money/{project}/", f"/api/v1/projects/{project}/", "/api/v1/projects/"),
        *(f"/api/v1/projects/{project}/{part}/" for part in ("deposits", "withdrawals", "export")),
        *(f"/api/v1/projects/{project}/{part}/" for part in ("statement", "export/proofs")),
        *(f"/earnings/payouts/{town.parts['payout_id']}/", "/left/"),
    }
    assert (MUST_SHOW | of_project) - shown == set()
    assert on_chain() - set().union(*town.linked.values()) == set()


def test_a_link_that_leads_to_something_else_is_no_link():
    one, other, root = ("0x" + digits * 32 for digits in ("1a", "2b", "3c"))
    told = (
        (one, other),
        (root, other),
        (other[:10] + "…", one),
        (root, one),
        (one[:10] + "…", one),
    )
    links = "".join(f'<a href="{EXPLORER}/tx/{to}">{shown}</a>' for shown, to in told)

    page = Page(links, {root: {one}})

    assert page.astray == [f"{shown} → {to}" for shown, to in told[:3]]
    assert (page.bare, page.led) == ([], set(told))


def test_no_mail_names_a_wallet_without_its_link(town):
    named = {one for letter in mail.outbox for one in NAMED.findall(letter.body)}

    assert len(mail.outbox) == 4  # two arrived, one came back, a wallet changed
    assert len(named) >= 4
    for letter in mail.outbox:
        assert set(NAMED.findall(LINK.sub("", letter.body))) <= set(LINK.findall(letter.body))


def test_without_an_explorer_nothing_leads_to_one(town, settings):
    settings.CHAIN_EXPLORER_TX_URL = settings.CHAIN_EXPLORER_BLOCK_URL = ""
    settings.CHAIN_EXPLORER_ADDRESS_URL = ""

    for path in ("/vault/", "/earnings/", "/wallet/", "/earnings/wallet/", "/api/v1/statement/"):
        text = town.who_reads(path)[0].get(path).content.decode()
        assert EXPLORER not in text, path
        assert 'href=""' not in text, path
        assert NAMED.search(text), path
