"""`bench gas` as a process: a table for a person, and one JSON list in the last line."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_payee_costs_no_more_than_in_a_bare_loop():
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "bench", "gas"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    rows = json.loads(done.stdout.splitlines()[-1])
    assert [(row["payees"], row["kind"]) for row in rows] == [
        (count, kind) for count in (1, 10, 100, 200) for kind in ("fresh", "returning")
    ]
    for row, most in zip(rows[-2:], (0.51, 0.27), strict=True):
        assert list(row) == ["payees", "kind", "single", "bare", "ours"]
        assert row["ours"] <= row["bare"]
        assert row["ours"] <= most * row["single"]
    assert "ours 32.8, bare 64.7, single 68" in done.stdout
