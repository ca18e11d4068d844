"""Batches: each once, by the payer alone, and nobody waits for a payee that cannot be paid."""

import pytest

from tests.contracts import ground as g
from tests.contracts.conftest import CAP, EXIT_DELAY, HELD

ZERO = "0x" + "0" * 40


def pay(vault, number, payees):
    return vault.functions.pay(number, g.packed(payees), *g.ROOTS)


def balances(token, payees):
    return [token.functions.balanceOf(payee).call() for payee in payees]


def skipped(vault, receipt):
    found = vault.events.PayeeSkipped().process_receipt(receipt, errors=g.DISCARD)
    return [(one["args"]["index"], one["args"]["payee"], one["args"]["amount"]) for one in found]


def test_everybody_in_a_batch_is_paid(ground, token, vault):
    one, two, three = ground.payees[:3]

    receipt = ground.send(pay(vault, 1, [(one, 10), (two, 20), (three, 30)]), ground.payer)

    (event,) = vault.events.BatchPaid().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"] == {
        "batch_id": 1,
        "total": 60,
        "paid": 3,
        "balances_root": g.ROOTS[0],
        "labels_root": g.ROOTS[1],
    }
    assert balances(token, [one, two, three, vault.address]) == [10, 20, 30, HELD - 60]
    assert vault.functions.is_paid(1).call() is True
    assert vault.functions.balances_root().call() == g.ROOTS[0]
    assert skipped(vault, receipt) == []


def test_a_payee_may_stand_in_a_batch_twice(ground, token, vault):
    one = ground.payees[0]

    ground.send(pay(vault, 1, [(one, 10), (one, 20)]), ground.payer)

    assert balances(token, [one]) == [30]


def test_a_batch_is_paid_once(ground, token, vault):
    one = ground.payees[0]
    ground.send(pay(vault, 1, [(one, 10)]), ground.payer)

    assert ground.refuse(pay(vault, 1, [(one, 10)]), ground.payer) == "vault: paid before"
    assert ground.refuse(pay(vault, 1, [(one, 99)]), ground.payer) == "vault: paid before"

    assert balances(token, [one]) == [10]
    ground.send(pay(vault, 2, [(one, 10)]), ground.payer)
    assert balances(token, [one]) == [20]


def test_numbers_that_share_a_word_or_lie_beside_one_are_batches_of_their_own(ground, vault):
    """256 to a word of the vault's memory, a bit each."""
    numbers = [0, 1, 127, 128, 129, 255, 256, 257, 383, 511, 512, 2**255, 2**256 - 1]

    for done, number in enumerate(numbers):
        assert [vault.functions.is_paid(one).call() for one in numbers[done:]] == [False] * (
            len(numbers) - done
        )
        ground.send(pay(vault, number, []), ground.payer)

    for number in numbers:
        assert vault.functions.is_paid(number).call() is True
        assert ground.refuse(pay(vault, number, []), ground.payer) == "vault: paid before"


def test_only_the_payer_pays(ground, token, vault):
    one = ground.payees[0]

    for anybody in (ground.owner, ground.stranger, one):
        assert ground.refuse(pay(vault, 1, [(one, 10)]), anybody) == "vault: not the payer"

    assert balances(token, [one]) == [0]
    assert vault.functions.is_paid(1).call() is False


def test_who_is_nobody_is_skipped_and_reported(ground, token, vault):
    one, two = ground.payees[:2]
    payees = [(one, 10), (ZERO, 20), (two, 50)]

    receipt = ground.send(pay(vault, 1, payees), ground.payer)

    assert skipped(vault, receipt) == [(1, ZERO, 20)]
    (event,) = vault.events.BatchPaid().process_receipt(receipt, errors=g.DISCARD)
    assert (event["args"]["total"], event["args"]["paid"]) == (60, 2)
    assert balances(token, [one, two, vault.address]) == [10, 50, HELD - 60]


def test_nothing_and_the_vault_itself_are_paid_in_vain(ground, token, vault):
    one = ground.payees[0]

    receipt = ground.send(pay(vault, 1, [(one, 0), (vault.address, 40)]), ground.payer)

    assert skipped(vault, receipt) == []
    assert balances(token, [one, vault.address]) == [0, HELD]


def test_a_token_that_would_send_to_the_zero_address_is_not_asked(ground, moody, moody_vault):
    receipt = ground.send(pay(moody_vault, 1, [(ZERO, 20)]), ground.payer)

    assert skipped(moody_vault, receipt) == [(0, ZERO, 20)]
    assert balances(moody, [ZERO, moody_vault.address]) == [0, HELD]


