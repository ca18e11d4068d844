"""A labeler on a phone: joins, labels, asks for a payout, sees the transfer on the chain."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.data import imports
from labeling.judging import quality
from labeling.models import Project, Submission
from labeling.orders import projects
from payments import jobs, purses
from payments.chain import client
from payments.chain.wallet import Wallet
from payments.models import Payout
from people.models import User
from tests.browser.wires import Wire

CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text" required="true">'
    '<Choice value="Good"/><Choice value="Bad"/></Choices>'
    '<TextArea name="why" toName="text"/><Rating name="sure" toName="text" maxRating="5"/></View>'
)
TASKS, PRICE_UNITS = 3, 50_000


@pytest.fixture
def equipment(wire: Wire) -> dict[str, Any]:
    return {"base_url": wire.url}


@pytest.fixture
def project(transactional_db, chain) -> Project:
    """An open project with three tasks, funded on the chain."""
    owner = User.objects.create_user("requester", is_requester=True)
    made = projects.create(owner, title="Moods", config=CONFIG, price_units=PRICE_UNITS)
    imports.load(made, rows=[{"text": f"A day, number {number}."} for number in range(TASKS)])
    units = TASKS * made.cost_per_task_units
    wallet = Wallet(2)
    wallet.mint(units)
    wallet.deposit(purses.onchain(made.purse_id), units)
    chain.mine(2)
    jobs.scan_deposits()
    return projects.open_tasks(made).project


def join(page: Page) -> None:
    page.get_by_role("link", name="Moods").click()
    page.get_by_role("button", name="Join and start").click()
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill("quiet-river-42")
    page.get_by_role("main").get_by_role("button", name="Join", exact=True).click()


POLL_MS, POLLS = 50, 200


def sent(page: Page, count: int) -> None:
    expect(page.locator("#sent")).to_contain_text(f"{count} sent")


def test_a_labeler_earns_and_is_paid(page: Page, project: Project, chain):
    page.goto("/")
    join(page)

    # by touch, with every control
    expect(page.get_by_text("A day, number 0.")).to_be_visible()
    page.get_by_role("radio", name="Good").check()
    page.get_by_label("why").fill("The sun shines.")
    page.get_by_role("radio", name="4 of 5").check()
    page.get_by_role("button", name="Submit").click()
    sent(page, 1)
    # by keyboard alone
    expect(page.get_by_text("A day, number 1.")).to_be_visible()
    page.get_by_role("radio", name="Bad").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    sent(page, 2)
    # without an answer it says what is missing
    expect(page.get_by_text("A day, number 2.")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer first")
    page.get_by_role("radio", name="Good").check()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Nothing left for you here")).to_be_visible()

    first = Submission.objects.order_by("id")[0].result
    assert [region["value"] for region in first] == [
        {"choices": ["Good"]},
        {"text": ["The sun shines."]},
        {"rating": 4},
    ]

    quality.judge()
    take_out(page, chain)


def take_out(page: Page, chain) -> None:
    """All of it, to a wallet, with the transfer's hash on the page."""
    address = Wallet(10).address
    page.get_by_role("link", name="Earnings", exact=True).click()
    expect(page.locator("#earned")).to_have_text("0.15 tUSD")
    page.get_by_label("Amount").fill("0.15")
    page.get_by_label("Wallet address").fill(address)
    page.get_by_role("button", name="Pay out").click()
    expect(page.get_by_text("Waiting for the next batch")).to_be_visible()
    expect(page.locator("#leaving")).to_have_text("0.15 tUSD")

    for _ in range(3):
        jobs.pump_payouts()
        chain.mine(2)
    page.reload()

    tx_hash = Payout.objects.get().tx_hash
    expect(page.get_by_text("Arrived in your wallet")).to_be_visible()
    expect(page.locator("#payouts .tx-hash")).to_have_text(tx_hash)
    expect(page.locator("#paid")).to_have_text("0.15 tUSD")
    assert re.fullmatch("0x[0-9a-f]{64}", tx_hash)
    assert client.receipt(tx_hash)["status"] == 1
    assert Wallet.token_balance(address) == 3 * PRICE_UNITS


def test_an_answer_survives_a_reload_and_a_lost_connection(
    page: Page, offline: Callable[[bool], None], project: Project
):
    page.goto("/")
    join(page)
    page.get_by_label("why").fill("Half a thought")
    page.get_by_role("radio", name="Good").check()

    page.reload()

    expect(page.get_by_label("why")).to_have_value("Half a thought")
    expect(page.get_by_role("radio", name="Good")).to_be_checked()
    offline(True)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("1 answer waits on this device")).to_be_visible()
    expect(page.get_by_text("A day, number 1.")).to_be_visible()
    assert not Submission.objects.exists()

    offline(False)
    page.reload()
    for _ in range(POLLS):  # by the page, or by its service worker
        if Submission.objects.exists():
            break
        page.wait_for_timeout(POLL_MS)
    expect(page.get_by_text("A day, number 1.")).to_be_visible()
    expect(page.get_by_text("1 answer waits on this device")).to_be_hidden()
    assert json.dumps(Submission.objects.get().result).count("Half a thought") == 1


def test_a_task_can_be_skipped(page: Page, project: Project):
    page.goto("/")
    join(page)
    expect(page.get_by_text("A day, number 0.")).to_be_visible()

    page.get_by_role("button", name="Skip").click()

    expect(page.get_by_text("A day, number 1.")).to_be_visible()
    assert not Submission.objects.exists()
