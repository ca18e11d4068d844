"""What `./stipend` installs, and when. Its tools are stand-ins that write down their calls."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 60
LOCKS = ("requirements/runtime.txt", "requirements/develop.txt", "package-lock.json")
# A python that installs nothing, makes a .venv of itself, and is the real one for all else.
PYTHON = """#!/bin/sh
case "$*" in
    *"-m pip install"*) echo "pip $*" >>"$CALLS" ;;
    *"-m pip --version"*) ;;
    *"-m venv "*) for last; do :; done
        mkdir -p "$last/bin" && cp "$0" "$last/bin/python" && echo venv >>"$CALLS" ;;
    *manage.py*) echo "manage $*" >>"$CALLS" ;;
    *) exec "{python}" "$@" ;;
esac
"""
NPM = '#!/bin/sh\necho "npm $*" >>"$CALLS"\nmkdir -p node_modules\n'
UV = '#!/bin/sh\necho "uv $*" >>"$CALLS"\nexit {code}\n'


class Stage:
    """A checkout without a .venv, and a machine whose tools are stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tools = folder / "checkout", folder / "bin"
        self.calls = folder / "calls"
        (self.folder / "requirements").mkdir(parents=True)
        self.tools.mkdir()
        shutil.copy(ROOT / "stipend", self.folder / "stipend")
        for lock in LOCKS:
            (self.folder / lock).write_text(f"{lock} as it was\n")
        self.tool("python3", PYTHON.replace("{python}", sys.executable))
        self.tool("node", "#!/bin/sh\n")
        self.tool("npm", NPM)

    def tool(self, name: str, text: str) -> None:
        (self.tools / name).write_text(text)
        (self.tools / name).chmod(0o755)

    def run(self, verb: str = "manage") -> list[str]:
        """What was called, each by its first word and, of installers, the lock."""
        self.calls.write_text("")
        running = self.start(verb)
        _, said = running.communicate(timeout=RUN_SECONDS)
        assert running.returncode == 0, said
        return self.called()

    def start(self, verb: str = "manage") -> "subprocess.Popen[str]":
        path = f"{self.tools}:/usr/bin:/bin"
        return subprocess.Popen(
            [str(self.folder / "stipend"), verb, "check"],
            env={"PATH": path, "HOME": str(self.folder), "CALLS": str(self.calls)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def called(self) -> list[str]:
        return [_short(line) for line in self.calls.read_text().splitlines()]


def _short(line: str) -> str:
    words = line.split()
    locks = [Path(word).stem for word in words if word.endswith(".txt")]
    return " ".join([words[0], *locks])


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def test_everything_is_installed_once(stage):
    assert stage.run() == ["venv", "pip runtime", "npm", "manage"]
    assert stage.run() == ["manage"]


def test_what_is_installed_is_held_against_its_hashes(stage):
    stage.run()

    (installed,) = [one for one in stage.calls.read_text().splitlines() if one.startswith("pip")]
    assert "--require-hashes" in installed


@pytest.mark.parametrize(
    ("lock", "calls"),
    [
        ("requirements/runtime.txt", ["pip runtime", "manage"]),
        ("requirements/develop.txt", ["manage"]),  # nothing of it is needed here
        ("package-lock.json", ["npm", "manage"]),
    ],
)
def test_only_what_changed_is_installed_again(stage, lock, calls):
    stage.run()

    (stage.folder / lock).write_text("another\n")

    assert stage.run() == calls
    assert stage.run() == ["manage"]


def test_what_npm_counts_is_not_said_and_what_is_wrong_is(stage):
    stage.tool("npm", NPM + "echo added 49 packages\necho a word of warning >&2\n")

    told, warned = stage.start().communicate(timeout=RUN_SECONDS)

    assert told == ""
    assert "a word of warning" in warned


def test_uv_is_used_when_it_is_there(stage):
    stage.tool("uv", UV.format(code=0))

    assert stage.run() == ["venv", "uv runtime", "npm", "manage"]


def test_when_uv_fails_pip_installs(stage):
    stage.tool("uv", UV.format(code=2))

    assert stage.run() == ["venv", "uv runtime", "pip runtime", "npm", "manage"]


def test_two_at_once_install_once(stage):
    stage.calls.write_text("")
    both = [stage.start() for _ in range(2)]

    assert [one.wait(RUN_SECONDS) for one in both] == [0, 0]
    assert sorted(stage.called()) == ["manage", "manage", "npm", "pip runtime", "venv"]