@pytest.mark.parametrize("mood", [g.SAYS_NO, g.REVERTS, g.BURNS_GAS])
def test_a_refused_payee_blocks_nobody(ground, moody, moody_vault, mood):
    one, bad, two = ground.payees[:3]
    ground.send(moody.functions.set_mood(bad, mood), ground.owner)

    call = pay(moody_vault, 1, [(one, 10), (bad, 20), (two, 30)])
    receipt = ground.send(call, ground.payer, gas=500_000)

    assert skipped(moody_vault, receipt) == [(1, bad, 20)]
    assert balances(moody, [one, bad, two]) == [10, 0, 30]
    assert moody_vault.functions.paid_today().call() == 40


def test_an_answer_that_is_neither_true_nor_nothing_is_a_refusal(ground, moody, moody_vault):
    """What such a token moved all the same is its own affair: it is reported, for a person."""
    one = ground.payees[0]
    ground.send(moody.functions.set_mood(one, g.SAYS_TWO), ground.owner)

    receipt = ground.send(pay(moody_vault, 1, [(one, 10)]), ground.payer)

    assert skipped(moody_vault, receipt) == [(0, one, 10)]
    assert moody_vault.functions.paid_today().call() == 0


@pytest.mark.parametrize("mood", [g.SILENT, g.FLOODS])
def test_an_odd_answer_is_no_refusal(ground, moody, moody_vault, mood):
    one = ground.payees[0]
    ground.send(moody.functions.set_mood(one, mood), ground.owner)

    receipt = ground.send(pay(moody_vault, 1, [(one, 10)]), ground.payer)

    assert skipped(moody_vault, receipt) == []
    assert balances(moody, [one]) == [10]


def test_a_token_that_takes_a_fee_takes_it_from_its_own_payee(ground, moody, moody_vault):
    """The payee asked for that wallet; nobody else and no purse of the house is charged for it."""
    one, two = ground.payees[:2]
    ground.send(moody.functions.set_mood(one, g.KEEPS_A_TENTH), ground.owner)

    receipt = ground.send(pay(moody_vault, 1, [(one, 100), (two, 100)]), ground.payer)

    assert skipped(moody_vault, receipt) == []
    assert balances(moody, [one, two, moody_vault.address]) == [90, 100, HELD - 200]
    assert moody_vault.functions.paid_today().call() == 200


def test_a_token_that_refuses_everybody_leaves_everybody_to_be_paid(ground, moody, moody_vault):
    """As one that has put the vault itself on its black list."""
    payees = ground.payees[:3]
    for payee in payees:
        ground.send(moody.functions.set_mood(payee, g.REVERTS), ground.owner)

    receipt = ground.send(pay(moody_vault, 1, [(payee, 10) for payee in payees]), ground.payer)

    assert skipped(moody_vault, receipt) == [(n, payee, 10) for n, payee in enumerate(payees)]
    (event,) = moody_vault.events.BatchPaid().process_receipt(receipt, errors=g.DISCARD)
    assert (event["args"]["total"], event["args"]["paid"]) == (0, 0)
    assert balances(moody, [moody_vault.address]) == [HELD]


def test_a_payee_the_vault_is_too_poor_for_is_skipped(ground, token):
    poor = ground.deploy("Vault", token.address, ground.payer, CAP, EXIT_DELAY)
    ground.send(token.functions.mint(poor.address, 25), ground.owner)
    one, two, three = ground.payees[:3]

    receipt = ground.send(pay(poor, 1, [(one, 10), (two, 20), (three, 15)]), ground.payer)

    assert skipped(poor, receipt) == [(1, two, 20)]
    assert balances(token, [one, two, three, poor.address]) == [10, 0, 15, 0]


def test_want_of_gas_is_nobodys_fault(ground, token, vault):
    """With too little gas the batch reverts; whatever there is, nobody is called a bad payee."""
    fates = []
    for number, gas in enumerate(range(30_000, 250_000, 10_000), start=1):
        payees = [(payee, 10) for payee in ground.fresh_addresses(2, first=number * 10)]
        receipt = ground.try_to_send(pay(vault, number, payees), ground.payer, gas=gas)
        fates.append(receipt["status"])
        assert skipped(vault, receipt) == []
        assert balances(token, [payee for payee, _ in payees]) == [10 * receipt["status"]] * 2

    assert fates == sorted(fates)
    assert {0, 1} == set(fates)


def test_a_payee_that_fails_with_too_little_gas_left_stops_the_batch(ground, moody, moody_vault):
    bad = ground.payees[0]
    ground.send(moody.functions.set_mood(bad, g.REVERTS), ground.owner)
    call = pay(moody_vault, 1, [(bad, 10)])

    assert ground.refuse(call, ground.payer, gas=180_000) == "vault: not enough gas"
    assert skipped(moody_vault, ground.send(call, ground.payer, gas=400_000)) == [(0, bad, 10)]


