"""The pages /money/."""

import re

import pytest

from labeling.orders import projects
from payments import escrow, jobs, purses
from payments.chain.wallet import Wallet
from payments.models import Payout
from tests.labeling import house
from tests.payments.test_statements import end
from tests.people.house import with_app

pytestmark = pytest.mark.django_db
WALLET = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
KEY = "3f0a2a56-0d39-4a0e-9f7b-8f4f6c3a1d11"


@pytest.fixture
def made(client):
    project = house.opened(tasks=2)
    house.fund(project, amount_units=500_000)
    client.force_login(project.owner)
    return project


def test_a_requester_sees_the_money_of_each_project(client, made):
    page = client.get("/money/").content.decode()

    assert "Moods" in page
    assert "0.50\xa0tUSD" in page
    assert "0.105\xa0tUSD held for open work" in page


def test_who_has_no_project_is_told_where_they_are_made(client):
    client.force_login(house.requester())

    assert "You have no project yet." in client.get("/money/").content.decode()


def test_a_project_shows_what_is_free_and_why(client, made):
    page = client.get(f"/money/{made.pk}/").content.decode()

    assert '<dd id="funds" class="money">0.50\xa0tUSD</dd>' in page
    assert "There is no vault on the chain yet" in page
    assert "Held for open work" in page
    assert "opened 2 tasks" in page
    assert '<th scope="row">' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page)


def test_a_deposit_is_shown_on_its_way(client, chain, mine):
    made, wallet = house.project(), Wallet(2)
    client.force_login(made.owner)
    wallet.mint(700_000)
    wallet.deposit(purses.onchain(made.purse_id), 700_000)

    jobs.scan_deposits()
    page = client.get(f"/money/{made.pk}/").content.decode()
    mine(2)
    jobs.scan_deposits()
    later = client.get(f"/money/{made.pk}/").content.decode()

    assert "0 of 2 confirmations" in page
    assert "Arrived" in later
    assert purses.onchain(made.purse_id) in page


def test_what_is_free_is_taken_out_once(client, made):
    wanted = {"amount": "0.20", "address": WALLET, "key": KEY}
    for _ in range(2):
        answer = client.post(f"/money/{made.pk}/", wanted, follow=True)

    assert Payout.objects.get().amount_units == 200_000
    assert escrow.balances(made.purse)["FUNDS"] == 300_000
    assert "Waiting for the next batch" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "0.51"}, "is there"),
        ({"amount": "all"}, "Write the amount as 12.34"),
        ({"amount": "1,234"}, "1,234 can be read in two ways. Write 1234 or 1.234."),
        ({"address": "0x12"}, "An address starts with 0x and has 40 digits"),
    ],
)
def test_a_mistake_is_explained_and_moves_nothing(client, made, changes, words):
    wanted = {"amount": "0.20", "address": WALLET, "key": KEY, **changes}

    page = client.post(f"/money/{made.pk}/", wanted).content.decode()

    assert words in page
    assert not Payout.objects.exists()


def test_the_statement_is_a_file(client, made):
    answer = client.get(f"/money/{made.pk}/statement.csv")

    assert b"FUNDS,hold,-0.105" in b"".join(answer.streaming_content)


def test_nobody_else_looks_into_it(client, made):
    client.force_login(house.requester())
    for path in ("", "statement.csv"):
        assert client.get(f"/money/{made.pk}/{path}").status_code == 404
    client.force_login(house.labeler())
    assert client.get("/money/").status_code == 404
    client.logout()
    assert client.get("/money/").status_code == 302


def test_why_a_withdrawal_came_back_is_said_in_the_readers_language(client, made):
    projects.withdraw(made, amount_units=500_000, address=WALLET, key="home")
    end(Payout.objects.get(), tx_hash="0xa0", paid=False)
    type(made.owner).objects.update(language="es")

    page = client.get(f"/money/{made.pk}/").content.decode()

    assert "El token rechazó esta billetera." in page
    assert "refused" not in page


def test_money_leaves_a_project_only_for_who_signs_in_by_two_steps(client, made, settings):
    settings.STIPEND_REQUESTER_TWO_FACTOR = True
    body = {"amount": "0.50", "address": WALLET, "key": KEY}
    by_program = {"path": f"/api/v1/projects/{made.pk}/withdrawals/", "data": body}

    page = client.post(f"/money/{made.pk}/", body).content.decode()
    refused = client.post(**by_program, content_type="application/json")

    assert "turn on the second step of your account first" in page
    assert (refused.status_code, refused.json()["code"]) == (403, "second_step_off")
    assert Payout.objects.count() == 0
    with_app(made.owner)
    assert client.post(**by_program, content_type="application/json").status_code == 201
