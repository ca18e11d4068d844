"""Notices in a browser: counted in the head of the page, opened, marked, and no more mails."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from people import choices, notices
from people.models import User
from tests.people import house

AMOUNT = "1.50\u00a0tUSD"


@pytest.fixture
def ana(transactional_db) -> User:
    """Somebody who was paid twice and has not read of it."""
    user = house.joined()
    for number in range(2):
        facts = {"amount": "1.50", "address": "0x" + "a" * 40, "path": "/earnings/"}
        notices.tell(f"person:{user.pk}", "paid", facts, key=f"payout:{number}")
    return user


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(house.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def test_what_is_new_is_counted_opened_and_marked(page: Page, ana: User):
    sign_in(page)
    page.get_by_role("link", name="2 new notices").click()
    expect(page.get_by_text(f"{AMOUNT} arrived in your wallet")).to_have_count(2)

    page.get_by_role("button", name="Mark as read").first.click()
    expect(page.get_by_role("link", name="1 new notice")).to_be_visible()
    page.get_by_role("link", name="Receipt").first.click()
    page.wait_for_url("**/earnings/")

    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    assert notices.unread_count(ana) == 0


def test_a_mails_link_needs_one_press_and_no_sign_in(page: Page, ana: User):
    page.goto(f"/notices/off/{choices.token(ana, 'paid')}/")

    page.get_by_role("button", name="No more mails like this").click()

    expect(page.get_by_text("You get no more mails of this kind: Money arrived.")).to_be_visible()
    ana.refresh_from_db()
    assert ana.muted == ["mail:paid"]


def test_choices_are_kept(page: Page, ana: User):
    User.objects.update(email="ana@example.org", mail_proved_at=timezone.now())
    sign_in(page)
    page.goto("/account/notices/choices/")

    page.get_by_role("group", name="Work accepted").get_by_label("By mail, once a day").uncheck()
    page.get_by_role("button", name="Save").click()

    box = page.get_by_role("group", name="Work accepted").get_by_label("By mail, once a day")
    expect(box).not_to_be_checked()
    expect(page.get_by_role("group", name="Another wallet").get_by_role("checkbox")).to_have_count(
        0
    )
