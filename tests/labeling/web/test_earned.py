"""The work behind the money, on the earnings page and on that of all answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import Case
from tests.labeling import answers_given, house
from tests.labeling.answers_given import State

pytestmark = [pytest.mark.django_db, pytest.mark.broken_book]  # nobody funded the answers


@pytest.fixture
def who(client):
    person = house.labeler()
    client.force_login(person)
    return person


def page(client, path="/earnings/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def rejected(made, who, *, until=timedelta(days=1)):
    (answer,) = answers_given.answers(made, who, count=1, state=State.REJECTED)
    case = answers_given.contested(made, who, state=Case.State.STANDING, appealed=False)
    Case.objects.filter(pk=case.pk).update(appealable_until=timezone.now() + until)
    type(answer).objects.filter(pk=answer.pk).update(case=case)
    return case


def test_what_is_in_review_is_counted_and_shown(client, who):
    answers_given.answers(house.opened(title="Moods of the day"), who, count=2)

    seen = page(client)

    assert '<dd id="pending">0.10\u00a0tUSD</dd>' in seen
    assert "2 answers" in seen
    assert "Moods of the day" in seen
    assert "Waiting" in seen
    assert 'href="/answers/"' in seen


def test_a_rejection_stands_first_with_its_reason_and_the_way_to_appeal(client, who):
    case = rejected(house.opened(), who)

    seen = page(client)

    assert "The answer is wrong." in seen
    assert "You can appeal until" in seen
    assert "0.05\u00a0tUSD stays locked for it" in seen
    assert seen.count(f"/cases/{case.pk}/") == 2


def test_what_can_be_appealed_no_more_is_not_urged(client, who):
    case = rejected(house.opened(), who, until=timedelta(days=-1))

    assert page(client).count(f"/cases/{case.pk}/") == 1


def test_answers_are_looked_at_by_what_stands_on_them(client, who):
    made = house.opened(title="Moods")
    answers_given.answers(made, who, count=1)
    rejected(house.opened(title="Rejected moods"), who)

    assert "Rejected moods" in page(client, "/answers/")
    assert "Rejected moods" not in page(client, "/answers/?state=waiting")
    assert "Rejected moods" in page(client, "/answers/?state=rejected")
    assert "There is none." in page(client, "/answers/?state=accepted")
    assert "Rejected moods" in page(client, "/answers/?state=nonsense")


def test_a_page_of_answers_leads_on_within_its_state(client, who):
    answers_given.answers(house.opened(), who, count=31)

    seen = page(client, "/answers/?state=waiting")

    assert 'href="?state=waiting&amp;page=2"' in seen
    assert "1 of 2" in seen
