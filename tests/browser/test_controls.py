"""Every configuration of the set is drawn and answered by mouse, by touch and by keyboard, and the
server takes each answer.

What is drawn is in the git-ignored folder `screenshots/`, to be looked at.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.data import imports
from labeling.models import Submission
from labeling.orders import projects
from people.models import User
from tests.browser import measures
from tests.browser.hands import Finger, Hand, Keys, Mouse
from tests.browser.people import signed_in
from tests.labeling import house

CONFIGS = Path(__file__).resolve().parents[1] / "labeling" / "answers" / "configs"
NAMES = sorted(path.name for path in CONFIGS.iterdir() if path.is_dir())
FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
HANDS: dict[str, type[Hand]] = {"mouse": Mouse, "touch": Finger, "keyboard": Keys}
PERCENT = 1.5  # that a place on an image may be off: a phone's pixels are coarse
SECONDS = 0.06


@pytest.fixture
def equipment() -> dict[str, Any]:
    return {"has_touch": True}


@pytest.mark.parametrize("name", NAMES)
def test_each_hand_gives_the_answer(transactional_db, page: Page, live_server, name: str):
    folder = CONFIGS / name
    config = (folder / "config.xml").read_text()
    wanted = json.loads((folder / "result.json").read_text())
    open_project(config, json.loads((folder / "data.json").read_text()))
    begin(page, at=live_server.url)

    for number, (said, hand) in enumerate(HANDS.items(), start=1):
        expect(page.locator("#task .view").first).to_be_visible()
        used = hand(page, config)
        used.give(wanted)
        page.screenshot(path=FOLDER / f"control-{name}-{said}.png", full_page=True)
        if hand is Finger:
            assert not (wrong := looked_at(page)), wrong
        used.send()
        expect(page.locator("#problem"), said).to_be_hidden()
        expect(page.locator("#sent"), said).to_contain_text(f"{number} sent")
        given = Submission.objects.latest("id").result
        assert not (wrong := unlike(given, wanted)), (said, wrong)

    expect(page.get_by_role("heading", name="Nothing left for you here")).to_be_visible()


def looked_at(page: Page) -> list[str]:
    """What is wrong with what is answered, and with the last mark while it is selected."""
    page.emulate_media(reduced_motion="reduce")
    marks = page.locator("button.region")
    if marks.count():
        marks.last.click()
        wrong = measures.wrong(page)
        marks.last.click()
        return wrong
    return measures.wrong(page)


def open_project(config: str, data: dict[str, Any]) -> None:
    """A task for each hand: the same data, with a number that nobody sees."""
    made = house.project(config=config)
    imports.load(made, rows=[data | {"hand": number} for number in range(len(HANDS))])
    house.fund(made, amount_units=len(HANDS) * made.cost_per_task_units)
    projects.open_tasks(made)


def begin(page: Page, *, at: str) -> None:
    """Somebody has the project's first task before them."""
    signed_in(page, User.objects.create_user("amina"), at=at)
    page.goto(f"/projects/{house.Project.objects.get().pk}/work/")


def unlike(given: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> list[Any]:
    """The regions of either answer that the other does not have, whatever their ids."""
    rest, missing = [without_id(one) for one in given], []
    for one in map(without_id, wanted):
        same = next((other for other in rest if alike(other, one)), None)
        if same is None:
            missing.append(one)
        else:
            rest.remove(same)
    return [*missing, *rest]


def without_id(region: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in region.items() if key != "id"}


def alike(a: Any, b: Any, *, key: str = "") -> bool:
    """The same, but for the last pixel of a place."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key], key=key) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(alike(x, y, key=key) for x, y in zip(a, b, strict=True))
    if key in {"x", "y", "width", "height", "points"}:
        return abs(a - b) <= PERCENT
    if key in {"start", "end"} and isinstance(a, int | float) and not isinstance(b, int):
        return abs(a - b) <= SECONDS
    return bool(a == b)


def test_what_is_chosen_of_a_list_can_be_taken_back(transactional_db, page: Page, live_server):
    folder = CONFIGS / "choices-select"
    data = json.loads((folder / "data.json").read_text())
    open_project((folder / "config.xml").read_text(), data)
    begin(page, at=live_server.url)
    tone = page.get_by_role("combobox", name="tone")
    about = page.locator("fieldset.control", has_text="Price")

    page.get_by_role("combobox", name="language").select_option("en")
    tone.select_option("angry")
    tone.select_option("")
    for words in ("Price", "Quality"):
        about.get_by_role("checkbox", name=words).click()
    expect(about.locator("input:checked")).to_have_count(2)
    about.get_by_role("button", name="Clear").click()
    page.reload()  # what is kept is what is shown
    expect(tone.locator("option:checked")).to_have_text("Choose…")
    page.locator("#submit").click()
    expect(page.locator("#sent")).to_contain_text("1 sent")

    given = Submission.objects.get().result
    assert [one["value"] for one in given] == [{"choices": ["en"]}]
