"""The review pages, without their script."""

import json
from pathlib import Path

import pytest
from django.core.cache import cache

from labeling.content import configs
from labeling.data import imports
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Project, Submission, Task
from labeling.orders import projects
from labeling.review import reviewers, reviews
from tests.labeling import house, queue
from tests.labeling.queue import answered, states

CONFIGS = Path(__file__).resolve().parents[1] / "answers" / "configs"
NAMES = sorted(path.name for path in CONFIGS.iterdir() if path.is_dir())
PLAIN = {
    "choices",
    "choices-multiple",
    "choices-select",
    "layout",
    "textarea",
}  # without a script
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_looks_at_anything():
    cache.clear()


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def post(client, made, verb, **fields):
    """What the page says after a button was pressed."""
    answer = client.post(f"/review/{made.pk}/", {"verb": verb, **fields}, follow=True)
    return answer.status_code, answer.content.decode()


def test_the_list_says_where_answers_wait(client):
    made, _ = answered("Good", tasks=3, title="Moods of the week")
    house.project(made.owner, title="Not ready")
    client.force_login(made.owner)

    seen = page(client, "/review/")

    assert "Moods of the week" in seen
    assert "3 to look at" in seen
    assert "Not ready" not in seen


def test_the_head_leads_reviewers_to_it_and_nobody_else(client):
    made, (who,) = answered("Good")
    link = 'href="/review/"'

    assert link not in page(client, "/")
    client.force_login(who)
    assert link not in page(client, "/")
    assert "no project whose answers you review" in page(client, "/review/")
    reviewers.add(made, username=who.username)
    assert link in page(client, "/")


def test_an_answer_is_shown_with_all_that_helps_to_judge_it(client):
    made, (who, other, _) = answered("Good", "Bad", "Bad", instructions="Read it twice.")
    one = made.submissions.get(labeler=who)
    queue.signal(one)
    client.force_login(made.owner)

    seen = page(client, f"/review/{made.pk}/")

    for words in [
        *("text 0", "Read it twice.", who.pseudonym, other.pseudonym, "2 other answers"),
        *("The same answer again and again.", "Odd.", "Consensus", "0\u00a0%", "80\u00a0%"),
    ]:
        assert words in seen, words
    assert who.username not in seen.replace(made.owner.username, "")


def test_the_buttons_decide_and_lead_on(client):
    made, _ = answered("Good", tasks=3)
    first, second, third = made.submissions.order_by("id")
    client.force_login(made.owner)

    assert f"Answer {first.pk} is accepted." in post(client, made, "accept", submission=first.pk)[1]
    assert (
        f"Answer {second.pk} is rejected."
        in post(client, made, "reject", submission=second.pk, reason="wrong", note="It is not.")[1]
    )
    status, seen = post(
        client,
        made,
        "fix",
        submission=third.pk,
        **{"fix-control-mood": "Bad", "fix-decision": "accept"},
    )

    assert (status, states(made)) == (200, ["ACCEPTED", "REJECTED", "ACCEPTED"])
    assert "has its right answer" in seen
    assert "Nothing to review" in seen
    assert Task.objects.get(pk=third.task_id).consensus[0]["value"] == {"choices": ["Bad"]}


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("reject", {"reason": "", "note": "Why?"}),
        ("reject", {"reason": "wrong", "note": " "}),
        ("reject", {"reason": "other", "note": "Why?"}),
        ("fix", {"fix-decision": "accept"}),
        ("fix", {"fix-decision": "reject", "fix-control-mood": "Bad"}),
        ("fix", {"fix-decision": "accept", "fix-control-mood": "Ugly"}),
    ],
)
def test_what_is_missing_is_said_beside_what_was_written(client, verb, fields):
    made, _ = answered("Good")
    client.force_login(made.owner)

    status, seen = post(client, made, verb, submission=made.submissions.get().pk, **fields)

    assert status == 400
    assert 'role="alert"' in seen
    assert fields.get("note", "") in seen
    assert states(made) == ["SUBMITTED"]


def test_a_rejection_without_a_jurys_pay_is_said_to_lack_it(client):
    made = house.opened(review=Project.Review.MANUAL, gold_percent=0)
    queue.give(made, "Good")
    quality.judge()
    client.force_login(made.owner)

    status, seen = post(
        client, made, "reject", submission=made.submissions.get().pk, reason="wrong", note="No."
    )

    assert status == 400
    assert "needs a jury&#x27;s pay" in seen
    assert states(made) == ["SUBMITTED"]


