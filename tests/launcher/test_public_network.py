"""docs/networks.md as printed, on a chain that calls itself Sepolia."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import banner, chain, processes
from launcher import product as products

ROOT = Path(__file__).resolve().parents[2]
SEPOLIA = 11_155_111
COIN = hex(10**18)
WAIT_SECONDS = 240
pytestmark = pytest.mark.product


@pytest.fixture
def sepolia() -> Iterator[str]:
    """A block a second, and final two blocks later."""
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    flags = ["--chain-id", str(SEPOLIA), "--block-time", "1", "--slots-in-an-epoch", "1"]
    command = [*chain.anvil(), *flags, "--silent", "--port", str(port)]
    child = processes.spawn("sepolia", command, log=None, env=os.environ)
    try:
        processes.wait_until(lambda: chain.answers(url), child=child, seconds=30)
        yield url
    finally:
        processes.stop([child], seconds=3)


def steps() -> list[str]:
    chapter = (ROOT / "docs" / "networks.md").read_text().split("## From an empty key")[1]
    return re.findall(r"```sh\n(.*?)```", chapter.split("\n## ")[0], flags=re.DOTALL)


def test_from_an_empty_key_to_a_first_payout(sepolia, tmp_path):
    (tmp_path / "stipend").symlink_to(ROOT / "stipend")
    keys, start, *others = steps()

    def run(script: str, **env: str) -> str:
        done = subprocess.run(
            ["bash", "-c", f"set -eu\n{script}"],
            cwd=tmp_path,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    run(keys)
    for file in tmp_path.glob("keys/*.address"):  # the faucet
        chain.call(sepolia, "anvil_setBalance", file.read_text().strip(), COIN)
    said = start.replace("./stipend up", "") + "env -0"
    names = ("STIPEND_NETWORK", "CHAIN_TOKEN_NAME", "CHAIN_TOKEN_VERSION", "PAYER_KEYSTORE")
    pairs = (pair.partition("=") for pair in run(said).split("\0"))
    settings = {key: value for key, _, value in pairs if key.startswith(names)}
    settings |= {"CHAIN_RPC_URL": sepolia}
    home = tmp_path / "home"
    with products.started(home, **settings) as product:
        assert banner.NO_VAULT[0] in (home / "up.log").read_text()
        last = run("\n".join(others), **{**settings, **product.environment})

    assert "BAD" not in last
    assert re.search(r'"amount":"0.50".*"state":"PAID".*"tx_hash":"0x[0-9a-f]{64}"', last), last
    assert last.strip().endswith("reconcile: clean")
