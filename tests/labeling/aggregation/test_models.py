"""Who is right: models on answers whose truth is known."""

import csv
from pathlib import Path

import numpy as np
import pytest

from labeling.aggregation import adaptive, models
from labeling.aggregation.votes import Votes

CROWD = Path(__file__).resolve().parents[4] / "shared" / "data" / "crowd"


def made(*, tasks=200, workers=20, answers=5, labels=3, seed=1):
    """Answers of workers who are right in 55 to 95 of a hundred, and the truth."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, labels, tasks)
    skill = chance.uniform(0.55, 0.95, workers)
    rows = []
    for task in range(tasks):
        for worker in chance.choice(workers, answers, replace=False):
            right = chance.random() < skill[worker]
            rows.append((task, worker, truth[task] if right else chance.integers(0, labels)))
    return rows, dict(enumerate(truth))


def accuracy(labels, truth):
    best = labels.best()
    return sum(best[task] == one for task, one in truth.items()) / len(truth)


@pytest.mark.parametrize("name", models.MODELS)
def test_posteriors_are_probabilities_of_every_task(name):
    rows, _ = made()

    labels = models.MODELS[name](Votes.of(rows))

    assert labels.posterior.shape == (200, 3)
    assert np.allclose(labels.posterior.sum(axis=1), 1)
    assert ((labels.accuracy > 0) & (labels.accuracy < 1)).all()


@pytest.mark.parametrize("name", models.MODELS)
def test_of_no_answers_nothing_is_said(name):
    labels = models.MODELS[name](Votes.of([]))

    assert (labels.best(), len(labels.confidence()), len(labels.margin())) == ({}, 0, 0)
    assert models.choose(labels.votes)[0] == "majority"


@pytest.mark.parametrize("name", models.MODELS)
def test_agreement_of_all_is_the_label(name):
    rows = [(task, worker, task % 2) for task in range(10) for worker in range(3)]

    best = models.MODELS[name](Votes.of(rows)).best()

    assert best == {task: task % 2 for task in range(10)}


def test_majority_is_the_share_of_votes():
    labels = models.majority(Votes.of([("t", "a", "x"), ("t", "b", "y"), ("t", "c", "x")]))

    assert labels.best() == {"t": "x"}
    assert labels.confidence() == pytest.approx([2 / 3])


def test_who_is_often_right_counts_more():
    rows, truth = made(tasks=2000, answers=4)
    votes = Votes.of(rows)

    plain = accuracy(models.majority(votes), truth)

    assert accuracy(models.weighted_majority(votes), truth) > plain
    assert accuracy(models.one_coin(votes), truth) > plain


def test_the_worked_example_of_dawid_and_skene_ranks_the_workers():
    """A worker who always swaps two labels carries as much as one who is always right."""
    rows = [(task, "good", task % 2) for task in range(40)]
    rows += [(task, "also good", task % 2) for task in range(40)]
    rows += [(task, "liar", 1 - task % 2) for task in range(40)]

    labels = models.dawid_skene(Votes.of(rows))

    assert labels.best() == {task: task % 2 for task in range(40)}
    assert labels.accuracy[2] < 0.2 < 0.8 < labels.accuracy[0]


@pytest.mark.parametrize(
    ("options", "model"),
    [
        ({"answers": 1}, "majority"),
        ({"answers": 3, "workers": 200}, "one_coin"),
        ({"answers": 5, "workers": 10}, "dawid_skene"),
    ],
)
def test_the_model_is_chosen_by_what_the_answers_can_carry(options, model):
    rows, _ = made(**options)

    name, why = models.choose(Votes.of(rows))

    assert name == model
    assert why.endswith(".")


def test_few_answers_make_no_fit():
    rows, _ = made(tasks=5, answers=3)

    assert adaptive.fit(rows, labels_count=3, known={}) is None


def test_labels_that_nobody_gave_have_a_chance_too():
    rows = [(task, worker, "x") for task in range(9) for worker in "abc"]

    found = adaptive.fit(rows, labels_count=2, known={})

    chance = found.chances({0})[0]["x"]
    assert 0.9 < chance < 0.9999
    assert found.votes.tasks == list(range(9))


def test_known_truths_tell_who_is_right_where_most_are_wrong():
    """Two who swap the labels outvote one who is right, but for the tasks that are known."""
    known = {f"gold {number}": "xy"[number % 2] for number in range(12)}
    truth = known | {f"task {number}": "xy"[number % 2] for number in range(12)}
    swapped = {"x": "y", "y": "x"}
    rows = [(task, "right", label) for task, label in truth.items()]
    rows += [(task, who, swapped[truth[task]]) for task in truth for who in ("one", "other")]

    found = adaptive.fit(rows, labels_count=2, known=known)

    assert found.best() == truth
    assert found.confidence().min() > 0.99
    assert adaptive.fit(rows, labels_count=2, known={}).best()["task 0"] == "y"


def crowd(name):
    path = CROWD / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    rows = [(row["task"], row["worker"], row["label"]) for row in table]
    return rows, {row["task"]: row["truth"] for row in table}


def test_bluebirds_as_published():
    rows, truth = crowd("bluebirds.csv")
    votes = Votes.of(rows)

    name, _ = models.choose(votes)

    assert name == "dawid_skene"
    assert accuracy(models.majority(votes), truth) == pytest.approx(0.759, abs=0.001)
    assert accuracy(models.MODELS[name](votes), truth) >= 0.88


def test_relevance_is_better_than_the_majority():
    rows, truth = crowd("hcb-relevance.csv")

    assert accuracy(models.majority(Votes.of(rows)), truth) == pytest.approx(0.696, abs=0.001)
    assert accuracy(models.dawid_skene(Votes.of(rows)), truth) > 0.696
