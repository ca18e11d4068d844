"""The page /earnings/wallet/."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from eth_account.messages import encode_defunct

from payments import wallets
from payments.chain import signer
from people import letters, notice_mails
from people.models import User
from tests.people import house

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = (signer.dev_account(number).address for number in (5, 6))
PAGE = "/earnings/wallet/"


@pytest.fixture(autouse=True)
def held(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 48 * 3600
    settings.STIPEND_URL = "https://stipend.example"


@pytest.fixture
def ana(client):
    long_ago = timezone.now() - timedelta(days=3)
    user = User.objects.create_user("ana", email="ana@example.org", mail_proved_at=long_ago)
    user.set_password(house.PASSWORD)
    user.save()
    house.sign_in(client)
    return f"person:{user.pk}"


def name(client, address):
    return client.post(PAGE, {"address": address}, follow=True).content.decode()


def test_a_newcomer_is_told_that_there_is_time(client, ana):
    page = client.get(PAGE).content.decode()

    assert "You have named no wallet yet." in page
    assert "only after" not in page


def test_the_first_wallet_counts_and_another_waits(client, ana):
    assert "Payouts go to this wallet now." in name(client, OLD)
    page = name(client, NEW)

    assert "The change is noted." in page
    assert "only after 48 hours" in page
    assert wallets.message(ana).split("\n")[0] in page
    assert "Follow the link that we sent you by mail." in page
    assert "Another wallet takes the place of yours" in client.get("/earnings/").content.decode()


def test_the_mail_leads_to_a_page_and_only_its_button_confirms(client, ana):
    name(client, OLD)
    name(client, NEW)
    notice_mails.write_due()
    letters.carry()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["ana@example.org"], "Your wallet is about to change")
    link = re.search(r"https://stipend\.example(/earnings/wallet/confirm/\S+)", letter.body)[1]
    stranger = Client()

    assert "Use the new wallet now" in stranger.get(link).content.decode()
    assert wallets.used(ana).address == OLD
    assert stranger.post(link)["Location"] == "/"

    assert wallets.used(ana).address == NEW
    again = stranger.post(link)
    assert (again.status_code, "There is no change" in again.content.decode()) == (400, True)


def another_mail(client, address="thief@example.org"):
    """The mail address is changed by whoever has the password."""
    client.post("/account/mail/", {"email": address})
    letters.carry()
    code = mail.outbox[-1].body.splitlines()[0]
    client.post("/account/mail/code/", {"code": code})
    letters.carry()
    assert User.objects.get().email == address
    mail.outbox.clear()


def test_who_changes_the_mail_address_first_gets_no_link(client, ana):
    name(client, OLD)
    another_mail(client)

    page = name(client, NEW)

    notice_mails.write_due()
    letters.carry()
    (letter,) = mail.outbox
    assert "/confirm/" not in letter.body
    assert "Your mail address is new, so no link in a mail ends the waiting" in letter.body
    assert "https://stipend.example/earnings/wallet/" in letter.body
    assert "Follow the link that we sent you by mail." not in page
    assert "Sign this text with your old wallet" in page
    assert wallets.used(ana).address == OLD


def test_who_changes_the_mail_address_afterwards_follows_no_link(client, ana):
    name(client, OLD)
    name(client, NEW)
    another_mail(client)  # before the mail about the wallet was written

    notice_mails.write_due()
    letters.carry()
    (letter,) = mail.outbox

    assert letter.to == ["thief@example.org"]
    assert "/confirm/" not in letter.body
    refused = Client().post(wallets._link(ana))
    assert (refused.status_code, "too new" in refused.content.decode()) == (400, True)
    assert wallets.used(ana).address == OLD


def test_to_prove_the_same_address_again_makes_it_no_newer(client, ana):
    another_mail(client, "ana@example.org")
    name(client, OLD)

    name(client, NEW)

    assert wallets.standing(ana).by_mail


def test_the_old_wallets_signature_confirms(client, ana):
    name(client, OLD)
    name(client, NEW)
    text = encode_defunct(text=wallets.message(ana))
    signature = signer.dev_account(5).sign_message(text).signature.to_0x_hex()

    wrong = client.post(f"{PAGE}sign/", {"signature": "0x12"}).content.decode()
    client.post(f"{PAGE}sign/", {"signature": signature})

    assert "This is no signature." in wrong
    assert wallets.used(ana).address == NEW


def test_the_old_wallet_is_kept(client, ana):
    name(client, OLD)
    name(client, NEW)

    client.post(f"{PAGE}keep/")

    assert wallets.coming(ana) is None
    assert wallets.used(ana).address == OLD


@pytest.mark.parametrize("address", ["", "0x12", "0x" + "0" * 40])
def test_what_is_no_wallet_is_not_named(client, ana, address):
    page = name(client, address)

    assert 'role="alert"' in page
    assert wallets.used(ana) is None


def test_a_stranger_signs_in_first(client):
    assert client.get(PAGE).status_code == 302
    assert client.get(f"{PAGE}confirm/nothing/").status_code == 200
    assert client.post(f"{PAGE}confirm/nothing/").status_code == 400
