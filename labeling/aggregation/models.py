"""Majority, weighted majority, one-coin and Dawid-Skene.

A. P. Dawid, A. M. Skene: Maximum likelihood estimation of observer error-rates using the EM
algorithm. Applied Statistics 28 (1979). One-coin is its symmetric form: a worker errs as often on
every label, and any wrong label is as likely as any other.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np

from labeling.aggregation.votes import Floats, Ints, Labels, Votes

ROUNDS_LIMIT = 50
SETTLED = 1e-4  # mean change of a task's posterior that ends the rounds
PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0  # answers that a newcomer is credited with
SMOOTHING = 0.1  # answers added to each cell of a worker's table
TINY = 1e-12
OF_TRUTHS = 1.0  # tasks added to each label, where few tasks must not say how frequent it is

# Inside, posteriors have the shape (labels, tasks): sums over the labels then run along memory.


def majority(votes: Votes) -> Labels:
    """What most say; the posterior is the share of votes."""
    return _labels(votes, "majority", _shares(votes.counts))


def alike(votes: Votes, *, labels_count: int) -> Labels:
    """What most say; the posterior under one-coin, each worker as often right as a newcomer, with a
    uniform prior over so many labels: those that nobody gave have the rest."""
    newcomer = PRIOR_RIGHT / (PRIOR_RIGHT + PRIOR_WRONG)
    others = max(labels_count - 1, 1)
    gain = np.log(newcomer) - np.log((1 - newcomer) / others)
    top = votes.counts.max(axis=0, initial=0)
    weights = np.exp((votes.counts - top) * gain)
    unseen = max(labels_count - len(votes.labels), 0) * np.exp(-top * gain)
    return _labels(votes, "majority", weights / (weights.sum(axis=0) + unseen))


def weighted_majority(votes: Votes) -> Labels:
    """Votes count as much as their worker agrees with the outcome, above chance."""
    posterior = _shares(votes.counts)
    chance = 1 / max(len(votes.labels), 2)
    for _ in range(ROUNDS_LIMIT):
        weight = np.clip((_accuracy(votes, posterior) - chance) / (1 - chance), 0.05, 1)
        before, posterior = posterior, _shares(votes.per_task(weight[votes.worker]))
        if _settled(before, posterior):
            break
    return _labels(votes, "weighted_majority", posterior)


def one_coin(votes: Votes) -> Labels:
    """One number a worker: how often they are right. Good with few answers a worker."""

    def likelihood(posterior: Floats) -> Floats:
        accuracy = np.clip(_accuracy(votes, posterior), 0.01, 0.99)
        others = max(len(votes.labels) - 1, 1)
        gain = np.log(accuracy) - np.log((1 - accuracy) / others)
        return votes.per_task(gain[votes.worker])

    return _labels(votes, "one_coin", _expectation_maximization(votes, likelihood))


def dawid_skene(votes: Votes) -> Labels:
    """A table a worker: what they say when the truth is what. Needs many answers a worker."""

    def likelihood(posterior: Floats) -> Floats:
        table = _tables(votes, posterior)
        table += SMOOTHING
        return _heard(votes, table)

    return _labels(votes, "dawid_skene", _expectation_maximization(votes, likelihood))


def crowd_dawid_skene(
    votes: Votes, *, known: Mapping[Hashable, Hashable], crowd_weight: float
) -> Labels:
    """The same while answers still come in: each row of a table leans on the crowd's own by so
    many answers, so that who has said little counts as everybody does; how frequent a label is
    leans on all being alike; and the `known` truths, by task, stay as they are."""
    number = {label: place for place, label in enumerate(votes.labels)}
    sure = [(place, number[known[t]]) for place, t in enumerate(votes.tasks) if t in known]
    same = np.eye(len(votes.labels))
    others = PRIOR_WRONG / max(len(votes.labels) - 1, 1)
    newcomers = PRIOR_RIGHT * same + others * (1 - same)  # what a crowd unheard is taken to say

    def likelihood(posterior: Floats) -> Floats:
        table = _tables(votes, posterior)
        crowd = table.sum(axis=1) + newcomers
        table += crowd_weight * (crowd / crowd.sum(axis=1, keepdims=True))[:, np.newaxis]
        return _heard(votes, table)

    posterior = _expectation_maximization(votes, likelihood, sure=sure, of_truths=OF_TRUTHS)
    return _labels(votes, "dawid_skene", posterior)


def _tables(votes: Votes, posterior: Floats) -> Floats:
    """How often each worker said what when the truth was what, shape (truth, worker, said)."""
    shape = (len(votes.labels), len(votes.workers), len(votes.labels))
    # a product for each truth: with vectors it is thrice as fast as with a matrix
    return np.stack([votes.heard @ chance for chance in posterior]).reshape(shape)


def _heard(votes: Votes, table: Floats) -> Floats:
    """The log-likelihood of each task's answers by its truth."""
    log_table = np.log(table / table.sum(axis=2, keepdims=True)).reshape(len(table), -1)
    return np.stack([votes.said @ row for row in log_table])


