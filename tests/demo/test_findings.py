"""What the demo calls off, and what it calls well: each fault is planted and found."""

from dataclasses import replace

import pytest

from demo import digits, findings, report
from demo.findings import Findings, Paid
from demo.labelers import Labeler
from demo.payday import Balance
from demo.wire import Client

PRICE_UNITS = 20_000
TX = "0x" + "ab" * 32


def labeler(number: int) -> Labeler:
    name = f"demo-labeler-{number:02}"
    client = Client("http://127.0.0.1")
    return Labeler(name, f"L-{number}", 0.1, f"0x{number:040x}", client, labels_count=30)


def row(number: int, image: str, people: list[Labeler], truth: dict[str, int]) -> dict:
    annotations = [
        {
            "id": number * 10 + position,
            "result": digits.result(one.sees(image, truth)),
            "completed_by": one.pseudonym,
            "leased_at": "2025-01-01T00:00:00Z",
            "submitted_at": "2025-01-01T00:00:01Z",
            "verdict": "ACCEPTED",
            "judged_by": "quality",
            "release": number * 10 + position,
            "release_key": f"release:{number * 10 + position}",
            "tx_hash": TX,
        }
        for position, one in enumerate(people, start=1)
    ]
    consensus = digits.result(truth[image])
    return {
        "id": number,
        "data": {"image": image},
        "consensus": consensus,
        "agreement": 0.9,
        "annotations": annotations,
    }


@pytest.fixture
def found() -> Findings:
    """Thirty digits that three people labeled, and all is well."""
    truth = dict(list(digits.truth().items())[:30])
    people = [labeler(number) for number in (1, 2, 3)]
    paid = 30 * PRICE_UNITS
    return Findings(
        tasks_count=30,
        overlap=3,
        price_units=PRICE_UNITS,
        label_seconds=1.5,
        labelers=people,
        truth=truth,
        rows=[row(number, image, people, truth) for number, image in enumerate(truth, start=1)],
        before={one.username: Balance(0, 0, 7, 107) for one in people},
        after={one.username: Balance(0, 0, 7 + paid, 107 + paid) for one in people},
        payouts=[{"tx_hash": TX}] * 3,
        paid=Paid(batches_count=1, payees_count=3, gas_used=90_000),
    )


def test_nothing_is_off_when_all_is_well(found):
    assert findings.problems(found) == []


def test_report_has_the_numbers(found):
    said = [" ".join(line.split()) for line in report.text(found).splitlines()]

    assert "tasks 30" in said
    assert "labels 90 3 a task, in 1.5 s" in said
    assert "labels per second 60" in said
    assert "agreement 0.900 mean over the tasks" in said
    assert "accuracy of consensus 1.000 against the truth; the error rates allow 0.972" in said
    assert "payouts 3 in 1 batch on the chain" in said
    assert "gas per payee 30,000 90,000 in all" in said
    assert "reconcile clean" in said
    assert "all 90 1.80 1.80 1.80" in said
    assert any(line.startswith("demo-labeler-02 10.0%") for line in said)


def test_missing_task_and_label_are_off(found):
    found.rows[3]["annotations"].pop()
    short = replace(found, rows=found.rows[:-1])

    said = findings.problems(short)

    assert "The export has 29 tasks of 30." in said
    assert "1 tasks of the export have not exactly 3 labels." in said
    assert "demo-labeler-01 gave 30 labels, the export has 29." in said
    assert "demo-labeler-03 earned 0.60, their exported labels are worth 0.56." in said


@pytest.mark.parametrize("name", findings.ORIGIN)
def test_missing_origin_is_off(found, name):
    found.rows[0]["annotations"][0][name] = None

    assert f"1 labels of the export have no {name}." in findings.problems(found)


def test_label_of_somebody_else_is_off(found):
    wrong = (found.labelers[0].sees("/images/digits/0.png", found.truth) + 1) % 10
    found.rows[0]["annotations"][0]["result"] = digits.result(wrong)

    assert findings.problems(found) == ["1 labels of the export are not what their labeler gave."]


def test_transfer_that_is_not_ours_is_off(found):
    found.rows[0]["annotations"][0]["tx_hash"] = "0x" + "00" * 32

    assert findings.problems(found) == [
        "1 labels of the export name a transfer that is none of ours."
    ]


def test_consensus_below_what_the_error_rates_allow_is_off(found):
    for one in found.rows[:10]:
        truth = found.truth[one["data"]["image"]]
        one["consensus"] = digits.result((truth + 1) % 10)

    assert findings.problems(found) == [
        "The consensus is right on 66.7% of the tasks; the labelers' error rates allow 97.2%."
    ]


def test_money_that_did_not_arrive_is_off(found):
    after = {**found.after, "demo-labeler-02": Balance(5, 0, 600_002, 107)}

    said = findings.problems(replace(found, after=after))

    assert said == [
        "demo-labeler-02 was paid 0.599995 by the statement, and 0.00 arrived in their wallet.",
        "demo-labeler-02 is still owed 0.000005 after everything was paid out.",
    ]


def test_reconcile_is_heard(found):
    said = findings.problems(replace(found, reconcile_problems=["A cent is missing."]))

    assert said == ["Reconcile: A cent is missing."]


@pytest.mark.parametrize(
    ("rights", "chance"),
    [([], 0.0), ([0.9], 0.9), ([0.9, 0.9], 0.81), ([0.9] * 3, 0.972), ([1, 1, 0.2], 1.0)],
)
def test_majority_chance(rights, chance):
    assert findings.majority_chance(rights) == pytest.approx(chance)
