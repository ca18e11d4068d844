"""A look at all answers: agreement, accuracy, the model and its labels."""

import json
from itertools import count

import pytest
from rest_framework.test import APIClient

from labeling.aggregation import agreement
from labeling.data import exports
from labeling.handout import submissions
from labeling.judging import audits, quality
from labeling.models import Audit, Membership, Project, Submission, Task
from labeling.orders import projects
from tests.labeling import house, queue

pytestmark = pytest.mark.django_db


def answered(*rows: str, **options):
    """A judged project: a row a labeler, a letter a task, G for Good and B for Bad."""
    made = house.opened(tasks=len(rows[0]), overlap=len(rows), **options)
    for row in rows:
        who = house.labeler()
        for letter in row:
            lease = house.take(made, who)
            choice = {"G": "Good", "B": "Bad"}[letter]
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()
    return made


def test_agreement_is_measured_of_all_and_of_each_to_the_rest():
    made = answered("GGBB", "GGBB", "GGBB", "BBGG")

    finding = audits.of_project(made).findings["mood"]

    assert finding["type"] == "choices"
    # 24 pairs of which 12 differ: ½ observed; 8 of 15 expected of eight and eight
    assert finding["alpha"] == pytest.approx(1 - 0.5 / (8 / 15), abs=1e-4)
    alphas = sorted(one["alpha_to_rest"] for one in finding["labelers"])
    assert alphas == pytest.approx([-0.875, 0.375, 0.375, 0.375])
    assert [one["answers"] for one in finding["labelers"]] == [4] * 4


def test_the_model_is_chosen_by_the_answers_and_says_why():
    single = answered("GB")
    many = answered("GGBBGGBBG", "GGBBGGBBG", "GGBBGGBBB")

    assert audits.of_project(single).findings["mood"]["model"] == "majority"
    finding = audits.of_project(many).findings["mood"]

    assert finding["model"] == "dawid_skene"
    assert "enough" in finding["model_reason"]
    worst = min(finding["labelers"], key=lambda one: one["accuracy"])
    assert worst["accuracy"] < max(one["accuracy"] for one in finding["labelers"])


def test_labels_are_fitted_anew_and_what_a_reviewer_fixed_stays():
    made = answered("GGBBGGBBG", "GGBBGGBBG", "GGBBGGBBB")
    first, *others = Task.objects.order_by("id")
    fixed = house.answer("Bad")
    Task.objects.filter(pk=first.pk).update(consensus_by="reviewer", consensus=fixed)

    audits.of_project(made)

    first.refresh_from_db()
    assert (first.consensus_by, first.consensus) == ("reviewer", fixed)
    for task in others:
        task.refresh_from_db()
        assert task.consensus_by == "dawid_skene"
    assert others[-1].consensus[0]["value"] == {"choices": ["Good"]}


@pytest.mark.parametrize("model", ["weighted_majority", "one_coin", "dawid_skene"])
def test_the_requester_chooses_the_model(model):
    made = answered("GGGGGG", "GGGGGG", "BBBBBB", aggregation=model)

    finding = audits.of_project(made).findings["mood"]

    assert (finding["model"], finding["model_reason"]) == (model, "The requester chose it.")
    assert set(Task.objects.values_list("consensus_by", flat=True)) == {model}


def test_by_majority_every_answer_counts_alike():
    made = house.opened(tasks=1, overlap=3, aggregation="majority")
    people = [(house.labeler(), "Good"), (house.labeler(), "Good"), (house.labeler(), "Bad")]
    worth = {"Good": {"right": 0, "wrong": 40}, "Bad": {"right": 40, "wrong": 0}}
    for who, choice in people:
        Membership.objects.create(project=made, labeler=who, **worth[choice])
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()

    task = Task.objects.get()
    assert (task.consensus[0]["value"], task.consensus_by) == ({"choices": ["Good"]}, "majority")
    assert task.confidence == pytest.approx(0.8)  # 0.8² · 0.2 against 0.2² · 0.8
    finding = audits.of_project(made).findings["mood"]
    assert (finding["model"], finding["model_reason"]) == ("majority", "The requester chose it.")


