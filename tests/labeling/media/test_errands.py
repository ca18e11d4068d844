"""What is named elsewhere: asked for by a look, fetched by a job, the same for everybody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from labeling.errors import MediaElsewhereRefused, MediaTooSlow, PrivateAddress
from labeling.media import addresses, errands, files
from labeling.models import Elsewhere, Medium
from tests.labeling import house
from tests.labeling.media import samples

ADDRESS = "https://pictures.example/cat.png"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.STIPEND_MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def elsewhere(monkeypatch):
    """What servers elsewhere give: bytes, or an error; and what was asked of them."""
    asked, given = [], {ADDRESS: samples.picture()}

    def fetch(address, *, limit_bytes):
        asked.append(address)
        found = given[address]
        if isinstance(found, Exception):
            raise found
        with files.Writing(limit_bytes=limit_bytes) as writing:
            writing.write(found)
            return writing.keep()

    monkeypatch.setattr(errands.fetching, "fetch", fetch)
    return given, asked


def test_a_first_look_asks_and_the_job_brings_it(elsewhere):
    project = house.project()
    path = addresses.elsewhere(project.pk, ADDRESS)

    first = Client().get(path)
    errands.run()
    second = Client().get(path)

    assert (first.status_code, first.json()["code"]) == (202, "media_waiting")
    assert first["Retry-After"] == "1"
    assert first["Cache-Control"] == "no-store"
    assert second.status_code == 200
    assert second.content == samples.picture()
    assert second["Content-Type"] == "image/png"
    assert project.media.get().size_bytes == len(second.content)


def test_it_is_fetched_once(elsewhere):
    path = addresses.elsewhere(house.project().pk, ADDRESS)
    for _ in range(3):
        Client().get(path)
        errands.run()

    assert elsewhere[1] == [ADDRESS]


def test_nobody_else_has_us_fetch_anything():
    project = house.project()
    good = addresses.elsewhere(project.pk, ADDRESS)
    other = addresses.elsewhere(project.pk, "https://other.example/")
    forged = [
        good.rpartition("/")[0] + "/" + other.rpartition("/")[2],
        good.replace(f"/{project.pk}/", f"/{project.pk + 1}/"),
        good + "A",
    ]

    assert [Client().get(path).status_code for path in forged] == [404] * 3
    assert Elsewhere.objects.count() == 0


def test_what_may_pass_is_tried_again_and_then_refused(elsewhere, settings):
    elsewhere[0][ADDRESS] = MediaTooSlow(seconds=1)
    path = addresses.elsewhere(house.project().pk, ADDRESS)
    Client().get(path)
    for _ in range(settings.STIPEND_FETCH_TRIES):
        Elsewhere.objects.update(due_at=timezone.now())
        errands.run()

    answer = Client().get(path)

    assert len(elsewhere[1]) == settings.STIPEND_FETCH_TRIES
    assert (answer.status_code, answer.json()["code"]) == (502, "media_too_slow")


@pytest.mark.parametrize("problem", [PrivateAddress(), MediaElsewhereRefused(status=404)])
def test_what_will_not_pass_is_refused_at_once_and_asked_again_later(elsewhere, problem):
    elsewhere[0][ADDRESS] = problem
    path = addresses.elsewhere(house.project().pk, ADDRESS)
    Client().get(path)
    errands.run()
    refused = Client().get(path)
    Elsewhere.objects.update(due_at=timezone.now() - timedelta(hours=2))
    elsewhere[0][ADDRESS] = samples.picture()
    again = Client().get(path)
    errands.run()

    assert (refused.status_code, refused.json()["code"]) == (502, problem.code)
    assert again.status_code == 202
    assert Client().get(path).status_code == 200


def test_what_is_fetched_counts_against_the_projects_room(elsewhere, settings):
    settings.STIPEND_MEDIA_PROJECT_BYTES = 0
    path = addresses.elsewhere(house.project().pk, ADDRESS)
    Client().get(path)
    errands.run()

    assert Client().get(path).json()["code"] == "media_full"
    assert Medium.objects.count() == 0
    assert elsewhere[1] == []


def test_a_fetch_that_died_is_done_again_and_not_twice_at_once(elsewhere):
    Client().get(addresses.elsewhere(house.project().pk, ADDRESS))

    (taken,) = errands._claim({})
    held = errands._claim({})
    Elsewhere.objects.update(due_at=timezone.now())
    (again,) = errands._claim({})

    assert (held, again.pk) == ([], taken.pk)


def test_a_project_holds_half_of_the_places(settings):
    settings.STIPEND_FETCH_PLACES = 4
    greedy, modest = house.project(), house.project()
    for number in range(6):
        Client().get(addresses.elsewhere(greedy.pk, f"https://x.example/{number}"))
    Client().get(addresses.elsewhere(modest.pk, ADDRESS))

    first = errands._claim({})
    then = errands._claim(dict(zip(range(9), first, strict=False)))

    assert [one.project_id for one in first] == [greedy.pk] * 2
    assert [one.project_id for one in then] == [modest.pk]
