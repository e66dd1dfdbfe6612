"""Results come back in order, whatever runs them."""

import os

import pytest

from ballotscan.count import engines
from ballotscan.count.engines import run_jobs


def prepare(plan):
    return plan


def add(context, job):
    return context + job


def name_process(_context, _job):
    return os.getpid()


def fail_on_three(_context, job):
    if job == 3:
        msg = "three"
        raise ValueError(msg)
    return job


@pytest.mark.parametrize("workers", [1, 2])
def test_outcomes_come_in_the_order_of_the_jobs(workers):
    outcomes = list(run_jobs(prepare, 100, add, iter(range(20)), workers=workers))

    assert outcomes == list(range(100, 120))


def test_one_worker_runs_in_this_process():
    assert set(run_jobs(prepare, 0, name_process, [1, 2], workers=1)) == {os.getpid()}


def test_two_workers_run_in_other_processes():
    assert os.getpid() not in set(run_jobs(prepare, 0, name_process, [1, 2], workers=2))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_unexpected_error_stops_the_batch_after_what_was_done(workers):
    done = []

    def consume():
        for outcome in run_jobs(prepare, 0, fail_on_three, range(50), workers=workers):
            done.append(outcome)  # noqa: PERF402 - what was done before the error is the point

    with pytest.raises(ValueError, match="three"):
        consume()

    assert done == [0, 1, 2]


def test_no_more_processes_are_started_than_windows_can_wait_for(monkeypatch):
    asked = []

    class Refusing:
        def __init__(self, workers, **_settings):
            asked.append(workers)
            raise KeyboardInterrupt

    monkeypatch.setattr(engines, "ProcessPoolExecutor", Refusing)

    with pytest.raises(KeyboardInterrupt):
        list(run_jobs(prepare, 0, add, [1], workers=128))
    assert asked == [61]
