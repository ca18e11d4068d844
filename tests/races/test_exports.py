"""An export is read while answers are decided: each row is of one moment."""

from contextlib import contextmanager, nullcontext
from threading import Thread

import pytest
from django.db import connection

from labeling.data import exports
from labeling.review import reviews
from tests.labeling.queue import answered

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def accepted_in_between(made):
    """Its answer is accepted when the export has read it, and not yet how it was judged."""
    pk, waiting = made.submissions.get().pk, [True]

    def accept():
        reviews.accept(pk, reviewer=made.owner)
        connection.close()

    def look(execute, sql, *rest):
        if waiting and 'FROM "labeling_judgement"' in sql:
            waiting.clear()
            racing = Thread(target=accept)
            racing.start()
            racing.join()
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield
    assert not waiting


def told(made):
    """What the export says stands on the answer, and who said so."""
    with accepted_in_between(made):
        (row,) = exports.rows(made)
    (annotation,) = row["annotations"]
    return annotation["verdict"], annotation["judged_by"]


def test_an_answer_that_is_accepted_meanwhile_is_told_as_it_was():
    made, _ = answered("Good")

    assert told(made) == ("SUBMITTED", None)
    assert [one["annotations"][0]["judged_by"] for one in exports.rows(made)] == ["requester"]


def test_without_one_moment_it_would_be_undecided_and_judged(monkeypatch):
    made, _ = answered("Good")
    monkeypatch.setattr(exports, "one_moment", nullcontext)

    assert told(made) == ("SUBMITTED", "requester")
