"""The page /earnings/."""

import re

import pytest
from django.test import Client

from payments import escrow, pauses
from payments.models import Network, Payout
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
KEY = "3f0a2a56-0d39-4a0e-9f7b-8f4f6c3a1d11"


@pytest.fixture
def person(client):
    user = User.objects.create_user("ana")
    client.force_login(user)
    return f"person:{user.pk}"


def form(**changes):
    return {"amount": "0.20", "address": WALLET, "key": KEY, **changes}


def test_a_stranger_signs_in_first(client):
    assert client.get("/earnings/").headers["Location"] == "/sign-in/?next=/earnings/"


def test_a_newcomer_is_told_what_comes(client, person):
    page = client.get("/earnings/").content.decode()

    assert "Nothing to take out yet" in page
    assert "payout-form" not in page


def test_earnings_are_shown_and_taken_out(client, person):
    house.earn(person, 500_000)
    assert (
        '<a href="/wallet/">Three ways to a wallet</a>' in client.get("/earnings/").content.decode()
    )

    answer = client.post("/earnings/", form(), follow=True)

    page = answer.content.decode()
    assert '<dd id="earned" class="money">0.30\xa0tUSD</dd>' in page
    assert '<dd id="leaving">0.20\xa0tUSD</dd>' in page
    assert "Waiting for the next batch" in page
    assert Payout.objects.get().address == WALLET


def test_a_second_click_is_harmless(client, person):
    house.earn(person, 500_000)

    for _ in range(2):
        client.post("/earnings/", form())

    assert Payout.objects.count() == 1
    assert house.balance(person, "EARNED") == 300_000


@pytest.mark.parametrize(
    ("spoken", "typed"),
    [("en", "1234.50"), ("hi", "1234.50"), ("ar", "1234.50"), ("sw", "1234.50")]
    + [(one, "1234,50") for one in ("es", "fr", "pt", "uk", "vi", "id")],
)
def test_the_amount_stands_as_the_reader_types_it(client, person, settings, spoken, typed):
    house.earn(person, 1_234_500_000)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = spoken

    assert f'value="{typed}"' in client.get("/earnings/").content.decode()
    client.post("/earnings/", form(amount=typed))

    assert house.balance(person, "EARNED") == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "0.51"}, "and 0.50\u00a0tUSD is there"),
        ({"amount": "0.001"}, "The smallest payout is 0.01\u00a0tUSD"),
        ({"amount": "all"}, "Write the amount as 12.34"),
        ({"amount": "1,234"}, "1,234 can be read in two ways. Write 1234 or 1.234."),
        ({"address": "0x12"}, "An address starts with 0x and has 40 digits"),
        ({"address": WALLET.replace("F7", "f7")}, "A digit of this wallet address was mistyped"),
    ],
)
def test_a_mistake_is_explained_and_moves_nothing(client, person, changes, words):
    house.earn(person, 500_000)

    page = client.post("/earnings/", form(**changes)).content.decode()

    assert words in page
    assert not Payout.objects.exists()
    assert house.balance(person, "EARNED") == 500_000


def test_the_next_payout_is_all_there_is_to_the_same_wallet(client, person):
    house.earn(person, 500_000)
    client.post("/earnings/", form())

    page = client.get("/earnings/").content.decode()

    assert 'name="amount" value="0.30"' in page
    assert f'name="address" value="{WALLET}"' in page


def test_a_page_that_lost_its_key_says_so_and_moves_nothing(client, person):
    house.earn(person, 500_000)

    page = client.post("/earnings/", form(key="")).content.decode()

    assert "Reload it and try again." in page
    assert not Payout.objects.exists()


def test_a_form_from_another_site_is_refused(person):
    house.earn(person, 500_000)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())

    assert strict.post("/earnings/", form()).status_code == 403
    assert not Payout.objects.exists()


def test_the_page_needs_no_script(client, person):
    house.earn(person, 500_000)

    answer = client.get("/earnings/")

    assert "unsafe" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page)


