"""A requester takes a file away: for good, and not from under anybody's work."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from labeling.content import examples
from labeling.data import imports
from labeling.errors import MediaRemoved
from labeling.media import addresses, errands, files, removals
from labeling.models import (
    Case,
    Elsewhere,
    Medium,
    Project,
    Seat,
    Submission,
    Task,
    Vote,
)
from labeling.review import juries
from people import tokens
from tests.labeling import answers_given, house
from tests.labeling.media import samples

pytestmark = pytest.mark.django_db
PNG = samples.picture()
ADDRESS = "https://pictures.example/cat.png?a=1&b=“2”"
IMAGES = (
    '<View><Image name="i" value="$image"/><Choices name="c" toName="i">'
    '<Choice value="a"/></Choices></View>'
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.STIPEND_MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def project() -> Project:
    return house.project(config=IMAGES)


def send(project: Project) -> str:
    """The name of the picture, which the project has now."""
    path = f"/api/v1/projects/{project.pk}/media/"
    form = {"file": SimpleUploadedFile("ana-passport.png", PNG)}
    sent = Client().post(path, form, headers=known(project.owner)).json()["media"]
    return sent[0]["address"].removeprefix("/media/")


def take_away(project: Project, name: str, who=None):
    path = f"/api/v1/projects/{project.pk}/media/{name}/"
    return Client().delete(path, headers=known(who or project.owner))


def known(person) -> dict[str, str]:
    return {"Authorization": f"Token {tokens.issue(person, name='test')}"}


def test_a_file_that_nothing_needs_is_gone_and_its_hash_stays(project):
    name = send(project)

    answer, again = take_away(project, name), take_away(project, name)

    medium = Medium.objects.get()
    shown = Client().get(f"/media/{name}")
    assert (answer.status_code, again.status_code) == (204, 204)
    assert (shown.status_code, shown.json()["code"]) == (410, "media_removed")
    assert files.path_of(name) is None
    assert (medium.name, medium.title) == (name, "")
    listed = Client().get(f"/api/v1/projects/{project.pk}/media/", headers=known(project.owner))
    assert [one["sha256"] for one in listed.json()["results"]] == [name[:64]]
    assert listed.json()["results"][0]["removed_at"] is not None


def test_a_file_that_tasks_need_stays(project):
    name = send(project)
    imports.load(project, rows=[{"image": f"/media/{name}"}, {"image": "/media/other.png"}])

    answer = take_away(project, name)

    assert (answer.status_code, answer.json()["code"]) == (409, "media_in_use")
    assert answer.json()["data"] == {"tasks_count": 1, "examples_count": 0}
    assert files.path_of(name) is not None
    assert Medium.objects.get().removed_at is None


@pytest.mark.parametrize(
    ("state", "verdict", "status"),
    [
        (Task.State.JUDGED, Submission.State.ACCEPTED, 204),
        (Task.State.JUDGED, Submission.State.FORFEITED, 204),
        (Task.State.JUDGED, Submission.State.REJECTED, 409),
        (Task.State.JUDGED, Submission.State.APPEALED, 409),
        (Task.State.PAUSED, Submission.State.ACCEPTED, 409),
        (Task.State.CLOSED, Submission.State.SUBMITTED, 409),
        (Task.State.CLOSED, Submission.State.ACCEPTED, 204),
    ],
)
def test_what_is_done_and_decided_needs_no_file(project, state, verdict, status):
    name = send(project)
    answers_given.answers(project, house.labeler(), count=1, state=verdict)
    Task.objects.update(state=state, data={"image": f"/media/{name}"})

    assert take_away(project, name).status_code == status


def test_a_file_that_an_example_shows_stays(project):
    name = send(project)
    result = [{"from_name": "c", "to_name": "i", "type": "choices", "value": {"choices": ["a"]}}]
    rows = [{"data": {"image": f"/media/{name}"}, "result": result}]
    examples.put(project, rows)

    answer = take_away(project, name)

    assert answer.json()["data"] == {"tasks_count": 0, "examples_count": 1}


def test_what_another_project_has_stays_there(project):
    other = house.project(config=IMAGES)
    name = send(project)
    send(other)

    take_away(project, name)

    assert Client().get(f"/media/{name}").content == PNG
    take_away(other, name)
    assert Client().get(f"/media/{name}").status_code == 410


def test_what_was_elsewhere_is_not_fetched_again(project, monkeypatch, settings):
    def fetch(address, *, limit_bytes):
        with files.Writing(limit_bytes=limit_bytes) as writing:
            writing.write(PNG)
            return writing.keep()

    monkeypatch.setattr(errands.fetching, "fetch", fetch)
    settings.STIPEND_FETCH_AGAIN_SECONDS = -10
    imports.load(project, rows=[{"image": ADDRESS}])
    path = addresses.elsewhere(project.pk, ADDRESS)
    Client().get(path)
    errands.run()
    name = project.media.get().name

    assert take_away(project, name).json()["data"]["tasks_count"] == 1
    Task.objects.update(state=Task.State.CLOSED)
    assert take_away(project, name).status_code == 204
    looked = Client().get(path)
    assert (looked.status_code, looked.json()["code"]) == (410, "media_removed")
    assert errands.run() == 0
    assert Elsewhere.objects.get().facts == {"sha256": name[:64]}


def test_nothing_new_shows_what_was_taken_away(project):
    name = send(project)
    take_away(project, name)
    rows = [{"image": "/media/other.png"}, {"image": f"/media/{name}"}]
    result = [{"from_name": "c", "to_name": "i", "type": "choices", "value": {"choices": ["a"]}}]

    with pytest.raises(MediaRemoved) as refused:
        imports.load(project, rows=rows)
    with pytest.raises(MediaRemoved):
        examples.put(project, [{"data": one, "result": result} for one in rows])
    loaded = imports.load(house.project(config=IMAGES), rows=rows)

    assert refused.value.data == {"row": 2}
    assert (project.tasks.count(), project.examples.count()) == (0, 0)
    assert loaded.tasks_count == 2  # it was never another project's

    send(project)
    assert imports.load(project, rows=rows).tasks_count == 2


def test_what_a_juror_has_before_them_stays(project):
    name = send(project)
    answers_given.answers(project, house.labeler(), count=1, state=Submission.State.ACCEPTED)
    Task.objects.update(state=Task.State.JUDGED, data={"image": f"/media/{name}"})
    case = Case.objects.create(
        project=project,
        labeler=house.labeler(),
        reason=Case.Reason.WRONG,
        note="No.",
        appealable_until=timezone.now(),
    )
    seat = Seat.objects.create(case=case, juror=house.labeler(), leased_until=timezone.now())
    Vote.objects.create(seat=seat, submission=Submission.objects.get(), position=1, is_gold=True)

    assert take_away(project, name).json()["data"]["tasks_count"] == 1
    juries.expire()
    assert take_away(project, name).status_code == 204


def test_it_may_be_sent_again(project):
    name = send(project)
    take_away(project, name)

    assert send(project) == name
    assert Client().get(f"/media/{name}").content == PNG
    assert Medium.objects.get().removed_at is None


def test_who_died_before_the_file_was_gone_is_made_up_for(project, monkeypatch):
    name = send(project)
    with monkeypatch.context() as patch:
        patch.setattr(removals, "erase", lambda name: None)
        take_away(project, name)
    assert files.path_of(name) is not None

    assert removals.erase_due() == 1
    assert files.path_of(name) is None


def test_others_take_nothing_away(project):
    name = send(project)

    assert take_away(project, name, who=house.requester()).status_code == 404
    assert take_away(project, f"{'0' * 64}.png").status_code == 404
    assert files.path_of(name) is not None