def test_labels_of_another_model_become_the_majoritys_when_it_is_chosen():
    made = answered("GGBBGGBBG", "GGBBGGBBG", "GGBBGGBBB")
    audits.of_project(made)
    assert set(Task.objects.values_list("consensus_by", flat=True)) == {"dawid_skene"}

    projects.change(made, aggregation="majority")
    audits.of_project(Project.objects.get())

    first, *_, last = Task.objects.order_by("id")
    assert {first.consensus_by, last.consensus_by} == {"majority"}
    assert (first.confidence, last.confidence) == pytest.approx((64 / 65, 0.8))


def test_where_a_label_becomes_another_one_its_answers_are_scored_by_it():
    made = answered("GGBBGGBBG", "GGBBGGBBG", "GGBBGGBBB")
    first, other = Task.objects.order_by("id")[:2]
    Task.objects.filter(pk=first.pk).update(consensus=house.answer("Bad"))
    Submission.objects.filter(task__in=[first, other]).update(score=0)  # as once judged
    before = queue.states(made)

    audits.of_project(made)

    assert set(first.submissions.values_list("score", flat=True)) == {1}
    assert set(other.submissions.values_list("score", flat=True)) == {0}  # the same label as before
    assert queue.states(made) == before


def test_a_mere_majority_makes_no_label_surer():
    made = answered("GB")
    before = list(Task.objects.order_by("id").values("consensus", "confidence", "consensus_by"))

    finding = audits.of_project(made).findings["mood"]

    assert finding["model"] == "majority"
    assert [one["confidence"] for one in before] == pytest.approx([0.8, 0.8])
    after = Task.objects.order_by("id").values("consensus", "confidence", "consensus_by")
    assert list(after) == before


def test_some_of_the_answers_to_a_task_make_no_label(settings):
    made = answered("GGGGGG", "GGGGGG", "BBBBBB")
    before = list(Task.objects.order_by("id").values("consensus", "confidence"))
    settings.STIPEND_AUDIT_ANSWERS = 12  # all but the first labeler's

    found = audits.of_project(made)

    assert found.answers_count == 12
    assert list(Task.objects.order_by("id").values("consensus", "confidence")) == before


def test_tasks_whose_answers_are_all_looked_at_are_fitted_beside_those_that_are_cut(settings):
    made = answered("GGGGGG", "GGGGGG")
    house.load_one(made)
    (last,) = Task.objects.filter(state="OPEN")
    for _ in range(2):
        who = house.labeler()
        submissions.submit(house.take(made, who).id, labeler_id=who.pk, result=house.answer("Bad"))
    quality.judge()
    settings.STIPEND_AUDIT_ANSWERS = 8  # one labeler's six, and the last task's two
    confidence = Task.objects.get(pk=last.pk).confidence

    audits.of_project(made)

    assert Task.objects.get(pk=last.pk).confidence != confidence


def test_projects_with_fresh_answers_are_looked_at_once(settings):
    made = answered("GB", "GB")

    assert audits.audit_some() == 1
    assert audits.audit_some() == 0

    client = APIClient()
    client.force_authenticate(made.owner)
    body = client.get(f"/api/v1/projects/{made.pk}/quality/").json()
    assert (body["answers_count"], body["findings"]["mood"]["alpha"]) == (4, 1.0)
    assert Audit.objects.count() == 1


def test_before_the_first_look_there_is_nothing_to_say():
    made = house.opened()
    client = APIClient()
    client.force_authenticate(made.owner)

    assert client.get(f"/api/v1/projects/{made.pk}/quality/").status_code == 204
    client.force_authenticate(house.requester())
    assert client.get(f"/api/v1/projects/{made.pk}/quality/").status_code == 404


TWO = (
    '<View><Text name="text" value="$text"/>'
    '<Choices name="mood" toName="text"><Choice value="Good"/><Choice value="Bad"/></Choices>'
    '<Choices name="why" toName="text" visibleWhen="choice-selected" whenTagName="mood"'
    ' whenChoiceValue="Bad"><Choice value="Rude"/><Choice value="False"/></Choices></View>'
)


def said(mood: str, why: str = ""):
    found = house.answer(mood)
    if why:
        found += [{**found[0], "from_name": "why", "value": {"choices": [why]}}]
    return found


def asked_both(*rows: list, config: str = TWO, **options):
    """A judged project of two questions: a row a labeler."""
    made = house.opened(tasks=len(rows[0]), overlap=len(rows), config=config, **options)
    for row in rows:
        who = house.labeler()
        for result in row:
            lease = house.take(made, who)
            submissions.submit(lease.id, labeler_id=who.pk, result=result)
    quality.judge()
    return made


