"""Krippendorff's alpha, held against published examples and against what must be true of it."""

import random
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labeling.aggregation import agreement
from labeling.aggregation.votes import Votes
from labeling.answers import overlap
from labeling.answers.regions.shapes import PERCENT, Box
from labeling.answers.regions.spans import Span


def table(*rows):
    """A row a person, a column a task, "." for an answer that is missing."""
    return Votes.of(
        (task, worker, int(label) if label.isdigit() else label)
        for worker, row in enumerate(rows)
        for task, label in enumerate(row.split())
        if label != "."
    )


# Krippendorff 2011, sections A, B and C.
BINARY = table("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
TWO = table("a a b b d c c c e d d a", "b a b b b c c c e d d d")
MISSING = table(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# The computational example of Wikipedia's article.
THREE = table(
    ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "1 . 2 1 3 3 4 3 . . . . . . .",
    ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
)


@pytest.mark.parametrize(
    ("measure", "votes", "published"),
    [
        (agreement.nominal, BINARY, 0.095),
        (agreement.nominal, TWO, 0.692),
        (agreement.nominal, MISSING, 0.743),
        (agreement.ordinal, MISSING, 0.815),
        (agreement.interval, MISSING, 0.849),
        (agreement.nominal, THREE, 0.691),
        (agreement.interval, THREE, 0.811),
    ],
)
def test_as_published(measure, votes, published):
    assert measure(votes).alpha == pytest.approx(published, abs=0.0005)


def unlike(a, b):
    return float(a != b)


def squared(a, b):
    return (a - b) ** 2


@pytest.mark.parametrize(
    ("votes", "distance", "published"),
    [(MISSING, unlike, 0.743), (MISSING, squared, 0.849), (THREE, unlike, 0.691)],
)
def test_any_distance_gives_what_its_own_measure_gives(votes, distance, published):
    assert agreement.general(votes, distance).alpha == pytest.approx(published, abs=0.0005)


# Artstein and Poesio, Inter-Coder Agreement for Computational Linguistics (2008): what two people
# called a hundred utterances, where a check lies halfway between a statement and a request for
# information. Their alpha is 0.8156.
UTTERANCES = [("stat", "stat")] * 46 + [("stat", "ireq")] * 6 + [("ireq", "ireq")] * 32
UTTERANCES += [("chck", "ireq")] * 6 + [("chck", "chck")] * 10
HALF, SIDE = 4, 10 * PERCENT
# The same distances as places: two halves have nothing in common, each is half of the whole.
AS_SPANS = {
    "stat": (Span(0, HALF, "A", "left"),),
    "ireq": (Span(HALF, 2 * HALF, "A", "over"),),
    "chck": (Span(0, 2 * HALF, "A", "leftover"),),
}
AS_BOXES = {
    "stat": (Box(0, 0, SIDE, SIDE, "A"),),
    "ireq": (Box(0, SIDE, SIDE, 2 * SIDE, "A"),),
    "chck": (Box(0, 0, SIDE, 2 * SIDE, "A"),),
}


def halfway(a, b):
    return 0 if a == b else 0.5 if "chck" in {a, b} else 1


def not_overlapping(a, b):
    return 1 - overlap.agreement(a, b)


def coded(words):
    """The utterances with each name in other words."""
    return Votes.of(
        (number, coder, words[name])
        for number, names in enumerate(UTTERANCES)
        for coder, name in zip("ab", names, strict=True)
    )


@pytest.mark.parametrize(
    ("votes", "distance"),
    [
        (coded({name: name for name in AS_SPANS}), halfway),
        (coded(AS_SPANS), not_overlapping),
        (coded(AS_BOXES), not_overlapping),
    ],
    ids=["by distance", "spans by IoU", "boxes by IoU"],
)
def test_weighted_as_published(votes, distance):
    assert agreement.general(votes, distance).alpha == pytest.approx(0.8156, abs=0.00005)


def of_sets(a, b):
    """The distance of Passonneau, Computing Reliability for Coreference Annotation (2004)."""
    return 0 if a == b else 1 / 3 if a <= b or b <= a else 2 / 3 if a & b else 1


def test_sets_as_published():
    """The example of DKPro Agreement (Meyer et al., COLING 2014), whose alpha is 0.186."""
    pairs = ["|", "A|", "A|A", "A|B", "AB|A", "AB|AC", "ABC|ABC", "C|AC", "C|AC"]
    votes = Votes.of(
        (number, coder, frozenset(said))
        for number, pair in enumerate(pairs)
        for coder, said in zip("ab", pair.split("|"), strict=True)
    )

    assert agreement.general(votes, of_sets).alpha == pytest.approx(0.186, abs=0.0005)


def test_ordinal_follows_the_scale():
    low_to_high = ["bad", "fair", "good"]
    rows = [(1, "a", "bad"), (1, "b", "fair"), (2, "a", "good"), (2, "b", "good")]
    rows += [(3, "a", "bad"), (3, "b", "bad")]
    numbers = [(task, worker, low_to_high.index(label)) for task, worker, label in rows]

    found = agreement.ordinal(Votes.of(rows), low_to_high)

    assert found == agreement.ordinal(Votes.of(numbers))
    assert found.alpha > agreement.nominal(Votes.of(rows)).alpha


def test_spans_disagree_as_far_as_they_lie_apart():
    def marked(start, end):
        return (Span(start, end, "A", "x" * (end - start)),)

    rows = [(1, "a", marked(0, 4)), (1, "b", marked(0, 3)), (2, "a", ()), (2, "b", ())]

    found = agreement.general(Votes.of(rows), not_overlapping).alpha

    observed = 0.25 / 2
    expected = (2 * 0.25 + 2 * (2 + 2) * 1.0) / (4 * 3)
    assert found == pytest.approx(1 - observed / expected)


def test_boxes_disagree_as_far_as_they_do_not_overlap():
    def drawn(right):
        return (Box(0, 0, right * PERCENT, 10 * PERCENT, "A"),)

    rows = [(1, "a", drawn(10)), (1, "b", drawn(5)), (2, "a", drawn(20)), (2, "b", drawn(20))]

    found = agreement.general(Votes.of(rows), not_overlapping)

    # IoU: 1/2 of the boxes to 10 and 5, 1/2 of those to 20 and 10, 1/4 of those to 20 and 5
    observed = 0.5 / 2
    expected = (2 * 0.5 + 2 * 2 * 0.5 + 2 * 2 * 0.75) / (4 * 3)
    assert found.alpha == pytest.approx(1 - observed / expected)
    assert found.by_worker == pytest.approx(dict.fromkeys("ab", found.alpha))


def test_who_answers_against_the_rest_is_seen():
    rows = [(task, worker, task % 2) for task in range(20) for worker in ["a", "b", "c"]]
    rows += [(task, "contrary", 1 - task % 2) for task in range(20)]

    found = agreement.nominal(Votes.of(rows)).by_worker

    assert found["a"] == found["b"] == found["c"] > 0.3
    assert found["contrary"] < -0.9


@pytest.mark.parametrize("measure", [agreement.nominal, agreement.ordinal, agreement.interval])
@pytest.mark.parametrize(
    "rows", [[], [(1, "a", 1)], [(1, "a", 1), (2, "b", 2)], [(1, "a", 3), (1, "b", 3)]]
)
def test_nothing_is_said_where_nothing_can_be(measure, rows):
    assert measure(Votes.of(rows)) == agreement.Agreement(None, {})
    assert agreement.general(Votes.of(rows), unlike) == agreement.Agreement(None, {})


def test_many_pairs_are_drawn():
    chance = random.Random(1)
    rows = [(n, w, round(n + chance.random(), 6)) for n in range(60) for w in range(3)]

    def distance(a, b):
        return min(abs(a - b) / 60, 1)

    whole = agreement.general(Votes.of(rows), distance)
    drawn = agreement.general(Votes.of(rows), distance, pairs_limit=5_000)

    assert drawn.alpha == pytest.approx(whole.alpha, abs=0.002)
    assert drawn != whole
    assert agreement.general(Votes.of(rows[::-1]), distance, pairs_limit=5_000) == drawn


def test_no_more_answers_to_the_same_tasks_are_compared_than_are_drawn():
    chance = random.Random(1)
    rows = [(n, w, round(n + chance.random(), 6)) for n in range(400) for w in range(5)]
    compared = []

    def distance(a, b):
        compared.append((a, b))
        return min(abs(a - b) / 400, 1)

    whole = agreement.general(Votes.of(rows), distance, pairs_limit=2_000_000)
    assert len(compared) == 2_000 * 1_999 // 2
    compared.clear()
    drawn = agreement.general(Votes.of(rows), distance, pairs_limit=1_000)

    assert len(compared) <= 2_000
    assert drawn.alpha == pytest.approx(whole.alpha, abs=0.001)
    assert agreement.general(Votes.of(rows[::-1]), distance, pairs_limit=1_000) == drawn


def test_one_task_with_more_pairs_than_are_drawn_is_compared_whole():
    rows = [(1, worker, worker) for worker in range(20)]

    found = agreement.general(Votes.of(rows), lambda a, b: 1.0, pairs_limit=100)

    assert found.alpha == pytest.approx(0)
    assert len(found.by_worker) == 20


rows_of_people = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(1, 4)),
    max_size=25,
    unique_by=lambda row: row[:2],
)
MEASURES = [
    agreement.nominal,
    agreement.ordinal,
    agreement.interval,
    lambda votes: agreement.general(votes, lambda a, b: abs(a - b) / 3),
]
measures = st.sampled_from(MEASURES)


