"""Money outlives the house: after its silence anybody takes their balance out, once."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from web3.exceptions import ContractLogicError

from payments import trees
from tests.contracts import ground as g
from tests.contracts.conftest import EXIT_DELAY, HELD

OWED = [1_000, 2_000, 3_000, 4_000, 5_000]
QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}


class Left:
    """A vault whose last batch left these people owed so much."""

    def __init__(self, ground, vault, *, number=1, owed=OWED):
        self.ground, self.vault = ground, vault
        self.rows = list(zip(ground.payees, owed, strict=False))
        self.leaves = [trees.leaf(bytes.fromhex(who[2:]), units) for who, units in self.rows]
        self.tree = trees.Tree(self.leaves)
        call = vault.functions.pay(number, [], self.tree.root, g.ROOTS[1])
        ground.send(call, vault.functions.payer().call())

    def exit(self, position, *, units=None, who=None, proof=None):
        owner, owed = self.rows[position]
        path = self.tree.proof(self.leaves[position]) if proof is None else proof
        return self.vault.functions.exit(who or owner, owed if units is None else units, path)


@pytest.fixture
def left(ground, vault):
    return Left(ground, vault)


def balances(token, rows):
    return [token.functions.balanceOf(who).call() for who, _ in rows]


def test_while_the_house_pays_nobody_exits(ground, token, vault, left):
    early = ground.refuse(left.exit(0), left.rows[0][0])
    ground.pass_time(EXIT_DELAY - 60)
    still = ground.refuse(left.exit(0), left.rows[0][0])

    assert early == still == "vault: the house is not silent"
    assert token.functions.balanceOf(vault.address).call() == HELD
    assert vault.functions.payer().call() == ground.payer


def test_after_the_silence_everybody_gets_their_balance_once(ground, token, vault, left):
    ground.pass_time(EXIT_DELAY + 1)

    receipts = [ground.send(left.exit(n), ground.stranger) for n in range(len(OWED))]

    assert balances(token, left.rows) == OWED
    assert token.functions.balanceOf(vault.address).call() == HELD - sum(OWED)
    for receipt, (who, units) in zip(receipts, left.rows, strict=True):
        (event,) = vault.events.Exited().process_receipt(receipt, errors=g.DISCARD)
        assert event["args"] == {"account": who, "amount": units, "balances_root": left.tree.root}
    for position, (who, _) in enumerate(left.rows):
        assert ground.refuse(left.exit(position), who) == "vault: taken out before"
        assert vault.functions.has_left(left.tree.root, who).call() is True


def test_no_other_amount_account_or_way_is_in_the_tree(ground, token, vault, left):
    ground.pass_time(EXIT_DELAY + 1)
    (who, units), other = left.rows[0], left.rows[1][0]
    path = left.tree.proof(left.leaves[0])

    for call in (
        left.exit(0, units=units + 1),
        left.exit(0, units=0),
        left.exit(0, who=other),
        left.exit(0, proof=path[:-1]),
        left.exit(0, proof=[*path, b"\0" * 32]),
        left.exit(0, proof=[]),
        left.exit(0, proof=left.tree.proof(left.leaves[1])),
    ):
        assert ground.refuse(call, who) == "vault: not in the tree"
    assert token.functions.balanceOf(vault.address).call() == HELD


def changed(path, nodes):
    """The way with one step in it changed, left out, added, or changed for another."""
    steps = st.sampled_from(nodes) | st.binary(min_size=32, max_size=32)
    places = st.integers(0, len(path) - 1)
    flipped = st.tuples(places, st.integers(0, 255)).map(
        lambda at: [
            (int.from_bytes(step) ^ (n == at[0]) << at[1]).to_bytes(32)
            for n, step in enumerate(path)
        ]
    )
    return st.one_of(
        flipped,
        places.map(lambda at: path[:at] + path[at + 1 :]),
        st.tuples(places, steps).map(lambda new: [*path[: new[0]], new[1], *path[new[0] :]]),
        st.tuples(places, steps).map(lambda new: [*path[: new[0]], new[1], *path[new[0] + 1 :]]),
        st.permutations(path),
        st.lists(steps, max_size=4),
    )


def test_no_claim_but_those_in_the_tree_is_paid(ground, vault, left):
    """Whatever is changed of a true one: the account, the amount, the way, or all of them."""
    ground.pass_time(EXIT_DELAY + 1)
    ways = [left.tree.proof(leaf) for leaf in left.leaves]
    true = [(who, units, way) for (who, units), way in zip(left.rows, ways, strict=True)]
    nodes = [node for node in left.tree.nodes if node]
    somebody = st.binary(min_size=20, max_size=20) | st.sampled_from([one[-20:] for one in nodes])
    anybody = st.sampled_from([who for who, _ in left.rows]) | somebody.map(
        ground.web3.to_checksum_address
    )
    amounts = st.sampled_from([*OWED, *(int.from_bytes(one) for one in nodes)]) | st.integers(
        0, 2**256 - 1
    )

    def untrue(claim):
        who, units, way = (st.just(one) for one in claim)
        other = changed(claim[2], nodes)
        return st.one_of(
            st.tuples(anybody, units, way),
            st.tuples(who, amounts, way),
            st.tuples(who, units, other),
            st.tuples(anybody, amounts, other),
        )

    @settings(max_examples=150, **QUICK)
    @given(st.sampled_from(true).flatmap(untrue))
    def any_claim(claim):
        assume(claim not in true)
        with pytest.raises(ContractLogicError, match="vault: not in the tree"):
            vault.functions.exit(*claim).call({"from": ground.stranger})

    any_claim()
    for claim in true:
        vault.functions.exit(*claim).call({"from": ground.stranger})


def test_a_node_of_the_tree_is_no_leaf(ground, token, vault, left):
    """64 bytes of two nodes are not an account and an amount: a leaf is hashed twice."""
    ground.pass_time(EXIT_DELAY + 1)
    one, other = sorted(left.tree.nodes[1:3])
    who = ground.web3.to_checksum_address(one[-20:])

    call = vault.functions.exit(who, int.from_bytes(other), [])

    assert ground.refuse(call, ground.stranger) == "vault: not in the tree"


def test_an_exit_dismisses_the_payer_for_good(ground, token, vault, left):
    signed_before = vault.functions.pay(2, g.packed([left.rows[0]]), *g.ROOTS)
    ground.pass_time(EXIT_DELAY + 1)

    receipt = ground.send(left.exit(0), ground.stranger)

    (event,) = vault.events.PayerChanged().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"]["payer"] == g.NOBODY
    others = ground.send(left.exit(1), ground.stranger)
    assert vault.events.PayerChanged().process_receipt(others, errors=g.DISCARD) == ()
    assert ground.refuse(signed_before, ground.payer) == "vault: not the payer"
    assert ground.refuse(vault.functions.set_payer(ground.payer), ground.owner) == (
        "vault: paid before"
    )
    assert balances(token, left.rows)[0] == OWED[0]


def test_the_house_comes_back_with_another_key_and_another_root(ground, token, vault, left):
    ground.pass_time(EXIT_DELAY + 1)
    ground.send(left.exit(0), ground.stranger)
    ground.send(vault.functions.set_payer(ground.stranger), ground.owner)

    again = Left(ground, vault, number=2, owed=[0, *OWED[1:]])

    assert ground.refuse(left.exit(1), ground.stranger) == "vault: the house is not silent"
    ground.pass_time(EXIT_DELAY + 1)
    assert ground.refuse(left.exit(1), ground.stranger) == "vault: not in the tree"
    ground.send(again.exit(1), ground.stranger)
    assert balances(token, left.rows)[:2] == OWED[:2]


def test_the_silence_ends_to_the_second(ground, vault, left):
    opens = vault.functions.last_paid_at().call() + EXIT_DELAY

    ground.at(opens)
    assert ground.try_to_send(left.exit(0), ground.stranger)["status"] == 0
    ground.at(opens + 1)
    assert ground.try_to_send(left.exit(0), ground.stranger)["status"] == 1


def test_a_proof_for_another_vault_proves_nothing(ground, token, vault, left):
    """The same people are owed the same there, but nobody recorded it; then it is another root."""
    other = ground.deploy("Vault", token.address, ground.payer, 1, EXIT_DELAY)
    ground.send(token.functions.mint(other.address, HELD), ground.owner)
    there = Left(ground, other, owed=[2 * units for units in OWED])
    ground.pass_time(EXIT_DELAY + 1)

    call = other.functions.exit(left.rows[0][0], OWED[0], left.tree.proof(left.leaves[0]))

    assert ground.refuse(call, ground.stranger) == "vault: not in the tree"
    ground.send(there.exit(0), ground.stranger)
    assert balances(token, left.rows)[0] == 2 * OWED[0]


def test_a_root_that_comes_again_pays_nobody_twice(ground, token, vault, left):
    """Once an account and root: whoever left under it stays out until another root is recorded."""
    ground.pass_time(EXIT_DELAY + 1)
    ground.send(left.exit(0), ground.stranger)
    ground.send(vault.functions.set_payer(ground.stranger), ground.owner)
    again = Left(ground, vault, number=2)
    assert again.tree.root == left.tree.root
    ground.pass_time(EXIT_DELAY + 1)

    assert ground.refuse(again.exit(0), ground.stranger) == "vault: taken out before"
    ground.send(again.exit(1), ground.stranger)

    assert balances(token, left.rows)[:2] == OWED[:2]


def test_an_exit_in_a_hooked_token_can_take_nothing_else_along(ground, moody, moody_vault):
    """Called back in the middle of one exit, the vault lets no other one begin."""
    left = Left(ground, moody_vault)
    ground.pass_time(EXIT_DELAY + 1)
    (who, _), (_, units) = left.rows[:2]
    inner = left.exit(1)._encode_transaction_data()
    ground.send(moody.functions.set_call(moody_vault.address, inner), ground.owner)
    ground.send(moody.functions.set_mood(who, g.CALLS_BACK), ground.owner)

    assert ground.try_to_send(left.exit(0), who)["status"] == 0
    assert balances(moody, left.rows)[:2] == [0, 0]
    ground.send(left.exit(1), who)
    assert balances(moody, left.rows)[1] == units


def test_the_owner_cannot_put_the_silence_off(ground, vault, left):
    ground.pass_time(EXIT_DELAY + 1)
    ground.send(vault.functions.set_payer(ground.stranger), ground.owner)
    ground.send(vault.functions.set_daily_cap(0), ground.owner)

    ground.send(left.exit(0), ground.stranger)

    assert vault.functions.exit_delay().call() == EXIT_DELAY
    assert vault.functions.payer().call() == g.NOBODY


def test_before_the_first_root_there_is_nothing_to_take(ground, vault):
    call = vault.functions.exit(ground.stranger, 1, [])

    assert ground.refuse(call, ground.stranger) == "vault: no balances"


@pytest.mark.parametrize("mood", [g.SAYS_NO, g.REVERTS, g.CALLS_BACK])
def test_an_exit_that_the_token_refuses_can_be_tried_again(ground, moody, moody_vault, mood):
    left = Left(ground, moody_vault)
    ground.pass_time(EXIT_DELAY + 1)
    who, units = left.rows[0]
    ground.send(
        moody.functions.set_call(moody_vault.address, left.exit(0)._encode_transaction_data()),
        ground.owner,
    )
    ground.send(moody.functions.set_mood(who, mood), ground.owner)

    assert ground.try_to_send(left.exit(0), who)["status"] == 0
    assert moody_vault.functions.has_left(left.tree.root, who).call() is False
    assert moody_vault.functions.payer().call() == ground.payer
    ground.send(moody.functions.set_mood(who, g.HONEST), ground.owner)
    ground.send(left.exit(0), who)

    assert balances(moody, left.rows)[0] == units


@pytest.mark.parametrize("mood", [g.SAYS_NO, g.REVERTS, g.BURNS_GAS, g.SAYS_TWO])
def test_whom_the_token_will_not_have_keeps_nobody_else_in(ground, moody, moody_vault, mood):
    left = Left(ground, moody_vault)
    ground.pass_time(EXIT_DELAY + 1)
    (barred, _), (_, units) = left.rows[:2]
    ground.send(moody.functions.set_mood(barred, mood), ground.owner)

    assert ground.try_to_send(left.exit(0), ground.stranger)["status"] == 0
    ground.send(left.exit(1), ground.stranger)

    assert balances(moody, left.rows)[:2] == [0, units]
    assert moody_vault.functions.has_left(left.tree.root, barred).call() is False


@pytest.mark.parametrize(
    ("mood", "share"), [(g.KEEPS_A_TENTH, 9), (g.SILENT, 10), (g.FLOODS, 10), (g.LIES, 0)]
)
def test_a_token_that_takes_a_part_takes_it_from_who_exits(ground, moody, moody_vault, mood, share):
    """The vault trusts the token with its own balances: what it says it moved counts as moved."""
    left = Left(ground, moody_vault)
    ground.pass_time(EXIT_DELAY + 1)
    who, units = left.rows[0]
    held = moody.functions.balanceOf(moody_vault.address).call()
    ground.send(moody.functions.set_mood(who, mood), ground.owner)

    ground.send(left.exit(0), ground.stranger)

    assert balances(moody, left.rows)[0] == units * share // 10
    gone = units if share else 0
    assert moody.functions.balanceOf(moody_vault.address).call() == held - gone
    assert ground.refuse(left.exit(0), ground.stranger) == "vault: taken out before"
