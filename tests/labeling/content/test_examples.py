"""Examples: set by requesters, told and practised; never gold that judges."""

import pytest
from django.db.models import F

from labeling.content import examples, gold
from labeling.data import gold_loads
from labeling.errors import (
    AnswerOutsideChoices,
    GoldKnown,
    GoldShown,
    InvalidSettings,
    MalformedFile,
    MissingField,
    NotFound,
    ProjectClosed,
    TaskNotPaused,
)
from labeling.handout import reports, submissions
from labeling.judging import quality
from labeling.models import Assignment, Example, Membership, Project, Submission, Task
from labeling.orders import overviews, projects
from tests.labeling import house

pytestmark = pytest.mark.django_db


def row(text="What a day!", choice="Good", **more):
    return {"data": {"text": text}, "result": house.answer(choice), **more}


def kept(made):
    return [(one.data["text"], one.why, one.is_shown) for one in made.examples.all()]


def with_gold(*, tasks=2):
    made = house.project(gold_percent=50)
    house.load(made, tasks=tasks)
    gold_loads.load(made, rows=[{"data": {"text": "known"}, "expected": house.answer()}])
    house.fund(made, amount_units=overviews.of([made])[made.pk].opening_units)
    return projects.open_tasks(made).project, Task.objects.get(expected__isnull=False)


def test_examples_are_kept_in_their_order_and_replaced_as_a_whole():
    made = house.project(examples=[row("one", why=" It cheers. "), row("two", shown=False)])
    assert kept(made) == [("one", "It cheers.", True), ("two", "", False)]

    projects.change(made, examples=[row("two"), row("three")], title="Other")

    assert kept(made) == [("two", "", True), ("three", "", True)]
    assert Project.objects.get().title == "Other"
    projects.change(made, title="Another")
    assert len(kept(made)) == 2


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (row(choice="Ugly"), AnswerOutsideChoices),
        ({"data": {}, "result": house.answer()}, MissingField),
        ({"data": {"text": "a"}}, InvalidSettings),
        ({**row(), "price": "1"}, InvalidSettings),
        (row(why="x" * 1001), InvalidSettings),
        (row(why=7), InvalidSettings),
        (row(shown="no"), InvalidSettings),
        (row("a\x00"), MalformedFile),
        (row(why="a\x00"), MalformedFile),
        (row("x" * 70_000), InvalidSettings),
        ("a text", InvalidSettings),
    ],
)
def test_an_example_that_makes_no_sense_is_refused_and_nothing_changes(bad, error):
    made = house.project(examples=[row("one")])

    with pytest.raises(error) as refused:
        projects.change(made, title="Other", examples=[row("fine"), bad])

    assert refused.value.data["row"] == 2
    assert kept(made) == [("one", "", True)]
    assert Project.objects.get().title == "Moods"


def test_too_many_or_the_same_twice_are_refused(settings):
    settings.STIPEND_EXAMPLES = 2
    made = house.project()

    for rows in ([row("a"), row("b"), row("c")], [row("a"), row("a")], row("a")):
        with pytest.raises(InvalidSettings):
            examples.put(made, rows)

    assert not Example.objects.exists()


def test_a_closed_project_keeps_its_examples():
    made = house.opened(examples=[row("one")])
    projects.close(made)

    with pytest.raises(ProjectClosed):
        examples.put(made, [])

    assert kept(made) == [("one", "", True)]


# --- Gold -----------------------------------------------------------------------------------


def test_gold_never_becomes_an_example_nor_an_example_gold():
    made, known = with_gold()
    examples.put(made, [row("shown")])

    with pytest.raises(GoldShown):
        examples.put(made, [row("fine"), {"data": known.data, "result": house.answer()}])
    with pytest.raises(GoldKnown, match="already"):
        gold_loads.load(made, rows=[{"data": {"text": "shown"}, "expected": house.answer()}])

    assert kept(made) == [("shown", "", True)]
    assert Task.objects.filter(expected__isnull=False).get() == known


def test_gold_is_set_aside_only_when_nobody_is_asked_it_any_more():
    made, known = with_gold()

    with pytest.raises(TaskNotPaused):
        examples.set_aside(made, task_id=known.pk)
    gold.retire(made, task_id=known.pk)
    Task.objects.filter(pk=known.pk).update(live_count=1, spare_count=F("spare_count") - 1)
    with pytest.raises(TaskNotPaused):
        examples.set_aside(made, task_id=known.pk)
    assert not Example.objects.exists()

    Task.objects.filter(pk=known.pk).update(live_count=0, spare_count=F("spare_count") + 1)
    for _ in range(2):
        examples.set_aside(made, task_id=known.pk, why="It is known.")

    assert kept(made) == [("known", "It is known.", False)]


def test_what_is_practised_on_is_gold_no_more():
    made, known = with_gold()
    gold.retire(made, task_id=known.pk)
    examples.set_aside(made, task_id=known.pk)

    with pytest.raises(TaskNotPaused):
        reports.resume(made, task_id=known.pk)
    projects.change(made, examples=[row("known", shown=False), row("one")])

    assert len(kept(made)) == 2


def test_only_known_answers_of_ones_own_are_set_aside():
    made, _ = with_gold()
    common = Task.objects.filter(expected__isnull=True).first()

    for pk in (common.pk, 0):
        with pytest.raises(NotFound):
            examples.set_aside(made, task_id=pk)


# --- Practice -------------------------------------------------------------------------------


def test_practice_says_at_once_what_would_be_right_and_keeps_nothing():
    made = house.opened(examples=[row("one", why="It cheers.")])
    who = house.labeler()
    one = made.examples.get()

    good = examples.practise(made, example_id=one.pk, result=house.answer("Good"))
    bad = examples.practise(made, example_id=one.pk, result=house.answer("Bad"))

    assert (good.is_right, good.score, bad.is_right, bad.score) == (True, 1.0, False, 0.0)
    assert (bad.why, bad.result[0]["value"]) == ("It cheers.", {"choices": ["Good"]})
    for model in (Submission, Assignment, Membership):
        assert not model.objects.exists()
    assert house.take(made, who)


def test_practice_is_as_strict_as_the_work():
    made = house.opened(examples=[row("one")])
    one = made.examples.get()

    with pytest.raises(AnswerOutsideChoices):
        examples.practise(made, example_id=one.pk, result=house.answer("Ugly"))
    with pytest.raises(NotFound):
        examples.practise(house.opened(), example_id=one.pk, result=house.answer())


def test_a_draft_is_nobodys_to_practise_on():
    made = house.project(examples=[row("one")])

    with pytest.raises(NotFound):
        examples.project_of(made.pk)


def test_practice_moves_no_judgement():
    made, _ = with_gold()
    examples.put(made, [row("one")])
    who = house.labeler()
    examples.practise(made, example_id=made.examples.get().pk, result=house.answer("Bad"))

    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()

    seat = Membership.objects.get(labeler=who)
    assert (seat.gold_count - seat.gold_right_count, seat.barred_at) == (0, None)
