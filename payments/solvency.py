"""What everybody is owed after a batch, as a tree that the vault keeps the root of.

Whoever keeps their leaf and its proof can take their money out of the vault when the house has
fallen silent. A leaf is a wallet and all that is owed to it: earnings, funds of projects whose
owner has named a wallet, and payouts that no batch has taken up yet. Who has named no wallet is in
no leaf; the sum of that is told. Batches under way count as paid: they are mined before this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from eth_hash.auto import keccak

from payments import explorer, mirrors, money, trees
from payments.errors import NotFound, NoVaultYet
from payments.models import (
    Batch,
    ChainTx,
    Network,
    Owed,
    Payout,
    Reconciliation,
    ScannedBlock,
    Wallet,
)
from payments.trees import Tree

NO_ROOT = "0x" + trees.NO_ROOT.hex()  # of what nobody is owed
Roots = tuple[bytes, bytes]  # of balances and of labels
KEPT_BATCHES = 100  # whose leaves are remembered; a tree is worth something while it is the last

BALANCES = """
WITH wallet AS (
    SELECT DISTINCT ON (purse_id) purse_id, address FROM payments_wallet
    WHERE ended_at IS NULL AND usable_from <= clock_timestamp()
    ORDER BY purse_id, usable_from DESC
), share AS (
    SELECT wallet.address, account.balance_units AS units
    FROM payments_account AS account LEFT JOIN wallet ON wallet.purse_id = account.purse_id
    WHERE account.balance_units > 0 AND (account.kind = 'EARNED'
        OR account.kind = 'FUNDS' AND wallet.address IS NOT NULL)
    UNION ALL
    SELECT address, amount_units FROM payments_payout
    WHERE state = 'REQUESTED' AND NOT id = ANY(%(paying)s)
)
SELECT address, sum(units)::bigint FROM share GROUP BY address ORDER BY address
"""
# Earnings leave in the order they came: what this batch pays lies behind all that left before.
LABELS = """
WITH payee AS (
    SELECT payout.purse_id, sum(payout.amount_units)::bigint AS units, (
        SELECT GREATEST(COALESCE(max(gone.up_to_units), 0), (
            SELECT COALESCE(max(taken.up_to_units), 0) FROM payments_exit AS taken
            WHERE taken.purse_id = payout.purse_id))
            + COALESCE(sum(gone.amount_units) FILTER (WHERE gone.state = 'BATCHED'), 0)::bigint
        FROM payments_payout AS gone
        WHERE gone.purse_id = payout.purse_id AND gone.source = 'EARNED'
            AND gone.state IN ('PAID', 'BATCHED')) AS from_units
    FROM payments_payout AS payout
    WHERE payout.id = ANY(%(paying)s) AND payout.source = 'EARNED'
    GROUP BY payout.purse_id
)
SELECT entry.key, line.amount_units
FROM payee CROSS JOIN LATERAL (
    SELECT entry_id, amount_units FROM payments_line
    WHERE account_id = (
        SELECT id FROM payments_account WHERE purse_id = payee.purse_id AND kind = 'EARNED')
    AND up_to_units > payee.from_units AND up_to_units <= payee.from_units + payee.units
    ORDER BY up_to_units OFFSET 0
) AS line CROSS JOIN LATERAL (
    SELECT key, kind FROM payments_entry WHERE id = line.entry_id OFFSET 0
) AS entry
WHERE entry.kind = 'release'
ORDER BY entry.key
"""


@dataclass(frozen=True)
class Sums:
    """Who is owed what: (wallet, units) and (release key, units), and what has no wallet."""

    balances: list[tuple[str, int]]
    labels: list[tuple[str, int]]
    homeless_units: int

    @cached_property
    def roots(self) -> Roots:
        return balances_tree(self.balances).root, labels_tree(self.labels).root


def owed(*, paying: Sequence[Payout]) -> Sums:
    """What everybody is owed once these payouts, still REQUESTED, are paid."""
    ids = {"paying": [payout.pk for payout in paying]}
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, ids)
        found = cursor.fetchall()
        cursor.execute(LABELS, ids)
        labels = cursor.fetchall()
    homeless_units = sum(units for address, units in found if address is None)
    balances = [(address, units) for address, units in found if address is not None]
    return Sums(balances, labels, homeless_units)


def keep(batch: Batch, sums: Sums) -> None:
    """The sums are kept with the batch; old leaves are forgotten, roots are not.

    Nor are the leaves of the last root that the chain has, whatever waits behind it.
    """
    balances_root, labels_root = sums.roots
    Owed.objects.create(
        batch=batch,
        balances_root="0x" + balances_root.hex(),
        labels_root="0x" + labels_root.hex(),
        total_units=sum(units for _, units in sums.balances),
        homeless_units=sums.homeless_units,
        balances=sums.balances,
        labels=sums.labels,
    )
    old = Owed.objects.filter(batch__number__lte=batch.number - KEPT_BATCHES)
    last = recorded().values_list("pk", flat=True).first()
    old.exclude(balances=None).exclude(pk=last).update(balances=None)


def balances_tree(balances: Sequence[Sequence[Any]]) -> Tree:
    """The tree of (address, uint256), readable by OpenZeppelin's StandardMerkleTree."""
    return Tree([_leaf(address, units) for address, units in balances])


