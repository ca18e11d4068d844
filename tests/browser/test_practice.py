"""Practice, in a real browser: a wrong try, a right one, by touch and by key."""

from playwright.sync_api import Page, expect

from labeling.models import Submission
from tests.browser.people import signed_in
from tests.labeling import house

EXAMPLES = [
    {"data": {"text": "What a day!"}, "result": house.answer("Good"), "why": "It cheers."},
    {"data": {"text": "It broke."}, "result": house.answer("Bad"), "why": "It is sad."},
]


def test_a_person_tries_errs_tries_again_and_goes_to_work(
    page: Page, transactional_db, live_server
):
    made = house.opened(examples=EXAMPLES)
    signed_in(page, house.labeler(), at=live_server.url)

    page.goto(f"/projects/{made.pk}/practice/")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("radio", name="Bad").first.check()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Not quite")).to_be_visible()
    expect(page.get_by_text("It cheers.")).to_be_visible()
    expect(page.locator("#right-form input:checked")).to_have_value("Good")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("radio", name="Good").first.check()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next").click()

    expect(page.get_by_role("button", name="Check")).to_be_visible()
    page.get_by_role("button", name="Check").focus()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 2 were right at the first try.")).to_be_visible()
    page.get_by_role("button", name="Start the work").click()

    expect(page.locator("#task")).to_contain_text("text 0")
    assert not Submission.objects.exists()


def test_without_connection_it_says_so(page: Page, transactional_db, live_server):
    made = house.opened(examples=EXAMPLES)
    signed_in(page, house.labeler(), at=live_server.url)
    page.goto(f"/projects/{made.pk}/practice/")
    page.get_by_role("radio", name="Bad").first.check()
    page.route("**/api/**", lambda route: route.abort())

    page.get_by_role("button", name="Check").click()

    expect(page.get_by_text("No connection. Try again.")).to_be_visible()
