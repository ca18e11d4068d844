"""A poor connection: the page opens without one, nothing is lost, everything is sent once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from labeling.api.assignments import SubmitView
from labeling.handout import slots
from labeling.models import Assignment, Project, Submission
from labeling.web import views
from people.models import User
from tests.browser.people import signed_in
from tests.browser.wires import Wire
from tests.labeling import house

IS_KEPT = """async () => {
    await navigator.serviceWorker.ready;
    const cache = await caches.open("work");
    return (await cache.match(location.pathname)) !== undefined;
}"""
IS_CLEAN = """async () => {
    const names = (await caches.keys()).filter((name) => !name.startsWith("offline"));
    return names.length + (await indexedDB.databases()).length === 0;
}"""
BACK_AT_A_TAP = """() => {
    const back = () => dispatchEvent(new Event("online"));
    addEventListener("click", () => setTimeout(back));
}"""
DAY_LATER = "localStorage.setItem('stipend-clock', JSON.stringify({aheadMs: 86400000}))"
POLL_MS = 50
POLLS = 200


@pytest.fixture
def equipment(wire: Wire) -> dict[str, Any]:
    return {"base_url": wire.url}


@pytest.fixture
def working(transactional_db, page: Page, wire: Wire) -> Page:
    """The labeling page of a project with five tasks, kept on the device."""
    made = house.opened(tasks=5, title="Moods of the day")
    signed_in(page, User.objects.create_user("amina"), at=wire.url)
    page.goto(f"/projects/{made.pk}/work/")
    expect(page.get_by_text("text 0")).to_be_visible()
    until(page, IS_KEPT)
    return page


def until(page: Page, question: str) -> None:
    """Returns once the page answers the question with true."""
    for _ in range(POLLS):
        if page.evaluate(question):
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(question)


def until_true(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(POLLS):
        if is_so():
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(is_so)


def answer(page: Page, choice: str) -> None:
    page.get_by_role("radio", name=choice).check()
    page.get_by_role("button", name="Submit").click()


def test_work_goes_on_without_a_connection(working: Page, offline: Callable[[bool], None]):
    working.get_by_role("radio", name="Bad").check()
    offline(True)

    # a reload works, and the draft is there
    working.reload()
    expect(working.get_by_text("text 0")).to_be_visible()
    expect(working.get_by_role("radio", name="Bad")).to_be_checked()

    # answers wait on the device, also over another reload
    working.get_by_role("button", name="Submit").click()
    expect(working.get_by_text("text 1")).to_be_visible()
    answer(working, "Good")
    expect(working.get_by_text("2 answers wait on this device")).to_be_visible()
    working.reload()
    expect(working.get_by_text("text 2")).to_be_visible()
    assert not Submission.objects.exists()

    # back again, each is sent once, and more tasks come
    offline(False)
    answer(working, "Good")
    expect(working.locator("#sent")).to_contain_text("3 sent")
    expect(working.get_by_text("text 3")).to_be_visible()
    given = [one.result[0]["value"]["choices"] for one in Submission.objects.order_by("id")]
    assert given == [["Bad"], ["Good"], ["Good"]]


def test_what_waits_is_not_out_run_by_new_tasks(working: Page, offline: Callable[[bool], None]):
    """A quota that is used up by tasks taken while the first of several answers arrives."""
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("text 1")).to_be_visible()
    answer(working, "Bad")
    expect(working.get_by_text("text 2")).to_be_visible()
    answer(working, "Good")
    expect(working.get_by_role("heading", name="No connection")).to_be_visible()
    Project.objects.update(quota=Assignment.objects.count())
    Assignment.objects.update(leased_until=timezone.now())
    slots.expire()

    offline(False)

    expect(working.locator("#sent")).to_contain_text("3 sent")
    assert Submission.objects.count() == 3


def test_answers_of_another_project_bring_none_of_its_tasks(
    working: Page, offline: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
):
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    working.goto("about:blank")
    monkeypatch.setattr(SubmitView, "post", lambda *_, **__: HttpResponse(status=429))
    offline(False)
    other = house.opened(tasks=1, title="Another")
    working.goto(f"/projects/{other.pk}/work/")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    monkeypatch.undo()
    working.evaluate("dispatchEvent(new Event('online'))")
    expect(working.locator("#sent")).to_contain_text("1 sent")

    answer(working, "Good")

    expect(working.locator("#nothing")).to_be_visible()
    assert Submission.objects.count() == 2


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_counts_once(working: Page):
    def lose(route):
        route.fetch()
        route.abort()

    working.route("**/submit/**", lose, times=1)
    answer(working, "Good")
    expect(working.locator("#sent")).to_contain_text("1 sent")

    assert Submission.objects.count() == 1


def test_while_the_server_is_in_trouble_the_page_that_is_kept_opens(
    working: Page, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(views, "_offer", fail)

    working.reload()

    expect(working.get_by_text("text 0")).to_be_visible()


def test_other_pages_say_what_is_kept_here(working: Page, offline: Callable[[bool], None]):
    answer(working, "Good")
    expect(working.locator("#sent")).to_have_text("1 sent")
    offline(True)

    working.goto("/earnings/")

    expect(working.get_by_role("heading", name="No connection")).to_be_visible()
    working.get_by_role("link", name="Moods of the day").click()
    expect(working.get_by_text("text 1")).to_be_visible()

    # neither tasks whose time is over nor answers that were sent are anything to go on with
    working.evaluate(DAY_LATER)
    working.goto("/earnings/")
    expect(working.get_by_text("There are no tasks on this device now.")).to_be_visible()


def test_a_connection_that_comes_back_stops_nobody_on_their_way(working: Page, wire: Wire):
    wire.cut()
    working.goto("/earnings/")
    link = working.get_by_role("link", name="Moods of the day")
    expect(link).to_be_visible()
    working.evaluate(BACK_AT_A_TAP)

    link.click()

    expect(working.get_by_text("text 0")).to_be_visible()


def test_signing_out_leaves_nothing_of_the_person_and_loses_no_answer(
    working: Page, offline: Callable[[bool], None]
):
    working.route("**/submit/**", lambda route: route.abort())
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    offline(False)
    working.unroute("**/submit/**")

    working.goto("/account/")
    working.get_by_role("button", name="Sign out").click()

    expect(working.get_by_role("heading", name="Label data, get paid")).to_be_visible()
    until(working, IS_CLEAN)
    assert Submission.objects.count() == 1


def test_signing_out_sends_what_waits_also_after_another_sign_in(
    working: Page, wire: Wire, offline: Callable[[bool], None]
):
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    signed_in(working, User.objects.get(username="amina"), at=wire.url)
    offline(False)
    working.goto("/account/")

    working.get_by_role("button", name="Sign out").click()

    expect(working.get_by_role("heading", name="Label data, get paid")).to_be_visible()
    assert Submission.objects.count() == 1


def test_answers_are_sent_in_the_background_with_the_token_of_now(
    working: Page, context: BrowserContext, wire: Wire, offline: Callable[[bool], None]
):
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    working.goto("about:blank")
    changed = {"name": "csrftoken", "value": "b" * 32, "url": wire.url}
    context.add_cookies([changed])  # as by another sign-in
    protocol = context.new_cdp_session(working)
    registrations: list[str] = []
    protocol.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    protocol.send("ServiceWorker.enable")
    until_true(working, lambda: bool(registrations))
    offline(False)

    sync = {"origin": wire.url, "registrationId": registrations[0], "tag": "outbox"}
    protocol.send("ServiceWorker.dispatchSyncEvent", {**sync, "lastChance": False})

    until_true(working, Submission.objects.exists)


@pytest.fixture
def troubled(
    working: Page, offline: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> Page:
    """The account's page; an answer waits, and the server takes none for now."""
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    working.goto("about:blank")
    monkeypatch.setattr(SubmitView, "post", lambda *_, **__: HttpResponse(status=503))
    offline(False)
    working.goto("/account/")
    return working