def test_what_is_decided_meanwhile_is_said(client):
    made, _ = answered("Good", tasks=2)
    first = made.submissions.earliest("id")
    reviews.accept(first.pk, reviewer=made.owner)
    client.force_login(made.owner)

    status, seen = post(
        client, made, "reject", submission=first.pk, reason="wrong", note="It is not."
    )

    assert status == 200
    assert "decided about meanwhile" in seen
    assert states(made) == ["ACCEPTED", "SUBMITTED"]


def test_the_form_of_a_fix_asks_what_the_project_asks(client):
    config = (
        '<View><Text name="text" value="$text"/>'
        '<Choices name="all_of" toName="text" choice="multiple">'
        '<Choice value="A"/><Choice value="B"/><Choice value="C"/></Choices>'
        '<Rating name="stars" toName="text" maxRating="7"/>'
        '<TextArea name="why" toName="text" maxSubmissions="3"/></View>'
    )
    made = house.project(config=config, review=Project.Review.MANUAL)
    imports.load(made, rows=[{"text": "A day."}])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    who, one = house.labeler(), {"to_name": "text"}
    lease = house.take(made, who)
    result = [
        {**one, "from_name": "stars", "type": "rating", "value": {"rating": 3}},
        {**one, "from_name": "why", "type": "textarea", "value": {"text": ["It rains."]}},
    ]
    submissions.submit(lease.id, labeler_id=who.pk, result=result)
    quality.judge()
    client.force_login(made.owner)
    seen = page(client, f"/review/{made.pk}/")
    assert "3 of 7" in seen
    assert "all of" in seen

    post(
        client,
        made,
        "fix",
        submission=made.submissions.get().pk,
        **{
            "fix-control-all_of": ["A", "C"],
            "fix-control-stars": "7",
            "fix-control-why": "It rains.\r\nIt pours.\r\n",
            "fix-decision": "accept",
        },
    )

    assert [region["value"] for region in Task.objects.get().consensus] == [
        {"choices": ["A", "C"]},
        {"rating": 7},
        {"text": ["It rains.", "It pours."]},
    ]
    assert states(made) == ["ACCEPTED"]


def waiting(name, **options):
    """A project of one task with that configuration of the set, its one answer, and the answer."""
    folder = CONFIGS / name
    wanted = json.loads((folder / "result.json").read_text())
    config = (folder / "config.xml").read_text()
    made = house.project(config=config, review=Project.Review.MANUAL, gold_percent=0, **options)
    imports.load(made, rows=[json.loads((folder / "data.json").read_text())])
    house.fund(made, amount_units=made.cost_per_task_units + queue.JURIES_UNITS)
    projects.open_tasks(made)
    who = house.labeler()
    submissions.submit(house.take(made, who).id, labeler_id=who.pk, result=wanted)
    quality.judge()
    return made, wanted


def answer_again(made, name):
    """The same answer of somebody else, to one more task of the project."""
    folder, who = CONFIGS / name, house.labeler()
    imports.load(made, rows=[json.loads((folder / "data.json").read_text()) | {"again": True}])
    house.fund(made, amount_units=made.cost_per_task_units + queue.JURIES_UNITS)
    projects.open_tasks(made)
    result = json.loads((folder / "result.json").read_text())
    receipt = submissions.submit(house.take(made, who).id, labeler_id=who.pk, result=result)
    quality.judge()
    return Submission.objects.get(pk=receipt.id)


@pytest.mark.parametrize("name", NAMES)
def test_every_control_that_labelers_answer_can_be_put_right(client, name):
    made, wanted = waiting(name)
    one = made.submissions.get()
    client.force_login(made.owner)
    seen = page(client, f"/review/{made.pk}/")
    assert "Save the right answer" in seen
    if 'id="fix-task"' not in seen:
        assert name in PLAIN
        return
    refused = json.loads((CONFIGS / name / "invalid.json").read_text())

    for wrong in ["", "[", "7", "{}", *(json.dumps(one["result"]) for one in refused)]:
        fields = {"submission": one.pk, "fix-decision": "accept", "fix-regions": wrong}
        status, seen = post(client, made, "fix", **fields)
        assert (status, states(made)) == (400, ["SUBMITTED"]), wrong
        assert 'role="alert"' in seen
    fields["fix-regions"] = json.dumps(wanted)
    status, seen = post(client, made, "fix", **fields)

    task = Task.objects.get()
    config = configs.form_of(made.pk, version=made.config_version).config
    assert (status, states(made), task.consensus_by) == (200, ["ACCEPTED"], "reviewer")
    assert task.consensus == config.result(config.validate(wanted))


