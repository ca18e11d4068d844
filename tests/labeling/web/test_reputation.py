"""The pages that show how people work and how requesters treat them."""

import pytest
from django.core.cache import cache

from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.models import ReputationEvent
from tests.labeling import answers_given, house, school
from tests.labeling.answers_given import State

pytestmark = pytest.mark.django_db
Kind = ReputationEvent.Kind


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def who(client):
    found = house.labeler()
    client.force_login(found)
    return found


def page(client, path="/reputation/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_a_newcomer_sees_where_everybody_begins(client, who):
    seen = page(client)

    assert "80 %" in seen
    assert "47 % to 99 %" in seen
    assert '<rect class="likely" x="473" width="514" height="24"/>' in seen
    assert "Nothing yet." in seen


def test_scores_and_the_events_that_explain_them(client, who):
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
            )
        ]
    )
    reputation.record([Event(labeler_id=who.pk, skill_id=None, kind=Kind.OVERTURNED, wrong=-0.5)])

    seen = page(client)

    for words in ("67 %", "French", "A known answer was missed.", "Moods", f"answer {answer.pk}"):
        assert words in seen
    assert "+1.00 wrong" in seen
    assert "−0.50 wrong" in seen
    in_arabic = client.get("/reputation/", headers={"Accept-Language": "ar"}).content.decode()
    assert "\u200e−0.50" in in_arabic  # else the sign would stand behind the number
    only = page(client, "/reputation/?skill=french")
    assert "A known answer was missed." in only
    assert "A rejection was overturned." not in only


def test_what_faded_says_what_of_it_counts_today(client, who):
    for kind, weights in ((Kind.AGREED, {"right": 0.5}), (Kind.GOLD_WRONG, {"wrong": 1})):
        reputation.record([Event(labeler_id=who.pk, skill_id=None, kind=kind, **weights)])

    for _ in range(3):
        reputation.record([Event(labeler_id=who.pk, skill_id=None, kind=Kind.REJECTED, wrong=1)])

    seen = page(client)

    assert "4.48 right, 4.94 wrong" in seen  # 4 and 0.5 * 0.99 ** 4, 1 and what is left of four
    assert "today +0.48 right" in seen
    assert "today +0.97 wrong" in seen
    assert "Everybody is credited with this." in seen
    assert "+4.00 right, +1.00 wrong" in seen


@pytest.mark.parametrize("language", ["de", "fa", "ar"])
def test_the_drawing_is_the_same_in_every_language(client, who, language):
    answer = client.get("/reputation/", headers={"Accept-Language": language})

    assert '<rect class="likely" x="473" width="514"' in answer.content.decode()
    assert "style=" not in answer.content.decode()


def test_events_come_a_page_at_a_time(client, who):
    event = Event(labeler_id=who.pk, skill_id=None, kind=Kind.AGREED, right=0.5)
    reputation.record([event] * 25)

    first = page(client)
    next_id = reputation.explain(who.pk).next_id
    second = page(client, f"/reputation/?before={next_id}")

    assert first.count("The answer agreed with the others.") == 20
    assert f"?before={next_id}" in first
    assert second.count("The answer agreed with the others.") == 5
    assert "Newest" in second


@pytest.mark.parametrize("query", ["before=x", "before=²", f"before={10**30}", "skill=%00"])
def test_odd_addresses_do_no_harm(client, who, query):
    assert client.get(f"/reputation/?{query}").status_code == 200


def test_a_stranger_signs_in_first(client):
    assert client.get("/reputation/")["Location"] == "/sign-in/?next=/reputation/"


def test_offers_carry_their_requesters_record(client, who):
    made = house.project(title="Moods")
    answers_given.answers(made, house.labeler(), count=5, state=State.ACCEPTED, seconds=60)
    type(made).objects.filter(pk=made.pk).update(state="OPEN")

    line = "Usually pays after 2 h · 100 % accepted · 0 appeals lost · about 3.00 tUSD an hour"
    for path in ("/", f"/projects/{made.pk}/"):
        seen = page(client, path)
        assert line in seen
        assert made.owner.pseudonym in seen
    assert "About 60 s a task" in page(client, "/")


def test_ones_own_reputation_stands_where_one_chooses(client):
    made, who = house.opened(), house.labeler()

    stranger = (
        client.get("/").content.decode() + client.get(f"/projects/{made.pk}/").content.decode()
    )
    client.force_login(who)

    assert "Your reputation" not in stranger
    for path in ("/", f"/projects/{made.pk}/"):
        page = client.get(path).content.decode()
        assert "Your reputation" in page
        assert "80\u00a0%" in page


def test_an_offer_says_who_it_is_for(client, who):
    school.skill(slug="french")
    made = house.opened(languages=["fr"], requirements="french >= 80", quota=3)

    seen = page(client, f"/projects/{made.pk}/")

    for words in (
        "You speak French.",
        "You have french of at least 80.",
        "You need french of at least 80.",
        "3 of 3",
        "Not for you yet",
    ):
        assert words in seen
    assert ">Start<" not in seen


def test_what_a_requester_writes_stays_text(client, who):
    evil = "<script>alert(1)</script>"
    skill = school.skill(slug="evil")
    skill.title = evil
    skill.save()
    made = house.project(title=evil)
    (answer,) = answers_given.answers(made, who, count=1)
    event = Event(
        labeler_id=who.pk, skill_id=skill.pk, kind=Kind.AGREED, right=1, submission_id=answer.pk
    )
    reputation.record([event])
    type(made).objects.update(state="OPEN")

    for path in ("/reputation/", "/"):
        assert "<script>alert" not in client.get(path).content.decode()


def test_an_admin_looks_at_reputations_and_changes_nothing(client):
    admin = house.User.objects.create_superuser("root", password="quiet-river-42")
    who = house.labeler()
    reputation.record([Event(labeler_id=who.pk, skill_id=None, kind=Kind.AGREED, right=1)])
    client.force_login(admin)

    for model in ("reputation", "reputationevent"):
        assert client.get(f"/admin/labeling/{model}/").status_code == 200
        assert client.get(f"/admin/labeling/{model}/?q={who.pseudonym}").status_code == 200
        assert client.get(f"/admin/labeling/{model}/add/").status_code == 403
