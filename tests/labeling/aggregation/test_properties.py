"""What must be true of every model, whatever the answers are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.aggregation import models
from labeling.aggregation.votes import Votes

rows_of_people = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 2)),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[:2],
)
names = st.sampled_from(sorted(models.MODELS))


def fitted(name, rows):
    return models.MODELS[name](Votes.of(rows))


def chances(labels):
    """The posterior by task and label."""
    votes = labels.votes
    return {
        (task, label): labels.posterior[row, column]
        for row, task in enumerate(votes.tasks)
        for column, label in enumerate(votes.labels)
    }


@given(names, rows_of_people, st.randoms())
def test_the_order_of_the_answers_changes_nothing_at_all(name, rows, chance):
    found = fitted(name, rows)

    chance.shuffle(rows)
    again = fitted(name, rows)

    assert chances(again) == chances(found)
    assert again.best() == found.best()


@given(
    names,
    rows_of_people,
    st.permutations(range(7)),
    st.permutations(range(5)),
    st.permutations(range(3)),
)
def test_names_change_nothing(name, rows, tasks, workers, labels):
    found = chances(fitted(name, rows))

    renamed = fitted(name, [(tasks[t], workers[w], labels[label]) for t, w, label in rows])

    expected = {(tasks[task], labels[label]): one for (task, label), one in found.items()}
    assert chances(renamed) == pytest.approx(expected, abs=1e-6)


@given(names, rows_of_people)
def test_posteriors_are_probabilities(name, rows):
    labels = fitted(name, rows)

    assert np.allclose(labels.posterior.sum(axis=1), 1)
    assert ((labels.posterior >= 0) & (labels.posterior <= 1)).all()
    assert ((labels.accuracy > 0) & (labels.accuracy < 1)).all()


@given(st.sampled_from(["majority", "weighted_majority"]), rows_of_people)
def test_every_answer_twice_keeps_the_shares(name, rows):
    twins = [(task, (worker, twin), label) for task, worker, label in rows for twin in (1, 2)]

    assert chances(fitted(name, twins)) == pytest.approx(chances(fitted(name, rows)), abs=1e-9)


@given(names, st.lists(st.integers(0, 2), min_size=1, max_size=10), st.integers(2, 6))
def test_unanimity_is_the_consensus_and_makes_surer(name, truth, people):
    def told(by):
        return [(task, worker, label) for task, label in enumerate(truth) for worker in range(by)]

    fewer, more = fitted(name, told(people)), fitted(name, told(people + 1))

    assert more.best() == fewer.best() == dict(enumerate(truth))
    assert (more.confidence() >= fewer.confidence() - 1e-9).all()


@given(names, rows_of_people)
def test_those_who_always_agree_are_followed(name, rows):
    """Any answers, drowned by many people who agree on every task."""
    tasks = {task for task, _, _ in rows}
    rows = rows + [(task, f"agreed {n}", task % 3) for task in tasks for n in range(25)]
    rows = [(task, str(worker), label) for task, worker, label in rows]

    assert fitted(name, rows).best() == {task: task % 3 for task in tasks}
