"""The labeling page at work: one key or one tap, the next task there before it is asked for,
reports, right to left."""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from labeling.data import imports
from labeling.models import Assignment, Project, Report, Submission
from labeling.orders import projects
from people.models import User
from tests.browser.hands import Finger, Hand, Mouse
from tests.browser.people import signed_in
from tests.browser.test_controls import CONFIGS, unlike
from tests.labeling import house

POLL_MS, POLLS = 50, 200
RTL_TEXT = "قابلت زوي آدا في وودج"
RTL_SPANS = (
    '<View><Text name="note" value="$note"/><Labels name="names" toName="note">'
    '<Label value="شخص" alias="PER"/><Label value="مكان" alias="LOC"/></Labels></View>'
)


@pytest.fixture
def equipment() -> dict[str, Any]:
    return {"has_touch": True}


def open_work(page: Page, made: Project, *, at: str, language: str = "") -> User:
    who = User.objects.create_user("amina", language=language)
    signed_in(page, who, at=at)
    page.goto(f"/projects/{made.pk}/work/")
    expect(page.locator("#task .view").first).to_be_visible()
    return who


def opened(name: str) -> Project:
    """A project with the one task of a folder of CONFIGS."""
    folder = CONFIGS / name
    made = house.project(config=(folder / "config.xml").read_text())
    imports.load(made, rows=[json.loads((folder / "data.json").read_text())])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    return made


def given() -> list[str]:
    """What was chosen, answer by answer."""
    return [one.result[0]["value"]["choices"][0] for one in Submission.objects.order_by("id")]


def until_given(page: Page, count: int) -> None:
    for _ in range(POLLS):
        if Submission.objects.count() >= count:
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"{Submission.objects.count()} answers arrived")


def test_one_tap_or_one_key_sends_and_shows_the_next(transactional_db, page: Page, live_server):
    made = house.opened(tasks=4)
    open_work(page, made, at=live_server.url)
    page.get_by_text("Send with one tap").tap()

    page.locator("label.choice", has_text="Bad").tap()
    expect(page.get_by_text("text 1")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("text 2")).to_be_visible()

    # it is remembered, and can be turned off
    until_given(page, 2)
    page.reload()
    expect(page.get_by_text("text 2")).to_be_visible()
    expect(page.get_by_label("Send with one tap")).to_be_checked()
    page.get_by_text("Send with one tap").tap()
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    expect(page.get_by_text("text 2")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("text 3")).to_be_visible()
    until_given(page, 3)
    assert given() == ["Bad", "Good", "Bad"]


def test_the_next_task_and_its_picture_are_there_before_they_are_asked_for(
    transactional_db, page: Page, context: BrowserContext, live_server
):
    config = (
        '<View><Image name="photo" value="$photo"/><Choices name="digit" toName="photo">'
        '<Choice value="odd"/><Choice value="even"/></Choices></View>'
    )
    made = house.project(config=config)
    imports.load(made, rows=[{"photo": f"/images/digits/{number}.png"} for number in range(3)])
    house.fund(made, amount_units=3 * made.cost_per_task_units)
    projects.open_tasks(made)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))

    open_work(page, made, at=live_server.url)
    for _ in range(POLLS):
        if sum("/images/digits/" in url for url in asked) >= 3:
            break
        page.wait_for_timeout(POLL_MS)
    assert {f"/images/digits/{number}.png" for number in range(3)} <= {
        url.removeprefix(live_server.url) for url in asked
    }

    # no answer has arrived, nor from the background, and still the next ones come
    context.set_offline(True)
    for number in (1, 2):
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator(".stage img")).to_have_attribute("src", f"/images/digits/{number}.png")
    assert not Submission.objects.exists()