def _expectation_maximization(
    votes: Votes,
    likelihood: Callable[[Floats], Floats],
    *,
    sure: Sequence[tuple[int, int]] = (),
    of_truths: float = TINY,
) -> Floats:
    """The posterior; `sure` are numbers of tasks and of their known truths, `of_truths` is added to
    the tasks of each label."""
    sure_tasks, sure_labels = np.array(sure, dtype=np.int64).reshape(-1, 2).T
    posterior = _known(_shares(votes.counts), sure_tasks, sure_labels)
    sure_counts = np.bincount(sure_labels, minlength=len(posterior))[:, np.newaxis]
    for _ in range(ROUNDS_LIMIT if posterior.size else 0):
        fresh = likelihood(posterior)
        frequency = posterior.sum(axis=1, keepdims=True) - sure_counts + of_truths
        fresh += np.log(frequency / frequency.sum())
        fresh -= fresh.max(axis=0)
        np.exp(fresh, out=fresh)
        fresh *= 1 / fresh.sum(axis=0)
        before, posterior = posterior, _known(fresh, sure_tasks, sure_labels)
        if _settled(before, posterior):
            break
    return posterior


def _known(posterior: Floats, tasks: Ints, labels: Ints) -> Floats:
    posterior[:, tasks] = 0
    posterior[labels, tasks] = 1
    return posterior


def _shares(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum(axis=0))


def _labels(votes: Votes, model: str, posterior: Floats) -> Labels:
    return Labels(votes, model, posterior.T, _accuracy(votes, posterior))


def _accuracy(votes: Votes, posterior: Floats) -> Floats:
    right = votes.per_worker(posterior[votes.label, votes.task])
    answers = votes.per_worker(np.ones(len(votes.task)))
    return np.asarray((right + PRIOR_RIGHT) / (answers + PRIOR_RIGHT + PRIOR_WRONG))


def _settled(before: Floats, after: Floats) -> bool:
    return bool(np.abs(before - after).sum() < SETTLED * after.shape[1])


MODELS: dict[str, Callable[[Votes], Labels]] = {
    "majority": majority,
    "weighted_majority": weighted_majority,
    "one_coin": one_coin,
    "dawid_skene": dawid_skene,
}


def choose(votes: Votes) -> tuple[str, str]:
    """The model that these answers can carry, and why: a name in MODELS and a sentence.

    A worker's table has a row for each of k labels, and a row needs about k answers for each of
    its k cells: k³ in all. Measured on bluebirds (k = 2: from 8 answers a worker on the table is
    better) and on made answers (k = 4: with 33 it is worse than one number).
    """
    if len(votes.task) < max(2 * len(votes.tasks), 1):
        return "majority", "Most tasks have a single answer: there is nothing to learn from."
    answers = votes.per_worker(np.ones(len(votes.task)))
    # of the worker behind a typical answer, not of a typical worker: many workers answer little
    typical = float(np.average(answers, weights=answers))
    needed = len(votes.labels) ** 3
    found = f"A typical answer comes from a worker with {typical:.0f} answers"
    if typical >= needed:
        return "dawid_skene", f"{found}: enough for a table of their errors."
    return "one_coin", f"{found}: too few for a table of their errors, which needs {needed}."
