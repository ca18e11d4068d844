"""What pages come to when somebody does something on them: refused, marked, told, half way through.

A story is what one person does; it gives a name whenever the page is to be looked at.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from tests.browser.town import Town
from tests.people import house as people

Story = Callable[[Page, Town], Iterator[str]]
SEND = "(form) => { form.noValidate = true; form.requestSubmit(); }"
ERROR_PAGES: dict[str, dict[str, Any]] = {
    "400": {},
    "403": {},
    "403_csrf": {"back": "/"},
    "500": {},
}


def answers_nothing(page: Page, town: Town) -> Iterator[str]:
    page.goto(f"/projects/{town.moods.pk}/work/")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#problem")).to_be_visible()
    yield "work-refused"
    page.get_by_text("Something is wrong with this task").click()
    page.get_by_text("Instructions", exact=True).click()
    yield "work-report"


def marks_words(page: Page, town: Town) -> Iterator[str]:
    page.goto(f"/projects/{town.others['spans'].pk}/work/")
    page.locator(".object-text").focus()
    for key in ("Home", "Control+Shift+ArrowRight", "1"):
        page.keyboard.press(key)
    page.locator("button.region").click()
    page.get_by_text("How to mark").click()
    yield "work-spans-marked"


def draws_a_box(page: Page, town: Town) -> Iterator[str]:
    page.goto(f"/projects/{town.others['boxes'].pk}/work/")
    page.get_by_role("button", name="Box").click()
    page.locator(".stage").focus()
    for key in ("Space", *["Shift+ArrowRight"] * 3, *["Shift+ArrowDown"] * 3, "Space"):
        page.keyboard.press(key)
    page.locator("button.region").click()
    expect(page.locator(".handle").first).to_be_visible()
    yield "work-boxes-marked"


def practises(page: Page, town: Town) -> Iterator[str]:
    page.goto(f"/projects/{town.moods.pk}/practice/")
    check = page.locator("#submit")
    check.click()
    expect(page.locator("#problem")).to_be_visible()
    yield "practice-refused"
    for choice, name in (("Bad", "practice-wrong"), ("Good", "practice-right")):
        page.locator("#task").get_by_role("radio", name=choice).check()
        check.click()
        expect(page.locator("#feedback")).to_be_visible()
        yield name
        if choice == "Bad":
            page.get_by_role("button", name="Try again").click()
    for _ in town.moods.examples.all()[1:]:
        check.click()
        page.locator("#task").get_by_role("radio", name="Good").check()
        check.click()
        expect(page.locator("#feedback")).to_be_visible()
    check.click()
    expect(page.locator("#end")).to_be_visible()
    yield "practice-end"


def of_forms(*names: str) -> Story:
    """The forms at these addresses are sent empty."""

    def sends_nothing(page: Page, town: Town) -> Iterator[str]:
        for name in names:
            page.goto(reverse(name))
            page.locator("main form:has(.field)").first.evaluate(SEND)
            expect(page.get_by_role("main").get_by_role("alert").first).to_be_visible()
            yield f"{name}-refused"

    return sends_nothing


def appeals_without_a_word(page: Page, town: Town) -> Iterator[str]:
    page.goto(f"/cases/{town.standing.pk}/")
    page.locator("main form:has(textarea)").first.evaluate(SEND)
    expect(page.get_by_role("main").get_by_role("alert").first).to_be_visible()
    yield "case-refused"


def signs_in_twice(page: Page, town: Town) -> Iterator[str]:
    people.with_app(people.joined("tula"))
    page.goto("/sign-in/")
    for password, name in (("wrong", "sign-in-wrong"), (people.PASSWORD, "second-step")):
        page.get_by_label("Name").fill("tula")
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in").first.click()
        if password == "wrong":
            expect(page.get_by_role("alert").first).to_be_visible()
        else:
            expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        yield name
    page.locator("main form:has(.field)").first.evaluate(SEND)
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "second-step-wrong"


def goes_where_it_goes_wrong(page: Page, town: Town) -> Iterator[str]:
    request = RequestFactory().get("/")
    request.user = town.amina
    for name, context in ERROR_PAGES.items():
        body = render_to_string(f"{name}.html", context, request=request)

        def fulfil(route: Route, body: str = body) -> None:
            route.fulfill(body=body, content_type="text/html")

        page.route("**/wrong/", fulfil)
        page.goto("/wrong/")
        page.unroute("**/wrong/")
        yield f"error-{name}"


STORIES: list[tuple[str, Story]] = [
    ("nil", answers_nothing),
    ("nil", marks_words),
    ("nil", draws_a_box),
    ("amina", practises),
    ("amina", appeals_without_a_word),
    ("amina", goes_where_it_goes_wrong),
    ("root", of_forms("password", "wallet", "mail")),
    ("", of_forms("join", "sign-in", "forgotten")),
    ("", signs_in_twice),
]
