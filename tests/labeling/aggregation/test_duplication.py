"""Every answer given twice, by twins: what must follow, whatever the answers are."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labeling.aggregation import agreement, models
from labeling.aggregation.votes import Votes

tables = st.integers(2, 4).flatmap(
    lambda people: st.lists(
        st.lists(st.integers(0, 3), min_size=people, max_size=people), min_size=1, max_size=8
    )
)


def apart(one: int, other: int) -> float:
    """A distance that is neither nominal nor interval."""
    return abs(one - other) / 3


MEASURES = {
    "nominal": agreement.nominal,
    "interval": agreement.interval,
    "general": lambda votes: agreement.general(votes, apart),
}


def rows_of(table):
    return [
        (task, worker, label)
        for task, said in enumerate(table)
        for worker, label in enumerate(said)
    ]


def twins(rows):
    return [(task, (worker, twin), label) for task, worker, label in rows for twin in (1, 2)]


@st.composite
def clear(draw, *, labels, tasks):
    """Answers with a truth that four of five say, of every task; whatever the others say."""
    people = draw(st.integers(3, 12))
    truth = draw(tasks)
    doubters = st.sets(st.integers(0, people - 1), max_size=people // 5)
    table = []
    for label in truth:
        said = [label] * people
        for one in draw(doubters):
            said[one] = draw(st.integers(0, labels - 1))
        table.append(said)
    return table, dict(enumerate(truth))


@given(clear(labels=3, tasks=st.lists(st.integers(0, 2), min_size=1, max_size=8)))
def test_one_coin_keeps_what_is_clear(clear):
    rows, truth = rows_of(clear[0]), clear[1]

    assert models.one_coin(Votes.of(rows)).best() == truth
    assert models.one_coin(Votes.of(twins(rows))).best() == truth


@given(clear(labels=2, tasks=st.integers(4, 6).map(lambda count: [0, 1] * count)))
def test_a_table_of_errors_keeps_what_is_clear_where_there_is_enough_of_each_label(clear):
    """Of one label alone it does not: doubters who agree, as twins do, look like a second one."""
    rows, truth = rows_of(clear[0]), clear[1]
    votes = Votes.of(rows)
    assert models.choose(votes)[0] == "dawid_skene"

    assert models.dawid_skene(votes).best() == truth
    assert models.dawid_skene(Votes.of(twins(rows))).best() == truth


@given(st.sampled_from(sorted(MEASURES)), tables)
def test_disagreement_shrinks_by_what_twins_agree_on(name, table):
    """Where each of m people answers each task, n answers in all, a twin is one of 2m − 1 others,
    and what chance would give is the same but for its n − 1."""
    measure, rows = MEASURES[name], rows_of(table)
    people, count = len(table[0]), len(rows)
    before = measure(Votes.of(rows)).alpha
    assume(before is not None)

    after = measure(Votes.of(twins(rows)))

    shrunk = 2 * (people - 1) / (2 * people - 1) * (2 * count - 1) / (2 * count - 2)
    assert 1 - after.alpha == pytest.approx((1 - before) * shrunk)
    for worker in range(people):
        assert after.by_worker[worker, 1] == pytest.approx(after.by_worker[worker, 2])


@given(st.sampled_from(sorted(MEASURES)), tables)
def test_every_task_twice_disagrees_as_much(name, table):
    """But for the n − 1 of what chance would give."""
    measure, rows = MEASURES[name], rows_of(table)
    before, count = measure(Votes.of(rows)).alpha, len(rows)
    assume(before is not None)

    after = measure(Votes.of(rows_of(table + table))).alpha

    assert 1 - after == pytest.approx((1 - before) * (2 * count - 1) / (2 * count - 2))
