"""The wallet of a project's withdrawals: shown, confirmed sooner, taken back; by page and API."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from eth_account.messages import encode_defunct
from rest_framework.test import APIClient

from labeling.orders import projects
from payments import escrow
from payments.chain import signer
from payments.errors import WalletOnHold
from payments.models import Payout
from people import letters, notice_mails
from people.models import Notice
from tests.labeling import house

pytestmark = pytest.mark.django_db
OLD, NEW = (signer.dev_account(number).address for number in (5, 6))


@pytest.fixture
def made(client, settings):
    """A project that pays back to OLD, and whose owner has just asked for NEW."""
    settings.STIPEND_WALLET_HOLD_SECONDS = 48 * 3600
    settings.STIPEND_URL = "https://stipend.example"
    settings.CHAIN_EXPLORER_ADDRESS_URL = "https://explorer.example/address/{address}"
    project = house.opened()
    project.owner.email = "owner@example.org"
    project.owner.mail_proved_at = timezone.now() - timedelta(days=3)
    project.owner.save()
    house.fund(project, amount_units=500_000)
    projects.withdraw(project, amount_units=100_000, address=OLD, key="")
    with pytest.raises(WalletOnHold):
        projects.withdraw(project, amount_units=100_000, address=NEW, key="")
    client.force_login(project.owner)
    return project


@pytest.fixture
def program(made):
    client = APIClient()
    client.force_authenticate(made.owner)
    return client


def signature(made, number=5):
    text = encode_defunct(text=escrow.wallet(made.purse).message)
    return signer.dev_account(number).sign_message(text).signature.to_0x_hex()


def addresses(made):
    found = escrow.wallet(made.purse)
    return [one.address if one else None for one in (found.used, found.coming)]


def test_the_page_shows_what_is_to_come_and_how_not_to_wait(client, made):
    page = client.get(f"/money/{made.pk}/").content.decode()

    assert "Payouts go to" in page
    assert OLD in page
    assert NEW in page.partition('id="coming"')[2].partition("</form>")[0]
    assert f"/money/{made.pk}/wallet/keep/" in page
    assert f"/money/{made.pk}/wallet/sign/" in page
    assert escrow.wallet(made.purse).message in page
    assert "Follow the link that we sent you by mail." in page


def test_without_a_change_the_page_speaks_of_none(client, made):
    escrow.keep_wallet(made.purse)

    page = client.get(f"/money/{made.pk}/").content.decode()

    assert "Keep the old wallet" not in page
    assert OLD in page


def test_the_old_wallets_signature_on_the_page_ends_the_waiting(client, made):
    path = f"/money/{made.pk}/wallet/sign/"
    wrong = client.post(path, {"signature": signature(made, 6)}, follow=True).content.decode()
    none = client.post(path, {}, follow=True).content.decode()
    assert "This was not signed by the wallet in use." in wrong
    assert "This is no signature." in none
    assert addresses(made) == [OLD, NEW]

    client.post(path, {"signature": signature(made)})

    assert addresses(made) == [NEW, None]
    projects.withdraw(made, amount_units=100_000, address=NEW, key="")
    assert Payout.objects.filter(address=NEW).count() == 1


def test_the_change_is_taken_back_on_the_page(client, made):
    answer = client.post(f"/money/{made.pk}/wallet/keep/", follow=True)

    assert "Your wallet stays as it is." in answer.content.decode()
    assert addresses(made) == [OLD, None]
    assert client.get(f"/money/{made.pk}/wallet/keep/").status_code == 405


def test_a_program_reads_signs_and_takes_back(program, made):
    path = f"/api/v1/projects/{made.pk}/wallet/"
    before = program.get(path).json()
    assert (before["used"]["address"], before["coming"]["address"]) == (OLD, NEW)
    assert before["coming"]["explorer_url"] == f"https://explorer.example/address/{NEW}"
    assert before["message"] == escrow.wallet(made.purse).message
    assert (before["by_mail"], before["hold_seconds"]) == (True, 172_800)
    wrong = program.post(f"{path}confirm/", {"signature": "0x12"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "not_confirmed")

    kept = program.delete(f"{path}coming/").json()
    assert (kept["used"]["address"], kept["coming"], kept["message"]) == (OLD, None, None)

    with pytest.raises(WalletOnHold):
        projects.withdraw(made, amount_units=100_000, address=NEW, key="")
    signed = program.post(f"{path}confirm/", {"signature": signature(made)}).json()
    assert (signed["used"]["address"], signed["coming"]) == (NEW, None)


def test_nobody_else_sees_or_changes_it(client, program, made):
    other, path = house.requester(), f"/api/v1/projects/{made.pk}/wallet/"
    client.force_login(other)
    program.force_authenticate(other)
    signed = {"signature": signature(made)}

    answers = [
        client.post(f"/money/{made.pk}/wallet/sign/", signed),
        client.post(f"/money/{made.pk}/wallet/keep/"),
        program.get(path),
        program.post(f"{path}confirm/", signed),
        program.delete(f"{path}coming/"),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert addresses(made) == [OLD, NEW]
    client.logout()
    assert client.post(f"/money/{made.pk}/wallet/keep/").status_code == 302


def test_the_notice_names_the_project_and_where_its_wallet_is_kept(client, made):
    (notice,) = Notice.objects.filter(kind="wallet_changed")
    assert (notice.user, notice.facts["path"]) == (made.owner, f"/money/{made.pk}/")
    assert (
        "what you take out of “Moods” goes to" in client.get("/account/notices/").content.decode()
    )

    notice_mails.write_due()
    letters.carry()

    (letter,) = mail.outbox
    assert letter.body.startswith("“Moods”")
    assert f"https://stipend.example/money/{made.pk}/" in letter.body
    link = letter.body.partition("https://stipend.example/earnings/wallet/confirm/")[2].split()[0]
    assert client.post(f"/earnings/wallet/confirm/{link}")["Location"] == "/"
    assert addresses(made) == [NEW, None]
