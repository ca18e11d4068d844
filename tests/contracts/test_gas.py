"""What a payee costs: held against a bare loop of transfers (docs/adr/0002)."""

import pytest

from tests.contracts import ground as g

COUNT = 200
UNITS = 1_000_000
NEAR = 5  # gas: a batch id may have a zero byte more


@pytest.fixture
def bare(ground, token):
    made = ground.deploy("BareLoop", token.address)
    ground.send(token.functions.mint(made.address, 10**9), ground.owner)
    return made


def used(ground, vault, bare, *, first, count=COUNT):
    """Gas per batch of as many payees, by the vault and by the bare loop; each has its own."""
    ours, theirs = (ground.fresh_addresses(count, first=first + n * 10_000) for n in (0, 1))
    batch_id = ground.web3.eth.block_number
    words = g.packed([(payee, UNITS + n) for n, payee in enumerate(ours)])
    amounts = [UNITS + n for n in range(count)]
    roots = [ground.web3.keccak(text=f"{name} {batch_id}") for name in ("balances", "labels")]
    by_vault = ground.send(vault.functions.pay(batch_id, words, *roots), ground.payer)
    by_loop = ground.send(bare.functions.pay(theirs, amounts), ground.payer)
    return by_vault["gasUsed"], by_loop["gasUsed"]


@pytest.mark.parametrize(
    ("returning", "vault_gas", "bare_gas"), [(False, 25_782, 25_785), (True, 8_682, 8_685)]
)
def test_a_payee_costs_what_was_measured(ground, vault, bare, returning, vault_gas, bare_gas):
    used(ground, vault, bare, first=50_000, count=1)  # the day has begun, the roots are there
    if returning:
        used(ground, vault, bare, first=0)

    ours, theirs = used(ground, vault, bare, first=0)

    assert ours / COUNT == pytest.approx(vault_gas, abs=NEAR)
    assert theirs / COUNT == pytest.approx(bare_gas, abs=NEAR)
    assert ours <= theirs


def test_the_next_payee_costs_no_more_than_in_the_bare_loop(ground, vault, bare):
    used(ground, vault, bare, first=50_000, count=1)

    small, large = (
        used(ground, vault, bare, first=first, count=count)
        for first, count in ((1_000, COUNT // 2), (0, COUNT))
    )

    ours, theirs = ((large[n] - small[n]) / (COUNT // 2) for n in (0, 1))
    assert ours == pytest.approx(25_520, abs=NEAR)
    assert theirs == pytest.approx(25_613, abs=NEAR)
    assert ours < theirs


def test_a_full_batch_fits_into_a_tx(ground, token, vault):
    """500 payees who never held the token, below the 2**24 gas that Ethereum takes in one tx."""
    payees = [(one, UNITS) for one in ground.fresh_addresses(500, first=0)]

    receipt = ground.send(vault.functions.pay(1, g.packed(payees), *g.ROOTS), ground.payer)

    assert receipt["gasUsed"] + 160_000 < 2**24
