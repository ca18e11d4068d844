"""Real workers on a real broker, while Redis or another worker misbehaves."""

import signal
import time

import pytest
from redis import Redis

from payments import nudges
from tests.faults.yard import JOBS

PATIENCE_SECONDS = 15  # a broker that is silent for two timeouts, and a busy machine


def test_a_job_delivered_twenty_times_to_two_workers(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    yard.work()
    yard.work()

    yard.give("payments.jobs.pump_payouts", times=20)

    yard.until_paid(payouts)


def test_jobs_delivered_in_the_wrong_order(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    yard.give(*reversed(JOBS), times=5)
    yard.give("payments.jobs.reconcile", *JOBS)

    yard.work()

    yard.until_paid(payouts)


def test_redis_flushed_while_jobs_wait(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    yard.give(*JOBS, times=5)

    Redis.from_url(yard.url).flushall()
    yard.work()

    yard.until_paid(payouts, meanwhile=Redis.from_url(yard.url).flushall)


def test_redis_stopped_and_started_empty(yard, payday):
    payouts = [payday.ask() for _ in range(3)]
    first = yard.work()
    yard.give(*JOBS)
    yard.stop_redis()

    time.sleep(1)
    yard.start_redis()
    yard.kill(first)
    yard.work()

    yard.until_paid(payouts)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_payouts_are_asked_for_while_redis_is_gone(yard, payday, monkeypatch, caplog, how):
    """It is dead, or it hangs; whoever asks is answered, and the nudge is lost."""
    monkeypatch.setattr(nudges, "_quiet_until", {})
    yard.redis.process.send_signal(how)
    began = time.monotonic()

    with yard.nudged():
        payouts = [payday.ask(), payday.ask()]

    assert time.monotonic() - began < PATIENCE_SECONDS
    lost = [one for one in caplog.messages if "cannot be reached" in one]
    assert len(lost) == 1  # the second waits for the beat alone
    yard.redis.process.send_signal(signal.SIGKILL)
    yard.start_redis()
    yard.work()
    yard.until_paid(payouts)


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8])
def test_a_worker_killed_after_seconds_and_another_in_its_place(yard, payday, seconds):
    payouts = [payday.ask() for _ in range(5)]
    worker = yard.work()
    yard.give(*JOBS, times=3)
    time.sleep(seconds)

    yard.kill(worker)
    yard.work()

    yard.until_paid(payouts)
