"""Which transfer paid which release: first earned is first paid, and the answer stays."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import escrow, payouts, receipts, solvency
from payments.models import ChainTx, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db
WHOLE = ("seqscan", "bitmapscan", "hashjoin", "mergejoin")
BOOK = ("payments_line", "payments_entry")
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


def rows_read(do):
    """How many statements it takes, and how many lines and entries of the book these look at,
    given on or thrown away."""
    with CaptureQueriesContext(connection) as seen:
        do()
    count = 0
    with connection.cursor() as cursor:
        for way in WHOLE:  # what PostgreSQL may prefer while tables are small, by their statistics
            cursor.execute(f"SET LOCAL enable_{way} = off")
        assert seen.captured_queries
        for one in seen:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {one['sql']}")
            (found,) = cursor.fetchone()
            count += sum(_rows(found[0]["Plan"]))
        for way in WHOLE:
            cursor.execute(f"SET LOCAL enable_{way} = on")
    return len(seen), count


def _rows(plan):
    if plan.get("Relation Name") in BOOK:
        yield plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    for part in plan.get("Plans", []):
        yield from _rows(part)


def no_dearer(cost, before):
    """True if it takes as many statements and, plans aside, as many rows: a history of twelve
    times the length would be many times as many."""
    return cost[0] == before[0] and cost[1] <= before[1] * 2


def paid_ten(number):
    """The keys of ten works, and the payout that paid for them."""
    keys = [house.earn(PERSON, 10_000) for _ in range(10)]
    payout = house.ask(PERSON, 100_000)
    end(payout, tx_hash=f"0x{number}")
    return keys, payout


@pytest.fixture(params=["today's", "of an empty book"])
def statistics(request):
    """What PostgreSQL believes of the tables; for a new bank it is wrong until the first look."""
    if request.param == "of an empty book":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@pytest.mark.usefixtures("statistics")
def test_a_long_history_costs_no_more_than_a_short_one():
    keys, payout = paid_ten(0)
    of_keys = rows_read(lambda: escrow.payments_of(keys))
    of_receipt = rows_read(lambda: receipts.of(payout.pk, holder=PERSON))

    for number in range(1, 12):
        newest_keys, newest = paid_ten(number)

    looks = [lambda: escrow.payments_of(keys), lambda: escrow.payments_of(newest_keys)]
    costs = [rows_read(look) for look in looks]
    assert all(no_dearer(cost, of_keys) for cost in costs), (of_keys, costs)
    looks = [lambda one=one: receipts.of(one.pk, holder=PERSON) for one in (payout, newest)]
    costs = [rows_read(look) for look in looks]
    assert all(no_dearer(cost, of_receipt) for cost in costs), (of_receipt, costs)
    assert hashes(keys) == ["0x0"] * 10
    assert hashes(newest_keys) == ["0x11"] * 10
    both = rows_read(lambda: escrow.payments_of([*keys, *newest_keys]))
    assert no_dearer(both, (of_keys[0], 2 * of_keys[1]))


@pytest.mark.usefixtures("statistics")
def test_what_a_batch_pays_for_is_found_without_the_history():
    def look(payout):
        with connection.cursor() as cursor:
            cursor.execute(solvency.LABELS, {"paying": [payout.pk]})
            return len(cursor.fetchall())

    def looked_for():
        for _ in range(10):
            house.earn(PERSON, 10_000)
        payout = house.ask(PERSON, 100_000)
        count, cost = look(payout), rows_read(lambda: look(payout))
        end(payout, tx_hash="0xa")
        return count, cost

    first = looked_for()
    for _ in range(10):
        last = looked_for()

    assert first[0] == last[0] == 10
    assert no_dearer(last[1], first[1])


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
