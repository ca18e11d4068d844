"""How alike two texts are, at a cost that no labeler can choose."""

from collections import Counter

import pytest

from labeling.answers import texts
from labeling.answers.texts import likeness


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("", "", 1.0),
        ("cat", "cat", 1.0),
        ("cat", "cut", 2 / 3),
        ("cat", "dog", 0.0),
        ("the cat sat on the mat, and it was a very fat cat", "", 0.0),
    ],
)
def test_by_example(a, b, alike):
    assert likeness(a, b) == pytest.approx(alike)


def test_long_texts_share_pieces():
    text = "The quick brown fox jumps over the lazy dog. " * 20

    assert likeness(text, text + "Once more.") > 0.95
    assert likeness(text, "Something else entirely, of about the same length. " * 18) < 0.3


def test_the_work_grows_with_the_length_alone(monkeypatch):
    """Texts made to be slow are cut into pieces once each, never compared place by place."""
    cut = Counter()
    pieces = texts._pieces
    monkeypatch.setattr(texts, "_pieces", lambda text: (cut.update([text]), pieces(text))[1])

    assert likeness("ab" * 1000, "ac" * 1000) < 1

    assert cut == {"ab" * 1000: 1, "ac" * 1000: 1}
