"""Every function that can be called says what it does, what it takes and gives (NatSpec).

The compiler keeps what stands in docstrings. Events, and what can be read of the state, have none:
there the line above says it.
"""

import re

import pytest
from vyper import compile_code

from payments.contracts import build


def spoken(name):
    """The ABI's functions that are no getters, and what is said to users and to developers."""
    source = (build.FOLDER / f"{name}.vy").read_text()
    found = compile_code(source, output_formats=["abi", "userdoc", "devdoc"])
    functions = {
        _signature(one): one
        for one in found["abi"]
        if one["type"] == "function" and f"def {one['name']}(" in source
    }
    return functions, found["userdoc"]["methods"], found["devdoc"]["methods"]


def _signature(one):
    return f"{one['name']}({','.join(put['type'] for put in one['inputs'])})"


@pytest.mark.parametrize("name", build.NAMES)
def test_nothing_is_left_unsaid(name):
    functions, users, developers = spoken(name)

    assert set(functions) <= set(users), "a notice is missing"
    for signature, one in functions.items():
        said = developers.get(signature, {})
        assert set(said.get("params", {})) == {put["name"] for put in one["inputs"]}, signature
        assert len(said.get("returns", {})) == len(one["outputs"]), signature


@pytest.mark.parametrize("name", build.NAMES)
def test_who_deploys_is_told_what_it_takes(name):
    source = (build.FOLDER / f"{name}.vy").read_text()
    if "def __init__(" not in source:
        return
    given, said = re.search(r'def __init__\((.*?)\):\n    """(.*?)"""', source, re.DOTALL).groups()

    assert "@notice" in said
    assert re.findall(r"@param (\w+)", said) == re.findall(r"(\w+):", given)


@pytest.mark.parametrize("name", build.NAMES)
def test_each_event_and_all_that_can_be_read_is_explained(name):
    lines = (build.FOLDER / f"{name}.vy").read_text().splitlines()

    unsaid = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if re.match(r"event \w+:|\w+: public\(", line) and not above.startswith("# @notice ")
    ]
    assert unsaid == []
