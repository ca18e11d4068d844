"""Paying in from a wallet of the browser: with a permit in one call, without one in two."""

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from payments import escrow, jobs, money
from payments.chain import signer
from payments.chain import wallet as chain_wallets
from tests.browser.wallets import Wallet
from tests.labeling import house
from tests.people import house as people

pytestmark = pytest.mark.django_db(transaction=True)
READ = """async ([texts, sign]) => {
  const { read } = await import("/static/payments/amounts.js");
  return texts.map((value) => {
    try { return Math.round(Number(read({ value, dataset: { sign } })) * 1000000); }
    catch (error) { if (!/Write/.test(error.message)) throw error; return null; }
  });
}"""
RICH = 6  # of the chain's well-known accounts


@pytest.fixture
def made(transactional_db, chain):
    project = house.project()
    project.owner.set_password(people.PASSWORD)
    project.owner.save(update_fields=["password"])
    chain_wallets.Wallet(RICH).mint(5_000_000)
    return project


def look(page: Page, made) -> None:
    page.goto(f"/sign-in/?next=/money/{made.pk}/")
    page.get_by_label("Name").fill(made.owner.username)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/money/{made.pk}/")


def pay_in(page: Page, made, amount: str) -> None:
    look(page, made)
    page.get_by_label("Amount").first.fill(amount)
    page.get_by_role("button", name="Test wallet").click()


def wallet_of(page: Page) -> Wallet:
    wallet = Wallet(page)
    wallet.keys = [signer.dev_account(RICH)]
    return wallet


def credited(made, mine) -> int:
    mine(2)
    jobs.scan_deposits()
    return escrow.balances(made.purse).get("FUNDS", 0)


def test_one_signature_and_one_call_put_the_money_in(page: Page, made, mine, settings):
    settings.CHAIN_EXPLORER_TX_URL = "https://explorer.example/tx/{hash}"
    wallet = wallet_of(page)

    pay_in(page, made, "1,25")

    expect(page.locator("#deposit-hash")).to_contain_text("0x")
    tx_hash = page.locator("#deposit-hash").inner_text()
    link = f"https://explorer.example/tx/{tx_hash}"
    expect(page.locator("#deposit-tx")).to_have_attribute("href", link)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert wallet.asked.count("eth_signTypedData_v4") == 1
    assert wallet.asked.count("eth_sendTransaction") == 1
    assert credited(made, mine) == 1_250_000


def test_amounts_are_read_as_the_server_reads_them(page: Page, made):
    look(page, made)
    texts = ["12", "1.234", "1,234", "0,123", "1 234,5", "1,234.50", "1.234,50", "12,34,567.50"]
    texts += ["1.2.3", "1,234,567", "-1", "all", "", "5.", "1.0000001", "١٢٫٥", "१२.५", "9" * 13]

    for language, sign in [("en", "."), ("es", ",")]:
        found = page.evaluate(READ, [texts, sign])
        with translation.override(language):
            assert found == [server_reads(text) for text in texts]


def server_reads(text: str) -> int | None:
    try:
        return money.read(text)
    except money.InvalidAmount:
        return None


def test_a_token_without_permits_takes_two_calls(page: Page, made, mine, settings):
    settings.CHAIN_TOKEN_NAME = ""
    wallet = wallet_of(page)

    pay_in(page, made, "0.5")

    expect(page.locator("#deposit-hash")).to_contain_text("0x")
    assert wallet.asked.count("eth_signTypedData_v4") == 0
    assert wallet.asked.count("eth_sendTransaction") == 2
    assert credited(made, mine) == 500_000


@pytest.mark.parametrize("is_contract", [True, False])
def test_a_wallet_that_can_sign_no_permit_takes_two_calls(page: Page, made, mine, is_contract):
    """One that is a contract, whose signature is not a key's, and one that signs nothing typed."""
    wallet = wallet_of(page)
    wallet.is_contract = is_contract
    if not is_contract:
        wallet.lacks.add("eth_signTypedData_v4")

    pay_in(page, made, "0.5")

    expect(page.locator("#deposit-hash")).to_contain_text("0x")
    assert wallet.asked.count("eth_signTypedData_v4") == 1
    assert wallet.asked.count("eth_sendTransaction") == 2
    assert credited(made, mine) == 500_000


def test_who_refuses_in_the_wallet_has_paid_nothing(page: Page, made, mine):
    wallet = wallet_of(page)
    wallet.refuses.add("eth_signTypedData_v4")

    pay_in(page, made, "1")

    expect(page.get_by_text("You refused in the wallet.")).to_be_visible()
    assert "eth_sendTransaction" not in wallet.asked
    assert credited(made, mine) == 0


def test_without_a_wallet_the_addresses_are_there(page: Page, made):
    look(page, made)

    expect(page.locator("#purse")).to_be_visible()
    expect(page.locator("#deposit")).to_be_hidden()
