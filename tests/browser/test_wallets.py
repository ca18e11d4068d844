"""Wallets on a phone: connected, refused, switched; made on the device; and signing in with one."""

import json

import pytest
from eth_account import Account as Key
from playwright.sync_api import Page, expect

from payments import wallets as named
from people import confirmations, wallets
from people.models import ProvedWallet, User
from tests.browser import measures
from tests.browser.wallets import Wallet
from tests.people import house

MAKING_MS = 60_000
PASTED = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"


@pytest.fixture
def amina(transactional_db) -> User:
    return house.joined("amina")


def sign_in(page: Page, goal: str) -> None:
    page.goto(f"/sign-in/?next={goal}")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(house.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{goal}")


def connect(page: Page) -> None:
    page.get_by_role("button", name="Test wallet").click()


def test_a_wallet_is_connected_and_named_for_pay(page: Page, amina: User):
    wallet = Wallet(page)
    sign_in(page, "/wallet/")
    page.get_by_role("button", name="Connect a wallet").click()

    connect(page)
    expect(page.locator("#connected-address")).to_have_text(wallet.address)
    page.get_by_role("button", name="Pay me here").click()
    said = page.get_by_text("Your pay goes there.")
    expect(said).to_be_visible()
    expect(said).not_to_have_class("wrong")
    page.get_by_role("button", name="Done").click()

    expect(page.locator("#paid-to-now")).to_have_text(wallet.address)
    assert amina.wallets.get().address == wallet.address
    assert named.used(f"person:{amina.pk}").address == wallet.address


@pytest.mark.parametrize("width", [320, 375])
def test_an_address_is_seen_to_its_end_on_a_phone_right_or_wrong(
    page: Page, amina: User, width: int
):
    page.set_viewport_size({"width": width, "height": 640})
    sign_in(page, "/earnings/wallet/")
    field = page.get_by_label("Wallet address")

    for address in (PASTED, PASTED[:-1] + "7"):
        field.fill(address)
        assert field.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    page.get_by_role("button", name="Save").click()

    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_another_wallet_says_from_when_on_it_counts(page: Page, amina: User, settings):
    named.name(f"person:{amina.pk}", PASTED)
    settings.STIPEND_WALLET_HOLD_SECONDS = 3600
    Wallet(page)
    sign_in(page, "/wallet/connect/")
    connect(page)

    page.get_by_role("button", name="Pay me here").click()

    expect(page.get_by_text("For your safety your pay goes there only from")).to_be_visible()
    assert named.used(f"person:{amina.pk}").address == PASTED


def test_an_old_wallet_is_found_as_well(page: Page, amina: User):
    wallet = Wallet(page, is_old=True)
    sign_in(page, "/wallet/connect/")

    page.get_by_role("button", name="Wallet in this browser").click()

    expect(page.locator("#connected-address")).to_have_text(wallet.address)


def test_without_a_wallet_the_page_says_so(page: Page, amina: User):
    sign_in(page, "/wallet/connect/")

    expect(page.get_by_text("There is no wallet in this browser.")).to_be_visible()


@pytest.mark.parametrize("method", ["eth_requestAccounts", "personal_sign"])
def test_who_refuses_in_the_wallet_can_try_again(page: Page, amina: User, method: str):
    wallet = Wallet(page)
    wallet.refuses = {method}
    sign_in(page, "/wallet/connect/")

    connect(page)
    expect(page.get_by_text("You refused in the wallet. Nothing was signed.")).to_be_visible()
    assert amina.wallets.count() == 0
    wallet.refuses = set()
    connect(page)

    expect(page.locator("#connected-address")).to_have_text(wallet.address)


def test_a_wallet_on_another_network_is_told_so_and_switched(page: Page, amina: User):
    wallet = Wallet(page, chain_id=1)
    sign_in(page, "/wallet/connect/")

    connect(page)
    expect(page.get_by_text("Your wallet shows another network.")).to_be_visible()
    wallet.refuses = {"wallet_switchEthereumChain"}
    page.get_by_role("button", name="Switch the network").click()
    expect(page.get_by_text("You refused in the wallet.")).to_be_visible()
    wallet.refuses, wallet.knows_networks = set(), False
    page.get_by_role("button", name="Switch the network").click()
    expect(page.get_by_text("The wallet does not know this network yet.")).to_be_visible()
    wallet.knows_networks = True
    page.get_by_role("button", name="Switch the network").click()

    expect(page.locator("#other-network")).to_be_hidden()
    assert wallet.chain_id == 31337
    assert amina.wallets.count() == 1


def test_an_account_that_is_switched_while_signing_is_noticed(page: Page, amina: User):
    wallet = Wallet(page)
    wallet.switches_when_signing = True
    sign_in(page, "/wallet/connect/")

    connect(page)

    expect(page.get_by_text("The account was switched in the wallet.")).to_be_visible()
    assert amina.wallets.count() == 0


def test_an_account_that_is_switched_later_takes_the_page_with_it(page: Page, amina: User):
    wallet = Wallet(page)
    sign_in(page, "/wallet/connect/")
    connect(page)
    expect(page.locator("#connected")).to_be_visible()

    wallet.switch(9)
    expect(page.locator("#connected")).to_be_hidden()
    connect(page)

    expect(page.locator("#connected-address")).to_have_text(house.key(9).address)
    assert amina.wallets.count() == 2


def test_a_person_joins_signs_in_and_confirms_with_a_wallet(page: Page, transactional_db):
    wallet = Wallet(page)
    page.goto("/join/")
    page.get_by_label("Name").fill("amina")
    page.get_by_role("button", name="Join with a wallet").click()
    expect(page.get_by_role("heading", name="Work for you")).to_be_visible()

    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/?next=/account/")
    page.get_by_role("button", name="Use a wallet").click()
    expect(page.get_by_role("heading", name="amina")).to_be_visible()
    page.goto("/account/confirm/?next=/wallet/")
    page.get_by_role("button", name="Use a wallet").click()

    page.wait_for_url("**/wallet/")
    assert ProvedWallet.objects.get().address == wallet.address
    assert not User.objects.get().has_usable_password()


def test_an_unknown_wallet_signs_nobody_in(page: Page, transactional_db):
    Wallet(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Use a wallet").click()

    expect(page.get_by_text("No account has this wallet yet.")).to_be_visible()


def test_a_wallet_is_made_on_the_device_and_never_sent(page: Page, amina: User):
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, "/wallet/new/")

    page.get_by_label("A password for the file").fill("a file of my own")
    page.get_by_role("button", name="Make my wallet").click()
    expect(page.get_by_role("heading", name="Write down these twelve words")).to_be_visible(
        timeout=MAKING_MS
    )
    words = page.locator("#words li").all_inner_texts()
    assert measures.wrong(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the file").click()
    keystore = json.loads(saved.value.path().read_text())
    page.get_by_role("button", name="I have written them down").click()
    expect(page.locator("#words li")).to_have_count(0)

    numbers = [
        int(text.split()[-1]) for text in page.locator("#step-check label").all_inner_texts()
    ]
    fields = page.locator("#step-check input")
    fields.nth(0).fill("wrong")
    fields.nth(1).fill("words")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("That is not right.")).to_be_visible()
    assert measures.wrong(page) == []
    for index, number in enumerate(numbers):
        fields.nth(index).fill(words[number - 1].upper())
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Your wallet is ready")).to_be_visible()
    assert measures.wrong(page) == []
    page.get_by_role("button", name="Pay me here").click()
    expect(page.get_by_role("button", name="Pay me here")).to_be_hidden()

    Key.enable_unaudited_hdwallet_features()
    address = Key.from_mnemonic(" ".join(words)).address
    assert len(words) == 12
    assert page.locator("#address").inner_text() == address
    assert keystore["version"] == 3
    assert set(keystore) == {"address", "crypto", "id", "version", "x-ethers"}
    assert keystore["crypto"]["kdfparams"]["n"] == 32_768
    opened = Key.from_key(Key.decrypt(keystore, "a file of my own"))
    assert opened.address == address
    assert amina.wallets.get().address == address
    assert named.used(f"person:{amina.pk}").address == address
    secrets = {" ".join(words), opened.key.hex(), "a file of my own"}
    assert not [one for one in sent if any(secret in one for secret in secrets)]
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_who_took_long_to_write_the_words_down_keeps_the_wallet(
    page: Page, amina: User, monkeypatch
):
    sign_in(page, "/wallet/new/")
    page.get_by_label("A password for the file").fill("a file of my own")
    page.get_by_role("button", name="Make my wallet").click()
    page.get_by_role("heading", name="Write down").wait_for(timeout=MAKING_MS)
    words = page.locator("#words li").all_inner_texts()
    page.get_by_role("button", name="I have written them down").click()
    labels, fields = (page.locator(f"#step-check {one}").all() for one in ("label", "input"))
    for label, field in zip(labels, fields, strict=True):
        field.fill(words[int(label.inner_text().split()[-1]) - 1])
    monkeypatch.setattr(confirmations, "FRESH_SECONDS", 0)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("press “Check” once more")).to_be_visible()
    monkeypatch.setattr(confirmations, "FRESH_SECONDS", 900)
    assert amina.wallets.count() == 0

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Show that it is you").click()
    opened.value.get_by_label("Password").fill(house.PASSWORD)
    opened.value.get_by_role("button", name="Go on").first.click()
    opened.value.wait_for_url("**/wallet/")
    page.get_by_role("button", name="Check").click()

    expect(page.get_by_role("heading", name="Your wallet is ready")).to_be_visible()
    Key.enable_unaudited_hdwallet_features()
    assert amina.wallets.get().address == Key.from_mnemonic(" ".join(words)).address