def test_answers_are_sent_in_the_background_when_no_page_is_open(
    transactional_db, page: Page, context: BrowserContext, live_server
):
    made = house.opened(tasks=3)
    open_work(page, made, at=live_server.url)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.route("**/submit/**", lambda route: route.abort())
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 answer waits on this device")).to_be_visible()

    other = context.new_page()
    protocol = context.new_cdp_session(other)
    registrations: list[str] = []
    protocol.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    protocol.send("ServiceWorker.enable")
    page.close()
    for _ in range(POLLS):
        if registrations:
            break
        other.wait_for_timeout(POLL_MS)
    sync = {"origin": live_server.url, "registrationId": registrations[0], "tag": "outbox"}
    protocol.send("ServiceWorker.dispatchSyncEvent", {**sync, "lastChance": False})
    until_given(other, 1)
    protocol.send("ServiceWorker.dispatchSyncEvent", {**sync, "lastChance": False})
    other.goto(f"/projects/{made.pk}/work/")

    expect(other.get_by_text("text 1")).to_be_visible()
    assert given() == ["Bad"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("The instructions do not fit it.", "unclear"),
        ("Nobody should have to look at it.", "offensive"),
    ],
)
def test_a_task_is_reported_and_the_next_one_comes(
    transactional_db, page: Page, live_server, words: str, reason: str
):
    made = house.opened(tasks=2)
    open_work(page, made, at=live_server.url)
    page.get_by_text("Something is wrong with this task").tap()

    page.get_by_role("button", name=words).tap()

    expect(page.get_by_text("text 1")).to_be_visible()
    assert Report.objects.get().reason == reason
    assert Assignment.objects.earliest("id").state == "RETURNED"


@pytest.mark.parametrize("hand", [Mouse, Finger])
@pytest.mark.parametrize("name", ["boxes", "polygons", "audio-segments"])
def test_marks_land_where_they_are_put_when_the_page_runs_right_to_left(
    transactional_db, page: Page, live_server, hand: type[Hand], name: str
):
    made = opened(name)
    wanted = json.loads((CONFIGS / name / "result.json").read_text())

    open_work(page, made, at=live_server.url, language="ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    used = hand(page, made.config)
    used.give(wanted)
    used.send()
    until_given(page, 1)

    assert unlike(Submission.objects.get().result, wanted) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_where_there_is_room_labels_stand_beside_their_picture_and_stay_there(
    transactional_db, page: Page, live_server, language: str
):
    made = opened("boxes")
    wanted = json.loads((CONFIGS / "boxes" / "result.json").read_text())
    page.set_viewport_size({"width": 1280, "height": 800})
    open_work(page, made, at=live_server.url, language=language)
    picture, labels = page.locator(".object-image"), page.locator(".chips")
    before, name = labels.bounding_box(), page.locator("legend bdi").first.bounding_box()
    assert gap(picture, labels, is_rtl=language == "ar") > 0
    assert before
    assert name
    begins = [box["x"] + (box["width"] if language == "ar" else 0) for box in (before, name)]
    assert begins[0] == pytest.approx(begins[1], abs=1)  # its name stands where the labels begin

    used = Mouse(page, made.config)
    used.give(wanted)

    assert page.locator(".regions li").count() > 1
    assert labels.bounding_box() == before
    used.send()
    until_given(page, 1)
    assert unlike(Submission.objects.get().result, wanted) == []


def gap(picture: Locator, labels: Locator, *, is_rtl: bool) -> float:
    """Pixels from the end of the picture to the begin of the labels."""
    one, other = picture.bounding_box(), labels.bounding_box()
    assert one
    assert other
    first, second = (other, one) if is_rtl else (one, other)
    return second["x"] - first["x"] - first["width"]


@pytest.mark.parametrize("hand", [Mouse, Finger])
def test_words_of_a_text_from_right_to_left_are_marked(
    transactional_db, page: Page, live_server, hand: type[Hand]
):
    made = house.project(config=RTL_SPANS)
    imports.load(made, rows=[{"note": RTL_TEXT}])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    open_work(page, made, at=live_server.url, language="ar")
    start = RTL_TEXT.index("آدا")
    value = {"start": start, "end": start + 3, "text": "آدا", "labels": ["PER"]}
    wanted = {"id": "a", "from_name": "names", "to_name": "note", "type": "labels"}

    used = hand(page, made.config)
    used.give([{**wanted, "value": value}])
    used.send()
    until_given(page, 1)

    assert Submission.objects.get().result[0]["value"] == value