def test_each_question_has_its_model_and_its_part_of_the_labels():
    good, rude, false = said("Good"), said("Bad", "Rude"), said("Bad", "False")
    sure = [good, rude, good, false] * 3
    wrong = [rude, good, good, rude] * 3
    made = asked_both(sure, sure, wrong, aggregation="dawid_skene")
    before = list(Task.objects.order_by("id").values_list("confidence", flat=True))

    findings = audits.of_project(made).findings

    assert {one["model"] for one in findings.values()} == {"dawid_skene"}
    assert {one["is_applied"] for one in findings.values()} == {True}
    tasks = list(Task.objects.order_by("id"))
    assert {task.consensus_by for task in tasks} == {"dawid_skene"}
    assert [task.confidence for task in tasks] != before
    told = [
        {one["from_name"]: one["value"]["choices"][0] for one in task.consensus} for task in tasks
    ]
    assert told[:4] == [
        {"mood": "Good"},
        {"mood": "Bad", "why": "Rude"},
        {"mood": "Good"},
        {"mood": "Bad", "why": "False"},
    ]


def test_a_question_of_which_nothing_can_be_learnt_keeps_its_part():
    good, bad, rude = said("Good"), said("Bad"), said("Bad", "Rude")
    made = asked_both([good, rude] * 6, [good, bad] * 6, [good, bad] * 5 + [good] * 2)

    findings = audits.of_project(made).findings

    assert [findings[name]["model"] for name in ("mood", "why")] == ["dawid_skene", "majority"]
    last = Task.objects.order_by("id").last()  # one of two who were asked why said it
    assert [one["value"]["choices"] for one in last.consensus] == [["Bad"], ["Rude"]]
    assert (last.consensus_by, last.confidence) == ("dawid_skene", pytest.approx(0.8))


def test_a_model_that_makes_no_label_says_so():
    config = TWO.replace("</View>", '<TextArea name="note" toName="text"/></View>')
    made = house.opened(tasks=4, overlap=2, config=config, aggregation="dawid_skene")
    for _ in range(2):
        who = house.labeler()
        for _ in range(4):
            lease = house.take(made, who)
            submissions.submit(lease.id, labeler_id=who.pk, result=said("Good"))
    quality.judge()

    finding = audits.of_project(made).findings["mood"]

    assert (finding["model"], finding["is_applied"]) == ("dawid_skene", False)
    assert finding["model_reason"] == (
        "The requester chose it. No label is by it: the form asks for more than single choices."
    )
    assert set(Task.objects.values_list("consensus_by", flat=True)) == {"one_coin"}
    (row, *_) = exports.rows(made)
    assert row["consensus_why"] == exports.WHY["one_coin"]


def test_no_more_answers_are_read_than_there_is_room_for(settings):
    made = answered("GGGG", "GGGB", "GBGB")
    length = len(json.dumps(Submission.objects.first().result))
    settings.STIPEND_AUDIT_BYTES = 5 * length + length // 2

    assert audits.of_project(made).answers_count == 5

    settings.STIPEND_AUDIT_BYTES = 1
    assert audits.of_project(made).answers_count == 1


def test_answers_are_read_in_pages(monkeypatch):
    monkeypatch.setattr(audits, "PAGE_ANSWERS", 5)
    made = answered("GGGG", "GGGB", "GBGB")

    assert audits.of_project(made).answers_count == 12


def test_answers_are_read_until_half_of_the_time_is_over(settings):
    settings.STIPEND_AUDIT_LOOK_SECONDS = 0

    assert audits.of_project(answered("GGGG", "GGGB")).answers_count == 1


def test_the_findings_say_of_how_many_tasks_alpha_is(monkeypatch):
    words = '<View><Text name="t" value="$text"/><TextArea name="words" toName="t"/></View>'
    made = house.opened(config=words, tasks=3, overlap=2)
    for said in ("a cat", "a dog"):
        who = house.labeler()
        for number in range(3):
            region = {"from_name": "words", "to_name": "t", "type": "textarea"}
            result = [{**region, "value": {"text": [f"{said} {number}"]}}]
            submissions.submit(house.take(made, who).id, labeler_id=who.pk, result=result)
    quality.judge()
    assert "alpha_tasks" not in audits.of_project(made).findings["words"]

    monkeypatch.setattr(agreement, "monotonic", count(step=10).__next__)  # of thirty seconds

    assert audits.of_project(made).findings["words"]["alpha_tasks"] == 1
