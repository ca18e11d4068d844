"""Celery whose processes die where they are told: `python -m tests.faults.mortal worker …`.

All is as in the product but for the points, see `accidents`. Before each job a process looks for an
order to die in it, and follows it once.
"""

import runpy
from collections.abc import Callable
from typing import Any

from celery import Task
from celery.concurrency.asynpool import AsynPool
from celery.signals import task_postrun, task_prerun

from payments.chain import endpoints
from tests.faults import accidents, orders

NOTICED_SECONDS = 0.05  # until another process is there; Celery takes five seconds

_orders: list[orders.Order] = []


@task_prerun.connect
def _look(*, task: Task, **_: Any) -> None:
    if order := orders.take(task.name):
        endpoints.web3_at.cache_clear()  # as of a process that has just started
        _orders.append(order)


@task_postrun.connect
def _forget(**_: Any) -> None:
    _orders.clear()


def _step(name: str, do: Callable[[], Any]) -> Any:
    return _orders[0].step(name, do) if _orders else do()


if __name__ == "__main__":
    AsynPool.timers = property(lambda pool: {pool.maintain_pool: NOTICED_SECONDS})
    with accidents.points(_step):
        runpy.run_module("celery", run_name="__main__", alter_sys=True)
