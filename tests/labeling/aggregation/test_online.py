"""What one task's answers say, and what is learnt about who gave them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labeling.aggregation.online import Estimate, clusters, posterior
from labeling.answers import overlap
from labeling.answers.regions.spans import Span

accuracies = st.floats(0, 1)
votes = st.lists(st.tuples(st.sampled_from("abcd"), accuracies), max_size=8)


@pytest.mark.parametrize(
    ("given_votes", "labels_count", "expected"),
    [
        ([], 3, {}),
        ([("a", 0.8)], 2, {"a": 0.8}),
        ([("a", 0.8)], 5, {"a": 0.8}),
        ([("a", 0.8), ("b", 0.8)], 2, {"a": 0.5, "b": 0.5}),
        ([("a", 0.8), ("a", 0.6)], 2, {"a": 0.48 / (0.48 + 0.08)}),
        ([("a", 0.5)], 2, {"a": 0.5}),
        ([("a", 0.2), ("b", 0.5)], 3, {"a": 0.05 / 0.35, "b": 0.2 / 0.35}),
        ([("a", 1.0)], 2, {"a": 0.99}),
        ([("a", 0.0)], 2, {"a": 0.05}),
        ([("a", 0.9), ("a", 0.9)], 1, {"a": 1.0}),
    ],
)
def test_posterior_by_example(given_votes, labels_count, expected):
    found = posterior(given_votes, labels_count)

    assert found == pytest.approx(expected)


def test_who_is_mostly_wrong_speaks_for_what_nobody_said():
    found = posterior([("a", 0.05)], labels_count=20)

    assert found == {"a": pytest.approx(0.05)}


def test_thousands_of_votes_stay_within_numbers():
    for_a, for_b = [("a", 0.99)] * 5_000, [("b", 0.99)] * 4_000

    assert posterior(for_a + for_b, 100) == {"a": 1.0, "b": 0.0}
    assert posterior([("a", 0.05)] * 5_000, 3) == {"a": 0.0}
    assert posterior([("a", 0.05)] * 5_000, 1) == {"a": 1.0}


@given(votes, st.integers(4, 30), st.randoms())
def test_posterior_is_a_probability_and_blind_to_order(given_votes, labels_count, chance):
    found = posterior(given_votes, labels_count)

    assert all(0 <= one <= 1 for one in found.values())
    assert sum(found.values()) <= 1 + 1e-9
    chance.shuffle(given_votes)
    assert posterior(given_votes, labels_count) == found


@given(st.integers(2, 20), st.floats(0.55, 0.99), st.integers(1, 20))
def test_unanimity_makes_surer_with_each_vote(labels_count, accuracy, people):
    fewer = posterior([("a", accuracy)] * people, labels_count)["a"]

    assert posterior([("a", accuracy)] * (people + 1), labels_count)["a"] >= fewer
    assert fewer >= min(accuracy, 0.99) - 1e-9


@given(votes, st.integers(4, 10))
def test_every_vote_twice_keeps_the_likeliest_label(given_votes, labels_count):
    found = posterior(given_votes, labels_count)
    assume(found)
    best = max(found, key=found.get)
    others = [chance for label, chance in found.items() if label != best]
    assume(found[best] > max(others, default=0) + 1e-9)

    twice = posterior(given_votes * 2, labels_count)

    assert max(twice, key=twice.get) == best


# --- Estimates ------------------------------------------------------------------------------


def test_a_newcomer_is_taken_for_good():
    assert Estimate().accuracy == 0.8


@pytest.mark.parametrize(
    ("estimate", "right", "wrong", "expected"),
    [
        (Estimate(), 1, 0, Estimate(1, 0)),
        (Estimate(10, 2), 0, 1, Estimate(9.9, 2.98)),
        (Estimate(10, 2), 0.25, 0.25, Estimate(10 * 0.99**0.5 + 0.25, 2 * 0.99**0.5 + 0.25)),
        (Estimate(10, 2), 0, 0, Estimate(10, 2)),
    ],
)
def test_what_is_learnt_stands_beside_what_fades(estimate, right, wrong, expected):
    found = estimate.learned(right, wrong)

    assert (found.right, found.wrong) == pytest.approx((expected.right, expected.wrong))


def test_a_long_record_does_not_hold_for_ever():
    estimate = Estimate()
    for _ in range(10_000):
        estimate = estimate.learned(1, 0)
    assert estimate.accuracy > 0.98

    for _ in range(100):
        estimate = estimate.learned(0, 1)

    assert estimate.accuracy < 0.4


@given(st.lists(st.booleans(), max_size=300))
def test_an_estimate_moves_with_each_answer(answers):
    estimate = Estimate()
    for is_right in answers:
        after = estimate.learned(float(is_right), float(not is_right))
        assert (after.accuracy > estimate.accuracy) == is_right
        estimate = after
    assert 0 < estimate.accuracy < 1


# --- Classes --------------------------------------------------------------------------------


def close(a, b):
    return max(0.0, 1 - abs(a - b) / 10)


def same(a, b):
    return float(a == b)


@pytest.mark.parametrize(
    ("answers", "agree", "expected"),
    [
        ([], same, []),
        (["x"], same, [0]),
        (["x", "y", "y"], same, [1, 0, 0]),
        (["b", "a"], same, [1, 0]),
        ([0, 4, 8, 30], close, [0, 0, 0, 1]),
        ([0, 30, 31, 32], close, [1, 0, 0, 0]),
    ],
)
def test_classes_by_example(answers, agree, expected):
    assert clusters(answers, agree) == expected


def test_spans_that_mean_the_same_are_a_class():
    def marked(*edges):
        return tuple(Span(start, end, "A", "x" * (end - start)) for start, end in edges)

    given_answers = [marked((0, 10)), marked((1, 10)), (), marked((20, 30)), ()]

    assert clusters(given_answers, overlap.agreement) == [1, 1, 0, 2, 0]


@given(st.lists(st.integers(0, 40), max_size=8), st.randoms(), st.sampled_from([close, same]))
def test_classes_are_blind_to_order_and_to_repetition(answers, chance, agree):
    found = dict(zip(answers, clusters(answers, agree), strict=True))

    assert dict(zip(answers * 2, clusters(answers * 2, agree), strict=True)) == found
    chance.shuffle(answers)
    assert dict(zip(answers, clusters(answers, agree), strict=True)) == found


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_each_agrees_enough_with_somebody_of_its_class(answers):
    found = clusters(answers, close)

    for number in set(found):
        members = [one for one, cls in zip(answers, found, strict=True) if cls == number]
        assert any(all(close(founder, one) >= 0.5 for one in members) for founder in members)
    assert set(found) == set(range(max(found) + 1))
