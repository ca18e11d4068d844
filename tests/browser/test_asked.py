"""What a page asks is what the server asks: nobody is refused for what they could not see."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.data import imports
from labeling.models import Submission
from labeling.orders import projects
from people.models import User
from tests.browser.people import signed_in
from tests.labeling import house

POLL_MS, POLLS = 50, 200
TEXT = '<Text name="t" value="$text"/>'
SPOKEN = (
    '<Choices name="kind" toName="t"><Choice value="Yes, it is" alias="yes"/>'
    '<Choice value="Perhaps" alias="may"/><Choice value="No" alias="no"/></Choices>'
)
WHY = '<TextArea name="why" toName="t" required="true"/>'
WHEN = 'visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue'
CHAIN = (
    f"<View>{TEXT}{SPOKEN}"
    '<View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="yes">'
    '<Choices name="sort" toName="t"><Choice value="scam"/><Choice value="joke"/></Choices></View>'
    '<View visibleWhen="choice-selected" whenTagName="sort" whenChoiceValue="scam">'
    f"{WHY}</View></View>"
)
CYRILLIC = """(pressed) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { ...pressed, bubbles: true, cancelable: true }))"""
MARKS = '<Labels name="l" toName="t"><Label value="A person" alias="per" hotkey="p"/></Labels>'
HIDDEN_MARKS = (
    f"<View>{SPOKEN}{TEXT}"
    '<View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="yes">'
    f"{MARKS}</View></View>"
)
BESIDE_A_REGION = (
    f"<View>{MARKS}{TEXT}"
    '<View visibleWhen="region-selected" whenLabelValue="A person">'
    '<Choices name="sure" toName="t" required="true"><Choice value="sure"/></Choices></View></View>'
)


def begin(page: Page, config: str, *, at: str) -> None:
    made = house.project(config=config)
    imports.load(made, rows=[{"text": "Ada met Ben"}])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    signed_in(page, User.objects.create_user("amina"), at=at)
    page.goto(f"/projects/{made.pk}/work/")


def sent(page: Page) -> dict[str, Any]:
    """The answer as the server took it, by control."""
    page.get_by_role("button", name="Submit").click()
    for _ in range(POLLS):
        if Submission.objects.exists():
            return {one["from_name"]: one["value"] for one in Submission.objects.get().result}
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(page.locator("#problem").inner_text())


@pytest.mark.parametrize("written", ["yes", "Yes, it is", "may, yes", "Perhaps , yes"])
def test_a_choice_is_meant_by_its_words_or_its_alias(
    transactional_db, page: Page, live_server, written: str
):
    config = f'<View>{TEXT}{SPOKEN}<View {WHEN}="{written}">{WHY}</View></View>'
    begin(page, config, at=live_server.url)
    expect(page.get_by_role("radio", name="Yes, it is")).to_be_visible()
    expect(page.locator("textarea")).to_be_hidden()

    page.get_by_role("radio", name="Yes, it is").check()
    page.locator("textarea").fill("It is.")

    assert sent(page) == {"kind": {"choices": ["yes"]}, "why": {"text": ["It is."]}}


def test_what_hangs_on_something_hidden_is_hidden(transactional_db, page: Page, live_server):
    begin(page, CHAIN, at=live_server.url)
    page.get_by_role("radio", name="Yes, it is").check()
    page.get_by_role("radio", name="scam").check()
    page.locator("textarea").fill("It asks for money.")

    page.get_by_role("radio", name="No").check()

    expect(page.locator("textarea")).to_be_hidden()
    assert sent(page) == {"kind": {"choices": ["no"]}}


def test_marks_go_with_the_labels_that_are_asked(transactional_db, page: Page, live_server):
    begin(page, HIDDEN_MARKS, at=live_server.url)
    page.get_by_role("radio", name="Yes, it is").check()
    page.locator(".object-text").focus()
    page.keyboard.press("Home")
    page.keyboard.press("p")
    expect(page.locator("button.region")).to_have_count(1)

    page.get_by_role("radio", name="No").check()

    assert sent(page) == {"kind": {"choices": ["no"]}}


def test_what_is_seen_beside_a_region_is_sent_and_not_required(
    transactional_db, page: Page, live_server
):
    begin(page, BESIDE_A_REGION, at=live_server.url)
    page.locator(".object-text").focus()
    page.keyboard.press("Home")
    page.keyboard.press("p")
    page.locator("button.region").click()
    page.get_by_role("radio", name="sure").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("radio", name="sure")).to_be_hidden()

    given = sent(page)

    assert given["sure"] == {"choices": ["sure"]}
    assert given["l"]["labels"] == ["per"]


def test_a_key_is_the_letter_on_it_whatever_script_it_writes(
    transactional_db, page: Page, live_server
):
    begin(page, f"<View>{TEXT}{MARKS}</View>", at=live_server.url)
    page.locator(".object-text").focus()
    page.keyboard.press("Home")

    page.evaluate(CYRILLIC, {"key": "з", "code": "KeyP"})
    expect(page.locator("button.region")).to_have_count(1)
    page.evaluate(CYRILLIC, {"key": "я", "code": "KeyZ", "ctrlKey": True})
    expect(page.locator("button.region")).to_have_count(0)


def test_a_hotkey_is_the_key_of_who_names_it(transactional_db, page: Page, live_server):
    choices = (
        '<Choice value="a"/><Choice value="The first" hotkey="a"/><Choice value="Idea" hotkey="i"/>'
        '<Choice value="Zeal" hotkey="Z"/><Choice value="Tab" hotkey="ctrl+1"/>'
    )
    config = (
        f'<View>{TEXT}<Choices name="c" toName="t" choice="multiple">{choices}</Choices></View>'
    )
    begin(page, config, at=live_server.url)
    keys = page.locator("input[aria-keyshortcuts]")
    expect(keys).to_have_count(5)
    assert [one.get_attribute("aria-keyshortcuts") for one in keys.all()] == [*"1aiz2"]

    for key in "aiz":
        page.keyboard.press(key)

    assert sent(page) == {"c": {"choices": ["The first", "Idea", "Zeal"]}}


def test_what_is_wrong_with_a_number_is_said_in_the_readers_language(
    transactional_db, page: Page, live_server
):
    config = (
        f'<View>{TEXT}<Number name="n" toName="t" min="1.5" max="2000" step="0.5"/>'
        '<Number name="s" toName="t" min="0" max="1" step="0.0125" slider="true"/>'
        '<DateTime name="d" toName="t" only="date" min="2020-01-01"/></View>'
    )
    begin(page, config, at=live_server.url)
    User.objects.update(language="fr")
    page.context.add_cookies([{"name": "django_language", "value": "fr", "url": live_server.url}])
    page.reload()
    number, day = page.locator("[name=control-n]"), page.locator("[name=control-d-date]")
    problem = page.locator("#problem-text")
    expect(number).to_be_visible()

    for typed, said in (
        ("1", "Au moins 1,5."),
        ("2001", "Au plus 2\u202f000."),
        ("1.7", "Par pas de 0,5 à partir de 1,5."),
        ("1e", "Ce n’est pas un nombre."),
    ):
        number.fill("")
        number.press_sequentially(typed)
        page.locator("#submit").click()
        expect(problem).to_have_text(said)
    number.fill("1.5")
    day.fill("2019-12-31")
    page.locator("#submit").click()
    expect(problem).to_have_text("Pas avant le 2020-01-01.")
    page.locator("[name=control-s]").press("ArrowRight")
    page.locator("[name=control-s]").fill("0.0125")

    expect(page.locator("output:visible")).to_have_text("0,0125")
