"""How good each model is on real answers, and how many answers adaptive overlap saves."""

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from labeling.aggregation import adaptive, models
from labeling.aggregation.votes import Labels, Row, Votes

SHUFFLES = 5  # orders in which the answers could have come
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
        if not self.truth:
            return None
        best = labels.best()
        return round(
            sum(best[task] == one for task, one in self.truth.items()) / len(self.truth), 4
        )


def read(path: Path) -> Crowd:
    """A file with the columns task, worker, label and, where known, truth."""
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    if not table or not set(COLUMNS) <= table[0].keys():
        raise MalformedAnswers(f"{path} needs the columns {', '.join(COLUMNS)} and a row.")
    rows: list[Row] = [(row["task"], row["worker"], row["label"]) for row in table]
    return Crowd(rows, {row["task"]: row["truth"] for row in table if row.get("truth")})


def measure(path: Path, rule: adaptive.Rule) -> None:
    """Prints the figures for a person, and one JSON object as the last line."""
    crowd = read(path)
    votes = Votes.of(crowd.rows)
    chosen, why = models.choose(votes)
    print(
        f"{path.name}: {len(crowd.rows):,} answers, {len(votes.tasks):,} tasks, "
        f"{len(votes.workers):,} workers, {len(votes.labels)} labels"
    )
    print(f"chosen: {chosen}. {why}\n")
    print(f"{'model':<22}{'accuracy':>10}{'answers':>10}{'ms':>9}")
    found = {name: _model(crowd, votes, name) for name in models.MODELS}
    found["adaptive"] = _adaptive(crowd, rule)
    for name, one in found.items():
        accuracy = "-" if one["accuracy"] is None else f"{one['accuracy']:.4f}"
        print(f"{name:<22}{accuracy:>10}{one['answers']:>10,.0f}{one['ms']:>9.1f}")
    print(json.dumps({"file": path.name, "chosen": chosen, "why": why, **found}))


def _model(crowd: Crowd, votes: Votes, name: str) -> dict[str, float | None]:
    start = perf_counter()
    labels = models.MODELS[name](votes)
    milliseconds = round((perf_counter() - start) * 1000, 1)
    return {"accuracy": crowd.accuracy(labels), "answers": len(crowd.rows), "ms": milliseconds}


def _adaptive(crowd: Crowd, rule: adaptive.Rule) -> dict[str, float | None]:
    """The mean over several orders: which answers come first is chance."""
    start = perf_counter()
    played = [adaptive.replay(_shuffled(crowd.rows, seed), rule) for seed in range(SHUFFLES)]
    milliseconds = round((perf_counter() - start) * 1000 / SHUFFLES, 1)
    right = [crowd.accuracy(one.labels) for one in played]
    known = [one for one in right if one is not None]
    return {
        "accuracy": round(sum(known) / len(known), 4) if known else None,
        "answers": sum(one.answers_used for one in played) / SHUFFLES,
        "ms": milliseconds,
        "confidence": rule.confidence,
        "at_least": rule.at_least,
    }


def _shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    order = list(rows)
    random.Random(seed).shuffle(order)
    return order
