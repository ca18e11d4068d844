"""Two jobs with one number of an advisory lock keep each other waiting for no reason."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["people", "labeling", "payments"]
NUMBER = re.compile(r"\b7_3\d\d\b")


def test_each_advisory_lock_has_a_number_of_its_own():
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    found = [number for path in sources for number in NUMBER.findall(path.read_text())]

    assert len(found) >= 5
    assert sorted(found) == sorted(set(found))