def test_a_large_payout_says_whom_it_waits_for(client, person, settings):
    settings.STIPEND_PAYOUT_APPROVAL_UNITS = 100_000
    house.earn(person, 500_000)

    page = client.post("/earnings/", form(), follow=True).content.decode()

    assert "it leaves when two admins have looked at it" in page


def test_a_day_has_a_limit_and_the_page_says_what_is_left(client, person, settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 250_000
    house.earn(person, 500_000)
    client.post("/earnings/", form())

    page = client.post("/earnings/", form(key="3f0a2a56-0d39-4a0e-9f7b-8f4f6c3a1d12"))

    assert (
        "In a day 0.25\u00a0tUSD can be paid out; 0.05\u00a0tUSD is left" in page.content.decode()
    )
    assert Payout.objects.count() == 1


def test_addresses_and_transfers_lead_to_the_explorer(client, person, settings):
    settings.CHAIN_EXPLORER_TX_URL = "https://explorer.example/tx/{hash}"
    settings.CHAIN_EXPLORER_ADDRESS_URL = "https://explorer.example/address/{address}"
    house.earn(person, 500_000)
    client.post("/earnings/", form())
    tx_hash = "0x" + "ab" * 32
    Payout.objects.update(tx_hash=tx_hash)

    page = client.get("/earnings/").content.decode()

    assert f'<a href="https://explorer.example/address/{WALLET}">' in page
    assert f'<a href="https://explorer.example/tx/{tx_hash}">' in page


def test_what_waits_and_each_day_are_shown(client, person, settings):
    house.earn(person, 500_000)

    page = client.get("/earnings/").content.decode()

    assert '<dd id="pending">0.00\u00a0tUSD</dd>' in page
    assert "You have not answered anything yet." in page
    assert page.count('<text class="day"') == 14
    assert page.count("<rect") == 1
    assert "Earned in 14 days: 0.50\u00a0tUSD" in page


def test_days_without_earnings_need_no_chart(client, person):
    assert '<figure class="chart"' not in client.get("/earnings/").content.decode()


def test_what_came_in_is_named_and_what_left_is_in_words(client, person):
    house.earn(person, 500_000)
    client.post("/earnings/", form())

    page = client.get("/earnings/").content.decode()

    assert "job " in page
    assert '>Payout</span> <strong class="">-0.20\u00a0tUSD</strong>' in page


def test_what_is_at_stake_is_a_part_of_the_sum(client, person):
    house.earn(person, 500_000)
    escrow.stake(person, key="stake:1", amount_units=150_000, cause="stake of an appeal, Moods")
    client.post("/earnings/", form())

    page = client.get("/earnings/").content.decode()

    assert '<dd id="earned" class="money">0.15\u00a0tUSD</dd>' in page
    assert '<dt>At stake in an appeal</dt><dd id="staked">0.15\u00a0tUSD</dd>' in page
    assert '<dd id="leaving">0.20\u00a0tUSD</dd>' in page
    escrow.unstake(person, key="unstake:1", amount_units=150_000)
    assert 'id="staked"' not in client.get("/earnings/").content.decode()


def test_a_bonus_is_named_as_one(client, person):
    purse_id = house.project(funds_units=20_000)
    bonus = {"payee": person, "amount_units": 20_000, "cause": "Moods, answer 7"}
    escrow.bonus(purse_id, key="bonus:1", **bonus)

    page = client.get("/earnings/").content.decode()

    assert '<span dir="auto">Bonus · Moods, answer 7</span>' in page


def test_while_payouts_are_paused_the_page_says_so(client, person):
    about = {"name": "n", "token_address": "", "vault_address": "", "deployed_block": 0}
    Network.objects.create(chain_id=1, **about)
    house.earn(person, 500_000)
    pauses.pause(reason="gas")
    client.post("/earnings/", form())

    paused = client.get("/earnings/").content.decode()
    pauses.resume()

    assert "Payouts are paused for now" in paused
    assert "gas" not in paused
    assert "Waiting for the next batch" in client.get("/earnings/").content.decode()
