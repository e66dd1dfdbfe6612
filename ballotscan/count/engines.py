"""Where the work runs: in line, or in local processes.

Workers measure; the caller writes, logs and shows. Results come back in the order of the jobs, so
that what is written never depends on how many workers there were.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, TypeVar

# Jobs in flight a worker: enough that none waits for the parent, few enough that a stopped run
# loses little work and memory stays flat.
JOBS_IN_FLIGHT = 4
# Windows waits for at most 63 things at once, and Python refuses more processes than this there.
MOST_WORKERS = 61

Plan = TypeVar("Plan")
Context = TypeVar("Context")
Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

_state: dict[str, Any] = {}


def default_workers() -> int:
    """One worker for each core this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # Windows, macOS


def run_jobs(
    prepare: Callable[[Plan], Context],
    plan: Plan,
    task: Callable[[Context, Job], Outcome],
    jobs: Iterable[Job],
    *,
    workers: int,
) -> Iterator[Outcome]:
    """Yield the outcome of `task` for each job, in the order of the jobs.

    Args:
        prepare: Makes what every job needs, once in each worker.
        plan: What `prepare` needs; small and picklable.
        task: The work; module-level and picklable, as are its jobs and outcomes. It writes no log
            and no database: all of that is the caller's.
        jobs: The jobs; read only as fast as they are done.
        workers: 1 runs in line, without another process; more than `MOST_WORKERS` are not started.

    Raises:
        Exception: What a task raised; the jobs after it are not done.
    """
    if workers == 1:
        context = prepare(plan)
        for job in jobs:
            yield task(context, job)
        return
    workers = min(workers, MOST_WORKERS)
    executor = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(prepare, plan, task),
    )
    pending: deque[Future[Outcome]] = deque()
    queue = iter(jobs)
    try:
        for job in islice(queue, workers * JOBS_IN_FLIGHT):
            pending.append(executor.submit(_work, job))
        while pending:
            outcome = pending.popleft().result()
            for job in islice(queue, 1):
                pending.append(executor.submit(_work, job))
            yield outcome
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _start_worker(
    prepare: Callable[[Any], Any],
    plan: object,
    task: Callable[[Any, Any], Any],
) -> None:
    # The parent decides when to stop; a worker that dies of Ctrl-C would look like a crash.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _state["context"] = prepare(plan)
    _state["task"] = task


def _work(job: object) -> Any:  # noqa: ANN401 - whatever the task gives
    return _state["task"](_state["context"], job)
