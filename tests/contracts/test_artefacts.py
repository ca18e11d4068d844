"""What is committed is what the sources say."""

import pytest

from payments.contracts import artefacts, build


@pytest.mark.parametrize("name", build.NAMES)
def test_the_committed_artefact_is_the_compiled_source(name):
    again = build.spelled(build.compiled(build.FOLDER / f"{name}.vy"))

    assert (build.FOLDER / f"{name}.json").read_text() == again


def test_the_artefact_names_its_compiler():
    assert artefacts.load("Vault").compiler == "vyper 0.4.3"
    assert artefacts.load("Vault").bytecode.startswith("0x")