def labels_tree(labels: Sequence[Sequence[Any]]) -> Tree:
    """The tree of (bytes32, uint256): the keccak256 of a release's key, and its units."""
    return Tree([trees.leaf(keccak(key.encode()), units) for key, units in labels])


def _leaf(address: str, units: int) -> bytes:
    return trees.leaf(bytes.fromhex(address[2:]), units)


# --- For anybody ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Vault:
    """What the vault holds, as it told us: `reported_units` by its events up to `block_number`.

    `looked_at` is the newest look at the token's own books, with its units, block and time; None
    before the first. More than was reported are gifts.
    """

    network: Network
    reported_units: int
    block_number: int
    looked_at: Reconciliation | None


IS_LEAF = """
    SELECT EXISTS (
        SELECT FROM payments_owed AS owed, jsonb_array_elements(owed.balances) AS leaf
        WHERE owed.batch_id = %s AND leaf->>0 = ANY(%s::text[]))
"""
# What came in, less what was paid and what was taken out with a proof.
REPORTED = """
    SELECT COALESCE(sum(CASE name
        WHEN 'Deposited' THEN (payload->>'amount')::numeric
        WHEN 'BatchPaid' THEN -(payload->>'total')::numeric
        WHEN 'Exited' THEN -(payload->>'amount')::numeric
        ELSE 0 END), 0)
    FROM payments_chainevent WHERE block_number <= %s AND lost_at IS NULL
"""


def reported_units(block_number: int) -> int:
    """What the vault holds by its own events up to this block, all of which were read."""
    with connection.cursor() as cursor:
        cursor.execute(REPORTED, [block_number])
        (units,) = cursor.fetchone()
    return int(units)


def vault() -> Vault:
    """What the vault holds; raises NoVaultYet."""
    network = Network.objects.first()
    if network is None:
        raise NoVaultYet()
    newest = ScannedBlock.objects.values_list("number", flat=True).first()
    block_number = newest or network.deployed_block
    return Vault(
        network=network,
        reported_units=reported_units(block_number),
        block_number=block_number,
        looked_at=Reconciliation.objects.exclude(vault_units=None).first(),
    )


def recorded() -> QuerySet[Owed]:
    """What was owed after each batch that the chain has for good, newest first, without leaves."""
    return _recorded().defer("balances", "labels")


def of_batch(number: int) -> Owed:
    """What was owed after the batch of this number; raises NotFound."""
    found = _recorded().filter(batch__number=number).first()
    if found is None:
        raise NotFound("There is no such batch on chain.")
    return found


def latest() -> Owed | None:
    """What was owed after the last batch that the chain has for good; None before the first."""
    return _recorded().first()


def _recorded() -> QuerySet[Owed]:
    """The newest first: batches are mined in the order of their numbers, whoever pays them."""
    confirmed = Owed.objects.filter(batch__chain_tx__state=ChainTx.State.CONFIRMED)
    return confirmed.select_related("batch__chain_tx").order_by("-batch__number")


def proofs(holder: str) -> list[dict[str, Any]]:
    """The leaves of this holder's wallets in the last tree, each with its proof."""
    found, mine = latest(), _wallets(holder)
    if found is None or found.balances is None or not mine:
        return []
    balances = [(address, units) for address, units in found.balances if address in mine]
    if not balances:
        return []
    tree = _tree_of(found.batch.number)
    return [_proof(found, tree, address, units) for address, units in balances]


