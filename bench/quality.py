"""How good each model is on real answers, how many answers adaptive overlap saves, and how fast
the models are: `bench quality`."""

import csv
import json
import random
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from bench import overlaps
from labeling.aggregation import agreement, models
from labeling.aggregation.adaptive import Rule
from labeling.aggregation.votes import Labels, Row, Votes

SHUFFLES = 10  # orders in which the answers could have come
OVERLAPS = 20  # fixed ones that are tried
MADE = {"answers": 100_000, "overlap": 3, "workers": 500, "labels": 4}  # what is timed
TIMES = 3  # that each is timed; the best counts
COLUMNS = ("task", "worker", "label")


class MalformedAnswers(ValueError):
    """The file lacks a column or has no answers."""


@dataclass(frozen=True)
class Crowd:
    """Answers, and the truth of those tasks of which it is known."""

    rows: list[Row]
    truth: dict[str, str]

    def accuracy(self, labels: Labels) -> float | None:
        """The share of known truths that were found; None if none is known."""
        return self.right_share(labels.best())

    def right_share(self, best: Mapping[Hashable, Hashable]) -> float | None:
        """The same of the label of each task."""
        if not self.truth:
            return None
        right = sum(best.get(task) == one for task, one in self.truth.items())
        return round(right / len(self.truth), 4)


def read(path: Path) -> Crowd:
    """A file with the columns task, worker, label and, where known, truth."""
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    if not table or not set(COLUMNS) <= table[0].keys():
        raise MalformedAnswers(f"{path} needs the columns {', '.join(COLUMNS)} and a row.")
    rows: list[Row] = [(row["task"], row["worker"], row["label"]) for row in table]
    return Crowd(rows, {row["task"]: row["truth"] for row in table if row.get("truth")})


def measure(path: Path, rule: Rule) -> None:
    """Prints the figures for a person, and one JSON object as the last line."""
    crowd = read(path)
    votes = Votes.of(crowd.rows)
    chosen, why = models.choose(votes)
    print(
        f"{path.name}: {len(crowd.rows):,} answers, {len(votes.tasks):,} tasks, "
        f"{len(votes.workers):,} workers, {len(votes.labels)} labels"
    )
    print(f"chosen: {chosen}. {why}")
    found = figures(crowd, rule)
    alpha = agreement.nominal(votes).alpha
    print("alpha: " + ("-" if alpha is None else f"{alpha:.3f} (Krippendorff, nominal)") + "\n")
    print(f"{'model':<22}{'accuracy':>10}{'answers':>10}{'ms':>9}")
    for name, one in found.items():
        accuracy = "-" if one["accuracy"] is None else f"{one['accuracy']:.4f}"
        print(f"{name:<22}{accuracy:>10}{one['answers']:>10,.0f}{one['ms']:>9.1f}")
    told = {"file": path.name, "chosen": chosen, "why": why, "alpha": alpha}
    print(json.dumps({**told, **found}))


def figures(crowd: Crowd, rule: Rule) -> dict[str, dict[str, float | None]]:
    """Accuracy and answers of each model, of adaptive overlap, of the least fixed overlap that is
    as accurate, and of the fixed one that asks for as many as adaptive overlap may."""
    votes = Votes.of(crowd.rows)
    found = {name: _model(crowd, votes, name) for name in models.MODELS}
    found["adaptive"] = _adaptive(crowd, rule)
    if crowd.truth:
        found["fixed"] = _fixed(crowd, found["adaptive"]["accuracy"] or 0.0)
        found["fixed_at_most"] = _overlap(crowd, min(rule.at_most, _most(crowd)))
    return found


def _model(crowd: Crowd, votes: Votes, name: str) -> dict[str, float | None]:
    start = perf_counter()
    labels = models.MODELS[name](votes)
    milliseconds = round((perf_counter() - start) * 1000, 1)
    return {"accuracy": crowd.accuracy(labels), "answers": len(crowd.rows), "ms": milliseconds}


