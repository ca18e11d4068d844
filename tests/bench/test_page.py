"""`bench page` as a process: the labeling page keeps within its budgets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 400
BUDGETS = {
    "text_kb": 30,
    "image_kb": 35,
    "ready_s_1600": 2.0,
    "ready_s_400": 3.5,
    "next_ms": 100,
    "axe_violations": 0,
}
OF_THE_MACHINE = {"ready_s_1600", "ready_s_400", "next_ms"}  # busy with other tests, it is slower
PATIENCE = 4


@pytest.mark.product
def test_the_page_keeps_within_its_budgets(product):
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "page", "--runs", "1", "--url", product.url],
        env={**os.environ, **product.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert list(BUDGETS) == list(figures)[: len(BUDGETS)]
    for name, most in BUDGETS.items():
        patience = PATIENCE if name in OF_THE_MACHINE else 1
        assert figures[name] <= most * patience, (name, figures, done.stdout[-3000:])
    assert figures["text_kb"] > 10
    assert figures["pictures_kb"] > 0
