"""Any batch against a model of it."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts import ground as g
from tests.contracts.conftest import CAP

QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
POSITIONS = st.integers(0, 7)
UNITS = st.one_of(st.integers(0, 3), st.integers(0, CAP // 2), st.just(2**96 - 1))
MOODS = st.lists(st.sampled_from(range(10)), min_size=5, max_size=5)
REFUSING = {g.SAYS_NO, g.REVERTS, g.BURNS_GAS, g.CALLS_BACK}

NOBODY = "0x" + "0" * 40

numbers = count(1_000)


def expected(payees, *, moods, vault, held):
    """What a batch should do: who is paid, who is skipped, the sum, and what is held then."""
    paid, skipped, total = [], [], 0
    for position, (payee, units) in enumerate(payees):
        if payee == NOBODY or moods.get(payee) in REFUSING or units > held:
            skipped.append(position)
        else:
            paid.append(position)
            total += units
            held -= 0 if payee == vault else units
    return paid, skipped, total, held


def test_any_batch_does_what_the_model_says(ground, moody, moody_vault):
    ground.send(moody_vault.functions.set_daily_cap(2**96 - 1), ground.owner)
    inner = moody_vault.functions.deposit(g.purse(7), 1)._encode_transaction_data()
    ground.send(moody.functions.mint(moody.address, CAP), ground.owner)  # enough for all of them
    ground.send(moody.functions.set_call(moody_vault.address, inner), ground.owner)
    vault = moody_vault.address
    persons = [*ground.payees[:5], NOBODY, vault, ground.owner]
    harmful = {g.LIES: g.HONEST, g.SAYS_TWO: g.SAYS_NO, g.KEEPS_A_TENTH: g.HONEST}

    @settings(max_examples=40, **QUICK)
    @given(st.lists(st.tuples(POSITIONS, UNITS), max_size=12), MOODS)
    def any_batch(wanted, moods):
        before = moody.functions.balanceOf(moody_vault.address).call()
        told = {who: harmful.get(mood, mood) for who, mood in zip(persons, moods, strict=False)}
        for who, mood in told.items():
            ground.send(moody.functions.set_mood(who, mood), ground.owner)
        payees = [(persons[position], units) for position, units in wanted]
        paid, skipped, total, left = expected(payees, moods=told, vault=vault, held=before)
        had = balances(moody, persons)

        call = moody_vault.functions.pay(next(numbers), g.packed(payees), *g.ROOTS)
        receipt = ground.send(call, ground.payer)

        events = moody_vault.events
        reported = events.PayeeSkipped().process_receipt(receipt, errors=g.DISCARD)
        (closing,) = events.BatchPaid().process_receipt(receipt, errors=g.DISCARD)
        assert [one["args"]["index"] for one in reported] == skipped
        assert (closing["args"]["paid"], closing["args"]["total"]) == (len(paid), total)
        got = [sum(payees[one][1] for one in paid if payees[one][0] == who) for who in persons]
        got[persons.index(vault)] = left - before
        assert balances(moody, persons) == [old + new for old, new in zip(had, got, strict=True)]

    any_batch()


def balances(token, persons):
    return [token.functions.balanceOf(who).call() for who in persons]