def test_wallets_are_listed_and_removed(page: Page, amina: User):
    wallets.keep(amina, house.key(7).address)
    sign_in(page, "/wallet/")

    page.get_by_role("button", name="Remove").click()

    expect(page.get_by_text("no longer a way to sign in")).to_be_visible()
    assert amina.wallets.count() == 0


def test_an_address_is_pasted(page: Page, amina: User):
    sign_in(page, "/wallet/")

    page.get_by_label("Wallet address").fill(house.key(7).address)
    page.get_by_role("button", name="Use this address").click()

    expect(page.get_by_text("Payouts go to this wallet now.")).to_be_visible()
    assert named.used(f"person:{amina.pk}").address == house.key(7).address


@pytest.mark.parametrize("around", ["{}5", "{}", " {} "])
def test_a_digit_too_many_is_no_other_address_and_a_space_does_no_harm(
    page: Page, amina: User, around: str
):
    sign_in(page, "/wallet/")
    page.get_by_label("Wallet address").click()
    page.keyboard.insert_text(around.format(PASTED.lower()))
    page.get_by_role("button", name="Use this address").click()

    page.wait_for_url("**/earnings/wallet/")
    used = named.used(f"person:{amina.pk}")
    if "5" in around:
        expect(page.get_by_text("has 40 digits after it")).to_be_visible()
        assert used is None
    else:
        expect(page.get_by_text("Payouts go to this wallet now.")).to_be_visible()
        assert used.address == PASTED
