"""The book, and what PostgreSQL refuses even if Python forgets."""

import hashlib
import json
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import ledger
from payments.errors import InsufficientFunds, KeyReused, Unbalanced
from payments.ledger import Posting
from payments.models import Account, Entry, Line, Network, Purse
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db
FUNDS, HELD, WORLD = Account.Kind.FUNDS, Account.Kind.HELD, Account.Kind.WORLD


def moves(purse_id, units):
    return [(purse_id, FUNDS, -units), (purse_id, HELD, units)]


def test_an_entry_moves_money_once():
    purse_id = house.project(funds_units=100)

    first = ledger.post("hold:a", Entry.Kind.HOLD, moves(purse_id, 60))
    again = ledger.post("hold:a", Entry.Kind.HOLD, moves(purse_id, 60))

    assert first == again
    assert ledger.balances(purse_id) == {"FUNDS": 40, "HELD": 60, "WORLD": -100}


def test_the_same_key_for_something_else_is_refused():
    purse_id = house.project(funds_units=100)
    ledger.post("hold:a", Entry.Kind.HOLD, moves(purse_id, 60))

    with pytest.raises(KeyReused):
        ledger.post("hold:a", Entry.Kind.HOLD, moves(purse_id, 10))

    assert ledger.balances(purse_id) == {"FUNDS": 40, "HELD": 60, "WORLD": -100}


def test_nothing_moves_when_there_is_too_little():
    purse_id = house.project(funds_units=100)

    with pytest.raises(InsufficientFunds) as refused:
        ledger.post("hold:a", Entry.Kind.HOLD, moves(purse_id, 101))

    assert refused.value.data == {"needed": "0.000101", "available": "0.0001"}
    assert ledger.balances(purse_id) == {"FUNDS": 100, "WORLD": -100}
    assert not Entry.objects.filter(key="hold:a").exists()


def test_lines_that_do_not_sum_to_zero_are_refused():
    purse_id = house.project(funds_units=100)

    with pytest.raises(Unbalanced):
        ledger.post("hold:a", Entry.Kind.HOLD, [(purse_id, FUNDS, -5), (purse_id, HELD, 4)])

    assert Entry.objects.count() == 1


def test_many_entries_are_all_or_none():
    purse_id = house.project(funds_units=100)
    wanted = [
        Posting(key=f"hold:{number}", kind=Entry.Kind.HOLD, moves=moves(purse_id, 30))
        for number in range(4)
    ]

    with pytest.raises(InsufficientFunds):
        ledger.post_all(wanted)
    written = ledger.post_all(wanted[:3])
    both = ledger.post_all([*wanted[:3], Posting(key="x", kind="hold", moves=moves(purse_id, 10))])

    assert len(written) == 3
    assert {key: both[key] for key in written} == written
    assert ledger.balances(purse_id) == {"FUNDS": 0, "HELD": 100, "WORLD": -100}


def test_a_key_given_twice_at_once_moves_money_once():
    purse_id = house.project(funds_units=100)
    one = Posting(key="hold:a", kind="hold", moves=moves(purse_id, 30))
    other = Posting(key="hold:a", kind="hold", moves=moves(purse_id, 31))

    ledger.post_all([one, one])
    with pytest.raises(KeyReused):
        ledger.post_all([one, other])

    assert ledger.balances(purse_id) == {"FUNDS": 70, "HELD": 30, "WORLD": -100}


@pytest.mark.parametrize("cause", ['Say "no", \\ {a,b}', "NULL", "", "two\nlines, $1 %s", "Ну що?"])
def test_a_cause_is_kept_to_the_letter(cause):
    purse_id = house.project(funds_units=100)

    ledger.post('hold:"a",\\', Entry.Kind.HOLD, moves(purse_id, 60), cause=cause)

    assert Entry.objects.get(key='hold:"a",\\').cause == cause


def test_a_purse_is_named_by_its_id_or_by_its_holder():
    purse_id = house.project(funds_units=100)

    first = ledger.post("bonus:a", Entry.Kind.BONUS, [(purse_id, FUNDS, -5), ("new", FUNDS, 5)])
    new = Purse.objects.get(holder="new").pk
    again = ledger.post("bonus:a", Entry.Kind.BONUS, [(purse_id, FUNDS, -5), (new, FUNDS, 5)])

    assert first == again
    assert ledger.balances(new) == {"FUNDS": 5}


