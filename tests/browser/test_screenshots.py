"""Every page at phone and desktop width, light and dark: it fits, can be read, and be touched.

The pictures are in the git-ignored folder `screenshots/`, to be looked at.
"""

from pathlib import Path

import pytest
from django.urls import get_resolver, resolve
from playwright.sync_api import Page

from people.models import User
from tests.browser import measures, places, states
from tests.browser.people import signed_in
from tests.browser.town import Town

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "screenshots"
PHONE, DESKTOP, SMALLEST = (375, 740), (1280, 800), (320, 640)
DARK = {"offers", "offer", "earnings", "work-choices", "work-spans", "review", "account", "case"}
SHOWN = """() => !document.querySelector("#work-setup")
    || ["task", "nothing", "lost"].includes(document.body.dataset.shown)"""


@pytest.fixture
def town(transactional_db, chain) -> Town:
    return Town()


@pytest.mark.broken_book  # its money was never on the chain
def test_every_page_fits_can_be_read_and_touched(page: Page, town: Town, live_server):
    FOLDER.mkdir(exist_ok=True)
    others = places.others(town)
    pages = places.of(town) | others
    problems, who = [], None

    for name, (person, address) in sorted(pages.items(), key=lambda item: item[1][0]):
        if person != who:
            signed_in(page, User.objects.filter(username=person).first(), at=live_server.url)
            who = person
        wrong = look(page, name, address, is_ours=name not in others)
        problems += [f"{name}: {one}" for one in wrong]

    assert not problems, "\n".join(problems)


@pytest.mark.broken_book  # its money was never on the chain
def test_every_page_fits_in_other_languages(page: Page, town: Town, live_server):
    FOLDER.mkdir(exist_ok=True)
    problems = []

    for language, direction in (("ar", "rtl"), ("uk", "ltr")):
        User.objects.update(language=language)
        spoken = {"name": "django_language", "value": language, "url": live_server.url}
        who = None
        for name, (person, address) in sorted(places.of(town).items(), key=lambda one: one[1][0]):
            if person != who:
                signed_in(page, User.objects.filter(username=person).first(), at=live_server.url)
                who = person
                page.context.add_cookies([spoken])
            wrong = look_at_the_phones(page, f"{name}-{language}", address)
            if page.evaluate("document.dir") != direction:
                wrong.append("is written in the wrong direction")
            problems += [f"{language}, {name}: {one}" for one in wrong]

    assert not problems, "\n".join(problems)


@pytest.mark.broken_book  # its money was never on the chain
def test_every_page_has_a_place(town: Town):
    rooms = ("people.web.urls", "payments.web.urls", "labeling.web.urls", "launcher.urls")
    included = [one for one in get_resolver().url_patterns if hasattr(one, "urlconf_name")]
    named = {
        page.name
        for one in included
        if getattr(one.urlconf_name, "__name__", "") in rooms
        for page in one.url_patterns
    }
    seen = {
        resolve(address.partition("?")[0]).url_name
        for name, (_, address) in places.of(town).items()
        if name != "not-found"
    }

    assert len(named) > 80
    assert named - seen - set(places.NO_PAGES) == set()
    assert set(places.NO_PAGES) - named == set()
    assert set(places.NO_PAGES) & seen == set()


@pytest.mark.broken_book  # its money was never on the chain
def test_what_pages_come_to_fits_can_be_read_and_touched(page: Page, town: Town, live_server):
    FOLDER.mkdir(exist_ok=True)
    page.emulate_media(reduced_motion="reduce")
    resize(page, PHONE)
    problems, seen = [], set()

    for person, story in states.STORIES:
        signed_in(page, User.objects.filter(username=person).first(), at=live_server.url)
        for name in story(page, town):
            seen.add(name)
            problems += [f"{name}: {one}" for one in measures.wrong(page)]
            page.screenshot(path=FOLDER / f"then-{name}-375.png", full_page=True)

    assert not problems, "\n".join(problems)
    assert len(seen) >= 20


def look_at_the_phones(page: Page, name: str, address: str) -> list[str]:
    """What is cut off or too small for a finger on phones; from right to left
    a picture is in FOLDER."""
    resize(page, PHONE)
    page.goto(address)
    page.wait_for_function(SHOWN)
    wrong = measures.stick_out(page) + measures.small_targets(page)
    if page.evaluate("document.dir") == "rtl":  # else the words alone are others
        page.screenshot(path=FOLDER / f"{name}-375.png", full_page=True)
    resize(page, SMALLEST)
    return wrong + measures.stick_out(page)


def look(page: Page, name: str, address: str, *, is_ours: bool) -> list[str]:
    """What is wrong with the page; its pictures are in FOLDER."""
    page.emulate_media(reduced_motion="reduce")  # colours change at once
    resize(page, PHONE)
    page.goto(address)
    page.wait_for_function(SHOWN)
    wrong = measures.stick_out(page)
    page.screenshot(path=FOLDER / f"{name}-375.png", full_page=True)
    if is_ours:
        wrong += measures.axe(page) + measures.small_targets(page)
        wrong += look_in_the_dark(page, name)
        resize(page, SMALLEST)
        wrong += measures.stick_out(page)
    resize(page, DESKTOP)
    wrong += measures.stick_out(page)
    page.screenshot(path=FOLDER / f"{name}-1280.png", full_page=True)
    return wrong


def look_in_the_dark(page: Page, name: str) -> list[str]:
    """What cannot be read there."""
    with measures.dark(page):
        if name in DARK:
            page.screenshot(path=FOLDER / f"{name}-375-dark.png", full_page=True)
        return [f"dark {one}" for one in measures.axe(page, only=["color-contrast"])]


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
