"""The README's commands work as they are printed."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
LINES_LIMIT = 150
WAIT_SECONDS = 120


def walk_through() -> str:
    """The shell blocks of the chapter on the API, one after the other."""
    chapter = README.split("## A walk through the API")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", chapter, flags=re.DOTALL)
    assert len(blocks) >= 5
    return "set -eu\n" + "\n".join(blocks)


def test_readme_is_short():
    assert len(README.splitlines()) <= LINES_LIMIT


def test_every_linked_file_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", README)

    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]

    assert missing == []


@pytest.mark.product
def test_walk_through_the_api_as_printed(product, tmp_path):
    """From a project to a data set that names the transfer which paid its label."""
    environment = {**os.environ, **product.environment, "STIPEND_URL": product.url}
    (tmp_path / "stipend").symlink_to(ROOT / "stipend")

    found = subprocess.run(
        ["bash", "-c", walk_through()],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )

    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    *_, one, other, batch, export, last = found.stdout.strip().splitlines()
    assert sum('"tx_hash":"0x' in line for line in (one, other)) == 1
    assert sum('"choices":["yes"]' in line for line in (one, other)) == 1
    assert batch.startswith("ok   batch     labels: 1, paid by 0x")
    assert export == "ok   export    labels: 1, paid out: 1, of these not proved: 0"
    assert last == "The export is proved."
