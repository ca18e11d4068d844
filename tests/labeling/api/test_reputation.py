"""A labeler's own reputation, by the API."""

import pytest
from rest_framework.test import APIClient

from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.models import ReputationEvent
from people import tokens
from tests.labeling import answers_given, house, school

pytestmark = pytest.mark.django_db
Kind = ReputationEvent.Kind


@pytest.fixture
def who():
    return house.labeler()


@pytest.fixture
def read(who):
    client = APIClient(headers={"Authorization": f"Token {tokens.issue(who)}"})
    return lambda **wanted: client.get("/api/v1/reputation/", wanted)


def test_a_newcomer_reads_where_everybody_begins(read):
    found = read().json()

    assert found["scores"] == [
        {
            "skill": "",
            "right": 4.0,
            "wrong": 1.0,
            "score": 0.8,
            "low": pytest.approx(0.05**0.25),
            "high": pytest.approx(0.95**0.25),
            "events": 0,
        }
    ]
    assert (found["events"], found["next"]) == ([], None)


def test_scores_and_events_are_ones_own(read, who):
    french, made = school.skill(slug="french"), house.project(title="Moods")
    (answer,) = answers_given.answers(made, who, count=1)
    reputation.record(
        [
            Event(
                labeler_id=who.pk,
                skill_id=french.pk,
                kind=Kind.GOLD_WRONG,
                wrong=1,
                submission_id=answer.pk,
            ),
            Event(labeler_id=house.labeler().pk, skill_id=None, kind=Kind.AGREED, right=1),
        ]
    )

    found = read().json()

    assert [(one["skill"], one["events"]) for one in found["scores"]] == [("", 1), ("french", 1)]
    (event,) = found["events"]
    assert event.pop("id")
    assert event.pop("created_at")
    assert event == {
        "kind": "gold_wrong",
        "sentence": "A known answer was missed.",
        "right": 0.0,
        "wrong": 1.0,
        "counts_right": 0.0,
        "counts_wrong": 1.0,
        "skill": "french",
        "submission": answer.pk,
        "project": made.pk,
        "project_title": "Moods",
    }


def test_older_events_come_behind_the_newer(read, who):
    french = school.skill(slug="french")
    for skill_id in (None, french.pk):
        event = Event(labeler_id=who.pk, skill_id=skill_id, kind=Kind.AGREED, right=0.5)
        reputation.record([event] * 15)

    first = read().json()
    second = read(before=first["next"]).json()

    assert (len(first["events"]), len(second["events"]), second["next"]) == (20, 10, None)
    assert first["events"][-1]["id"] > second["events"][0]["id"]
    assert len(read(skill="french").json()["events"]) == 15


@pytest.mark.parametrize("before", ["x", "0", "-1", str(2**63)])
def test_what_is_no_event_is_refused(read, before):
    assert read(before=before).status_code == 400
