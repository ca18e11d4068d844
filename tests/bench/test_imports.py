"""`bench imports` as a process: what comes in a second, and what memory that takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 240


@pytest.mark.product
def test_files_of_each_kind_are_measured(product):
    words = ["--tasks", "3000", "--url", product.url]
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "bench", "imports", *words],
        env={**os.environ, **product.environment},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert list(figures) == ["tasks", "jsonl", "json", "csv"]
    assert figures["tasks"] == 3000
    for kind in ("jsonl", "json", "csv"):
        assert figures[kind]["tasks_per_s"] > 0
        assert figures[kind]["file_mb"] > 0.1
        assert figures[kind]["memory_mb"] >= 0
