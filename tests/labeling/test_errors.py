"""Errors speak the reader's language, and answers know nothing of it."""

import subprocess
import sys

import pytest

from labeling import errors
from labeling.errors import LabelingError, MalformedAnswer, ProjectClosed

KNOWN = {
    "The project is closed.": "El proyecto está cerrado.",
    "%(name)s: at most %(limit)s.": "Como máximo %(limit)s en %(name)s.",
}


@pytest.fixture
def spanish():
    kept = list(errors._translator)
    errors.speak(lambda sentence: KNOWN.get(sentence, sentence))
    yield
    errors._translator[:] = kept


def test_a_sentence_is_translated_and_then_filled(spanish):
    error = MalformedAnswer("%(name)s: at most %(limit)s.", name="%(limit)s", limit=3)

    assert str(error) == "Como máximo 3 en %(limit)s."
    assert error.data == {"name": "%(limit)s", "limit": 3}


def test_the_sentence_of_the_class_is_translated(spanish):
    assert str(ProjectClosed()) == "El proyecto está cerrado."


def test_what_was_said_in_full_stays(spanish):
    assert str(LabelingError("50 % of %(this)s", that=1)) == "50 % of %(this)s"


def test_what_it_is_about_is_named_first(spanish):
    error = ProjectClosed().about("mood")

    assert str(error) == "mood: El proyecto está cerrado."


def test_answers_are_checked_in_english_without_django():
    code = """
import sys
from labeling import answers
from labeling.errors import LabelingError
try:
    answers.parse("<View/>")
except LabelingError as error:
    print(str(error))
print("django" in sys.modules)
"""

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    sentence, knows_django = said.stdout.splitlines()
    assert sentence.endswith(".")
    assert knows_django == "False"
