"""What entries are for, told in the reader's language."""

import pytest
from django.utils import translation

from labeling import causes

MOODS = {"title": "Moods, answer 3", "number": 16, "note": "so clear, answer 4"}


@pytest.mark.parametrize(
    ("sentence", "spanish"),
    [
        (causes.ANSWER, "Moods, answer 3, respuesta 16"),
        (causes.NOTED_ANSWER, "Moods, answer 3, respuesta 16: so clear, answer 4"),
        (causes.ON_A_JURY, "Moods, answer 3, en un jurado"),
        (causes.STAKED, "fianza de una apelación, Moods, answer 3"),
        (causes.UNSTAKED, "fianza que volvió, Moods, answer 3"),
        (causes.OPENED, "tareas abiertas: 16"),
        (causes.JURY_NOT_NEEDED, "un jurado que no hizo falta"),
    ],
)
def test_what_was_written_is_told_in_the_readers_language(sentence, spanish):
    written = sentence % MOODS

    with translation.override("es"):
        assert causes.worded(written) == spanish


def test_what_admins_wrote_stays_as_it_is():
    with translation.override("es"):
        assert causes.worded("paid twice in May") == "paid twice in May"


def test_every_sentence_reads_back_what_it_wrote():
    with translation.override("en"):
        for sentence in causes.SENTENCES:
            assert causes.worded(sentence % MOODS) == sentence % MOODS
