"""What looks odd: too fast for its content, always the same, copied. None of it rejects."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from labeling.crowd import skills
from labeling.data import imports
from labeling.errors import InvalidSettings
from labeling.handout import assignments, submissions
from labeling.judging import quality, signals
from labeling.models import Assignment, Judgement, Project, Signal, Submission
from labeling.orders import projects
from labeling.review import reviews
from tests.labeling import house, queue, school

pytestmark = pytest.mark.django_db

WORDS = (
    '<View><Text name="text" value="$text"/><TextArea name="why" toName="text"/>'
    '<Image name="shown" value="$image"/><TextArea name="reads" toName="shown"/></View>'
)
LONG = "The sun shines on the just and the unjust."
IMAGE = "https://example.org/a.png"


@pytest.fixture(autouse=True)
def _all_kinds(settings):
    settings.STIPEND_SIGNALS = list(Signal.Kind.values)


def offered(rows, **options):
    """An open project with these tasks."""
    made = house.project(review=Project.Review.MANUAL, gold_percent=0, **options)
    imports.load(made, rows=rows)
    house.fund(made, amount_units=len(rows) * made.cost_per_task_units)
    return projects.open_tasks(made).project


def give(made, who, result, *, after_seconds=60.0):
    """The answer to their next task, so long after they took it."""
    lease = house.take(made, who)
    receipt = submissions.submit(lease.id, labeler_id=who.pk, result=result)
    since = receipt.submitted_at - timedelta(seconds=after_seconds)
    Assignment.objects.filter(pk=lease.id).update(leased_at=since)
    return Submission.objects.get(assignment=lease.id)


def text(words, name="why"):
    to_name = {"why": "text", "reads": "shown"}[name]
    value = {"text": [words]}
    return [{"from_name": name, "to_name": to_name, "type": "textarea", "value": value}]


def looked_at(made):
    """What there is to see, by answer, after all of them were looked at."""
    signals.look(made, list(made.submissions.all()))
    seen = Signal.objects.order_by("submission_id", "kind").values_list(
        "submission_id", "kind", "detail"
    )
    assert Judgement.objects.count() == 0
    return list(seen)


def test_who_cannot_have_read_it_was_too_fast():
    made = offered([{"text": "x" * 100}, {"text": "y" * 100}, {"text": "z"}], overlap=1)
    who = house.labeler()

    fast = give(made, who, house.answer(), after_seconds=1.9)
    give(made, who, house.answer(), after_seconds=4.2)  # two answers in it, of 2.1 seconds each
    floor = give(made, house.labeler(), house.answer(), after_seconds=0.5)

    assert looked_at(made) == [
        (fast.pk, "too_fast", "1.9 s for what takes 2.0 s to look at."),
        (floor.pk, "too_fast", "0.5 s for what takes 0.7 s to look at."),
    ]
    assert signals.of(made.submissions.values_list("pk", flat=True)) == {fast.pk, floor.pk}
    marked = made.submissions.filter(is_signalled=True)
    assert set(marked.values_list("pk", flat=True)) == {fast.pk, floor.pk}


def test_tasks_taken_together_share_their_time():
    made = offered([{"text": f"{number}" * 100} for number in range(4)])
    who = house.labeler()
    leases = assignments.leases(made.pk, labeler_id=who.pk, count=4)

    for lease in leases:
        receipt = submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
        taken_at = receipt.submitted_at - timedelta(seconds=6)
        Assignment.objects.filter(pk=lease.id).update(leased_at=taken_at)

    # 6, 3, 2 and 1.5 seconds each
    (found,) = looked_at(made)
    assert found[1:] == ("too_fast", "1.5 s for what takes 2.0 s to look at.")
    assert found[0] == Submission.objects.get(assignment=leases[-1].id).pk


def test_a_picture_takes_half_a_second_and_a_program_none():
    config = WORDS.replace("<TextArea", '<Rating name="stars" toName="text"/><TextArea', 1)
    made = offered([{"text": "x" * 50, "image": IMAGE}], config=config, overlap=2)
    person, program = house.labeler(), house.labeler()
    program.is_agent = True
    program.save()
    stars = [{"from_name": "stars", "to_name": "text", "type": "rating", "value": {"rating": 4}}]

    one = give(made, person, stars, after_seconds=1.4)
    give(made, program, stars, after_seconds=0)

    assert looked_at(made) == [(one.pk, "too_fast", "1.4 s for what takes 1.5 s to look at.")]


def test_what_looks_odd_is_not_accepted_unseen_where_all_else_is():
    made = house.opened(tasks=2, review=Project.Review.AUTO)
    who = house.labeler()
    odd, plain = (give(made, who, house.answer(), after_seconds=one) for one in (0.3, 60))

    quality.judge()

    assert [one.submission_id for one in Signal.objects.all()] == [odd.pk]
    assert list(made.submissions.filter(state="ACCEPTED")) == [plain]
    assert [one.pk for one in reviews.queue(made).rows] == [odd.pk]
    Submission.objects.update(decide_until=timezone.now())
    quality.judge()
    assert Judgement.objects.get(submission=odd).by == Judgement.By.SILENCE


@pytest.mark.parametrize(("price_units", "state"), [(50_000, "SUBMITTED"), (0, "ACCEPTED")])
def test_in_a_test_what_looks_odd_counts_and_waits_where_it_costs_something(price_units, state):
    made = school.exam(school.skill(), length=2, price_units=price_units, review="manual")
    who = house.labeler()
    odd, _ = (give(made, who, house.answer(), after_seconds=one) for one in (0.3, 60))

    quality.judge()

    assert queue.states(made) == [state, "ACCEPTED"]
    assert skills.values_of(who.pk) == {made.skill.slug: 100}
    if price_units:
        assert [one.pk for one in reviews.queue(made).rows] == [odd.pk]


DIALOGUE = (
    '<View><Paragraphs name="talk" value="$talk"/><Choices name="mood" toName="talk">'
    '<Choice value="Good"/><Choice value="Bad"/></Choices></View>'
)
MARKUP = DIALOGUE.replace("Paragraphs", "HyperText")


@pytest.mark.parametrize(
    ("config", "data", "to_name", "seconds"),
    [
        (DIALOGUE, {"talk": [{"author": "A", "text": "x" * 247}] * 2}, "talk", "10.0"),
        (MARKUP, {"talk": f"<p title='{'t' * 900}'><b>{'x' * 500}</b></p>"}, "talk", "10.0"),
    ],
)
def test_dialogues_and_markup_take_as_long_as_their_words(config, data, to_name, seconds):
    made = offered([data], config=config, overlap=2)
    answer = [{**house.answer()[0], "to_name": to_name}]

    fast = give(made, house.labeler(), answer, after_seconds=9.9)
    give(made, house.labeler(), answer, after_seconds=10.1)

    detail = f"9.9 s for what takes {seconds} s to look at."
    assert looked_at(made) == [(fast.pk, "too_fast", detail)]


def test_what_nobody_is_shown_takes_no_time():
    made = offered([{"text": "x" * 50, "source": "y" * 5_000}])

    give(made, house.labeler(), house.answer(), after_seconds=1.1)

    assert looked_at(made) == []


def test_a_recording_takes_time_too():
    config = (
        '<View><Audio name="said" value="$said"/><Text name="text" value="$text"/>'
        '<Choices name="mood" toName="text"><Choice value="Good"/></Choices></View>'
    )
    made = offered([{"said": "https://example.org/a.mp3", "text": "x" * 50}], config=config)

    fast = give(made, house.labeler(), house.answer(), after_seconds=1.4)

    assert looked_at(made) == [(fast.pk, "too_fast", "1.4 s for what takes 1.5 s to look at.")]


def constant(others, *, mine="Good", count=15):
    """A project in which somebody gave `count` times the same answer, and the others these."""
    made = offered([{"text": f"{number}"} for number in range(count)], overlap=2)
    who, other = house.labeler(), house.labeler()
    for number in range(count):
        give(made, other, house.answer(others(number)))
        give(made, who, house.answer(mine))
    return made, who


def test_always_the_same_answer_where_others_vary_asks_for_a_look(settings):
    made, who = constant(lambda number: "Bad" if number % 3 == 0 else "Good")

    last = made.submissions.filter(labeler=who).latest("id")
    assert looked_at(made) == [
        (last.pk, "constant", "15 times the same; 33% of the others' answers differ from it.")
    ]


@pytest.mark.parametrize(
    ("others", "count"),
    [
        (lambda number: "Bad" if number == 7 else "Good", 15),  # nearly all of them are good
        (lambda number: "Bad" if number % 3 == 0 else "Good", 14),  # not often enough
    ],
)
def test_the_same_answer_is_no_signal_where_it_may_be_right(others, count):
    made, _ = constant(others, count=count)

    assert looked_at(made) == []


@pytest.mark.parametrize(("good_every", "is_odd"), [(2, True), (9, True), (1, False)])
def test_where_nobody_else_has_the_task_others_answers_in_the_project_are_compared(
    good_every, is_odd
):
    made = offered([{"text": f"{number}"} for number in range(30)], overlap=1)
    who, other = house.labeler(), house.labeler()
    for number in range(15):
        give(made, other, house.answer("Bad" if number % good_every else "Good"))
        give(made, who, house.answer())

    found = looked_at(made)

    assert bool(found) == is_odd
    if is_odd:
        last = made.submissions.filter(labeler=who).latest("id")
        assert [one[:2] for one in found if one[0] == last.pk] == [(last.pk, "constant")]


def test_where_adaptive_overlap_closes_at_one_answer_the_others_in_the_project_are_compared():
    rows = [{"text": f"{number}"} for number in range(30)]
    made = offered(rows, overlap=1, overlap_max=3, confidence=0.75)
    who, other = house.labeler(), house.labeler()
    for number in range(15):
        give(made, other, house.answer("Bad" if number % 2 else "Good"))
        give(made, who, house.answer())

    found = looked_at(made)

    last = made.submissions.filter(labeler=who).latest("id")
    assert [one[:2] for one in found] == [(last.pk, "constant")]


def test_as_many_of_the_others_are_read_as_the_longest_run_needs(monkeypatch):
    monkeypatch.setattr(signals, "OTHERS_LIMIT", 10)  # fewer than a run
    made = offered([{"text": f"{number}"} for number in range(30)], overlap=1)
    who, other = house.labeler(), house.labeler()
    for _ in range(15):
        give(made, other, house.answer("Bad"))
        give(made, who, house.answer())

    assert "constant" in [kind for _, kind, _ in looked_at(made)]


def test_who_is_alone_in_a_project_is_compared_with_nobody():
    made = offered([{"text": f"{number}"} for number in range(30)], overlap=1)
    who, other = house.labeler(), house.labeler()
    for _ in range(14):
        give(made, other, house.answer("Bad"))
    for _ in range(16):
        give(made, who, house.answer())

    assert looked_at(made) == []


def test_the_same_text_for_every_task_asks_for_a_look():
    config = (
        '<View><Text name="text" value="$text"/><TextArea name="why" toName="text"'
        ' required="true"/></View>'
    )
    made = offered([{"text": f"{number}"} for number in range(15)], overlap=2, config=config)
    who, other = house.labeler(), house.labeler()
    for number in range(15):
        give(made, other, text(f"It is the number {number}."))
        give(made, who, text("ok"))

    last = made.submissions.filter(labeler=who).latest("id")
    assert looked_at(made) == [
        (last.pk, "constant", "15 times the same; 100% of the others' answers differ from it.")
    ]


def test_marking_nothing_again_and_again_asks_for_a_look():
    config = (
        '<View><Text name="text" value="$text"/><Labels name="names" toName="text">'
        '<Label value="Person"/></Labels></View>'
    )
    marked = {"start": 0, "end": 5, "text": "Amina", "labels": ["Person"]}
    person = [{"from_name": "names", "to_name": "text", "type": "labels", "value": marked}]
    rows = [{"text": f"Amina {number}"} for number in range(15)]
    made, who, other = offered(rows, overlap=2, config=config), house.labeler(), house.labeler()

    for number in range(15):
        give(made, other, person if number % 2 else [])
        give(made, who, [])

    last = made.submissions.filter(labeler=who).latest("id")
    assert looked_at(made) == [
        (last.pk, "constant", "15 times the same; 47% of the others' answers differ from it.")
    ]


def test_one_other_answer_ends_a_run():
    made = offered([{"text": f"{number}"} for number in range(16)], overlap=2)
    who, other = house.labeler(), house.labeler()
    for number in range(16):
        give(made, other, house.answer("Bad" if number % 2 else "Good"))
        give(made, who, house.answer("Bad" if number == 8 else "Good"))

    assert looked_at(made) == []


def test_one_persons_answers_elsewhere_do_not_count():
    made, who = constant(lambda number: "Bad", count=14)
    elsewhere = offered([{"text": "another"}], overlap=2)
    give(elsewhere, house.labeler(), house.answer("Bad"))
    give(elsewhere, who, house.answer())

    assert looked_at(made) == looked_at(elsewhere) == []


def test_the_same_text_as_somebody_elses_or_the_tasks_own_is_copied():
    made = offered([{"text": LONG, "image": IMAGE}], config=WORDS, overlap=4)

    first = give(made, house.labeler(), text("It is about the weather."))
    give(made, house.labeler(), text("Somebody else's own words, at length."))
    second = give(made, house.labeler(), text("it is  ABOUT the\nweather."))
    own = give(made, house.labeler(), text(LONG.upper()))

    assert looked_at(made) == [
        (first.pk, "copied", f"why: the same text as in answer {second.pk}."),
        (second.pk, "copied", f"why: the same text as in answer {first.pk}."),
        (own.pk, "copied", "why: the task's own text."),
    ]


@pytest.mark.parametrize(
    ("shown", "data"),
    [
        ("HyperText", f"<p>{LONG[:22]}<b>{LONG[22:26]}</b>{LONG[26:]}</p>"),
        ("Paragraphs", [{"author": "A", "text": LONG[:12]}, {"author": "B", "text": LONG[12:]}]),
    ],
)
def test_a_dialogue_or_markup_given_back_is_copied(shown, data):
    config = (
        f'<View><{shown} name="text" value="$text"/>'
        '<TextArea name="why" toName="text" required="true"/></View>'
    )
    made = offered([{"text": data}], config=config, overlap=2)

    own = give(made, house.labeler(), text(LONG))
    give(made, house.labeler(), text("It tells of the weather and of justice."))

    assert looked_at(made) == [(own.pk, "copied", "why: the task's own text.")]


def test_short_texts_and_what_an_image_says_are_alike_by_right():
    rows = [{"text": "No idea at all.", "image": IMAGE}]
    made = offered(rows, config=WORDS, overlap=4)

    for _ in range(2):
        give(made, house.labeler(), text("It rains. It pours."))
    for _ in range(2):
        give(made, house.labeler(), text("Invoice 2031 of the third of May", name="reads"))

    assert looked_at(made) == []


def test_another_tasks_text_is_no_copy():
    rows = [{"text": f"{LONG} {number}", "image": IMAGE} for number in range(2)]
    made = offered(rows, config=WORDS, overlap=1)
    who = house.labeler()

    for _ in range(2):
        give(made, who, text("The same remark about both of them."))

    assert looked_at(made) == []


def test_looking_twice_sees_once_and_a_kind_can_be_left_out(settings):
    made = offered([{"text": "x" * 500}])
    give(made, house.labeler(), house.answer(), after_seconds=0)

    assert len(looked_at(made)) == len(looked_at(made)) == 1
    Signal.objects.all().delete()
    settings.STIPEND_SIGNALS = ["copied", "constant"]
    assert looked_at(made) == []


def test_a_project_looks_for_what_its_requester_wants():
    made = offered([{"text": "x" * 500}, {"text": "y" * 500}], signals=["copied"])
    give(made, house.labeler(), house.answer(), after_seconds=0)
    assert looked_at(made) == []

    made = projects.change(made, signals=["too_fast"])

    assert [kind for _, kind, _ in looked_at(made)] == ["too_fast"]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, []),
        ({"too_fast_seconds": 3.5}, ["3.0 s for what takes 3.5 s to look at."]),
        ({"too_fast_characters": 20}, ["3.0 s for what takes 5.0 s to look at."]),
        ({"too_fast_characters": 20, "too_fast_seconds": 0}, ["3.0 s for what takes 5.0 s to"]),
    ],
)
def test_a_project_says_what_is_too_fast(limits, said):
    made = offered([{"text": "x" * 100}], **limits)
    give(made, house.labeler(), house.answer(), after_seconds=3)

    found = [detail for _, _, detail in looked_at(made)]

    assert len(found) == len(said)
    assert all(words.startswith(start) for words, start in zip(found, said, strict=True))


def test_a_project_says_what_is_constant_and_what_is_copied():
    rows = [{"text": f"{number}", "image": IMAGE} for number in range(4)]
    limits = {"constant_answers": 4, "copied_characters": 5}
    made = offered(rows, config=WORDS, overlap=2, **limits)
    who, other = house.labeler(), house.labeler()
    for number in range(4):
        give(made, who, text("Rain it is."))
        give(made, other, text("rain it is" if number == 2 else f"Number {number}, I say."))
    last, third = made.submissions.filter(labeler=who).order_by("-id")[:2]

    assert looked_at(projects.change(made, constant_answers=None, copied_characters=None)) == []
    assert looked_at(projects.change(made, constant_answers=5, copied_characters=20)) == []
    found = [(pk, kind) for pk, kind, _ in looked_at(projects.change(made, **limits))]

    assert (last.pk, "constant") in found
    assert (third.pk, "copied") not in found  # a full stop more is another text


def test_no_limit_of_its_own_is_the_deployments(settings):
    made = house.project(too_fast_seconds=2.5, copied_characters=0)
    settings.STIPEND_CONSTANT_ANSWERS, settings.STIPEND_READ_CHARACTERS = 7, 30

    assert signals.Limits.of(made) == signals.Limits(2.5, 30, 7, 0)
    assert signals.Limits.of(house.project()) == signals.Limits(0.7, 30, 7, 20)


@pytest.mark.parametrize(
    "limit",
    [
        *({"too_fast_seconds": -1}, {"too_fast_seconds": 3601}, {"too_fast_characters": 0}),
        *({"constant_answers": 1}, {"copied_characters": 10_001}),
    ],
)
def test_a_limit_beyond_its_limits_is_refused_by_room_and_database(limit):
    made = house.project()

    with pytest.raises(InvalidSettings):
        projects.change(made, **limit)
    with pytest.raises(IntegrityError), atomic():
        Project.objects.filter(pk=made.pk).update(**limit)


def test_a_batch_costs_as_many_reads_as_an_answer(django_assert_num_queries):
    rows = [{"text": f"{LONG} {number}", "image": IMAGE} for number in range(5)]
    config = WORDS.replace("<TextArea", '<Rating name="stars" toName="text"/><TextArea', 1)
    made = offered(rows, config=config, overlap=2)
    for number in range(5):
        give(made, house.labeler(), text(f"Quite another remark, number {number}."))
    found = list(made.submissions.all())

    for some in (found[:1], found):
        with django_assert_num_queries(4):  # the copied ones take two
            signals.look(made, some)


def test_a_signalled_answer_is_not_accepted_unseen():
    made = offered([{"text": "x" * 500}], overlap=3)
    Project.objects.update(review=Project.Review.CONSENSUS)
    fast = give(made, house.labeler(), house.answer(), after_seconds=1)
    for _ in range(2):
        give(made, house.labeler(), house.answer())

    quality.judge()

    fast.refresh_from_db()
    assert (fast.state, fast.score, fast.is_signalled) == ("SUBMITTED", 1, True)
    assert Submission.objects.accepted().count() == 2
