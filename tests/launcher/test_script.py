"""`./stipend`: found from anywhere, with a clean environment and no keyboard."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERBS = ["up", "demo", "test", "check", "bench", "verify", "proof", "exit", "manage", "help"]


def stipend(*words: str, script: Path = ROOT / "stipend", cwd: str = "/", **env: str):
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **env}
    return subprocess.run(
        [str(script), *words],
        cwd=cwd,
        env=clean,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_help_lists_every_verb():
    told = stipend("help")

    assert told.returncode == 0
    assert re.findall(r"^  ([a-z]+) {2,}", told.stdout, flags=re.MULTILINE) == VERBS


def test_no_verb_is_help():
    assert stipend().stdout == stipend("help").stdout


def test_unknown_verb_says_so():
    told = stipend("dance")

    assert told.returncode == 1
    assert told.stderr.splitlines()[-1] == "stipend: there is no verb 'dance'."


def test_up_starts_nothing_for_words_it_does_not_know():
    asked, told = stipend("up", "--help"), stipend("up", "--port", "9000")

    assert (asked.returncode, asked.stdout) == (0, stipend("help").stdout)
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("stipend: up takes no '--port'")


def test_found_through_links_from_any_folder(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "one").symlink_to(ROOT / "stipend")
    (tmp_path / "two").symlink_to("there/one")

    told = stipend("help", script=tmp_path / "two", cwd=str(tmp_path))

    assert told.returncode == 0


def test_old_python_is_one_sentence(tmp_path):
    """A machine whose only Python is too old; the project has no .venv yet."""
    (tmp_path / "stipend").write_bytes((ROOT / "stipend").read_bytes())
    (tmp_path / "stipend").chmod(0o755)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ["sh", "dirname", "cat", "cksum", "readlink"]:
        (tools / tool).symlink_to(f"/bin/{tool}" if tool == "sh" else f"/usr/bin/{tool}")
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)
    (tmp_path / "requirements").mkdir()
    for file in ["requirements/runtime.txt", "requirements/develop.txt", "package-lock.json"]:
        (tmp_path / file).touch()

    told = stipend("up", script=tmp_path / "stipend", PATH=str(tools))

    assert told.returncode == 1
    assert told.stderr == (
        "stipend: Python 3.11 or newer with its venv module is needed "
        "(Debian: apt install python3-venv).\n"
    )


def test_script_is_posix():
    assert (ROOT / "stipend").read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", str(ROOT / "stipend")]).returncode == 0


@pytest.mark.parametrize("path", ["stipend", ".ci/run"])
def test_scripts_can_be_run(path):
    assert os.access(ROOT / path, os.X_OK)


def test_ci_runs_exactly_the_tests():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert [line for line in lines if not line.startswith("#")] == [
        'exec "$(dirname "$0")/../stipend" test'
    ]
