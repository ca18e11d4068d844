"""The list of offers, narrowed without scripts, and a project's page with its examples."""

import pytest
from django.core.cache import cache

from labeling.web import views
from tests.labeling import answers_given, house

pytestmark = pytest.mark.django_db
EXAMPLE = {"data": {"text": "What a day!"}, "result": house.answer("Good"), "why": "It cheers."}
HIDDEN = {**EXAMPLE, "data": {"text": "Kept for later"}, "shown": False}


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def page(client, path="/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.broken_book  # nobody funded the answers
def test_an_offer_tells_its_time_its_hour_and_its_weight(client):
    made = house.opened(title="Moods")
    answers_given.answers(made, house.labeler(), count=5, seconds=30)

    listed, whole = page(client), page(client, f"/projects/{made.pk}/")

    assert "About 30\u00a0s a task" in listed
    for seen in (listed, whole):
        assert "6.00\u00a0tUSD" in seen
        assert "1\u00a0kB" in seen
        assert "Choose" in seen


def test_what_is_looked_for_is_in_the_address(client):
    client.force_login(house.labeler())
    house.opened(title="Cheap moods", price_units=10_000)
    house.opened(title="Dear moods", price_units=300_000)
    french = house.opened(title="French moods", languages=["fr"])

    assert "Cheap moods" not in page(client, "/?pay=0.25")
    assert "Dear moods" in page(client, "/?pay=0.25")
    assert "French moods" in page(client, "/?language=fr")
    assert "French moods" in page(client)
    assert f"/projects/{french.pk}/" not in page(client, "/?ready=on")
    assert "There is nothing like that right now." in page(client, "/?kind=compare")
    assert '<option value="choose" selected>' in page(client, "/?kind=choose")


def test_nonsense_is_left_out_and_said(client):
    house.opened(title="Moods")

    seen = page(client, "/?kind=sing&pay=much&seconds=long&page=many")

    assert "Some of this makes no sense, and was left out." in seen
    assert "Moods" in seen


def test_pages_keep_what_is_looked_for(client, monkeypatch):
    monkeypatch.setattr(views, "OFFERS_SHOWN", 1)
    for number in range(2):
        house.opened(title=f"Moods {number}")

    first, second = page(client, "/?kind=choose"), page(client, "/?kind=choose&page=2")

    assert 'href="?kind=choose&amp;page=2"' in first
    assert ("Moods 1" in first, "Moods 0" in first) == (True, False)
    assert ("Moods 1" in second, "Moods 0" in second) == (False, True)


def test_a_stranger_is_not_asked_what_they_can_do(client):
    house.opened()

    assert 'name="ready"' not in page(client)
    client.force_login(house.labeler())
    assert 'name="ready"' in page(client)


def test_who_has_all_that_is_asked_is_told_so(client):
    who = house.labeler()
    who.languages = ["fr"]
    who.save()
    client.force_login(who)
    mine, other = house.opened(languages=["fr"]), house.opened(languages=["wo"])

    assert "you have all that is asked for" in page(client, f"/projects/{mine.pk}/")
    assert "This is for people who speak Wolof." in page(client, f"/projects/{other.pk}/")


def test_examples_stand_with_their_answer_and_why(client):
    made = house.opened(examples=[EXAMPLE, HIDDEN])

    seen = page(client, f"/projects/{made.pk}/")

    for words in ("What a day!", "Good", "It cheers.", f"/projects/{made.pk}/practice/"):
        assert words in seen
    assert "Kept for later" not in seen
    assert "Practise first" not in page(client, f"/projects/{house.opened().pk}/")


def test_the_practice_page_has_no_answers(client):
    client.force_login(house.labeler())
    made = house.opened(examples=[EXAMPLE, HIDDEN])

    seen = page(client, f"/projects/{made.pk}/practice/")

    assert "What a day!" in seen
    assert "Kept for later" in seen
    assert "It cheers." not in seen
    nothing = page(client, f"/projects/{house.opened().pk}/practice/")
    assert "This project has nothing to practise on." in nothing


def test_practice_is_for_who_signed_in_and_drafts_are_nobodys(client):
    made, draft = house.opened(examples=[EXAMPLE]), house.project(examples=[EXAMPLE])

    assert client.get(f"/projects/{made.pk}/practice/").status_code == 302
    client.force_login(house.labeler())
    assert client.get(f"/projects/{draft.pk}/practice/").status_code == 404
