"""`bench handout` as a process: figures for a person, and one JSON object in the last line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 240
KEYS = [
    *("tasks", "overlap", "labelers", "seconds", "labels_per_s", "next_ms", "submit_ms"),
    *("errors", "duplicates", "oversold", "server_cpu_ms_per_label", "database_cpu_ms_per_label"),
]

FLOOR_KEYS = ["floor_labels_per_s", "share_of_floor"]


@pytest.mark.product
@pytest.mark.parametrize(
    ("tasks", "overlap", "labelers", "floor"), [(60, 1, 8, []), (20, 3, 5, ["--floor"])]
)
def test_hand_out_is_measured_to_the_last_task(product, tasks, overlap, labelers, floor):
    options = {"tasks": tasks, "overlap": overlap, "labelers": labelers, "seconds": 60}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))] + floor
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "bench", "handout", *words, "--url", product.url],
        env={**os.environ, **product.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert list(figures) == KEYS + (FLOOR_KEYS if floor else [])
    assert (figures["tasks"], figures["overlap"], figures["labelers"]) == (tasks, overlap, labelers)
    assert (figures["errors"], figures["duplicates"], figures["oversold"]) == (0, 0, 0)
    assert figures["labels_per_s"] * figures["seconds"] == pytest.approx(tasks * overlap, rel=0.02)
    for name in ("next_ms", "submit_ms"):
        assert 0 < figures[name]["p50"] <= figures[name]["p95"] <= figures[name]["p99"]
    assert 0 < figures["server_cpu_ms_per_label"] < 1000
    assert 0 < figures["database_cpu_ms_per_label"] < 1000
    assert f"{tasks * overlap} labels" in done.stdout
    for key in FLOOR_KEYS if floor else []:
        assert figures[key] > 0