def _adaptive(crowd: Crowd, rule: Rule) -> dict[str, float | None]:
    """The mean over several orders: which answers come first is chance."""
    start = perf_counter()
    orders = [(_shuffled(crowd.rows, seed), seed) for seed in range(SHUFFLES)]
    played = [overlaps.replay(rows, rule, seed=seed) for rows, seed in orders]
    milliseconds = round((perf_counter() - start) * 1000 / SHUFFLES, 1)
    right = [crowd.accuracy(one.labels) for one in played]
    known = [one for one in right if one is not None]
    return {
        "accuracy": round(sum(known) / len(known), 4) if known else None,
        "answers": sum(one.answers_used for one in played) / SHUFFLES,
        "ms": milliseconds,
        "confidence": rule.confidence,
        "at_least": rule.at_least,
        "at_most": rule.at_most,
        "judging_ms": round(sum(one.judging_seconds for one in played) * 1000 / SHUFFLES, 1),
    }


def _fixed(crowd: Crowd, wanted: float) -> dict[str, float | None]:
    """The least fixed overlap that is as accurate, else the largest there is."""
    most = _most(crowd)
    for overlap in sorted({most, *range(1, most + 1, -(-most // OVERLAPS))}):
        found = _overlap(crowd, overlap)
        if (found["accuracy"] or 0.0) >= wanted:
            break
    return found


def _most(crowd: Crowd) -> int:
    return max(Counter(task for task, _, _ in crowd.rows).values())


def _overlap(crowd: Crowd, overlap: int) -> dict[str, float | None]:
    """So many answers to each task: the mean over several orders."""
    start = perf_counter()
    taken = [_first(_shuffled(crowd.rows, seed), overlap) for seed in range(SHUFFLES)]
    right = [crowd.accuracy(overlaps.audited(rows)) or 0.0 for rows in taken]
    milliseconds = round((perf_counter() - start) * 1000 / SHUFFLES, 1)
    accuracy = round(sum(right) / len(right), 4)
    return {
        "accuracy": accuracy,
        "answers": len(taken[0]),
        "ms": milliseconds,
        "overlap": overlap,
    }


def _first(rows: Sequence[Row], overlap: int) -> list[Row]:
    """As many answers to each task, those that come first."""
    seen: Counter[Hashable] = Counter()
    taken = []
    for row in rows:
        if seen[row[0]] < overlap:
            seen[row[0]] += 1
            taken.append(row)
    return taken


def _shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    order = list(rows)
    random.Random(seed).shuffle(order)
    return order


def measure_speed() -> None:
    """Prints CPU seconds on made answers, and one JSON object as the last line."""
    rows = made()
    votes = Votes.of(rows)
    name, why = models.choose(votes)
    print(f"{len(rows):,} made answers. The model chosen for them: {name}. {why}\n")
    seconds = {"votes": cpu_seconds(lambda: Votes.of(rows))}
    for model, fit in models.MODELS.items():
        seconds[model] = cpu_seconds(lambda fit=fit: fit(_fresh(votes)))
    seconds["alpha"] = cpu_seconds(lambda: agreement.nominal(votes))
    for part, one in seconds.items():
        print(f"{part:<22}{one:>8.4f} s")
    print(json.dumps({**MADE, "chosen": name, "cpu_seconds": seconds}))


def made() -> list[Row]:
    """Answers of workers who are right in 50 to 95 of a hundred."""
    chance = np.random.default_rng(1)
    count, labels = MADE["answers"], MADE["labels"]
    task = np.arange(count) // MADE["overlap"]
    worker = chance.integers(0, MADE["workers"], count)
    truth = chance.integers(0, labels, count)[task]
    is_right = chance.random(count) < chance.uniform(0.5, 0.95, MADE["workers"])[worker]
    label = np.where(is_right, truth, chance.integers(0, labels, count))
    numbers = zip(task.tolist(), worker.tolist(), label.tolist(), strict=True)
    return [(f"t{one}", f"w{who}", f"l{said}") for one, who, said in numbers]


def _fresh(votes: Votes) -> Votes:
    """The same votes, with nothing remembered of them."""
    return replace(votes)


def cpu_seconds(work: Callable[[], object]) -> float:
    """What the work takes at best, of a few times."""
    taken = []
    for _ in range(TIMES):
        start = process_time()
        work()
        taken.append(process_time() - start)
    return round(min(taken), 4)
