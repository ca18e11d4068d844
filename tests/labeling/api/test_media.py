"""Media are sent by API and served on our own origin."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from labeling.api import rendering
from labeling.data import exports, imports
from labeling.handout import assignments
from labeling.media import files
from labeling.models import Medium, Project
from labeling.orders import projects
from people import tokens
from tests.labeling import house
from tests.labeling.media import samples

pytestmark = pytest.mark.django_db
PNG = samples.picture()
NAME = f"{hashlib.sha256(PNG).hexdigest()}.png"
IMAGES = (
    '<View><Image name="i" value="$image"/><Choices name="c" toName="i">'
    '<Choice value="a"/></Choices></View>'
)
ELSEWHERE = "https://pictures.example/cat.png?a=1&b=<2>"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.STIPEND_MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def project() -> Project:
    return house.project(config=IMAGES)


def send(project: Project, *sent: tuple[str, bytes], who=None):
    headers = {"Authorization": f"Token {tokens.issue(who or project.owner, name='test')}"}
    rows = [SimpleUploadedFile(name, content) for name, content in sent]
    path = f"/api/v1/projects/{project.pk}/media/"
    return Client().post(path, {"file": rows}, headers=headers)


def on_disk(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


def test_files_are_kept_by_what_they_hold(project, folder):
    answer = send(project, ("a.html", PNG), ("b.png", samples.wav()))

    first, second = answer.json()["media"]
    assert answer.status_code == 201
    assert first["address"] == f"/media/{NAME}"
    assert (first["file"], first["content_type"]) == ("a.html", "image/png")
    assert (first["bytes"], first["sha256"]) == (len(PNG), NAME[:64])
    assert second["content_type"] == "audio/wav"
    assert len(on_disk(folder)) == 2


def test_the_same_file_twice_is_one(project, folder):
    other = house.project()
    answers = [send(one, ("x", PNG)).json()["media"][0] for one in (project, project, other)]

    assert {one["address"] for one in answers} == {f"/media/{NAME}"}
    assert on_disk(folder) == [NAME]
    assert Medium.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (samples.SVG, 415, "media_wrong_type"),
        (samples.HTML, 415, "media_wrong_type"),
        (samples.bomb(), 413, "media_too_many_pixels"),
        (samples.wav(seconds=2), 413, "media_too_large"),
    ],
)
def test_one_bad_file_and_nothing_is_kept(project, folder, settings, content, status, code):
    settings.STIPEND_MEDIA_FILE_BYTES = 20_000

    answer = send(project, ("cat.png", content))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["data"]["file"] == "cat.png"
    assert (on_disk(folder), Medium.objects.count()) == ([], 0)


def test_a_project_has_so_much_room(project, folder, settings):
    settings.STIPEND_MEDIA_PROJECT_BYTES = len(PNG)
    send(project, ("a", PNG))

    answer = send(project, ("b", samples.wav()))

    assert (answer.status_code, answer.json()["code"]) == (409, "media_full")
    assert on_disk(folder) == [NAME]


def test_a_form_without_files_and_other_people_are_refused(project):
    stranger = house.requester()

    assert send(project).json()["code"] == "media_missing"
    assert send(project, ("a", PNG), who=stranger).status_code == 404
    assert send(project, ("a", PNG), who=house.labeler()).status_code == 403


def test_a_file_is_served_inertly_and_for_good(project, django_assert_num_queries):
    send(project, ("a", PNG))
    with django_assert_num_queries(0):
        answer = Client().get(f"/media/{NAME}")

    assert answer.content == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Length"] == str(len(PNG))
    assert "Vary" not in answer
    same = Client().get(f"/media/{NAME}", headers={"If-None-Match": answer["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "status", "said", "part"),
    [
        ("bytes=0-9", 206, "bytes 0-9/{size}", slice(0, 10)),
        ("bytes=10-", 206, "bytes 10-{last}/{size}", slice(10, None)),
        ("bytes=-5", 206, "bytes {tail}-{last}/{size}", slice(-5, None)),
        ("bytes=5-99999999", 206, "bytes 5-{last}/{size}", slice(5, None)),
        ("bytes=99999999-", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=9-5", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=-", 200, "", slice(None)),
        ("bytes=0-1,4-5", 200, "", slice(None)),
        ("lines=0-9", 200, "", slice(None)),
    ],
)
def test_players_ask_for_parts(project, asked, status, said, part):
    sound = samples.wav()
    address = send(project, ("a", sound)).json()["media"][0]["address"]

    answer = Client().get(address, headers={"Range": asked})

    size = len(sound)
    told = said.format(size=size, last=size - 1, tail=size - 5)
    assert (answer.status_code, answer.headers.get("Content-Range", "")) == (status, told)
    assert answer.content == sound[part]


@pytest.mark.parametrize(
    "path",
    ["x", "../secret-key", NAME, f"{NAME}/", NAME.upper(), "1/2/3", f"{'0' * 64}.svg", ""],
)
def test_no_other_address_is_served(path, folder):
    (folder.parent / "secret-key").write_text("x")

    assert Client().get(f"/media/{path}").status_code == 404


def test_nothing_is_sent_to_the_address_of_a_file():
    assert Client().post(f"/media/{NAME}").status_code == 405


def test_a_proxy_in_front_may_send_the_file(project, settings):
    send(project, ("a", PNG))
    settings.STIPEND_MEDIA_ACCEL = "/kept"

    answer = Client().get(f"/media/{NAME}")

    assert answer["X-Accel-Redirect"] == f"/kept/{NAME[:2]}/{NAME}"
    assert (answer.content, answer["Content-Type"]) == (b"", "image/png")


def test_labelers_are_sent_addresses_on_our_origin_and_requesters_their_own(project):
    imports.load(project, rows=[{"image": ELSEWHERE, "note": ELSEWHERE}])
    house.fund(project, amount_units=project.cost_per_task_units)
    projects.open_tasks(project)

    lease = assignments.lease(project.pk, labeler_id=house.labeler().pk)
    data = rendering.assignment(lease)["data"]
    (row,) = exports.rows(project)

    assert data["image"].startswith(f"/media/{project.pk}/")
    assert data["note"] == ELSEWHERE
    assert row["data"]["image"] == ELSEWHERE
    assert Client().get(data["image"]).status_code == 202


def test_leftovers_are_swept(folder):
    writing = files.Writing(limit_bytes=5)
    writing.write(b"abc")

    assert files.sweep() == 0
    writing.discard()
    assert on_disk(folder) == []
