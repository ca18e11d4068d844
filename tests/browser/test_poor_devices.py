"""Phones as people have them: small, a clock set by hand, no room, two tabs, a line that breaks."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from labeling.data import imports
from labeling.handout import assignments, slots
from labeling.models import Assignment, Project, Submission
from labeling.orders import projects
from people.models import User
from tests.browser.people import signed_in
from tests.labeling import house

HOURS_OFF = "const now = Date.now.bind(Date); Date.now = () => now() + {hours} * 3600000;"
FULL = """const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...row) {
    const request = put.apply(this, row);
    this.transaction.abort();
    return request;
};"""
FULL_CACHE = """() => {
    Cache.prototype.put = () =>
        Promise.reject(new DOMException("There is no room.", "QuotaExceededError"));
}"""
IS_SERVED = """async () => {
    await navigator.serviceWorker.ready;
    return navigator.serviceWorker.controller !== null && await caches.has("media");
}"""
POLL_MS, POLLS = 50, 200
SPANS = (
    '<View><Text name="note" value="$note"/><Labels name="names" toName="note">'
    '<Label value="Joy" hotkey="j"/></Labels></View>'
)
PICTURES = (
    '<View><Image name="photo" value="$photo"/><Choices name="digit" toName="photo">'
    '<Choice value="odd"/></Choices></View>'
)
MARKUP = (
    '<View><HyperText name="page" value="$page"/><Choices name="mood" toName="page">'
    '<Choice value="Good"/></Choices></View>'
)
WIDE = f"<pre>{'x' * 300}</pre><table><tr>{'<td>wide</td>' * 40}</tr></table>"
GIVEN_BEFORE = (
    '<View><Text name="note" value="$note"/>'
    '<Choices name="mood" toName="note"><Choice value="Good" selected="true"/>'
    '<Choice value="Bad"/></Choices><TextArea name="again" toName="note" value="$note"/></View>'
)


def opened(config: str, **row: str) -> Project:
    made = house.project(config=config)
    imports.load(made, rows=[row])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    return made


def begin(page: Page, made: Project, *, at: str) -> None:
    signed_in(page, User.objects.create_user("amina"), at=at)
    page.goto(f"/projects/{made.pk}/work/")


def answer(page: Page, choice: str) -> None:
    page.get_by_role("radio", name=choice).check()
    page.get_by_role("button", name="Submit").click()


def until_given(page: Page, count: int) -> None:
    for _ in range(POLLS):
        if Submission.objects.count() >= count:
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"{Submission.objects.count()} answers arrived")


def until_asked(page: Page, asked: list[str]) -> None:
    for _ in range(POLLS):
        if asked:
            break
        page.wait_for_timeout(POLL_MS)
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("hours", [3, -3])
def test_a_clock_that_is_hours_off_keeps_nobody_from_work(
    transactional_db, page: Page, live_server, hours: int
):
    made = house.opened(tasks=2, lease_minutes=15)
    page.add_init_script(HOURS_OFF.format(hours=hours))

    begin(page, made, at=live_server.url)
    page.get_by_role("radio", name="Bad").check()
    page.reload()

    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    expect(page.locator("#lease")).to_contain_text("14:")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("text 1")).to_be_visible()
    until_given(page, 1)


def test_a_task_whose_time_was_over_comes_back_with_what_was_answered(
    transactional_db, page: Page, live_server
):
    made = house.opened(tasks=1, lease_minutes=15)
    page.clock.install()
    begin(page, made, at=live_server.url)
    page.get_by_role("radio", name="Bad").check()
    Assignment.objects.update(leased_until=timezone.now())
    page.clock.fast_forward(16 * 60 * 1000)
    page.clock.run_for(2000)
    expect(page.get_by_text("The time for this task is over")).to_be_visible()

    page.get_by_role("button", name="Get another task").click()

    expect(page.get_by_text("text 0")).to_be_visible()
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    page.get_by_role("button", name="Submit").click()
    page.clock.run_for(2000)
    until_given(page, 1)


def test_what_was_begun_outlives_a_reload_while_no_other_task_is_to_be_had(
    transactional_db, page: Page, live_server
):
    made = house.opened(tasks=1, lease_minutes=15)
    page.clock.install()
    begin(page, made, at=live_server.url)
    page.get_by_role("radio", name="Bad").check()
    Assignment.objects.update(leased_until=timezone.now())
    page.clock.fast_forward(16 * 60 * 1000)
    page.clock.run_for(2000)
    page.route("**/next/**", lambda route: route.abort())
    page.get_by_role("button", name="Get another task").click()
    expect(page.get_by_text("No connection. Your answer is still here.")).to_be_visible()

    page.reload()

    expect(page.get_by_text("text 0")).to_be_visible()
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()


def test_what_was_begun_in_time_can_be_sent_later(transactional_db, page: Page, live_server):
    made = house.opened(tasks=2, lease_minutes=15)
    page.clock.install()
    begin(page, made, at=live_server.url)
    page.get_by_role("radio", name="Bad").check()
    Assignment.objects.update(leased_until=timezone.now())
    slots.expire()
    page.clock.fast_forward(16 * 60 * 1000)
    page.clock.run_for(2000)

    expect(page.get_by_text("If nobody else has taken it")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    page.clock.run_for(2000)
    until_given(page, 1)
    expect(page.get_by_text("text 1")).to_be_visible()


def test_what_is_sent_later_than_another_took_it_is_refused_and_work_goes_on(
    transactional_db, page: Page, live_server
):
    made = house.opened(tasks=2, lease_minutes=15)
    page.clock.install()
    begin(page, made, at=live_server.url)
    page.get_by_role("radio", name="Bad").check()
    Assignment.objects.update(leased_until=timezone.now())
    other = house.labeler()
    assert len(assignments.leases(made.pk, labeler_id=other.pk, count=2)) == 2
    house.load_one(made)
    page.clock.fast_forward(16 * 60 * 1000)
    page.clock.run_for(2000)

    page.get_by_role("button", name="Submit").click()
    page.clock.run_for(2000)

    expect(page.get_by_text("so it was given to others")).to_be_visible()
    expect(page.get_by_text(re.compile("text [0-9]+ more"))).to_be_visible()


def test_a_full_device_keeps_nobody_from_work(transactional_db, page: Page, live_server):
    made = house.opened(tasks=5)
    page.add_init_script(FULL)
    begin(page, made, at=live_server.url)

    for number in range(5):
        expect(page.get_by_text(f"text {number}")).to_be_visible()
        answer(page, "Good")

    expect(page.locator("#nothing")).to_be_visible()
    until_given(page, 5)


def test_a_full_device_promises_nothing_and_asks_before_the_page_is_left(
    transactional_db, page: Page, context: BrowserContext, live_server
):
    made = house.opened(tasks=3)
    page.add_init_script(FULL)
    begin(page, made, at=live_server.url)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("radio", name="Bad").check()
    page.wait_for_function("() => onbeforeunload?.()")
    page.close(run_before_unload=True)
    until_asked(page, asked)
    asked.clear()
    page.route("**/submit/**", lambda route: route.abort())
    for number in range(3):
        expect(page.get_by_text(f"text {number}")).to_be_visible()
        answer(page, "Good")

    expect(page.get_by_text("This device cannot keep your answers")).to_be_visible()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_text(re.compile("safe on this device|waits? on this device"))).to_be_hidden()
    page.close(run_before_unload=True)
    until_asked(page, asked)

    # once they are sent, nothing keeps anybody
    page.unroute("**/submit/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    until_given(page, 3)
    expect(page.locator("#nothing")).to_be_visible()
    page.goto("/earnings/")
    assert asked == ["beforeunload"]


def test_a_full_device_shows_pictures(
    transactional_db, page: Page, context: BrowserContext, live_server
):
    begin(page, opened(PICTURES, photo="/images/digits/7.png"), at=live_server.url)
    picture = page.locator(".stage img")
    expect(picture).to_have_js_property("complete", True)
    for _ in range(POLLS):
        if page.evaluate(IS_SERVED):
            break
        page.wait_for_timeout(POLL_MS)
    context.service_workers[0].evaluate(FULL_CACHE)
    page.evaluate("caches.delete('media')")

    page.reload()

    expect(picture).to_have_js_property("naturalWidth", 128)


def test_what_one_tab_has_answered_the_other_does_not_ask(
    transactional_db, page: Page, context: BrowserContext, live_server
):
    made = house.opened(tasks=3)
    begin(page, made, at=live_server.url)
    other = context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("text 0")).to_be_visible()

    answer(page, "Good")

    expect(other.get_by_text("text 1")).to_be_visible()
    until_given(page, 1)
    answer(other, "Bad")
    expect(page.get_by_text("text 2")).to_be_visible()
    until_given(page, 2)


def test_an_answer_given_after_signing_out_in_another_tab_is_sent_after_signing_in(
    transactional_db, page: Page, context: BrowserContext, live_server
):
    made = house.opened(tasks=2)
    begin(page, made, at=live_server.url)
    expect(page.get_by_text("text 0")).to_be_visible()
    other = context.new_page()
    other.goto("/account/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Label data, get paid")).to_be_visible()

    answer(page, "Good")
    expect(page.get_by_text("1 answer waits on this device")).to_be_visible()
    other.reload()
    signed_in(page, User.objects.get(username="amina"), at=live_server.url)
    page.reload()

    until_given(page, 1)


def test_who_may_not_label_any_more_is_told_so_and_not_to_sign_in(
    transactional_db, page: Page, live_server
):
    begin(page, house.opened(tasks=1), at=live_server.url)
    expect(page.get_by_text("text 0")).to_be_visible()
    User.objects.update(is_labeler=False)

    answer(page, "Good")

    expect(page.locator("#problem")).to_contain_text("This needs the labeler role.")
    expect(page.get_by_role("link", name="Sign in")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in")).to_be_hidden()


def test_scripts_that_do_not_come_are_asked_for_again(transactional_db, page: Page, live_server):
    made = opened(SPANS, note="Ada laughs")
    page.route("**/form/spans*.js", lambda route: route.abort())
    begin(page, made, at=live_server.url)
    expect(page.get_by_text("No connection. Try again.")).to_be_visible()
    page.unroute("**/form/spans*.js")

    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".object-text")).to_have_text("Ada laughs")


def test_what_was_taken_out_stays_out(transactional_db, page: Page, live_server):
    begin(page, opened(GIVEN_BEFORE, note="Ada laughs"), at=live_server.url)
    page.get_by_role("button", name="Clear").click()
    page.locator("textarea").fill("")

    page.reload()

    expect(page.get_by_role("radio", name="Good")).to_be_visible()
    expect(page.get_by_role("radio", name="Good")).not_to_be_checked()
    expect(page.locator("textarea")).to_have_value("")


def test_a_sign_is_marked_like_a_word(transactional_db, page: Page, live_server):
    begin(page, opened(SPANS, note="👩🏽‍🌾 😀!"), at=live_server.url)
    page.locator(".object-text").focus()

    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    until_given(page, 1)

    value = Submission.objects.get().result[0]["value"]
    assert value == {"start": 5, "end": 6, "text": "😀", "labels": ["Joy"]}


def test_wide_markup_leaves_the_page_as_it_is(transactional_db, page: Page, live_server):
    page.set_viewport_size({"width": 320, "height": 640})

    begin(page, opened(MARKUP, page=WIDE), at=live_server.url)

    expect(page.locator(".object-text td").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_labels_of_a_long_text_stay_in_reach(transactional_db, page: Page, live_server):
    begin(page, opened(SPANS, note="Ada laughs. " * 500), at=live_server.url)
    label, bar = page.get_by_role("button", name="Joy"), page.locator(".bar")
    expect(label).to_be_in_viewport()

    page.mouse.wheel(0, 2000)

    page.wait_for_function("scrollY > 1000")
    expect(label).to_be_in_viewport()
    assert label.bounding_box()["y"] < bar.bounding_box()["y"] - 30