def test_who_signs_out_while_answers_cannot_be_sent_is_asked_first(
    troubled: Page, monkeypatch: pytest.MonkeyPatch
):
    troubled.get_by_role("button", name="Sign out").click()
    expect(troubled.get_by_text("1 answer on this device could not be sent.")).to_be_visible()
    troubled.get_by_role("button", name="Stay signed in").click()
    monkeypatch.undo()

    troubled.get_by_role("button", name="Sign out").click()

    expect(troubled.get_by_role("heading", name="Label data, get paid")).to_be_visible()
    assert Submission.objects.count() == 1


def test_who_would_rather_lose_them_signs_out(troubled: Page):
    troubled.get_by_role("button", name="Sign out").click()

    troubled.get_by_role("button", name="Sign out all the same").click()

    expect(troubled.get_by_role("heading", name="Label data, get paid")).to_be_visible()
    until(troubled, IS_CLEAN)
    assert not Submission.objects.exists()


def test_somebody_else_finds_nothing_of_the_one_before(working: Page, wire: Wire):
    working.get_by_role("radio", name="Bad").check()
    signed_in(working, User.objects.create_user("ben"), at=wire.url)

    working.reload()

    expect(working.get_by_role("radio", name="Bad")).not_to_be_checked()
    held = working.evaluate("""async () => {
        const open = indexedDB.open("stipend");
        await new Promise((resolve) => { open.onsuccess = resolve; });
        const rows = open.result.transaction("held").objectStore("held").getAll();
        await new Promise((resolve) => { rows.onsuccess = resolve; });
        return new Set(rows.result.map((row) => row.person)).size;
    }""")
    assert held == 1


def test_what_waits_outlives_the_work_of_somebody_else(
    working: Page, wire: Wire, offline: Callable[[bool], None]
):
    offline(True)
    answer(working, "Good")
    expect(working.get_by_text("1 answer waits on this device")).to_be_visible()
    working.goto("about:blank")
    signed_in(working, User.objects.create_user("ben"), at=wire.url)
    offline(False)
    place = f"/projects/{Project.objects.get().pk}/work/"
    working.goto(place)
    answer(working, "Bad")
    expect(working.locator("#sent")).to_have_text("1 sent")

    signed_in(working, User.objects.get(username="amina"), at=wire.url)
    working.goto(place)

    until_true(working, lambda: Submission.objects.count() == 2)
    given = dict(Submission.objects.values_list("labeler__username", "result"))
    assert given["ben"][0]["value"] == {"choices": ["Bad"]}
    assert given["amina"][0]["value"] == {"choices": ["Good"]}


@pytest.mark.installed
def test_the_app_can_be_installed(working: Page, context: BrowserContext):
    protocol = context.new_cdp_session(working)

    said = protocol.send("Page.getAppManifest")
    assert said["url"].endswith("/manifest.webmanifest")
    assert said["errors"] == []
    found = protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in found] == []