@pytest.mark.parametrize("message", ["pay", "deposit"])
def test_who_calls_back_gets_nothing(ground, moody, moody_vault, message):
    bad, one = ground.payees[:2]
    inner = {
        "pay": pay(moody_vault, 2, [(bad, 1_000)]),
        "deposit": moody_vault.functions.deposit(g.purse(7), 1),
    }[message]
    ground.send(moody.functions.mint(moody.address, 100), ground.owner)
    ground.send(
        moody.functions.set_call(moody_vault.address, inner._encode_transaction_data()),
        ground.owner,
    )
    ground.send(moody.functions.set_mood(bad, g.CALLS_BACK), ground.owner)
    paying = {"pay": moody.address, "deposit": ground.payer}[message]
    if paying != ground.payer:
        ground.send(moody_vault.functions.set_payer(paying), ground.owner)
    ground.web3.manager.request_blocking("anvil_impersonateAccount", [moody.address])
    ground.web3.manager.request_blocking("anvil_setBalance", [moody.address, hex(10**18)])

    receipt = ground.send(pay(moody_vault, 1, [(bad, 10), (one, 20)]), paying)

    assert skipped(moody_vault, receipt) == [(0, bad, 10)]
    assert balances(moody, [bad, one]) == [0, 20]
    assert moody_vault.functions.is_paid(2).call() is False


def test_a_batch_has_500_payees_and_no_more(ground, vault):
    payees = [(one, 1) for one in ground.fresh_addresses(501, first=0)]

    ground.refuse(pay(vault, 1, payees), ground.payer)
    receipt = ground.send(pay(vault, 1, payees[:500]), ground.payer)

    (event,) = vault.events.BatchPaid().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"]["paid"] == 500


def test_an_empty_batch_is_a_batch(ground, vault):
    ground.send(pay(vault, 1, []), ground.payer)

    assert vault.functions.is_paid(1).call() is True


def test_a_day_has_a_cap(ground, token, vault):
    one = ground.payees[0]
    ground.send(pay(vault, 1, [(one, CAP - 10)]), ground.payer)

    reason = ground.refuse(pay(vault, 2, [(one, 5), (one, 6)]), ground.payer)
    assert reason == "vault: over the daily cap"
    assert vault.functions.is_paid(2).call() is False
    assert balances(token, [one]) == [CAP - 10]

    ground.send(pay(vault, 2, [(one, 5), (one, 5)]), ground.payer)
    assert vault.functions.paid_today().call() == CAP
    ground.refuse(pay(vault, 3, [(one, 1)]), ground.payer)

    ground.pass_time(g.DAY)
    ground.send(pay(vault, 3, [(one, 1)]), ground.payer)
    assert vault.functions.paid_today().call() == 1


def test_a_day_ends_at_midnight_to_the_second(ground, token, vault):
    """Two caps in two seconds, and no third one before the next midnight."""
    ground.send(token.functions.mint(vault.address, CAP), ground.owner)
    one, midnight = ground.payees[0], ground.next_midnight()
    ground.at(midnight - 2)
    ground.send(pay(vault, 1, [(one, CAP)]), ground.payer)
    ground.at(midnight - 1)
    assert ground.try_to_send(pay(vault, 2, [(one, 1)]), ground.payer)["status"] == 0

    ground.at(midnight)
    ground.send(pay(vault, 2, [(one, CAP - 1)]), ground.payer)
    ground.at(midnight + g.DAY - 1)
    assert ground.try_to_send(pay(vault, 3, [(one, 2)]), ground.payer)["status"] == 0
    ground.at(midnight + g.DAY)
    ground.send(pay(vault, 3, [(one, 1)]), ground.payer)

    assert balances(token, [one]) == [2 * CAP]
    assert vault.functions.paid_today().call() == 1


def test_a_cap_below_what_was_paid_today_stops_even_a_batch_of_nobody(ground, vault):
    """Till midnight: what is owed is then recorded a day later."""
    ground.send(pay(vault, 1, [(ground.payees[0], 100)]), ground.payer)
    ground.send(vault.functions.set_daily_cap(0), ground.owner)

    assert ground.refuse(pay(vault, 2, []), ground.payer) == "vault: over the daily cap"
    ground.at(ground.next_midnight())
    ground.send(pay(vault, 2, []), ground.payer)


def test_what_is_skipped_does_not_count_for_the_cap(ground, vault):
    one = ground.payees[0]

    ground.send(pay(vault, 1, [(ZERO, CAP), (one, 10)]), ground.payer)

    assert vault.functions.paid_today().call() == 10


def test_a_lower_cap_holds_at_once(ground, vault):
    one = ground.payees[0]
    ground.send(pay(vault, 1, [(one, 100)]), ground.payer)
    ground.send(vault.functions.set_daily_cap(150), ground.owner)

    ground.refuse(pay(vault, 2, [(one, 51)]), ground.payer)
    ground.send(pay(vault, 2, [(one, 50)]), ground.payer)
