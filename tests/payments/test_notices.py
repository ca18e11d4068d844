"""Who took money out is told how it ended, once, and never at the money's cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments import explorer, jobs, notices, payouts, wallets
from payments.chain.wallet import Wallet as DevWallet
from payments.models import Payout, Wallet
from tests.payments import house
from tests.payments.test_statements import end

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:1", "person:2"

told = []


def tell(holder, kind, facts, **more):
    if holder == "person:666":
        raise RuntimeError("no notices today")
    told.append((holder, kind, facts, more))


def mail_since(holder):
    return timezone.now() - timedelta(days=3)


@pytest.fixture(autouse=True)
def heard(settings):
    settings.STIPEND_NOTICE = "tests.payments.test_notices.tell"
    settings.STIPEND_MAIL_SINCE = "tests.payments.test_notices.mail_since"
    told.clear()


def ended(holder: str = PERSON, **how) -> Payout:
    house.earn(holder, 500_000)
    payout = house.ask(holder, 500_000)
    end(payout, tx_hash="0xa", **how)
    return payout


def test_what_arrived_is_told_with_amount_transfer_and_receipt(settings):
    settings.CHAIN_EXPLORER_TX_URL = "https://explorer.example/tx/{hash}"
    payout = ended()

    assert notices.tell_ended() == 1

    ((holder, kind, facts, more),) = told
    assert (holder, kind, more) == (PERSON, "paid", {"key": f"payout:{payout.pk}"})
    assert facts == {
        "payout": str(payout.pk),
        "amount": "0.50",
        "address": payout.address,
        "reason": "",
        "tx_hash": "0xa",
        "explorer_url": explorer.tx_url("0xa"),
        "path": f"/earnings/payouts/{payout.pk}/",
    }


def test_what_came_back_is_told_with_the_reason():
    ended(paid=False)

    notices.tell_ended()

    ((_, kind, facts, _),) = told
    assert (kind, facts["reason"]) == ("returned", payouts.REFUSED_WALLET)


def test_what_is_on_its_way_is_no_news():
    house.earn(PERSON, 500_000)
    house.ask(PERSON, 500_000)

    assert notices.tell_ended() == 0


def test_a_job_that_runs_again_tells_nothing_twice():
    ended()

    assert [jobs.tell_ended() for _ in range(3)] == [1, 0, 0]
    assert len(told) == 1


def test_a_notice_that_fails_undoes_no_payout_and_keeps_no_other_waiting():
    broken, fine = ended("person:666"), ended(OTHER)

    assert notices.tell_ended() == 1

    broken.refresh_from_db()
    assert (broken.state, broken.told_at) == ("PAID", None)
    assert [holder for holder, *_ in told] == [OTHER]
    fine.refresh_from_db()
    assert fine.told_at is not None


def test_without_anybody_who_tells_it_is_told_nobody(settings):
    settings.STIPEND_NOTICE = ""
    ended()

    assert notices.tell_ended() == 1
    assert told == []


def test_no_wallet_changes_without_its_notice(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 3600
    old, new = (DevWallet(number).address for number in (5, 6))
    wallets.name("person:666", old)

    with pytest.raises(RuntimeError):
        wallets.name("person:666", new)

    assert wallets.coming("person:666") is None
    assert Wallet.objects.count() == 1


def test_the_link_that_confirms_a_wallet_is_for_the_mail_alone(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 3600
    old, new = (DevWallet(number).address for number in (5, 6))
    wallets.name(PERSON, old)
    made = wallets.name(PERSON, new)

    ((holder, kind, facts, more),) = told
    assert (holder, kind, facts["path"]) == (PERSON, "wallet_changed", "/earnings/wallet/")
    assert more["key"] == f"wallet:{made.pk}"
    token = more["private"]["path"].split("/")[-2]
    assert token not in str(facts)
    assert wallets.confirm_by_link(token).address == new
