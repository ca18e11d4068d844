"""Celery whose processes die where they are told: `python -m tests.faults.mortal FOLDER worker …`.

All is as in the product but for the points, see `accidents`. Before each job a process looks into
the folder for an order to die in it, and follows it once; the folder then says at which point.
"""

import os
import runpy
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from celery import Task
from celery.concurrency.asynpool import AsynPool
from celery.signals import task_postrun, task_prerun

from payments.chain import endpoints
from tests.faults import accidents

FOLDER = Path(sys.argv.pop(1))
NOTICED_SECONDS = 0.05  # until another process is there; Celery takes five seconds

_order: dict[str, Any] = {}


@task_prerun.connect
def _look(*, task: Task, **_: Any) -> None:
    """The order that lies there for this job is this process's, and nobody else's."""
    order = FOLDER / "order"
    if not order.exists():
        return
    job, number, when = order.read_text().split()
    if job == task.name:
        order.unlink()
        endpoints.web3_at.cache_clear()  # as of a process that has just started
        _order.update(number=int(number), when=when, numbers=count(1))


@task_postrun.connect
def _forget(**_: Any) -> None:
    _order.clear()


def _step(name: str, do: Callable[[], Any]) -> Any:
    is_mine = bool(_order) and next(_order["numbers"]) == _order["number"]
    if is_mine and _order["when"] == accidents.BEFORE:
        _die(name)
    result = do()
    if is_mine:
        _die(name)
    return result


def _die(name: str) -> None:
    accidents.die(name, os.open(FOLDER / "died", os.O_WRONLY | os.O_CREAT))


if __name__ == "__main__":
    AsynPool.timers = property(lambda pool: {pool.maintain_pool: NOTICED_SECONDS})
    with accidents.points(_step):
        runpy.run_module("celery", run_name="__main__", alter_sys=True)