@given(measures, rows_of_people, st.randoms())
def test_the_order_of_the_answers_changes_nothing(measure, rows, chance):
    found = measure(Votes.of(rows))

    chance.shuffle(rows)
    assert measure(Votes.of(rows)) == found


@given(measures, rows_of_people, st.permutations(range(6)), st.permutations(range(5)))
def test_names_of_tasks_and_workers_change_nothing(measure, rows, tasks, workers):
    found = measure(Votes.of(rows))
    renamed = measure(Votes.of((tasks[t], workers[w], label) for t, w, label in rows))

    assert renamed.alpha == pytest.approx(found.alpha)
    expected = {workers[worker]: alpha for worker, alpha in found.by_worker.items()}
    assert renamed.by_worker == pytest.approx(expected, abs=1e-9)


@given(rows_of_people, st.permutations("wxyz"))
def test_names_of_nominal_labels_change_nothing(rows, names):
    found = agreement.nominal(Votes.of(rows))
    renamed = agreement.nominal(Votes.of((t, w, names[label - 1]) for t, w, label in rows))

    assert renamed == found


@given(st.sampled_from([agreement.interval, agreement.ordinal]), rows_of_people)
def test_numbers_may_be_scaled_and_shifted(measure, rows):
    found = measure(Votes.of(rows))
    moved = measure(Votes.of((t, w, 1_000_000 + 7 * label) for t, w, label in rows))

    assert moved.alpha == pytest.approx(found.alpha, abs=1e-6)


