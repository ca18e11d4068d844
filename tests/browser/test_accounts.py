"""Joining and signing in, on a phone."""

from pathlib import Path
from time import monotonic

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from people import departures
from people.models import Departure, User
from tests.labeling import house
from tests.payments import house as bank

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
KEY_MS = 300
SIGN_UP_SECONDS = 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_shines_through_the_skip_link(page: Page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("/join/")
    page.keyboard.press("Tab")

    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    whole = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 18)"}
    expect(link).to_have_css("background-color", whole[scheme])


def test_a_person_joins_sees_the_password_and_takes_a_token(page: Page):
    page.goto("/join/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill("quiet-river-42")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    page.get_by_role("main").get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name="Work for you")).to_be_visible()

    page.get_by_role("link", name="Account").click()
    page.get_by_label("What will use it?").fill("my script")
    page.get_by_role("button", name="New token").click()
    key = page.get_by_label("New token").input_value()

    answer = page.request.get("/api/v1/me/", headers={"Authorization": f"Token {key}"})
    assert answer.json()["pseudonym"] == User.objects.get(username="amina").pseudonym


def test_a_script_that_comes_late_takes_the_password_from_nobody(page: Page):
    held = []
    page.route("**/passwords*.js", lambda route: held.append(route))
    page.goto("/join/", wait_until="commit")
    page.get_by_label("Password").focus()
    page.keyboard.type("quiet-42")
    page.keyboard.press("ArrowLeft")
    while not held:
        page.wait_for_timeout(KEY_MS)
    held[0].continue_()
    expect(page.get_by_role("button", name="Show")).to_be_visible()

    page.keyboard.type("river-")
    expect(page.get_by_label("Password")).to_have_value("quiet-4river-2")


def test_a_beginner_is_at_work_in_under_a_minute(page: Page, transactional_db):
    """On a slow connection and a slow phone, typing with one finger; no mail, no wallet."""
    made = house.opened(tasks=1)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 300, "downloadThroughput": 50_000}
    wire.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 50_000})
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begun = monotonic()

    page.goto("/join/")
    page.get_by_label("Name").press_sequentially("amina", delay=KEY_MS)
    page.get_by_label("Password").press_sequentially("quiet-river-42", delay=KEY_MS)
    page.get_by_role("main").get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name="Work for you")).to_be_visible()
    expect(page.get_by_text(made.title).first).to_be_visible()

    assert monotonic() - begun < SIGN_UP_SECONDS
    assert User.objects.get(username="amina").email == ""


def test_a_person_leaves_and_thinks_again(page: Page, transactional_db):
    user = User.objects.create_user("amina", password="quiet-river-42")
    page.goto("/sign-in/?next=/account/leave/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill("quiet-river-42")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    _pictured(page, "leave")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator("#claim")).to_be_visible()
    _pictured(page, "leaving")

    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Your account stays.")).to_be_visible()
    assert Departure.objects.count() == 0

    code = departures.ask(user).code
    Departure.objects.update(due_at=timezone.now())
    bank.earn(f"person:{user.pk}", 500_000)
    assert departures.carry_out() == 1
    page.goto("/left/")
    _pictured(page, "left")
    page.get_by_label("The code you were given").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What is still yours")).to_be_visible()
    _pictured(page, "owed")
    page.get_by_label("Wallet address").fill("0x90F79bf6EB2c4f870365E785982E1f101E93b906")
    page.get_by_role("button", name="Send me all of it").click()

    expect(page.get_by_text("is on its way.")).to_be_visible()
    assert bank.balance(f"person:{user.pk}", "LEAVING") == 500_000


def _pictured(page: Page, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        page.screenshot(path=FOLDER / f"account-{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.set_viewport_size({"width": 375, "height": 740})


def test_pages_fit_the_smallest_phones(page: Page):
    for width in (320, 375):
        page.set_viewport_size({"width": width, "height": 640})
        for path in ("/", "/join/", "/sign-in/"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
