"""Celery with a clock that is wrong: `python -m tests.faults.wrong_clock HOURS_OFF worker …`.

Every clock of the day that Python code can read is moved before anything else is imported: the
product, its libraries and the processes they fork are told the wrong time. PostgreSQL, the broker
and the chain keep the right one, as when one machine of several is wrong.
"""

import datetime
import runpy
import sys
import time
from collections.abc import Callable
from functools import partial

SECONDS_OFF = float(sys.argv.pop(1)) * 3600


class _Like(type):
    """What C code made is a moment like any other."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


class _WrongDate(datetime.date, metaclass=_Like):
    @classmethod
    def today(cls) -> datetime.date:
        return cls.fromtimestamp(time.time())


class _WrongDatetime(datetime.datetime, metaclass=_Like):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> datetime.datetime:
        return cls.now(datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> datetime.datetime:
        return cls.now()


def _now(right: Callable[[], float], unit: float) -> float:
    return right() + type(right())(SECONDS_OFF * unit)


def _broken_down(right: Callable[[float], time.struct_time], at: float | None = None) -> object:
    return right(time.time() if at is None else at)


def _go_wrong() -> None:
    """Each is a `partial`, which like the clock it stands for is no method of a class."""
    time.time, time.time_ns = partial(_now, time.time, 1), partial(_now, time.time_ns, 10**9)
    time.gmtime = partial(_broken_down, time.gmtime)
    time.localtime = partial(_broken_down, time.localtime)
    for wrong, name in ((_WrongDate, "date"), (_WrongDatetime, "datetime")):
        wrong.__module__, wrong.__name__, wrong.__qualname__ = "datetime", name, name
        setattr(datetime, name, wrong)


if __name__ == "__main__":
    _go_wrong()
    runpy.run_module("celery", run_name="__main__", alter_sys=True)
