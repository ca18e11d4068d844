"""Who may do what, and what the owner may not: move money, but by naming who pays."""

import pytest

from tests.contracts import ground as g
from tests.contracts.conftest import CAP, HELD

ZERO = "0x" + "0" * 40
WRITING = {
    "deposit",
    "pay",
    "set_payer",
    "set_daily_cap",
    "offer_ownership",
    "accept_ownership",
    "deposit_with_permit",
    "exit",
}


def test_a_new_vault_knows_who_is_who(ground, token, vault):
    assert vault.functions.owner().call() == ground.owner
    assert vault.functions.payer().call() == ground.payer
    assert vault.functions.token().call() == token.address
    assert vault.functions.daily_cap().call() == CAP
    assert vault.functions.candidate().call() == ZERO


def told(vault, receipt):
    """All that the vault reported in this tx, in order."""
    names = [one["name"] for one in vault.abi if one["type"] == "event"]
    found = [
        event
        for name in names
        for event in getattr(vault.events, name)().process_receipt(receipt, errors=g.DISCARD)
    ]
    found.sort(key=lambda event: event["logIndex"])
    return [(event["event"], *event["args"].values()) for event in found]


def test_who_is_who_is_told_from_the_first_block_on(ground, vault):
    """Whoever reads the reports alone knows the roles and the cap at any time."""
    (made,) = ground.web3.eth.get_logs({"address": vault.address, "fromBlock": 0})[:1]
    receipt = ground.web3.eth.get_transaction_receipt(made["transactionHash"])

    assert told(vault, receipt) == [
        ("OwnershipTaken", ground.owner),
        ("PayerChanged", ground.payer),
        ("DailyCapChanged", CAP),
    ]


def test_each_change_of_a_role_is_told(ground, vault):
    owner, stranger = ground.owner, ground.stranger
    steps = [
        (vault.functions.set_payer(stranger), owner, ("PayerChanged", stranger)),
        (vault.functions.set_payer(ZERO), owner, ("PayerChanged", ZERO)),
        (vault.functions.set_daily_cap(7), owner, ("DailyCapChanged", 7)),
        (vault.functions.offer_ownership(ZERO), owner, ("OwnershipOffered", owner, ZERO)),
        (vault.functions.offer_ownership(stranger), owner, ("OwnershipOffered", owner, stranger)),
        (vault.functions.accept_ownership(), stranger, ("OwnershipTaken", stranger)),
    ]

    for call, sender, expected in steps:
        assert told(vault, ground.send(call, sender)) == [expected]


@pytest.mark.parametrize(
    ("name", "argument"),
    [("set_payer", None), ("set_daily_cap", 2**255), ("offer_ownership", None)],
)
def test_the_owners_verbs_are_the_owners(ground, vault, name, argument):
    value = ground.stranger if argument is None else argument
    before = facts(vault)

    for anybody in (ground.payer, ground.stranger):
        call = getattr(vault.functions, name)(value)
        assert ground.refuse(call, anybody) == "vault: not the owner"

    assert facts(vault) == before


def test_a_cap_fits_into_what_a_day_is_counted_in(ground, token, vault):
    ground.send(vault.functions.set_daily_cap(2**96 - 1), ground.owner)

    reason = ground.refuse(vault.functions.set_daily_cap(2**96), ground.owner)

    assert reason == "vault: too high a cap"
    assert vault.functions.daily_cap().call() == 2**96 - 1
    with pytest.raises(Exception, match="vault: too high a cap"):
        ground.deploy("Vault", token.address, ground.payer, 2**96, 1)


def test_a_new_cap_forgets_nothing_of_the_day(ground, vault):
    ground.send(vault.functions.pay(1, g.packed([(ground.payees[0], 7)]), *g.ROOTS), ground.payer)
    paid_at = vault.functions.last_paid_at().call()

    ground.send(vault.functions.set_daily_cap(1), ground.owner)

    assert vault.functions.paid_today().call() == 7
    assert vault.functions.last_paid_at().call() == paid_at
    assert vault.functions.daily_cap().call() == 1


