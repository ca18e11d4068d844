"""A wallet that replaces another one counts later, or when the old one or a mail confirms it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from eth_account.messages import encode_defunct

from payments import addresses, payouts, wallets
from payments.chain import signer
from payments.chain.wallet import Wallet as DevWallet
from payments.errors import (
    BlockedWallet,
    LimitReached,
    MalformedAddress,
    NotConfirmed,
    WalletOnHold,
)
from payments.models import BlockedAddress, Payout, Wallet
from tests.payments import house

pytestmark = pytest.mark.django_db
PERSON, OTHER = "person:1", "person:2"
OLD, NEW, THIRD = (DevWallet(number).address for number in (5, 6, 7))

told = []
proved_at = []  # the holders' mail addresses, the last one counts


def tell(holder, kind, facts, **more):
    path = more["private"].get("path", "//")
    told.append((holder, kind, {**facts, "token": path.split("/")[-2]}))


def mail_since(holder):
    return proved_at[-1]


@pytest.fixture(autouse=True)
def held(settings):
    settings.STIPEND_WALLET_HOLD_SECONDS = 48 * 3600
    settings.STIPEND_NOTICE = "tests.payments.test_wallets.tell"
    settings.STIPEND_MAIL_SINCE = "tests.payments.test_wallets.mail_since"
    told.clear()
    proved_at[:] = [timezone.now() - timedelta(hours=49)]


def time_passes(**span):
    for one in Wallet.objects.all():
        one.usable_from -= timedelta(**span)
        one.save()


def test_the_first_wallet_counts_at_once():
    made = wallets.name(PERSON, OLD)

    assert wallets.used(PERSON) == made
    assert wallets.coming(PERSON) is None
    assert told == []


def test_another_wallet_counts_after_two_days_and_its_holder_is_told():
    wallets.name(PERSON, OLD)

    made = wallets.name(PERSON, NEW)

    assert made.usable_from - timezone.now() > timedelta(hours=47)
    assert wallets.used(PERSON).address == OLD
    assert wallets.coming(PERSON) == made == wallets.name(PERSON, NEW)
    ((holder, kind, facts),) = told
    assert (holder, kind, facts["old"], facts["new"]) == (PERSON, "wallet_changed", OLD, NEW)
    time_passes(hours=49)
    assert wallets.used(PERSON) == made


def test_a_payout_to_a_new_wallet_waits_and_to_the_old_one_does_not():
    house.earn(PERSON, 500_000)
    house.ask(PERSON, 100_000, wallet=5)

    with pytest.raises(WalletOnHold) as refused:
        house.ask(PERSON, 100_000, wallet=6)

    assert refused.value.data["address"] == NEW
    assert house.balance(PERSON, "EARNED") == 400_000
    assert Payout.objects.count() == 1
    time_passes(hours=49)
    assert house.ask(PERSON, 100_000, wallet=6).address == NEW
    with pytest.raises(WalletOnHold):
        house.ask(PERSON, 100_000, wallet=5)


def test_the_same_key_is_the_same_payout_whatever_became_of_the_wallet():
    house.earn(PERSON, 500_000)
    first = house.ask(PERSON, 100_000, wallet=5, key="one")
    wallets.name(PERSON, NEW)
    time_passes(hours=49)
    wallets.name(PERSON, THIRD)

    assert house.ask(PERSON, 100_000, wallet=5, key="one") == first


def test_to_name_the_old_wallet_again_takes_the_change_back():
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)

    assert wallets.name(PERSON, OLD) == wallets.used(PERSON)

    assert wallets.coming(PERSON) is None
    assert wallets.name(PERSON, NEW).usable_from > timezone.now() + timedelta(hours=47)


def test_a_later_change_replaces_an_earlier_one():
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)

    wallets.name(PERSON, THIRD)

    assert wallets.coming(PERSON).address == THIRD
    assert Wallet.objects.named().count() == 2


def sign(number, text):
    key = signer.dev_account(number)
    return key.sign_message(encode_defunct(text=text)).signature.to_0x_hex()


def test_the_old_wallets_signature_ends_the_waiting():
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)

    made = wallets.confirm_by_signature(PERSON, sign(5, wallets.message(PERSON)))

    assert (made.address, made.confirmed_by) == (NEW, "signature")
    assert wallets.used(PERSON) == made
    assert Wallet.objects.named().count() == 1


@pytest.mark.parametrize("number", [6, 7])
def test_no_other_wallets_signature_does(number):
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)

    with pytest.raises(NotConfirmed):
        wallets.confirm_by_signature(PERSON, sign(number, wallets.message(PERSON)))

    assert wallets.used(PERSON).address == OLD


@pytest.mark.parametrize("signature", ["", "0x", "0x" + "00" * 65, "nothing", "0x" + "ff" * 64])
def test_what_is_no_signature_confirms_nothing(signature):
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)

    with pytest.raises(NotConfirmed):
        wallets.confirm_by_signature(PERSON, signature)


def test_a_signature_for_one_change_is_none_for_the_next():
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)
    signature = sign(5, wallets.message(PERSON))
    wallets.name(PERSON, THIRD)

    with pytest.raises(NotConfirmed):
        wallets.confirm_by_signature(PERSON, signature)


def test_a_payout_to_the_wallet_in_use_leaves_the_one_to_come():
    assert wallets.usable(PERSON, OLD) == OLD
    to_come = wallets.name(PERSON, NEW)

    assert wallets.usable(PERSON, OLD) == OLD

    assert wallets.coming(PERSON) == to_come
    with pytest.raises(WalletOnHold):
        wallets.usable(PERSON, NEW)
    time_passes(hours=49)
    assert wallets.usable(PERSON, NEW) == NEW
    assert len(told) == 1


def test_the_link_in_the_mail_ends_the_waiting_once():
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)
    ((_, _, facts),) = told

    made = wallets.confirm_by_link(facts["token"])

    assert (made.address, made.confirmed_by) == (NEW, "mail")
    for token in (facts["token"], "nothing", facts["token"] + "x"):
        with pytest.raises(NotConfirmed):
            wallets.confirm_by_link(token)


def test_a_mail_address_as_old_as_the_wait_confirms_and_no_newer_one():
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)
    assert wallets.standing(PERSON).by_mail
    assert told[-1][2]["mail_is_new"] is False
    wallets.take_back(PERSON)

    proved_at.append(timezone.now() - timedelta(hours=47))
    wallets.name(PERSON, NEW)

    assert not wallets.standing(PERSON).by_mail
    assert (told[-1][2]["mail_is_new"], told[-1][2]["token"]) == (True, "")
    with pytest.raises(NotConfirmed, match="too new"):
        wallets.confirm_by_link(wallets._link(PERSON).split("/")[-2])
    assert wallets.used(PERSON).address == OLD
    assert wallets.confirm_by_signature(PERSON, sign(5, wallets.message(PERSON))).address == NEW


@pytest.mark.parametrize("hours", [0, 24])
def test_a_link_is_over_when_the_mail_address_changes_after_it_was_written(hours):
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)
    ((_, _, facts),) = told

    proved_at.append(timezone.now() + timedelta(hours=hours))

    with pytest.raises(NotConfirmed, match="too new"):
        wallets.confirm_by_link(facts["token"])
    assert wallets.coming(PERSON).address == NEW


def test_who_has_no_mail_gets_no_link_and_hears_nothing_of_mail():
    proved_at.append(None)
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)

    ((_, _, facts),) = told
    assert (facts["mail_is_new"], facts["token"]) == (False, "")
    assert not wallets.standing(PERSON).by_mail


def test_a_link_that_is_followed_as_the_waiting_ends_confirms(monkeypatch):
    wallets.name(PERSON, OLD)
    wallets.name(PERSON, NEW)
    now, coming = wallets._now, wallets.coming

    def late(holder):
        found = coming(holder)
        monkeypatch.setattr(wallets, "_now", lambda: now() + timedelta(days=2, seconds=1))
        return found

    monkeypatch.setattr(wallets, "coming", late)
    made = wallets.confirm_by_link(told[-1][2]["token"])

    assert (made.address, wallets.used(PERSON)) == (NEW, made)


def test_a_blocked_wallet_is_named_by_nobody_and_its_payouts_come_back():
    house.earn(PERSON, 500_000)
    asked = house.ask(PERSON, 100_000, wallet=5)

    count = addresses.load_blocked([f"{OLD.lower()}  # a list", "", "# none"], source="list 1")

    assert count == 1
    assert addresses.load_blocked([OLD], source="list 2") == 0
    assert BlockedAddress.objects.get().source == "list 1"
    asked.refresh_from_db()
    assert asked.state == "RETURNED"
    assert house.balance(PERSON, "EARNED") == 500_000
    for holder in (PERSON, OTHER):
        with pytest.raises(BlockedWallet):
            wallets.name(holder, OLD)


def test_a_list_that_is_none_blocks_nobody():
    with pytest.raises(MalformedAddress):
        addresses.load_blocked([OLD, "0x12"], source="list")

    assert not BlockedAddress.objects.exists()


def test_a_day_has_a_limit(settings):
    settings.STIPEND_PAYOUT_DAY_UNITS = 250_000
    house.earn(PERSON, 500_000)
    for _ in range(2):
        house.ask(PERSON, 100_000, wallet=5)

    with pytest.raises(LimitReached) as refused:
        house.ask(PERSON, 100_000, wallet=5)

    assert refused.value.data == {"limit": "0.25", "left": "0.05"}
    assert house.balance(PERSON, "EARNED") == 300_000
    assert Payout.objects.count() == 2
    house.ask(PERSON, 50_000, wallet=5)
    Payout.objects.update(requested_at=timezone.now() - timedelta(hours=25))
    assert payouts.of_holder(PERSON).count() == 3
    house.ask(PERSON, 100_000, wallet=5)
