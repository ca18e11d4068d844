"""The tree against Certificate Transparency's published vectors, and any proof against any tree."""

from hypothesis import given
from hypothesis import strategies as st

from labeling.content import commitments

# The entries and roots of certificate-transparency's merkle_tree_test.
ENTRIES = [
    bytes.fromhex(text) for text in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
] + [bytes.fromhex("606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=20).map(
    lambda entries: [commitments.leaf(entry) for entry in entries]
)


def test_roots_are_those_of_the_standard():
    found = [commitments.leaf(entry) for entry in ENTRIES]

    assert [commitments.root(found[:size]).hex() for size in range(1, 9)] == ROOTS
    assert commitments.root([]).hex().startswith("e3b0c44298fc1c14")


@given(leaves, st.data())
def test_every_leaf_climbs_to_the_root_and_no_other_does(found, data):
    index = data.draw(st.integers(0, len(found) - 1))
    path = commitments.path(found, index)

    def climb(leaf):
        return commitments.climb(leaf, index=index, size=len(found), path=path)

    assert climb(found[index]) == commitments.root(found)
    assert climb(commitments.leaf(b"another one, longer")) != commitments.root(found)
    assert commitments.climb(found[index], index=index, size=len(found), path=[*path, b""]) is None
