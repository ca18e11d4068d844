"""The happy corridor, exact to the unit: from a deposit on chain to tokens in three wallets."""

from collections.abc import Callable

import orjson
import pytest
from django.core.management import call_command

from payments.chain import vault
from tests.flows import street
from tests.flows.street import Person

pytestmark = pytest.mark.django_db(transaction=True)

CHOICES = {"text 0": ["Good", "Good", "Bad"], "text 1": ["Bad", "Bad", "Bad"]}


@pytest.fixture
def requester(meet):
    return meet(is_requester=True)


@pytest.fixture
def labelers(meet):
    return [meet() for _ in range(3)]


def purse_of(requester: Person, project_id: int) -> dict[str, str]:
    purse = requester.get(f"/projects/{project_id}/")["purse"]
    return {kind: purse[kind] for kind in ("funds", "held", "fees")}


def test_two_tasks_of_overlap_three_pay_thirty_cents(
    chain, mine, requester, labelers, clean, tmp_path, capsys
):
    vault_before = vault.token_balance()

    project_id = _funded_and_open(requester, mine)
    _labeled_and_judged(requester, labelers, project_id)
    tx_hash = _paid_out(labelers, mine)

    assert vault.token_balance() - vault_before == 1_000_000 - 300_000
    export = requester.http.get(f"/projects/{project_id}/export/", params={"as": "jsonl"})
    _check_export(export.text, labelers, tx_hash)
    proofs = requester.http.get(f"/projects/{project_id}/export/proofs/")
    files = [tmp_path / "export.jsonl", tmp_path / "proofs.jsonl"]
    for file, answer in zip(files, (export, proofs), strict=True):
        file.write_bytes(answer.content)
    call_command("verify", "export", *map(str, files))
    assert "labels: 6, paid out: 6, of these not proved: 0" in capsys.readouterr().out
    counts = requester.get(f"/projects/{project_id}/")["counts"]
    assert (counts["done"], counts["submissions"], counts["accepted"]) == (2, 6, 6)
    clean()


def _funded_and_open(requester: Person, mine: Callable[..., None]) -> int:
    """One dollar comes in, the cost of two tasks is held."""
    wanted = {"title": "Moods", "config": street.CONFIG, "price": "0.05", "overlap": 3}
    wanted["review"] = "auto"
    project = requester.post("/projects/", wanted, status=201)
    project_id = project["id"]
    assert project["state"] == "DRAFT"
    assert project["cost_per_task"] == "0.1575"
    loaded = requester.post(f"/projects/{project_id}/tasks/", [{"text": text} for text in CHOICES])
    assert (loaded["added"], loaded["duplicates"], loaded["tasks"]) == (2, 0, 2)
    refused = requester.post(f"/projects/{project_id}/open/", status=409)
    assert refused["code"] == "insufficient_funds"
    assert refused["data"] == {"needed": "0.315", "available": "0.00"}

    street.deposit(project, "1.00", mine)

    assert purse_of(requester, project_id) == {"funds": "1.00", "held": "0.00", "fees": "0.00"}
    opening = requester.post(f"/projects/{project_id}/open/", status=200)
    assert (opening["opened"], opening["held"]) == (2, "0.315")
    assert purse_of(requester, project_id) == {"funds": "0.685", "held": "0.315", "fees": "0.00"}
    return project_id


def _labeled_and_judged(requester: Person, labelers: list[Person], project_id: int) -> None:
    """Everybody has answered everything, and has ten cents."""
    for position, labeler in enumerate(labelers):
        labeler.label(project_id, {text: choices[position] for text, choices in CHOICES.items()})
        assert labeler.post(f"/projects/{project_id}/next/", status=204) is None
    assert [one.balances()["earned"] for one in labelers] == ["0.00"] * 3

    street.quality_control()

    earned = {"earned": "0.10", "leaving": "0.00", "paid": "0.00"}
    assert [one.balances() for one in labelers] == [earned] * 3
    assert purse_of(requester, project_id) == {"funds": "0.685", "held": "0.00", "fees": "0.015"}


def _paid_out(labelers: list[Person], mine: Callable[..., None]) -> str:
    """All of it is in three wallets, by one transfer."""
    wallets_before = [one.tokens_units() for one in labelers]
    payouts = [street.pay_out(one, "0.10") for one in labelers]
    leaving = {"earned": "0.00", "leaving": "0.10", "paid": "0.00"}
    assert [one.balances() for one in labelers] == [leaving] * 3

    settled = [
        street.settle(one, payout, mine) for one, payout in zip(labelers, payouts, strict=True)
    ]

    assert [one["state"] for one in settled] == ["PAID"] * 3
    assert len({one["tx_hash"] for one in settled}) == 1
    arrived = {"earned": "0.00", "leaving": "0.00", "paid": "0.10"}
    assert [one.balances() for one in labelers] == [arrived] * 3
    wallets = [one.tokens_units() for one in labelers]
    gained = [after - before for after, before in zip(wallets, wallets_before, strict=True)]
    assert gained == [100_000] * 3
    return settled[0]["tx_hash"]


def _check_export(text: str, labelers: list[Person], tx_hash: str) -> None:
    rows = {row["data"]["text"]: row for row in map(orjson.loads, text.splitlines())}

    assert rows.keys() == CHOICES.keys()
    assert rows["text 0"]["agreement"] == pytest.approx(1 / 3)
    assert rows["text 1"]["agreement"] == 1.0
    winners = [row["consensus"][0]["value"]["choices"] for row in rows.values()]
    assert winners == [["Good"], ["Bad"]]
    for name, row in rows.items():
        said = [
            (one["completed_by"], one["result"][0]["value"]["choices"][0])
            for one in row["annotations"]
        ]
        people = [labeler.user.pseudonym for labeler in labelers]
        assert said == list(zip(people, CHOICES[name], strict=True))
        assert {one["verdict"] for one in row["annotations"]} == {"ACCEPTED"}
        assert {one["tx_hash"] for one in row["annotations"]} == {tx_hash}
        assert all(one["release"] and one["lead_time_s"] >= 0 for one in row["annotations"])
        assert [one["release_key"] for one in row["annotations"]] == [
            f"release:{one['id']}" for one in row["annotations"]
        ]
