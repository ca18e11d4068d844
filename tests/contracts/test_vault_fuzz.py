"""The vault against a model of it: any batch, and any story."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.contracts import ground as g
from tests.contracts.conftest import CAP, HELD

QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
POSITIONS = st.integers(0, 7)
UNITS = st.one_of(st.integers(0, 3), st.integers(0, CAP // 2), st.just(2**96 - 1))
MOODS = st.lists(st.sampled_from(range(10)), min_size=5, max_size=5)
REFUSING = {g.SAYS_NO, g.REVERTS, g.BURNS_GAS, g.CALLS_BACK}

numbers = count(1_000)


def expected(payees, *, moods, nobody, held):
    """What a batch should do: who is paid, who is skipped, and the sum."""
    paid, skipped, total = [], [], 0
    for position, (payee, units) in enumerate(payees):
        refused = payee in nobody or units == 0 or moods.get(payee) in REFUSING
        if refused or units > held - total:
            skipped.append(position)
        else:
            paid.append(position)
            total += units
    return paid, skipped, total


def test_any_batch_does_what_the_model_says(ground, moody, moody_vault):
    ground.send(moody_vault.functions.set_daily_cap(2**255), ground.owner)
    ground.send(moody.functions.set_call(moody_vault.address, b"\x00\x01\x02\x03"), ground.owner)
    nobody = ["0x" + "0" * 40, moody_vault.address]
    persons = [*ground.payees[:5], *nobody, ground.owner]
    harmful = {g.LIES: g.HONEST, g.SAYS_TWO: g.SAYS_NO, g.KEEPS_A_TENTH: g.HONEST}

    @settings(max_examples=40, **QUICK)
    @given(st.lists(st.tuples(POSITIONS, UNITS), max_size=12), MOODS)
    def any_batch(wanted, moods):
        before = moody.functions.balanceOf(moody_vault.address).call()
        told = {who: harmful.get(mood, mood) for who, mood in zip(persons, moods, strict=False)}
        for who, mood in told.items():
            ground.send(moody.functions.set_mood(who, mood), ground.owner)
        payees = [(persons[position], units) for position, units in wanted]
        paid, skipped, total = expected(payees, moods=told, nobody=nobody, held=before)
        had = balances(moody, persons)

        call = moody_vault.functions.pay(g.batch(next(numbers)), g.packed(payees), *g.ROOTS)
        receipt = ground.send(call, ground.payer)

        events = moody_vault.events
        reported = events.PayeeSkipped().process_receipt(receipt, errors=g.DISCARD)
        (closing,) = events.BatchPaid().process_receipt(receipt, errors=g.DISCARD)
        assert [one["args"]["index"] for one in reported] == skipped
        assert (closing["args"]["paid"], closing["args"]["total"]) == (len(paid), total)
        got = [sum(payees[one][1] for one in paid if payees[one][0] == who) for who in persons]
        got[persons.index(moody_vault.address)] = -total
        assert balances(moody, persons) == [old + new for old, new in zip(had, got, strict=True)]

    any_batch()


def balances(token, persons):
    return [token.functions.balanceOf(who).call() for who in persons]


class Story(RuleBasedStateMachine):
    """Deposits, batches, days and changes of roles, in any order."""

    ground: g.Ground
    token: object
    vault: object

    def __init__(self):
        super().__init__()
        self.vault = self.ground.deploy("Vault", self.token.address, self.ground.payer, CAP)
        self.held, self.cap, self.paid_today, self.done = 0, CAP, 0, {}
        self.payer, self.owner, self.came_in = self.ground.payer, self.ground.owner, 0
        self.before = self.balance(self.ground.payees[0])

    def balance(self, who):
        return self.token.functions.balanceOf(who).call()

    @rule(units=st.integers(1, HELD))
    def deposit(self, units):
        who = self.ground.requester
        self.ground.send(self.token.functions.mint(who, units), who)
        self.ground.send(self.token.functions.approve(self.vault.address, units), who)
        self.ground.send(self.vault.functions.deposit(g.batch(1), units), who)
        self.held += units
        self.came_in += units

    @rule(number=st.integers(1, 6), units=st.integers(1, CAP))
    def pay(self, number, units):
        payees = [(self.ground.payees[0], units), (self.vault.address, 1)]
        call = self.vault.functions.pay(g.batch(number), g.packed(payees), *g.ROOTS)
        total = units if units <= self.held else 0
        if number in self.done or self.paid_today + total > self.cap:
            self.ground.refuse(call, self.payer)
            return
        self.ground.send(call, self.payer)
        self.done[number] = total
        self.held -= total
        self.paid_today += total

    @rule()
    def sleep(self):
        self.ground.pass_time(g.DAY)
        self.paid_today = 0

    @rule(cap=st.integers(0, CAP))
    def change_the_cap(self, cap):
        self.ground.send(self.vault.functions.set_daily_cap(cap), self.owner)
        self.cap = cap

    @rule(position=st.integers(0, 2))
    def change_the_payer(self, position):
        self.payer = self.ground.payees[position]
        self.ground.send(self.vault.functions.set_payer(self.payer), self.owner)

    @rule(position=st.integers(3, 5))
    def hand_over(self, position):
        old, new = self.owner, self.ground.payees[position]
        self.ground.send(self.vault.functions.offer_ownership(new), old)
        self.ground.send(self.vault.functions.accept_ownership(), new)
        self.owner = new
        if new != old:
            self.ground.refuse(self.vault.functions.set_payer(old), old)

    @invariant()
    def holds_what_came_in_and_has_not_left(self):
        left = sum(self.done.values())
        assert self.balance(self.vault.address) == self.held == self.came_in - left
        assert self.balance(self.ground.payees[0]) - self.before == left

    @invariant()
    def counts_the_day(self):
        day = self.ground.web3.eth.get_block("latest")["timestamp"] // g.DAY
        assert self.vault.functions.paid_on(day).call() == self.paid_today

    @invariant()
    def knows_what_was_paid(self):
        for number in range(1, 7):
            assert self.vault.functions.is_paid(g.batch(number)).call() == (number in self.done)


def test_any_story_keeps_the_books(ground, token):
    story = type("ThisStory", (Story,), {"ground": ground, "token": token})

    run_state_machine_as_test(
        story, settings=settings(max_examples=8, stateful_step_count=12, **QUICK)
    )
