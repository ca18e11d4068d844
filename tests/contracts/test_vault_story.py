"""The vault against a model of it: deposits, batches, silence, exits and changes of roles.

What must hold after every step: the vault holds what came in and has not left; a batch is paid
once; a day has its cap; what is owed by the last root is there; nobody has a balance both by a
batch and by an exit. What happened in all stories together is counted: they must have led there.
"""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from payments import trees
from tests.contracts import ground as g
from tests.contracts.conftest import CAP, EXIT_DELAY

QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
PEOPLE = 3
UNITS = st.integers(1, CAP // 4)
NUMBERS = range(1, 7)  # of batches
KEYS = range(3)  # accounts that may become the payer
# What some story comes to in each run.
HAPPEN = {"paid", "batch twice", "batch of a dismissed key", "over the cap", "exit", "exit twice"}


class Story(RuleBasedStateMachine):
    """A house that owes people; it pays in batches, falls silent, and comes back."""

    ground: g.Ground
    token: object
    happened: Counter

    def __init__(self):
        super().__init__()
        self.people = [self.ground.web3.to_checksum_address(bytes([n + 1]) * 20) for n in range(3)]
        self.before = [self.balance(one) for one in self.people]
        self.vault = self.ground.deploy(
            "Vault", self.token.address, self.ground.payer, CAP, EXIT_DELAY
        )
        self.held, self.cap, self.paid_today, self.done = 0, CAP, 0, set()
        self.owed, self.got, self.earned = [0] * PEOPLE, [0] * PEOPLE, [0] * PEOPLE
        self.cap_of_the_day = self.looked_at = 0
        self.rooted, self.left, self.is_silent = [0] * PEOPLE, set(), True
        self.payer, self.known, self.owner = (
            self.ground.payer,
            {self.ground.payer},
            self.ground.owner,
        )

    def balance(self, who):
        return self.token.functions.balanceOf(who).call()

    def tree(self, owed):
        rows = [
            trees.leaf(bytes.fromhex(who[2:]), units)
            for who, units in zip(self.people, owed, strict=True)
            if units
        ]
        return trees.Tree(rows)

    @initialize(units=st.lists(UNITS, min_size=PEOPLE, max_size=PEOPLE))
    def begin(self, units):
        """Everybody has earned, and a batch of next to nothing has recorded it."""
        for person, earned in enumerate(units):
            self.earn(person, earned)
        self.pay(NUMBERS[0], 0, 1)
        self.happened["paid"] -= 1

    @rule(person=st.integers(0, PEOPLE - 1), units=UNITS)
    def earn(self, person, units):
        who = self.ground.requester
        self.ground.send(self.token.functions.mint(who, units), who)
        self.ground.send(self.token.functions.approve(self.vault.address, units), who)
        self.ground.send(self.vault.functions.deposit(g.purse(1), units), who)
        self.held += units
        self.owed[person] += units
        self.earned[person] += units

    @rule(number=st.sampled_from(NUMBERS), person=st.integers(0, PEOPLE - 1), units=UNITS)
    def pay(self, number, person, units):
        units = min(units, self.owed[person])
        after = [one - units * (n == person) for n, one in enumerate(self.owed)]
        root = self.tree(after).root
        payees = g.packed([(self.people[person], units), (g.NOBODY, 1)])
        call = self.vault.functions.pay(number, payees, root, g.ROOTS[1])
        for key in self.known - {self.payer}:
            assert self.ground.refuse(call, key) == "vault: not the payer"
        if self.payer is None:
            self.happened["batch of a dismissed key"] += bool(self.left)
            return
        if number in self.done:
            assert self.ground.refuse(call, self.payer) == "vault: paid before"
            self.happened["batch twice"] += 1
            return
        if self.paid_today + units > self.cap:
            assert self.ground.refuse(call, self.payer) == "vault: over the daily cap"
            self.happened["over the cap"] += 1
            return
        self.ground.send(call, self.payer)
        assert self.ground.refuse(call, self.payer) == "vault: paid before"
        self.happened["paid"] += units > 0
        self.done.add(number)
        self.held -= units
        self.paid_today += units
        self.cap_of_the_day = max(self.cap_of_the_day, self.cap)
        self.got[person] += units
        self.owed, self.rooted, self.left, self.is_silent = after, list(after), set(), False

    @rule(person=st.integers(0, PEOPLE - 1))
    def exit(self, person):
        units, tree = self.rooted[person], self.tree(self.rooted)
        leaf = trees.leaf(bytes.fromhex(self.people[person][2:]), units)
        proof = tree.proof(leaf) if units else []
        call = self.vault.functions.exit(self.people[person], units, proof)
        if tree.root == trees.NO_ROOT or not self.is_silent or person in self.left or not units:
            self.ground.refuse(call, self.ground.stranger)
            self.happened["exit twice"] += person in self.left
            return
        self.ground.send(call, self.ground.stranger)
        self.happened["exit"] += 1
        self.left.add(person)
        self.held -= units
        self.got[person] += units
        self.owed[person] -= units  # what was earned since stays owed
        self.payer = None

    @rule(person=st.integers(0, PEOPLE - 1), other=st.integers(0, PEOPLE - 1))
    def leave(self, person, other):
        """The house falls silent, and people exit; by chance alone few stories came so far.

        Who comes again gets nothing, and neither does anybody by the key that is dismissed now.
        """
        self.sleep(40)
        self.exit(person)
        self.exit(other)
        self.exit(person)
        self.pay(NUMBERS[-1], other, 1)

    @rule(number=st.sampled_from(NUMBERS), person=st.integers(0, PEOPLE - 1))
    def pay_too_much(self, number, person):
        """A unit more than the day's rest; by chance alone few stories came so far."""
        units, cap = min(CAP // 4, self.owed[person]), self.cap
        self.change_the_cap(max(self.paid_today + units - 1, 0))
        self.pay(number, person, units)
        self.change_the_cap(cap)

    @rule(days=st.sampled_from([1, 40]))
    def sleep(self, days):
        self.ground.pass_time(days * g.DAY)
        self.paid_today = self.cap_of_the_day = 0
        self.is_silent = self.is_silent or days * g.DAY > EXIT_DELAY

    @rule(cap=st.integers(0, CAP))
    def change_the_cap(self, cap):
        self.ground.send(self.vault.functions.set_daily_cap(cap), self.owner)
        self.cap = cap

    @rule(position=st.sampled_from(KEYS))
    def change_the_payer(self, position):
        key = self.ground.payees[position]
        call = self.vault.functions.set_payer(key)
        if key in self.known:
            assert self.ground.refuse(call, self.owner) == "vault: paid before"
            return
        self.ground.send(call, self.owner)
        self.payer = key
        self.known.add(key)

    @rule(position=st.integers(3, 4))
    def hand_over(self, position):
        old, new = self.owner, self.ground.payees[position]
        self.ground.send(self.vault.functions.offer_ownership(new), old)
        self.ground.send(self.vault.functions.accept_ownership(), new)
        self.owner = new
        if new != old:
            self.ground.refuse(self.vault.functions.set_daily_cap(0), old)

    @invariant()
    def holds_all_that_is_owed(self):
        assert self.balance(self.vault.address) == self.held == sum(self.owed)
        by_root = sum(units for n, units in enumerate(self.rooted) if n not in self.left)
        assert by_root <= self.held

    @invariant()
    def nobody_got_anything_twice(self):
        now = [self.balance(one) for one in self.people]
        assert [new - old for new, old in zip(now, self.before, strict=True)] == self.got

    @invariant()
    def nobody_is_paid_and_exits_for_the_same_money(self):
        pairs = zip(self.got, self.owed, strict=True)
        assert [got + owed for got, owed in pairs] == self.earned

    @invariant()
    def keeps_the_cap(self):
        paid_today = self.vault.functions.paid_today().call()
        assert paid_today == self.paid_today <= self.cap_of_the_day
        assert self.vault.functions.daily_cap().call() == self.cap

    @invariant()
    def pays_no_batch_twice(self):
        self.looked_at = self.looked_at % len(NUMBERS) + 1
        assert self.is_paid(self.looked_at) == (self.looked_at in self.done)

    def teardown(self):
        assert {number for number in NUMBERS if self.is_paid(number)} == self.done

    def is_paid(self, number):
        return self.vault.functions.is_paid(number).call()


def test_any_story_keeps_the_books(ground, token):
    happened: Counter = Counter()
    story = type("ThisStory", (Story,), {"ground": ground, "token": token, "happened": happened})

    run_state_machine_as_test(
        story, settings=settings(max_examples=15, stateful_step_count=20, **QUICK)
    )

    assert {one for one, times in happened.items() if times > 0} == HAPPEN, happened
