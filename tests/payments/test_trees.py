"""Trees as OpenZeppelin's own verifier reads them, under node."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launcher.chain import node
from payments import trees

ROOT = Path(__file__).resolve().parents[2]
# Reads cases from standard input: rebuilds each tree, checks each proof, and tries a wrong amount.
VERIFIER = """
const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const types = ["address", "uint256"];
console.log(JSON.stringify(cases.map(({ values, root, proofs, dump }) => {
  const loaded = StandardMerkleTree.load(dump);
  loaded.validate();
  return {
    rebuilt: StandardMerkleTree.of(values, types).root === root,
    loaded: loaded.root === root,
    right: values.every((one, n) => StandardMerkleTree.verify(root, types, one, proofs[n])),
    wrong: values.some(([who, units], n) =>
      StandardMerkleTree.verify(root, types, [who, String(BigInt(units) + 1n)], proofs[n])),
  };
})));
"""
BALANCES = st.dictionaries(
    st.binary(min_size=20, max_size=20), st.integers(1, 2**96), min_size=1, max_size=40
)


def balances(count):
    return [(bytes([1 + n % 250, n // 250]) * 10, 10_000 * (n + 1)) for n in range(count)]


def case(rows):
    leaves = [trees.leaf(who, units) for who, units in rows]
    tree = trees.Tree(leaves)
    values = [["0x" + who.hex(), str(units)] for who, units in rows]
    return {
        "values": values,
        "root": "0x" + tree.root.hex(),
        "proofs": [["0x" + one.hex() for one in tree.proof(leaf)] for leaf in leaves],
        "dump": {
            "format": trees.FORMAT,
            "leafEncoding": ["address", "uint256"],
            "tree": ["0x" + one.hex() for one in tree.nodes],
            "values": [
                {"value": value, "treeIndex": tree.places[leaf]}
                for value, leaf in zip(values, leaves, strict=True)
            ],
        },
    }


def test_openzeppelins_verifier_takes_every_proof_and_no_wrong_amount():
    cases = [case(balances(count)) for count in (*range(1, 18), 200)]

    done = subprocess.run(
        [node(), "-e", VERIFIER],
        input=json.dumps(cases),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    verdicts = json.loads(done.stdout)
    assert len(verdicts) == 18
    good = {"rebuilt": True, "loaded": True, "right": True, "wrong": False}
    assert verdicts == [good] * 18


@given(BALANCES)
def test_each_leaf_climbs_to_the_root_and_no_other_does(found):
    leaves = [trees.leaf(who, units) for who, units in found.items()]
    tree = trees.Tree(leaves)

    assert all(trees.climbed(one, tree.proof(one)) == tree.root for one in leaves)
    (who, units), one = next(iter(found.items())), leaves[0]
    assert trees.climbed(trees.leaf(who, units + 1), tree.proof(one)) != tree.root
    assert trees.Tree(leaves[::-1]).root == tree.root


def test_a_tree_of_nobody_has_no_root():
    assert trees.Tree([]).root == trees.NO_ROOT


def test_who_is_not_in_the_tree_has_no_proof():
    with pytest.raises(KeyError):
        trees.Tree([trees.leaf(b"\1" * 20, 5)]).proof(trees.leaf(b"\1" * 20, 6))
