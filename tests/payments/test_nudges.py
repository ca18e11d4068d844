"""Who hurries the jobs along does it once for many."""

import pytest

from payments import nudges

JOB = "payments.jobs.pump_payouts"


@pytest.fixture
def sent(monkeypatch):
    """The jobs that the broker was given."""
    found: list[str] = []
    monkeypatch.setattr(nudges, "_quiet_until", {})
    monkeypatch.setattr(
        nudges.current_app, "send_task", lambda job, **_: found.append(job), raising=False
    )
    return found


@pytest.fixture
def clock(monkeypatch):
    """The process's seconds, to be moved on."""
    seconds = [100.0]
    monkeypatch.setattr(nudges, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def nudge(db, django_capture_on_commit_callbacks):
    def commit(job: str, *, times: int = 1) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(times):
                nudges.nudge_after_commit(job)

    return commit


def test_a_thousand_payouts_wake_the_pump_once_a_second(sent, clock, nudge):
    nudge(JOB, times=1000)
    assert sent == [JOB]

    clock[0] += nudges.PAUSE_SECONDS
    nudge(JOB, times=1000)
    assert sent == [JOB, JOB]


def test_one_job_does_not_silence_another(sent, clock, nudge):
    nudge(JOB)
    nudge("payments.jobs.reconcile")

    assert sent == [JOB, "payments.jobs.reconcile"]
