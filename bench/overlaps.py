"""Adaptive overlap on answers that are all there: what the product would have asked for, and made
of it, had they come one by one.

The rule is the product's own, by the functions that judge there: `adaptive.fit` where the answers
carry it, else what is known of each labeler by then, and `consensus.of`. A task that is sure enough
is judged for good, as there, and at the end all answers are looked at together, as an audit does.
"""

import random
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from time import process_time
from xml.sax.saxutils import quoteattr

from labeling import answers
from labeling.aggregation import adaptive, models
from labeling.aggregation.adaptive import Rule
from labeling.aggregation.online import Estimate
from labeling.aggregation.votes import Labels, Row, Votes
from labeling.answers import Config
from labeling.judging import consensus
from labeling.judging.consensus import Consensus
from labeling.judging.quality import CONSENSUS_WEIGHT

JUDGED_EVERY = 30  # answers: the worker judges every few seconds
NAME = "said"


@dataclass(frozen=True)
class Replay:
    """What came out: the labels after a look at all answers, how many those are, and the CPU
    seconds of the mean judging."""

    labels: Labels
    answers_used: int
    judging_seconds: float


@dataclass
class _Play:
    """A project at work: who may still answer each task, what was said, what is known of whom."""

    config: Config
    rule: Rule
    labels_count: int
    waiting: dict[Hashable, deque[Row]]
    slots: deque[Hashable] = field(default_factory=deque)
    said: dict[Hashable, list[Row]] = field(default_factory=lambda: defaultdict(list))
    missing: dict[Hashable, int] = field(default_factory=dict)
    known: dict[Hashable, Estimate] = field(default_factory=lambda: defaultdict(Estimate))


def replay(rows: Sequence[Row], rule: Rule, *, seed: int = 0) -> Replay:
    """Answers to a task come in the order of the rows, tasks are handed out in one drawn by chance;
    a task that asks for more goes to the end."""
    play = _begun(rows, rule, seed)
    judgings = []
    while play.slots:
        ready = _answered(play)
        start = process_time()
        _judge(play, ready)
        judgings.append(process_time() - start)
    used = [(task, who, label) for one in play.said.values() for task, who, (label,) in one]
    return Replay(audited(used), len(used), sum(judgings) / len(judgings))


def audited(rows: Sequence[Row]) -> Labels:
    """The labels that a look at all these answers makes."""
    votes = Votes.of(rows)
    return models.MODELS[models.choose(votes)[0]](votes)


def _begun(rows: Sequence[Row], rule: Rule, seed: int) -> _Play:
    labels = sorted({str(label) for _, _, label in rows})
    choices = "".join(f"<Choice value={quoteattr(label)}/>" for label in labels)
    config = answers.parse(
        f'<View><Text name="shown" value="$text"/>'
        f'<Choices name="{NAME}" toName="shown">{choices}</Choices></View>'
    )
    waiting: dict[Hashable, deque[Row]] = defaultdict(deque)
    for task, worker, label in rows:
        waiting[task].append((task, worker, (str(label),)))  # as Choices read it
    order = list(waiting)
    random.Random(seed).shuffle(order)
    play = _Play(config, rule, len(labels), waiting)
    for task in order:
        play.missing[task] = min(rule.at_least, len(waiting[task]))
        play.slots.extend([task] * play.missing[task])
    return play


def _answered(play: _Play) -> list[Hashable]:
    """The next answers come in: the tasks that wait for no other one."""
    ready = []
    for _ in range(min(JUDGED_EVERY, len(play.slots))):
        task = play.slots.popleft()
        play.said[task].append(play.waiting[task].popleft())
        play.missing[task] -= 1
        if not play.missing[task]:
            ready.append(task)
    return ready


def _judge(play: _Play, ready: list[Hashable]) -> None:
    rows = [row for said in play.said.values() for row in said]
    fitted = adaptive.fit(rows, labels_count=play.labels_count, known={})
    chances = {} if fitted is None else fitted.chances(frozenset(ready))
    learnt: dict[Hashable, list[float]] = defaultdict(list)
    for task in ready:
        said = play.said[task]
        given = [{NAME: label} for _, _, label in said]
        accuracies = [play.known[worker].accuracy for _, worker, _ in said]
        found = consensus.of(play.config, given, accuracies, chances.get(task))
        if _asks_for_more(play, task, found):
            play.missing[task] = 1
            play.slots.append(task)
            continue
        for (_, worker, _), chance in zip(said, found.chances, strict=True):
            learnt[worker].append(chance or 0.0)
    for worker, marks in learnt.items():
        right = CONSENSUS_WEIGHT * sum(marks)
        wrong = CONSENSUS_WEIGHT * len(marks) - right
        play.known[worker] = play.known[worker].learned(right, wrong)


def _asks_for_more(play: _Play, task: Hashable, found: Consensus) -> bool:
    may_ask = len(play.said[task]) < play.rule.at_most and bool(play.waiting[task])
    return may_ask and found.confidence < play.rule.confidence
