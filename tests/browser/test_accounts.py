"""Joining and signing in, on a phone."""

from playwright.sync_api import Page, expect

from people.models import User


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


def test_pages_fit_the_smallest_phones(page: Page):
    for width in (320, 375):
        page.set_viewport_size({"width": width, "height": 640})
        for path in ("/", "/join/", "/sign-in/"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