def facts(vault):
    return [getattr(vault.functions, name)().call() for name in ("owner", "payer", "daily_cap")]


def test_ownership_changes_hands_in_two_steps(ground, vault):
    ground.send(vault.functions.offer_ownership(ground.stranger), ground.owner)
    assert vault.functions.owner().call() == ground.owner

    reason = ground.refuse(vault.functions.accept_ownership(), ground.payer)
    ground.send(vault.functions.accept_ownership(), ground.stranger)

    assert reason == "vault: not the candidate"
    assert vault.functions.owner().call() == ground.stranger
    assert vault.functions.candidate().call() == ZERO
    assert ground.refuse(vault.functions.set_daily_cap(1), ground.owner) == "vault: not the owner"
    ground.refuse(vault.functions.accept_ownership(), ground.stranger)


def test_an_offer_can_be_taken_back(ground, vault):
    ground.send(vault.functions.offer_ownership(ground.stranger), ground.owner)
    ground.send(vault.functions.offer_ownership(ZERO), ground.owner)

    ground.refuse(vault.functions.accept_ownership(), ground.stranger)

    assert vault.functions.owner().call() == ground.owner


def test_another_key_pays_from_now_on(ground, vault):
    call = vault.functions.pay(1, g.packed([(ground.payees[0], 1)]), *g.ROOTS)
    ground.send(vault.functions.set_payer(ground.stranger), ground.owner)

    assert ground.refuse(call, ground.payer) == "vault: not the payer"
    ground.send(call, ground.stranger)


def test_the_zero_payer_stops_all_payments(ground, vault):
    call = vault.functions.pay(1, g.packed([(ground.payees[0], 1)]), *g.ROOTS)
    ground.send(vault.functions.set_payer(ZERO), ground.owner)

    for anybody in (ground.payer, ground.owner):
        assert ground.refuse(call, anybody) == "vault: not the payer"


def test_a_key_that_was_replaced_does_not_come_back(ground, vault):
    ground.send(vault.functions.set_payer(ground.stranger), ground.owner)

    for key in (ground.payer, ground.stranger):
        assert ground.refuse(vault.functions.set_payer(key), ground.owner) == "vault: paid before"

    ground.send(vault.functions.set_payer(ZERO), ground.owner)
    ground.send(vault.functions.set_payer(ZERO), ground.owner)
    assert vault.functions.payer().call() == ZERO


def test_nothing_the_owner_can_call_moves_deposits(ground, token, vault):
    writing = {
        one["name"]
        for one in vault.abi
        if one["type"] == "function" and one["stateMutability"] not in {"view", "pure"}
    }
    assert writing == WRITING  # a new verb has to think of this test

    owner = ground.owner
    ground.send(vault.functions.set_daily_cap(0), owner)
    ground.send(vault.functions.offer_ownership(owner), owner)
    ground.send(vault.functions.accept_ownership(), owner)
    ground.refuse(vault.functions.deposit(g.purse(0), 1), owner)
    ground.refuse(vault.functions.pay(1, g.packed([(owner, 1)]), *g.ROOTS), owner)

    assert token.functions.balanceOf(vault.address).call() == HELD
    assert not any(one["type"] == "fallback" for one in vault.abi)


def test_an_owner_who_makes_their_own_key_the_payer_can_pay_themselves(ground, token, vault):
    """So the owner is trusted, as docs/runbook.md says; here it is known, and seen by everybody."""
    receipt = ground.send(vault.functions.set_payer(ground.owner), ground.owner)
    ground.send(vault.functions.set_daily_cap(HELD), ground.owner)

    ground.send(vault.functions.pay(1, g.packed([(ground.owner, HELD)]), *g.ROOTS), ground.owner)

    (event,) = vault.events.PayerChanged().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"]["payer"] == ground.owner
    assert token.functions.balanceOf(vault.address).call() == 0
