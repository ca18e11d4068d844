"""`./stipend verify export FILE PROOFS`: an export against the chain, without our database."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from payments import escrow, jobs, networks
from tests.payments import house

pytestmark = pytest.mark.django_db
ONE, TWO = "person:1", "person:2"


@pytest.fixture
def payday(chain, mine):
    def run():
        for _ in range(4):
            jobs.scan_deposits()
            jobs.pump_payouts()
            mine(3)
        jobs.scan_deposits()
        jobs.pump_payouts()

    return run


@pytest.fixture
def keys(payday):
    """Four releases: two paid by one batch, one by the next, one not yet."""
    purse_id = house.deposited(1_000_000)
    payday()
    made = [house.earn(ONE, 30_000, purse_id=purse_id) for _ in range(2)]
    made += [house.earn(TWO, 20_000, purse_id=purse_id) for _ in range(2)]
    house.ask(ONE, 60_000, wallet=5)
    payday()
    house.ask(TWO, 20_000, wallet=6)
    payday()
    return made


@pytest.fixture
def anchors(keys):
    return list(escrow.anchors_of(keys))


@pytest.fixture
def rows(keys):
    """As an export has them, a task each; one task has no label."""
    paid = escrow.payments_of(keys)
    made = [{"release_key": key, "tx_hash": paid[key]["tx_hash"]} for key in keys]
    return [*({"annotations": [one]} for one in made), {"annotations": []}]


@pytest.fixture
def verify(tmp_path):
    """The command's words about these files; no database is asked."""

    def run(rows, anchors, written=json.dumps):
        files = [tmp_path / "export.json", tmp_path / "proofs.jsonl"]
        files[0].write_text(written(rows), encoding="utf-8")
        files[1].write_text("".join(json.dumps(one) + "\n" for one in anchors))
        said = StringIO()
        with connection.execute_wrapper(_refuse):
            try:
                call_command("verify", "export", *map(str, files), stdout=said)
            except CommandError as error:
                return f"{said.getvalue()}{error}"
        return said.getvalue()

    return run


def _refuse(*args):
    raise AssertionError("The database was asked.")


def test_each_batch_names_what_it_paid(keys, anchors):
    said = [[(one["key"], one["units"]) for one in anchor["labels"]] for anchor in anchors]

    assert said == [[(keys[0], 30_000), (keys[1], 30_000)], [(keys[2], 20_000)]]
    assert list(escrow.anchors_of(["release:999", keys[3]])) == []


def test_an_export_is_proved(rows, anchors, verify):
    said = verify(rows, anchors)

    lines = said.splitlines()
    assert [line[:10] for line in lines[:-1]] == ["ok   batch"] * 2 + ["ok   expor"]
    assert "labels: 4, paid out: 3, of these not proved: 0" in said
    assert lines[-1] == "The export is proved."


def test_what_was_checked_is_told_with_its_page(rows, anchors, verify, monkeypatch):
    explored = replace(networks.named("local"), explorer="https://explorer.example")
    monkeypatch.setitem(networks.PRESETS, "local", explored)

    said = verify(rows, anchors)

    pages = [line.removeprefix("see ") for line in said.splitlines() if line.startswith("see ")]
    assert pages == [
        f"https://explorer.example/tx/{anchors[0]['tx_hash']}",
        f"https://explorer.example/address/{anchors[0]['vault']}",
        f"https://explorer.example/tx/{anchors[1]['tx_hash']}",
    ]
    assert "see " not in verify(rows, [{**anchors[0], "vault": "0x" + "7" * 40}, anchors[1]])


def test_texts_in_json_lines_may_hold_what_ends_lines_elsewhere(rows, anchors, verify):
    rows[0]["data"] = {"text": "one\u2028two\u2029three\x85four"}

    def lines(rows):
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n"

    assert verify(rows, anchors, lines).endswith("The export is proved.\n")


def test_an_export_that_is_none_proves_nothing(anchors, verify):
    assert verify([], anchors) == "There is no row in this export."
    assert verify([], anchors, lambda rows: "") == "There is no row in this export."
    assert "is neither JSON nor JSON lines" in verify([], anchors, lambda rows: "task,data\n1,2\n")


def test_a_label_that_no_batch_paid_is_found(rows, anchors, verify):
    rows[3]["annotations"][0]["tx_hash"] = rows[0]["annotations"][0]["tx_hash"]

    assert "BAD  export    labels: 4, paid out: 4, of these not proved: 1" in verify(rows, anchors)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "another"}, "their format is not stipend-labels-1"),
        ({"labels": [{"key": "release:1", "units": 1, "proof": []}]}, "does not climb to"),
        ({"labels": [{"key": "release:1", "units": -1, "proof": []}]}, "The proofs are not whole"),
        ({"labels": 7}, "The proofs are not whole"),
        ({"chain_id": 5}, "the endpoint is on 31337, the proof is for 5"),
        ({"vault": "0x" + "7" * 40}, "which keeps another root"),
        ({"vault": "x"}, "x is no address"),
        ({"tx_hash": "0x" + "7" * 64}, "BAD  batch"),
        ({"tx_hash": "what"}, "BAD  batch"),
    ],
)
def test_proofs_that_were_tampered_with_prove_nothing(rows, anchors, verify, change, words):
    said = verify(rows, [{**anchors[0], **change}, anchors[1]])

    assert words in said
    assert "is proved" not in said


def test_a_root_that_another_batch_keeps_is_found(rows, anchors, verify):
    said = verify(rows, [{**anchors[0], "tx_hash": anchors[1]["tx_hash"]}, anchors[1]])

    assert "which keeps another root" in said
    assert "of these not proved: 2" in said


def test_what_is_no_export_is_told(anchors, verify):
    assert "This is no export" in verify([{"text": "a"}], anchors)
    assert "This is no export" in verify([7], anchors)
