"""`demo` as a process against a running product, twice: the second run adds to the first."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 240
TASKS, LABELERS = 30, 5

pytestmark = pytest.mark.product


def demo(product, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "demo", *options],
        env={**os.environ, **product.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )


def figure(said: str, name: str) -> float:
    found = re.search(rf"^ +{name} +([\d.,]+)", said, flags=re.MULTILINE)
    assert found, f"No {name} in:\n{said}"
    return float(found[1].replace(",", ""))


@pytest.mark.parametrize("run", ["first", "again"])
def test_corridor_adds_up(product, run):
    done = demo(product, "--tasks", str(TASKS), "--labelers", str(LABELERS))

    said = done.stdout
    assert done.returncode == 0, said[-3000:] + done.stderr[-3000:]
    assert figure(said, "tasks") == TASKS
    assert figure(said, "labels") == TASKS * 3
    assert figure(said, "labels per second") > 10
    assert 0.7 < figure(said, "agreement") <= 1
    assert 0.8 < figure(said, "accuracy of consensus") <= 1
    assert figure(said, "payouts") == LABELERS
    assert 10_000 < figure(said, "gas per payee") < 150_000
    assert re.search(r"^ +reconcile +clean$", said, flags=re.MULTILINE)
    people = re.findall(
        r"^  demo-labeler-\d\d +([\d.%]+) .* (\S+) +(\S+) +(\S+)$", said, re.MULTILINE
    )
    assert [rate for rate, *_ in people] == ["1.0%", "3.0%", "5.0%", "8.0%", "12.0%"]
    assert all(earned == paid == arrived for _, earned, paid, arrived in people)
    assert re.search(r"^  all .* 1\.80 +1\.80 +1\.80$", said, flags=re.MULTILINE)
    assert said.splitlines()[-1] == "Everything adds up."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--labelers", "2"], "It takes 3 to 100 labelers: each task wants 3."),
        (["--tasks", "1798"], "There are 1 to 1,797 digits to label."),
    ],
)
def test_impossible_wish_is_one_sentence(product, options, sentence):
    done = demo(product, *options)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
