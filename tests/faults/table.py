"""A pytest plugin for `./stipend test faults`: a row a case, and how many passed at the end."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WIDTH = 84
WORDS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}

_fates: dict[str, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: Any) -> tuple[str, str, str]:
    """No dots: the rows are the progress."""
    return ("failed" if report.failed else report.outcome, "", "")


def pytest_runtest_logreport(report: Any) -> None:
    """A case is as bad as the worst of its set-up, its call and its end."""
    worse = report.failed or report.skipped
    if worse or report.when == "call":
        _fates[report.nodeid] = report.outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    found = yield
    out = item.config.pluginmanager.get_plugin("terminalreporter")
    fate = WORDS[_fates.get(item.nodeid, "failed")]
    out.write_line(f"{_title(item):<{WIDTH}}  {fate}")
    return found


def _title(item: pytest.Item) -> str:
    """The subject, what happens, and where: `sudden death | killed | sign: before commit`."""
    subject = Path(item.path).stem.removeprefix("test_").replace("_", " ")
    name, _, case = item.name.partition("[")
    what = name.removeprefix("test_").replace("_", " ")
    where = f" | {case.removesuffix(']')}" if case else ""
    return f"{subject} | {what}{where}"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if not _fates:
        return
    count = Counter(_fates.values())
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    print(f"{count['passed']} passed, {count['failed']} failed{skipped}")
