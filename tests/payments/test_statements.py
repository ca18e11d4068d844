"""Which transfer paid which release: first earned is first paid, and the answer stays."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import escrow, payouts
from payments.models import ChainTx, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:1", "person:2"


def end(*asked: Payout, tx_hash: str, paid: bool = True) -> None:
    """These payouts, all that wait, leave in one batch that ends at once."""
    positions = list(range(len(asked)))

    def queue(batch, payees, roots):
        assert len(payees) == len(asked)
        return ChainTx.objects.create(
            key=f"batch:{batch.pk}",
            to="",
            calldata=b"",
            gas_limit=1,
            nonce=ChainTx.objects.count(),
            raw=b"",
            tx_hash=tx_hash,
            state=ChainTx.State.CONFIRMED,
            outcome={"paid": positions if paid else [], "skipped": [] if paid else positions},
        )

    payouts.batch(queue=queue)
    assert payouts.settle_ended() == len(asked)


def hashes(keys):
    found = escrow.payments_of(keys)
    return [found[key]["tx_hash"] for key in keys]


def test_a_release_is_paid_by_the_payout_that_completes_it():
    keys = [house.earn(PERSON, units) for units in (30_000, 40_000, 50_000)]
    strangers = house.earn(OTHER, 500_000)

    end(house.ask(PERSON, 60_000), tx_hash="0xa")
    assert hashes(keys) == ["0xa", None, None]
    end(house.ask(PERSON, 20_000), tx_hash="0xb")
    assert hashes(keys) == ["0xa", "0xb", None]
    end(house.ask(PERSON, 40_000), tx_hash="0xc")

    assert hashes([*keys, strangers]) == ["0xa", "0xb", "0xc", None]


def test_a_payout_that_came_back_pays_for_nothing_and_changes_no_answer():
    keys = [house.earn(PERSON, 30_000) for _ in range(2)]
    end(house.ask(PERSON, 30_000), tx_hash="0xa")
    before = hashes(keys)

    end(house.ask(PERSON, 30_000), tx_hash="0xb", paid=False)
    assert hashes(keys) == before == ["0xa", None]
    end(house.ask(PERSON, 30_000), tx_hash="0xc")

    assert hashes(keys) == ["0xa", "0xc"]


def test_what_was_never_released_is_not_in_the_answer():
    assert escrow.payments_of(["release:nothing"]) == {}
    assert escrow.payments_of([]) == {}


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.integers(10_000, 60_000), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(10_000, 90_000), st.booleans()), max_size=6),
)
def test_attribution_is_a_pure_function_of_two_running_sums(earned, taken):
    holder = f"person:{uuid4()}"
    keys = [house.earn(holder, units) for units in earned]
    left_units, spans = sum(earned), []

    for number, (units, paid) in enumerate(taken):
        if units > left_units:
            continue
        end(house.ask(holder, units), tx_hash=f"0x{number}", paid=paid)
        if paid:
            left_units -= units
            spans.append((sum(earned) - left_units, f"0x{number}"))

    expected = []
    for position in range(len(earned)):
        until = sum(earned[: position + 1])
        expected.append(next((name for reached, name in spans if until <= reached), None))
    assert hashes(keys) == expected
