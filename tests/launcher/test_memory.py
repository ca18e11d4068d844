"""The embedded database takes its share of the memory that there is, and no more."""

import psutil
import pytest

from launcher import memory

GIGABYTE = 2**30


@pytest.mark.parametrize(
    ("memory_bytes", "expected_mb"),
    [
        (GIGABYTE // 4, 128),
        (GIGABYTE, 256),
        (4 * GIGABYTE, 1024),
        (8 * GIGABYTE, 2048),
        (64 * GIGABYTE, 2048),
    ],
)
def test_a_quarter_within_bounds(memory_bytes, expected_mb):
    assert memory.shared_buffers_mb(memory_bytes) == expected_mb


@pytest.mark.parametrize("name", memory.LIMITS)
def test_a_container_s_limit_counts(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("536870912\n")

    assert memory.available_bytes(tmp_path) == GIGABYTE // 2


@pytest.mark.parametrize("said", [None, "max\n", str(2**63 - 4096)])
def test_without_a_limit_it_is_the_machine_s(tmp_path, said):
    if said:
        (tmp_path / "memory.max").write_text(said)

    assert memory.available_bytes(tmp_path) == psutil.virtual_memory().total
