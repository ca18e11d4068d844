"""What a person is offered, with what they need to know to choose."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.crowd import skills
from labeling.data import imports
from labeling.errors import NotFound
from labeling.handout import assignments, eligibility, offers, submissions
from labeling.handout.offers import Wish
from labeling.models import Membership, Project, Task
from labeling.models.task import GOLD_LANE
from labeling.orders import projects
from tests.labeling import answers_given, house, school
from tests.labeling.answers_given import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def offer(made, who=None):
    return offers.get(who or AnonymousUser(), project_id=made.pk)


def one(found, made):
    return next(offer for offer in found if offer.id == made.pk)


def do(made, who):
    lease = house.take(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())


@pytest.mark.broken_book  # nobody funded the answers
def test_an_offer_tells_who_asks_and_how_they_treat_people():
    made, before = house.opened(), house.labeler()
    answers_given.answers(made, before, count=6, seconds=30)

    found = offer(made, house.labeler())

    assert found.requester == made.owner.pseudonym
    assert found.record.decided_count == 0
    assert (found.price, found.is_paid) == ("0.05", True)
    assert (found.seconds, found.hourly) == (pytest.approx(30), "6.00")
    assert (found.kind, found.languages, found.asks, found.unmet) == ("labeling", [], [], [])
    assert (found.quota, found.quota_left) == (None, None)
    assert (found.state, found.can_start) == ("Work waiting", True)


def test_of_new_work_nobody_knows_the_pace():
    found = offer(house.opened())

    assert (found.seconds, found.hourly) == (None, None)


def test_a_test_says_so_and_what_it_pays():
    french = school.skill(slug="french")
    free = school.exam(french, length=3, price_units=0)

    found = offer(free, house.labeler())

    assert (found.kind, found.skill, found.skill_title) == ("test", "french", "French")
    assert (found.price, found.is_paid, found.hourly) == ("0.00", False, None)
    assert (found.quota, found.quota_left) == (3, 3)


def test_what_is_asked_is_said_in_words():
    french, _ = school.skill(slug="french"), school.skill(slug="spammer")
    made = house.opened(
        languages=["fr", "wo"],
        countries_only=["SN", "ML"],
        countries_except=["FR"],
        producers="people",
        minimum_reputation=0.85,
        requirements="french >= 80 and not spammer",
    )
    within = house.project(french.owner, skill=french, minimum_reputation=0.9, producers="agents")

    assert offer(made).asks == [
        "You are a person, not a program.",
        "You speak French or Wolof.",
        "You are in Senegal or Mali.",
        "You are not in France.",
        "Your reputation is 85 % or more.",
        "You have french of at least 80 and no spammer.",
    ]
    assert eligibility.asked(within) == [
        "You are a program.",
        "Your reputation in french is 90 % or more.",
    ]
    assert offer(made).unmet == []
    assert offer(made).language_names == ["French", "Wolof"]


def test_who_may_not_work_is_told_why():
    school.skill(slug="french")
    made, who = house.opened(requirements="french >= 80"), house.labeler()

    found = offer(made, who)

    assert found.unmet == ["You need french of at least 80."]
    assert (found.available, found.eligible, found.can_start) == (True, False, False)
    assert found.state == "Not for you yet"


def test_many_are_judged_as_one_is():
    french, who = school.skill(slug="french"), house.labeler()
    skills.grant(french, labeler=who, value=70)
    made = [
        house.opened(),
        house.opened(requirements="french >= 80"),
        house.opened(requirements="french >= 60"),
        house.opened(minimum_reputation=0.9),
        house.opened(minimum_reputation=0.8),
        house.opened(languages=["fr"], countries_only=["SN"]),
        house.opened(producers="agents"),
    ]
    barred = house.opened()
    Membership.objects.create(project=barred, labeler=who, barred_at=timezone.now())
    everything = [*made, barred]

    found = eligibility.unmet_in(everything, who)

    assert found == {project.pk: eligibility.unmet(project, who) for project in everything}
    assert [bool(reasons) for reasons in found.values()] == [
        *(False, True, False, True, False, True, True, True)
    ]
    assert not any(eligibility.unmet_in(everything, AnonymousUser()).values())


def test_a_quota_ends_the_work_but_not_what_is_held():
    made, who = house.opened(tasks=5, quota=2), house.labeler()
    do(made, who)
    lease = house.take(made, who)

    held = offer(made, who)
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    done = offer(made, who)

    assert (held.quota_left, held.available) == (0, True)
    assert (done.quota_left, done.available) == (0, False)
    assert done.state == "You have done your share"


@pytest.mark.broken_book  # nobody funded the gold
def test_gold_is_no_work_that_waits():
    made, who = house.opened(tasks=1), house.labeler()
    do(made, who)
    Task.objects.create(
        project=made,
        load=made.loads.get(),
        data={"text": "known"},
        content_hash=bytes(32),
        state=Task.State.OPEN,
        overlap=9,
        free_count=9,
        lane=GOLD_LANE,
        rank=1,
        expected=house.answer(),
    )
    Project.objects.update(lanes=[GOLD_LANE, 0])

    assert not offer(made, house.labeler()).available


def test_work_waits_in_every_lane_behind_ones_cursor():
    made, who = house.project(), house.labeler()
    house.load(made, tasks=1)
    house.fund(made, amount_units=10 * made.cost_per_task_units)
    projects.open_tasks(made)
    assert offer(made, who).available

    do(made, who)
    nothing = offer(made, who).available
    house.imports.load(made, rows=[{"text": "urgent"}], priority=9)
    projects.open_tasks(made)

    assert not nothing
    assert offer(made, who).available


def test_work_before_ones_cursor_is_not_looked_for():
    """The hand-out looks there, too, but not at once; a list is to cost little."""
    made, who = house.opened(tasks=1), house.labeler()
    seat = Membership.objects.create(project=made, labeler=who)
    assert offer(made, who).available

    seat.cursors = [Task.objects.get().rank] * 10
    seat.save()

    assert not offer(made, who).available


def test_a_task_handed_back_is_no_work_for_who_did_so():
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    assignments.give_back(lease.id, labeler_id=who.pk)

    assert not offer(made, who).available
    assert offer(made, house.labeler()).available


def test_the_cost_does_not_grow_with_what_one_has_done():
    """Of tasks that one has done and others have not, none is read again."""
    made, who = house.opened(tasks=60, overlap=2), house.labeler()
    for _ in range(59):
        do(made, who)
    found = offers.search(who)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task")  # the plan is by what is there, not by a guess
        cursor.execute("SET LOCAL enable_seqscan = off")  # sixty rows are no reason for an index
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = found.explain(analyze=True, timing=False, buffers=True)

    assert offers.describe(found, who)[0].available
    scanned = [line for line in plan.splitlines() if "task_with_free_slot" in line]
    assert scanned
    assert all("rows=1" in line.split("actual")[1] for line in scanned), plan


def test_the_list_is_a_fixed_number_of_statements_however_many_projects():
    who = house.labeler()

    def statements():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            offers.describe(offers.search(who), who)
        return len(captured)

    school.skill(slug="french")
    house.opened(minimum_reputation=0.5)
    few = statements()
    for number in range(12):
        made = house.opened(tasks=3, requirements="french >= 80", minimum_reputation=0.9)
        if number % 2:
            Project.objects.filter(pk=made.pk).update(skill=school.skill(made.owner))

    assert (few, statements()) == (11, 11)


def test_who_may_start_comes_first_then_the_newest():
    who, _ = house.labeler(), school.skill(slug="french")
    old, asking, new = house.opened(), house.opened(requirements="french"), house.opened()
    own = house.opened()
    Project.objects.filter(pk=own.pk).update(owner=who)

    found = offers.describe(offers.search(who), who)

    assert [offer.id for offer in found[:3]] == [new.pk, old.pk, asking.pk]
    assert found[3].state == "Your own project"


def test_a_search_narrows_what_is_open():
    who, french = house.labeler(), house.opened(languages=["fr", "wo"])
    for_all, done = house.opened(), house.opened(tasks=1)
    do(done, who)

    def found(**wanted):
        return {project.pk for project in offers.search(who, Wish(**wanted))}

    assert found() == {french.pk, for_all.pk, done.pk}
    assert found(available=True) == {french.pk, for_all.pk}
    assert found(available=False) == {done.pk}
    assert found(eligible=True) == {for_all.pk, done.pk}
    assert found(eligible=False) == {french.pk}
    assert found(language="wo") == {french.pk, for_all.pk, done.pk}
    assert found(language="en", available=True, eligible=True) == {for_all.pk}


def test_a_draft_is_nobodys_business():
    made = house.project()

    with pytest.raises(NotFound):
        offer(made, made.owner)


@pytest.mark.broken_book  # nobody funded the answers
def test_pay_in_an_hour_is_told_to_the_cent():
    made, who = house.opened(price_units=1_234), house.labeler()
    answers_given.answers(made, who, count=5, seconds=7, state=State.SUBMITTED)

    assert offer(made).hourly == "0.63"


@pytest.mark.broken_book  # nobody funded the answers
def test_a_search_by_pay_kind_and_measured_time():
    who = house.labeler()
    rating = house.CHOICES.replace("Choices", "Rating").replace('<Choice value="Good"/>', "")
    rating = rating.replace('<Choice value="Bad"/>', "").replace("></Rating>", "/>")
    cheap, slow = house.opened(price_units=10_000), house.opened(price_units=200_000)
    stars, unknown = house.opened(config=rating), house.opened()
    answers_given.answers(cheap, house.labeler(), count=5, seconds=6)
    answers_given.answers(slow, house.labeler(), count=5, seconds=300)
    answers_given.answers(stars, house.labeler(), count=5, seconds=60)

    def found(**wanted):
        return {project.pk for project in offers.search(who, Wish(**wanted))}

    assert found(least_units=50_000) == {slow.pk, stars.pk, unknown.pk}
    assert found(kind="rate") == {stars.pk}
    assert found(kind="choose") == {cheap.pk, slow.pk, unknown.pk}
    assert found(longest_seconds=60) == {cheap.pk, stars.pk}
    assert found(least_hourly_units=3_000_000) == {cheap.pk, stars.pk}
    assert found(least_hourly_units=3_000_001) == {cheap.pk}
    assert found(longest_seconds=60, eligible=True, available=True) == {cheap.pk, stars.pk}
    assert found(longest_seconds=1, eligible=False) == set()
    stranger = offers.search(AnonymousUser(), Wish(longest_seconds=60))
    assert {project.pk for project in stranger} == {cheap.pk, stars.pk}


def test_a_tasks_weight_is_the_mean_of_what_was_loaded():
    made = house.project()
    imports.load(made, rows=[{"text": "x" * 90}, {"text": "x" * 110}, {"text": "x" * 110}])
    imports.load(made, rows=[{"text": "x" * 211}])
    house.fund(made, amount_units=3 * made.cost_per_task_units)
    projects.open_tasks(made)

    found = offer(made)

    loads = sorted(made.loads.values_list("task_bytes", "added_count"))
    assert loads == [(114, 2), (222, 1)]
    assert (found.task_bytes, found.kinds) == (150, ["choose"])
    assert offer(house.opened()).task_bytes == 17


IMAGES = (
    '<View><Image name="o" value="$o"/><Choices name="c" toName="o"><Choice value="Good"/>'
    "</Choices></View>"
)


def seen_at(*addresses: str) -> Project:
    """An open project of pictures with these addresses."""
    made = house.project(config=IMAGES)
    imports.load(made, rows=[{"o": one} for one in addresses])
    house.fund(made, amount_units=len(addresses) * made.cost_per_task_units)
    return projects.open_tasks(made).project


def test_pictures_that_are_here_weigh_in():
    made = seen_at("/media/a.png", "/media/b.png")
    for name, size_bytes in (("a.png", 900_000), ("b.png", 1_100_000)):
        made.media.create(name=name, size_bytes=size_bytes)
    made.media.create(name="c.png", size_bytes=5_000_000, removed_at=timezone.now())

    assert offer(made).task_bytes == len('{"o":"/media/a.png"}') + 1_000_000


def test_the_weight_of_pictures_elsewhere_is_known_once_somebody_has_seen_one():
    made = seen_at("https://pictures.example/cat.png")
    assert offer(made).task_bytes is None

    made.media.create(name="a.png", size_bytes=70_000)

    assert offer(made).task_bytes == len('{"o":"https://pictures.example/cat.png"}') + 70_000
    inside = "data:image/png;base64,AAAA"
    assert offer(seen_at(inside)).task_bytes == len(f'{{"o":"{inside}"}}')
