"""Real workers on a real broker, while Redis or another worker misbehaves."""

import time

import pytest
from redis import Redis

from tests.faults.yard import JOBS


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


@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8])
def test_a_worker_killed_after_seconds_and_another_in_its_place(yard, payday, seconds):
    payouts = [payday.ask() for _ in range(5)]
    worker = yard.work()
    yard.give(*JOBS, times=3)
    time.sleep(seconds)

    yard.kill(worker)
    yard.work()

    yard.until_paid(payouts)