@given(measures, st.lists(st.integers(1, 4), min_size=2, max_size=6), st.integers(2, 4))
def test_unanimity_is_1(measure, truth, people):
    assume(len(set(truth)) > 1)
    rows = [(task, worker, label) for task, label in enumerate(truth) for worker in range(people)]

    found = measure(Votes.of(rows))

    assert found.alpha == 1
    assert found.by_worker == dict.fromkeys(range(people), 1)


@given(measures, rows_of_people)
def test_the_alpha_of_all_is_the_mean_of_the_workers(measure, rows):
    found = measure(Votes.of(rows))
    assume(found.alpha is not None)
    counted = Votes.of(rows).shared()

    answers = [counted.workers[number] for number in counted.worker]

    mean = sum(found.by_worker[worker] for worker in answers) / len(answers)
    assert found.alpha == pytest.approx(mean, abs=1e-9)
    assert found.alpha <= 1


@given(rows_of_people)
def test_nominal_is_the_paper_s_formula(rows):
    """Observed and expected coincidences, pair by pair."""
    tasks = {}
    for task, _, label in rows:
        tasks.setdefault(task, []).append(label)
    tasks = [labels for labels in tasks.values() if len(labels) > 1]
    values = [label for labels in tasks for label in labels]
    pairs = len(values) * (len(values) - 1) / 2
    assume(len(set(values)) > 1)

    observed = sum(
        sum(a != b for a, b in combinations(labels, 2)) * 2 / (len(labels) - 1) for labels in tasks
    )
    expected = sum(a != b for a, b in combinations(values, 2)) / pairs

    alpha = 1 - observed / len(values) / expected
    assert agreement.nominal(Votes.of(rows)).alpha == pytest.approx(alpha, abs=1e-9)


class Clock:
    """Each comparison takes a second."""

    def __init__(self, monkeypatch):
        self.seconds = 0
        monkeypatch.setattr(agreement, "monotonic", lambda: self.seconds)

    def distance(self, a, b):
        self.seconds += 1
        return min(abs(a - b) / 100, 1)


def scattered(tasks, people=3):
    chance = random.Random(1)
    return [(n, w, round(n + chance.random(), 6)) for n in range(tasks) for w in range(people)]


@pytest.mark.parametrize("pairs_limit", [100_000, 5_000])
def test_comparing_ends_when_its_time_is_over(monkeypatch, pairs_limit):
    clock, votes = Clock(monkeypatch), Votes.of(scattered(100))
    whole = agreement.general(votes, clock.distance)
    clock.seconds = 0

    found = agreement.general(votes, clock.distance, pairs_limit=pairs_limit, seconds=200)

    assert clock.seconds <= 202
    assert found.tasks_count == 33  # three pairs each
    assert whole.tasks_count is None
    assert found.alpha == pytest.approx(whole.alpha, abs=0.02)


def test_nothing_is_said_where_no_task_could_be_compared(monkeypatch):
    clock = Clock(monkeypatch)

    found = agreement.general(Votes.of(scattered(2, people=20)), clock.distance, seconds=20)

    assert found == agreement.Agreement(None, {}, 0)


def test_in_time_nothing_is_another(monkeypatch):
    clock, votes = Clock(monkeypatch), Votes.of(scattered(20))

    assert agreement.general(votes, clock.distance, seconds=10_000) == agreement.general(
        votes, clock.distance
    )
