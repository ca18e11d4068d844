"""The data set out of a project: each label with who, when, how judged, and what paid it."""

import csv
import io
import json

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.api.exports import AnnotationSerializer, LabeledTaskSerializer
from labeling.data import gold_loads
from labeling.handout import submissions
from labeling.judging import audits, quality
from labeling.models import Case
from labeling.review import cases, reviews
from tests.labeling import house

pytestmark = pytest.mark.django_db
RELEASE_KEYS = {"release", "release_key", "tx_hash"}


def exported(made, kind):
    """The file as its owner gets it."""
    client = APIClient()
    client.force_authenticate(made.owner)
    answer = client.get(f"/api/v1/projects/{made.pk}/export/", {"as": kind})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def answered(made, who):
    """One answer, and its submission's id."""
    lease = house.take(made, who)
    return submissions.submit(lease.id, labeler_id=who.pk, result=house.answer()).id


@pytest.fixture
def who():
    return house.labeler()


@pytest.fixture
def made(who):
    """Two tasks, one of them labeled and judged."""
    made = house.opened(tasks=2)
    answered(made, who)
    quality.judge()
    return made


def test_an_export_names_the_origin_of_every_label(made, who):
    lines = [json.loads(line) for line in exported(made, "jsonl").splitlines()]

    done, waiting = lines
    assert list(done) == list(LabeledTaskSerializer().fields)
    assert list(done["annotations"][0]) == list(AnnotationSerializer().fields)
    (annotation,) = done["annotations"]
    assert done["data"] == {"text": "text 0"}
    assert done["consensus"][0]["value"] == {"choices": ["Good"]}
    assert done["is_gold"] is waiting["is_gold"] is False
    assert (done["consensus_by"], done["confidence"], done["agreement"]) == ("one_coin", 0.8, 1)
    weighed = "Each answer counts as much as its labeler is known to be right here."
    assert (done["consensus_why"], waiting["consensus_why"]) == (weighed, None)
    assert annotation["result"] == house.answer()
    assert annotation["completed_by"] == who.pseudonym
    assert (annotation["verdict"], annotation["score"]) == ("ACCEPTED", 1)
    assert (annotation["judged_by"], annotation["reason"]) == ("quality", "")
    assert annotation["release_key"] == f"release:{annotation['id']}"
    assert annotation["release"] > 0
    assert annotation["leased_at"] <= annotation["submitted_at"] <= annotation["judged_at"]
    assert annotation["lead_time_s"] >= 0
    assert annotation["tx_hash"] is None
    assert (waiting["annotations"], waiting["consensus"], waiting["confidence"]) == ([], None, None)


def test_an_export_says_which_model_made_a_label_and_why_that_one():
    made = house.opened(tasks=9, overlap=3)
    for _ in range(3):
        labeler = house.labeler()
        for _ in range(9):
            answered(made, labeler)
    quality.judge()
    finding = audits.of_project(made).findings["mood"]

    rows = json.loads(exported(made, "json"))
    first = next(csv.DictReader(io.StringIO(exported(made, "csv"))))

    why = "A typical answer comes from a worker with 9 answers: enough for a table of their errors."
    assert finding["model_reason"] == why
    assert {(row["consensus_by"], row["consensus_why"]) for row in rows} == {("dawid_skene", why)}
    assert (first["consensus_by"], first["consensus_why"]) == ("dawid_skene", why)


def test_an_export_tells_the_newest_judgement_and_why(who):
    made = house.opened(review="manual")
    house.fund(made, amount_units=10 * house.COST_UNITS)
    submission_id = answered(made, who)

    def told():
        (row,) = json.loads(exported(made, "json"))
        (annotation,) = row["annotations"]
        return [annotation[name] for name in ("verdict", "judged_by", "reason")]

    waiting = told()
    cases.open_cases(made, [submission_id], reason="wrong", note="It is bad.", judge=made.owner)
    rejected = told()
    reviews.accept(submission_id, reviewer=made.owner)

    assert waiting == ["SUBMITTED", None, None]
    assert rejected == ["REJECTED", "requester", "wrong: It is bad."]
    assert told() == ["ACCEPTED", "requester", ""]


def test_what_nobody_appealed_was_judged_by_who_rejected_it_and_agrees_with_no_consensus(who):
    made = house.opened(review="manual")
    house.fund(made, amount_units=10 * house.COST_UNITS)
    submission_id = answered(made, who)
    quality.judge()

    def told():
        (row,) = json.loads(exported(made, "json"))
        (annotation,) = row["annotations"]
        by = [annotation[name] for name in ("verdict", "judged_by", "reason", "judged_at")]
        return by, row["consensus"], annotation["score"]

    cases.open_cases(made, [submission_id], reason="wrong", note="It is bad.", judge=made.owner)
    (_, *judged), _, score = told()
    assert (judged[:2], score) == (["requester", "wrong: It is bad."], 1)
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()
    audits.of_project(made)

    assert told() == (["FORFEITED", *judged], None, None)


def test_every_kind_of_export_says_the_same(made):
    rows = json.loads(exported(made, "json"))
    lines = [json.loads(one) for one in exported(made, "jsonl").splitlines()]
    table = list(csv.DictReader(io.StringIO(exported(made, "csv"))))

    assert rows == lines
    assert [row["task"] for row in table] == [str(row["id"]) for row in rows]
    assert json.loads(table[0]["result"]) == rows[0]["annotations"][0]["result"]
    assert float(table[0]["confidence"]) == rows[0]["confidence"]
    assert (table[0]["judged_by"], table[1]["judged_by"]) == ("quality", "")
    assert set(table[0]) >= RELEASE_KEYS


def test_proofs_are_the_requesters_own_and_empty_before_pay_arrives(made):
    path = f"/api/v1/projects/{made.pk}/export/proofs/"
    owner, stranger = APIClient(), APIClient()
    owner.force_authenticate(made.owner)
    stranger.force_authenticate(house.requester())

    assert b"".join(owner.get(path).streaming_content) == b""
    assert stranger.get(path).status_code == 404


def test_gold_is_told_apart_from_what_was_asked(made):
    gold_loads.load(made, rows=[{"data": {"text": "known"}, "expected": house.answer()}])

    rows = json.loads(exported(made, "json"))
    table = list(csv.DictReader(io.StringIO(exported(made, "csv"))))

    assert [row["is_gold"] for row in rows] == [False, False, True]
    assert [row["is_gold"] for row in table] == ["False", "False", "True"]


def test_an_unknown_kind_of_export_is_refused():
    made = house.project()
    client = APIClient()
    client.force_authenticate(made.owner)

    answer = client.get(f"/api/v1/projects/{made.pk}/export/", {"as": "xml"})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_file")