def test_an_entry_of_long_ago_is_known_by_its_fingerprint():
    """It was made by another program: sha256 of kind and sorted moves, as JSON."""
    purse_id = house.project(funds_units=100)
    ledger.post("hold:a", Entry.Kind.HOLD, moves(purse_id, 60))

    told = json.dumps(["hold", [[str(purse_id), "FUNDS", -60], [str(purse_id), "HELD", 60]]])
    kept = bytes(Entry.objects.get(key="hold:a").fingerprint)
    assert kept == hashlib.sha256(told.encode()).digest()


POST_NOW = "payments_post_now"
WAIT = "place := pg_logical_emit_message(true, 'payments', '');"


def is_on_disk():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()")
        return cursor.fetchone() == (True,)


def posted_on_a_disk_that_counts(purse_id):
    """Of each of ten holds, whether it was on disk on return."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")  # the tests' own server forgets
    for number in range(10):
        ledger.post(f"hold:{number}", Entry.Kind.HOLD, moves(purse_id, 1))
        yield is_on_disk()
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


@pytest.mark.django_db(transaction=True)
def test_what_was_posted_is_on_disk():
    assert any(posted_on_a_disk_that_counts(house.project(funds_units=100)))


@pytest.mark.django_db(transaction=True)
def test_without_the_second_commit_it_is_not():
    purse_id = house.project(funds_units=100)

    with money.rewritten(POST_NOW, (WAIT, "")):
        found = list(posted_on_a_disk_that_counts(purse_id))

    assert not all(found)


def committed(statement, values):
    with atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_by_database(statement, *values):
    with pytest.raises(IntegrityError) as refused:
        committed(statement, values)
    return refused.value.__cause__.diag.constraint_name


def test_postgresql_refuses_an_unbalanced_entry():
    entry = "INSERT INTO payments_entry (key, fingerprint, kind, cause, created_at) "

    refusal = refused_by_database(f"{entry} VALUES ('k', '\\x00', 'hold', '', now())")

    assert refusal == "entry_sums_to_zero"


def test_postgresql_refuses_a_negative_balance():
    purse_id = house.project(funds_units=100)

    refusal = refused_by_database(
        "UPDATE payments_account SET balance_units = -1 WHERE purse_id = %s AND kind = 'FUNDS'",
        purse_id,
    )

    assert refusal == "account_never_negative"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_line SET amount_units = 1",
        "DELETE FROM payments_line",
        "UPDATE payments_entry SET kind = 'hold'",
        "DELETE FROM payments_entry",
    ],
)
def test_postgresql_never_changes_what_is_written(statement):
    house.project(funds_units=100)

    assert refused_by_database(statement) == "book_is_never_changed"
    assert Line.objects.count() == 2


@pytest.mark.parametrize("table", ["payments_line", "payments_entry"])
def test_postgresql_never_empties_a_book_of_real_money(table):
    Network.objects.create(chain_id=84532, name="testnet", deployed_block=1)
    house.project(funds_units=100)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing is pending any more

    assert refused_by_database(f"TRUNCATE {table} CASCADE") == "book_is_never_changed"
    assert Line.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_lines_of_an_older_entry():
    house.project(funds_units=100)
    line = Line.objects.first()

    refusal = refused_by_database(
        "INSERT INTO payments_line (entry_id, account_id, amount_units) VALUES (%s, %s, 5)",
        line.entry_id,
        line.account_id,
    )

    assert refusal == "entry_is_complete"


steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([(WORLD, FUNDS), (FUNDS, HELD), (HELD, FUNDS), (HELD, WORLD)]),
        st.integers(1, 50),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_any_story_balances_and_never_goes_below_zero(story):
    with atomic():
        purses = [Purse.objects.create(holder=f"story:{number}").pk for number in range(3)]
        for who, (source, target), units, key in story:
            wanted = [(purses[who], source, -units), (purses[who], target, units)]
            with suppress(InsufficientFunds, KeyReused):
                ledger.post(f"story:{key}", Entry.Kind.HOLD, wanted)

        accounts = Account.objects.filter(purse__in=purses)
        assert sum(account.balance_units for account in accounts) == 0
        assert all(one.balance_units >= 0 for one in accounts if one.kind != WORLD)
        for account in accounts:
            lines = account.lines.values_list("amount_units", flat=True)
            assert sum(lines) == account.balance_units
        connection.needs_rollback = True
