"""Children that leave no orphan."""

import json
import os
import signal
import socket
import sys
import textwrap
import time

import psutil
import pytest

from launcher import folders, processes
from launcher.errors import CannotRun

STUBBORN = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STUBBORN!r}])"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def home(tmp_path):
    return folders.make(tmp_path)


def spawn(home, code: str, **options):
    env = {**os.environ, processes.MARK: str(home)}
    return processes.spawn("child", python(code), log=home / "child.log", env=env, **options)


def test_polite_child_ends_when_asked(home):
    child = spawn(home, "import time; time.sleep(60)")

    processes.stop([child], seconds=5)

    assert child.process.returncode == -signal.SIGTERM


def test_stubborn_child_is_killed_with_its_own_children(home):
    child = spawn(
        home, f"import subprocess,sys; subprocess.run([sys.executable,'-c',{STUBBORN!r}])"
    )
    processes.wait_until(
        lambda: bool(psutil.Process(child.process.pid).children()), child=child, seconds=10
    )
    (grandchild,) = psutil.Process(child.process.pid).children()

    processes.stop([child], seconds=0.3)

    assert psutil.wait_procs([grandchild], timeout=5)[1] == []


def test_dead_child_leaves_its_last_words(home):
    child = spawn(home, "raise SystemExit('no more paper')")

    with pytest.raises(CannotRun) as caught:
        processes.wait_until(lambda: False, child=child, seconds=10)

    assert "child ended with exit code 1" in str(caught.value)
    assert "no more paper" in str(caught.value)


def test_children_end_when_their_parent_is_killed(home):
    code = textwrap.dedent(f"""
        import os, time
        from pathlib import Path
        from launcher import processes
        child = processes.spawn("x", [{sys.executable!r}, "-c", "import time; time.sleep(60)"],
                                log=None, env=os.environ)
        Path({str(home / "pid")!r}).write_text(str(child.process.pid))
        time.sleep(60)
    """)
    parent = spawn(home, code)
    processes.wait_until((home / "pid").exists, child=parent, seconds=10)
    time.sleep(0.05)
    orphan = psutil.Process(int((home / "pid").read_text()))

    parent.process.kill()

    assert psutil.wait_procs([orphan], timeout=5)[1] == []


def test_sweep_ends_what_was_left_and_nobody_else(home):
    left, stranger = spawn(home, STUBBORN), spawn(home, "import time; time.sleep(60)")
    processes.remember(home / "processes.json", [left, stranger])
    rows = json.loads((home / "processes.json").read_text())
    rows[1]["created"] -= 100  # the number belongs to somebody else by now
    folders.write(home / "processes.json", json.dumps(rows))

    processes.sweep(home / "processes.json", home=home, seconds=0.5)

    assert (left.alive(), stranger.alive()) == (False, True)
    assert not (home / "processes.json").exists()
    processes.stop([left, stranger], seconds=5)


def test_sweep_of_nothing_is_nothing(home):
    assert processes.sweep(home / "processes.json", home=home, seconds=1) == []


def test_one_supervisor_per_folder(home):
    with folders.lock(home):
        assert folders.locked(home)
        with pytest.raises(CannotRun, match="already running"):
            folders.lock(home)

    assert not folders.locked(home)


def test_half_written_file_is_never_seen(home):
    folders.write(home / "file", "old")

    with pytest.raises(TypeError):
        folders.write(home / "file", None)  # fails after the new file was opened

    assert (home / "file").read_text() == "old"


def test_a_port_that_is_held_is_free_for_a_server_of_ours_alone():
    port = processes.free_port()

    with processes.port_held("127.0.0.1", port):
        assert not processes.port_free("127.0.0.1", port)
        with socket.create_server(("127.0.0.1", port), reuse_port=True) as server:
            calls = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(20)]
            server.settimeout(5)
            heard = [server.accept()[0] for _ in calls]  # all of them: who holds it hears nothing
            for call in calls + heard:
                call.close()

    assert processes.port_free("127.0.0.1", port)


def test_a_port_is_held_twice_without_complaint():
    port = processes.free_port()

    with socket.create_server(("127.0.0.1", port)), processes.port_held("127.0.0.1", port):
        assert not processes.port_free("127.0.0.1", port)