def test_a_right_answer_has_its_limit(client, settings):
    made, wanted = waiting("boxes")
    settings.STIPEND_ANSWER_BYTES = 100
    client.force_login(made.owner)
    fields = {"fix-decision": "accept", "fix-regions": json.dumps(wanted)}

    status, seen = post(client, made, "fix", submission=made.submissions.get().pk, **fields)

    assert (status, states(made)) == (400, ["SUBMITTED"])
    assert "larger than 100 bytes" in seen


def test_skipping_comes_to_an_end_that_says_so(client):
    made, _ = answered("Good")
    client.force_login(made.owner)
    place = reviews.look(made.submissions.get().pk, reviewer=made.owner).cursor

    assert "after=" in page(client, f"/review/{made.pk}/")
    assert "end of the queue" in page(client, f"/review/{made.pk}/?after={place}")
    assert client.get(f"/review/{made.pk}/?after=x").headers["Location"] == f"/review/{made.pk}/"


def test_who_comes_late_is_told_that_others_are_at_it(client):
    made, _ = answered("Good")
    reviewer = house.labeler()
    reviewers.add(made, username=reviewer.username)
    reviews.next(made, reviewer=made.owner)
    client.force_login(reviewer)

    assert "Others look at all of them" in page(client, f"/review/{made.pk}/")


def test_many_are_counted_before_they_are_accepted(client):
    made, _ = answered("Good", tasks=4)
    low, odd, *_ = made.submissions.order_by("id")
    Submission.objects.filter(pk=low.pk).update(score=0.7)
    queue.signal(odd)
    client.force_login(made.owner)
    path = f"/review/{made.pk}/accept/"

    seen = page(client, f"{path}?which=score&percent=80")
    assert '<strong id="count">2</strong>' in seen
    assert "0.105" in seen
    assert states(made) == ["SUBMITTED"] * 4

    answer = client.post(path, {"which": "score", "percent": "80"}, follow=True)
    assert "2 answers are accepted." in answer.content.decode()
    assert states(made) == ["SUBMITTED", "SUBMITTED", "ACCEPTED", "ACCEPTED"]

    client.post(path, {"which": "all", "percent": ""})
    assert states(made) == ["ACCEPTED"] * 4
    assert "no such answer" in page(client, f"{path}?which=all")
    for query in ("", "?which=score", "?which=score&percent=200", "?which=best"):
        page(client, path + query, status=400)


def test_a_reviewer_is_told_no_sums(client):
    made, _ = answered("Good")
    reviewer = house.labeler()
    reviewers.add(made, username=reviewer.username)
    client.force_login(reviewer)

    seen = page(client, f"/review/{made.pk}/accept/?which=all")

    assert '<strong id="count">1</strong>' in seen
    assert 'class="money"' not in seen


def test_strangers_and_other_projects_answers_are_not_found(client):
    made, (who,) = answered("Good")
    mine, _ = answered("Good")
    assert client.get(f"/review/{made.pk}/").status_code == 302
    client.force_login(mine.owner)

    for path in (f"/review/{made.pk}/", f"/review/{made.pk}/accept/", "/review/0/"):
        assert client.get(path).status_code == client.post(path).status_code == 404
    assert post(client, mine, "accept", submission=made.submissions.get().pk)[0] == 404
    assert post(client, mine, "accept", submission="x")[0] == 400
    assert post(client, mine, "burn", submission="1")[0] == 400
    reviewers.add(made, username=who.username)
    client.force_login(who)
    assert post(client, made, "accept", submission=made.submissions.get().pk)[0] == 404

    assert states(made) == states(mine) == ["SUBMITTED"]


def test_what_people_write_stays_text(client):
    evil = "<script>alert(1)</script>"
    made = house.project(title=evil, instructions=evil, review=Project.Review.MANUAL)
    imports.load(made, rows=[{"text": evil}])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    queue.give(made, "Good")
    quality.judge()
    client.force_login(made.owner)

    for path in ("/review/", f"/review/{made.pk}/", f"/review/{made.pk}/accept/?which=all"):
        seen = page(client, path)
        assert evil not in seen
        assert "&lt;script&gt;alert(1)" in seen
