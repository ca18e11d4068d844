"""`bench book` and `bench payouts` as processes, small: what is booked and paid in a second."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 240


def measured(product, *words):
    """The figures of the last line."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "bench", *words, "--url", product.url],
        env={**os.environ, **product.environment},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.product
def test_the_book_is_written_by_many_and_proved(product):
    figures = measured(product, "book", "--seconds", "0.2", "--lines", "3000")

    ways = ["single_one_project", "single_many_projects"]
    ways += ["decided_one_project", "decided_many_projects"]
    assert list(figures["entries_per_s"]) == ways
    assert all(rate > 0 for rate in figures["entries_per_s"].values())
    assert figures["lines"] >= 3000
    assert figures["reconcile_s"] >= 0


@pytest.mark.product
def test_everybody_is_paid(product):
    figures = measured(product, "payouts", "--people", "12")

    assert figures["payees"] == 12
    assert figures["batches"] >= 1
    assert figures["payees_per_s"] > 0
    assert 0 <= figures["waiting_for_chain"] <= 1