def has_proof(holder: str) -> bool:
    """True if `proofs` has one: asked of PostgreSQL, which builds no tree for it."""
    newest, mine = recorded().first(), _wallets(holder)
    if newest is None or not mine:
        return False
    with connection.cursor() as cursor:
        cursor.execute(IS_LEAF, [newest.pk, list(mine)])
        (found,) = cursor.fetchone()
    return bool(found)


def _wallets(holder: str) -> set[str]:
    """All that this holder ever named or was paid at."""
    named = Wallet.objects.filter(purse__holder=holder).values_list("address", flat=True)
    paid = Payout.objects.filter(purse__holder=holder).order_by()
    return {*named, *paid.values_list("address", flat=True).distinct()}


class Root(NamedTuple):
    """A root of balances that the vault has or may have, and the batch that brings it there."""

    batch: int
    tx_hash: str
    balances_root: str


IN_VAULT = [ChainTx.State.SIGNED, ChainTx.State.SENT, ChainTx.State.CONFIRMED]


def roots() -> tuple[Root, ...]:
    """The roots that may be the vault's, oldest first: the last that the chain has for good, and
    those on their way, for the vault takes each when it is mined. Raises NotFound."""
    last = _recorded().values("batch__number")[:1]
    found = Owed.objects.filter(
        batch__chain_tx__state__in=IN_VAULT,
        batch__number__gte=Coalesce(last, Value(0)),
        balances__isnull=False,
    ).order_by("batch__number")
    rows = found.values_list("batch__number", "batch__chain_tx__tx_hash", "balances_root")
    if not rows:
        raise NotFound("There is no such batch on chain.")
    return tuple(Root(*row) for row in rows)


def leaves(kept: Sequence[Root]) -> dict[str, Any]:
    """The hashes of all leaves of the first of these `roots`, in order, and under `coming` those of
    the others: for anybody to keep.

    `mirrors` makes a proof of them for who knows their wallet and amount. They hide neither from
    who tries: wallets that were paid are in the chain's calldata. Raises NotFound.
    """
    first, *coming = (_hashes(root) for root in kept)
    return first | {"coming": coming}


def _hashes(root: Root) -> dict[str, Any]:
    balances = Owed.objects.values_list("balances", flat=True).get(batch__number=root.batch)
    if balances is None:
        raise NotFound("There is no such batch on chain.")
    hashes = sorted(_leaf(address, units) for address, units in balances)
    return _head(mirrors.FORMAT, root) | {"leaves": ["0x" + one.hex() for one in hashes]}


def _head(kind: str, root: Root) -> dict[str, Any]:
    network = Network.objects.get()
    return {
        "format": kind,
        "chain_id": network.chain_id,
        "vault": network.vault_address,
        "token": network.token_address,
        "batch": root.batch,
        "tx_hash": root.tx_hash,
        "explorer_url": explorer.tx_url(root.tx_hash),
        "vault_url": explorer.address_url(network.vault_address),
        "token_url": explorer.address_url(network.token_address),
        "balances_root": root.balances_root,
    }


@lru_cache(maxsize=2)
def _tree_of(number: int) -> Tree:
    return balances_tree(of_batch(number).balances or [])


def _proof(found: Owed, tree: Tree, address: str, units: int) -> dict[str, Any]:
    root = Root(found.batch.number, found.batch.chain_tx.tx_hash, found.balances_root)
    return {
        **_head(mirrors.PROOF_FORMAT, root),
        "account_url": explorer.address_url(address),
        "account": address,
        "units": units,
        "amount": money.format(units),
        "proof": ["0x" + node.hex() for node in tree.proof(_leaf(address, units))],
    }


def label_proof(number: int, key: str) -> list[str]:
    """The way from the release of this key to the batch's labels root; raises NotFound."""
    labels = of_batch(number).labels or []
    units = next((units for one, units in labels if one == key), None)
    if units is None:
        raise NotFound("This batch does not pay for that.")
    path = labels_tree(labels).proof(trees.leaf(keccak(key.encode()), units))
    return ["0x" + node.hex() for node in path]
