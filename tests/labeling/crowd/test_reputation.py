"""How people's reputation moves, and how it explains itself."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from labeling.content import gold as gold_room
from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.models import Case, Reputation, ReputationEvent, Skill, Submission
from tests.labeling import answers_given, house, school

pytestmark = pytest.mark.django_db
Kind = ReputationEvent.Kind


def weights(who, skill=None):
    return Reputation.objects.values_list("right", "wrong", "events_count").get(
        labeler=who, skill=skill
    )


def gold(who, *, right=0.0, wrong=0.0, skill=None, **fields):
    kind = Kind.GOLD_RIGHT if right >= wrong else Kind.GOLD_WRONG
    fields = {"kind": kind, "skill_id": skill and skill.pk, **fields}
    return Event(labeler_id=who.pk, right=right, wrong=wrong, **fields)


def test_a_newcomer_is_credited_with_four_of_five():
    who = house.labeler()

    assert reputation.score(who.pk) == 0.8
    (overall,) = reputation.standing(who.pk)
    assert (overall.skill, overall.score, overall.events_count) == ("", 0.8, 0)
    assert (overall.low, overall.high) == pytest.approx((0.05**0.25, 0.95**0.25))


def test_an_event_moves_the_skill_and_all_the_work():
    who, french = house.labeler(), school.skill(slug="french")

    reputation.record([gold(who, right=1, skill=french), gold(who, wrong=1)])

    assert weights(who, french) == (1, 0, 1)
    assert weights(who) == (1, 1, 2)
    assert reputation.score(who.pk, skill_id=french.pk) == 5 / 6
    assert reputation.score(who.pk) == 5 / 7


def test_what_happens_in_a_test_counts_for_its_skill_alone():
    who, french = house.labeler(), school.skill(slug="french")
    exam = school.exam(french, length=5, price_units=0)

    school.sit(exam, who, right=1, wrong=4)
    reputation.record([gold(who, right=1)])

    assert reputation.score(who.pk, skill_id=french.pk) < 0.6
    assert weights(who) == (1, 0, 1)
    assert [one.kind for one in reputation.explain(who.pk).events] == ["gold_right"]
    of_the_skill = reputation.explain(who.pk, skill="french").events
    assert sorted(one.kind for one in of_the_skill) == ["gold_right", *["gold_wrong"] * 4]
    assert sum(one.counts_wrong for one in of_the_skill) == pytest.approx(4)


def test_what_was_known_fades_by_the_weight_of_what_comes():
    who = house.labeler()

    reputation.record([gold(who, right=1), gold(who, right=1), gold(who, wrong=0.5)])
    reputation.record([gold(who, right=0.3, wrong=0.2), gold(who, wrong=1)])

    fade = 0.99**1.5
    assert weights(who)[:2] == pytest.approx((2 * fade + 0.3, 0.5 * fade + 1.2))


def test_it_falls_as_well_as_it_rises():
    who = house.labeler()

    risen = [reputation.record([gold(who, right=1)]) or reputation.score(who.pk) for _ in range(99)]
    fallen = [reputation.record([gold(who, wrong=1)]) or reputation.score(who.pk) for _ in "x" * 99]

    assert risen == sorted(risen)
    assert risen[-1] > 0.98
    assert fallen == sorted(fallen, reverse=True)
    assert fallen[-1] < 0.31


def test_an_event_counts_once_a_submission_and_kind():
    made, who = house.project(), house.labeler()
    first, second = answers_given.answers(made, who, count=2)
    events = [
        gold(who, right=1, submission_id=first.pk),
        gold(who, right=1, submission_id=second.pk),
        gold(who, right=1, submission_id=second.pk),
        gold(who, wrong=1, submission_id=first.pk),
    ]

    reputation.record(events[:1])
    for _ in range(2):
        reputation.record(events)

    assert weights(who) == pytest.approx((0.99**2 + 1, 1, 3))
    assert ReputationEvent.objects.count() == 3


def test_nothing_to_record_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        reputation.record([])


def test_a_mark_is_taken_back_whole_but_never_below_zero():
    who = house.labeler()
    reputation.record([gold(who, wrong=1)])
    reputation.record([gold(who, right=1)])

    undone = gold(who, wrong=-1, kind=Kind.GOLD_WITHDRAWN)
    reputation.record([undone])

    assert weights(who) == (1, 0, 3)

    newcomer = house.labeler()
    reputation.record([gold(newcomer, wrong=-1, kind=Kind.OVERTURNED)])

    assert weights(newcomer) == (0, 0, 1)
    assert reputation.score(newcomer.pk) == 0.8


def test_a_mark_made_and_taken_back_at_once_changes_nothing():
    who = house.labeler()
    reputation.record([gold(who, right=3, wrong=1)])

    reputation.record([gold(who, wrong=1), gold(who, wrong=-1, kind=Kind.GOLD_WITHDRAWN)])

    assert weights(who) == (3, 1, 3)


def test_the_oldest_evidence_fades_out_without_an_error():
    who = house.labeler()
    reputation.record([gold(who, wrong=1)])
    Reputation.objects.update(wrong=5e-324)

    reputation.record([gold(who, right=1)])

    assert weights(who)[:2] == (1, 0)


def test_two_hundred_answers_are_one_statement(django_assert_num_queries):
    made, skill = house.project(), school.skill()
    people = [house.labeler() for _ in range(40)]
    given_by = {who.pk: answers_given.answers(made, who, count=5) for who in people}
    events = [
        gold(who, right=0.5, skill=skill, submission_id=one.pk)
        for who in people
        for one in given_by[who.pk]
    ]

    with django_assert_num_queries(1):
        reputation.record(events)

    assert ReputationEvent.objects.count() == 200
    assert set(Reputation.objects.values_list("right", "wrong", "events_count")) == {(2.5, 0, 5)}
    assert Reputation.objects.count() == 80


def test_scores_of_many_in_one_statement(django_assert_num_queries):
    known, newcomer, french = house.labeler(), house.labeler(), school.skill()
    reputation.record([gold(known, right=5, skill=french)])

    with django_assert_num_queries(1):
        found = reputation.scores_of([known.pk, newcomer.pk], skill_id=french.pk)

    assert found == {known.pk: 0.9, newcomer.pk: 0.8}
    assert reputation.scores_in_skills(known.pk) == {None: 0.9, french.pk: 0.9}


def test_standing_is_overall_first_then_by_skill():
    who, other = house.labeler(), house.labeler()
    wolof, french = school.skill(slug="wolof"), school.skill(slug="french")
    reputation.record([gold(who, wrong=1, skill=wolof), gold(who, right=7, skill=french)])
    reputation.record([gold(other, wrong=9, skill=french)])

    found = reputation.standing(who.pk)

    assert [(one.skill, one.title, one.events_count) for one in found] == [
        ("", "", 2),
        ("french", "French", 1),
        ("wolof", "Wolof", 1),
    ]
    assert [one.score for one in found] == [11 / 13, 11 / 12, 4 / 6]


@given(st.floats(0, 200), st.floats(0, 200))
def test_the_interval_is_that_of_the_beta_distribution(right, wrong):
    found = reputation._scored(Reputation(right=right, wrong=wrong))

    beta = stats.beta(right + 4, wrong + 1)
    assert (found.low, found.high) == pytest.approx((beta.ppf(0.05), beta.ppf(0.95)))
    assert found.low < found.high
    assert found.score == pytest.approx(beta.mean())


def test_an_answer_to_gold_is_named_only_where_a_rejection_cites_it():
    made, who = house.project(gold_percent=50), house.labeler()
    one, other = answers_given.answers(made, who, count=2)
    Submission.objects.update(is_gold=True, score=0.0)
    reputation.record([gold(who, wrong=1, submission_id=row.pk) for row in (one, other)])
    case = answers_given.contested(made, who, state="STANDING")
    Case.objects.update(reason="gold_failed")
    Submission.objects.filter(pk=one.pk).update(case=case)

    newest, oldest = reputation.explain(who.pk).events

    assert (newest.submission_id, newest.project_id, newest.project_title) == (None, None, "")
    assert (oldest.submission_id, oldest.project_id) == (one.pk, made.pk)


def test_it_explains_itself_event_by_event():
    made, who, french = house.project(title="Moods"), house.labeler(), school.skill(slug="french")
    (answer,) = answers_given.answers(made, who, count=1)
    reputation.record([gold(who, wrong=1, skill=french, submission_id=answer.pk)])
    reputation.record([gold(who, right=0.5, kind=Kind.AGREED)])
    reputation.record([gold(house.labeler(), right=1)])

    agreed, missed = reputation.explain(who.pk).events

    assert (agreed.sentence, agreed.right) == ("The answer agreed with the others.", 0.5)
    assert (agreed.submission_id, agreed.project_title) == (None, "")
    assert (missed.sentence, missed.wrong) == ("A known answer was missed.", 1)
    assert (missed.submission_id, missed.project_title) == (answer.pk, "Moods")
    assert [event.id for event in reputation.explain(who.pk, skill="french").events] == [missed.id]
    assert reputation.explain(who.pk, skill="wolof").events == []


def test_explanations_come_a_page_at_a_time(django_assert_num_queries):
    who = house.labeler()
    reputation.record([gold(who, right=number) for number in range(41)])

    with django_assert_num_queries(2):
        first = reputation.explain(who.pk)
    second = reputation.explain(who.pk, before_id=first.next_id)
    third = reputation.explain(who.pk, before_id=second.next_id)

    seen = [event.right for page in (first, second, third) for event in page.events]
    assert seen == list(range(40, -1, -1))
    assert third.next_id is None


# --- Against a plain model ----------------------------------------------------------------------

PEOPLE, SKILLS, ANSWERS = 3, 2, 12


class Model:
    """The same in plain Python: weights by person and skill, None for all the work."""

    def __init__(self) -> None:
        self.weights: dict[tuple[int, int | None], tuple[float, float]] = {}
        self.seen: set[tuple[int | None, str]] = set()

    def record(self, events: list[Event]) -> None:
        moved: dict[tuple[int, int | None], tuple[float, float]] = {}
        for event in events:
            if (event.submission_id, event.kind) in self.seen:
                continue
            self.seen.add((event.submission_id, event.kind))
            for skill_id in {event.skill_id, None}:
                right, wrong = moved.get((event.labeler_id, skill_id), (0, 0))
                moved[event.labeler_id, skill_id] = (right + event.right, wrong + event.wrong)
        for key, (right, wrong) in moved.items():
            fade = 0.99 ** max(right + wrong, 0)
            known = self.weights.get(key, (0, 0))
            self.weights[key] = (max(known[0] * fade + right, 0), max(known[1] * fade + wrong, 0))


def told(labeler_id: int, skill_id: int | None) -> tuple[float, float]:
    """What the events say of themselves, added up over all pages."""
    skill = Skill.objects.get(pk=skill_id).slug if skill_id else ""
    events, before_id = [], None
    while page := reputation.explain(labeler_id, skill=skill, before_id=before_id):
        events += page.events
        if (before_id := page.next_id) is None:
            break
    return sum(one.counts_right for one in events), sum(one.counts_wrong for one in events)


@st.composite
def marks(draw):
    """Whose, in which skill, on which answer, of which kind, with what weights."""
    kind = draw(st.sampled_from([Kind.AGREED, Kind.GOLD_RIGHT, Kind.OVERTURNED]))
    weight = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    taken_back = kind == Kind.OVERTURNED
    right, wrong = (0.0, -1.0) if taken_back else (draw(weight), draw(weight))
    skill, answer = draw(st.integers(0, SKILLS)), draw(st.integers(0, ANSWERS - 1))
    return skill, answer, kind, right, wrong


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(marks(), max_size=12), max_size=6))
def test_it_does_what_a_plain_model_does(story):
    made, model = house.project(), Model()
    people = [house.labeler().pk for _ in range(PEOPLE)]
    skills = [None, *(school.skill().pk for _ in range(SKILLS))]
    answers = [one.pk for one in answers_given.answers(made, house.labeler(), count=ANSWERS)]

    for batch in story:
        events = [
            Event(
                labeler_id=people[answer % PEOPLE],
                skill_id=skills[skill],
                kind=kind,
                right=right,
                wrong=wrong,
                submission_id=answers[answer],
            )
            for skill, answer, kind, right, wrong in batch
        ]
        reputation.record(events)
        model.record(events)

    rows = Reputation.objects.filter(labeler__in=people)
    found = {(row.labeler_id, row.skill_id): (row.right, row.wrong) for row in rows}
    assert found.keys() == model.weights.keys()
    for key, expected in model.weights.items():
        assert found[key] == pytest.approx(expected)
        assert told(*key) == pytest.approx(expected, abs=1e-9)


def test_what_counted_overall_is_undone_overall():
    who, french = house.labeler(), school.skill(slug="french")
    exam = school.exam(french, length=5, price_units=0)
    school.sit(exam, who, right=5)
    ReputationEvent.objects.update(is_overall=True)  # as before tests counted for their skill alone
    Reputation.objects.create(
        labeler=who, skill=None, right=5, wrong=0, events_count=5, changed_at=timezone.now()
    )
    answers = list(Submission.objects.filter(labeler=who))

    gold_room._undo_marks(exam, answers[:2])

    assert weights(who) == (3, 0, 7)
    assert list(
        ReputationEvent.objects.filter(kind="gold_withdrawn").values_list("is_overall", flat=True)
    ) == [True, True]
