"""Many pages: which are new, who measures them, and into the ledger they go.

The ledger is written by this process alone, in the order of the scans and in small batches, so that
a run that is stopped loses a second of work at most and the next run goes on where it stopped.
"""

import dataclasses
import hashlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from ballotscan.count.engines import run_jobs
from ballotscan.count.pipeline import measure_pages
from ballotscan.count.plan import CountOptions, CountPlan, PageJob, PageResult, prepare_context
from ballotscan.count.reading import DamagedFile
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.records import PageRef
from ballotscan.election.template import BallotTemplate
from ballotscan.errors import ScanError
from ballotscan.locale.message import error_words
from ballotscan.scan.reader import ScanFile, inspect_scan
from ballotscan.store.ledger import Ledger, ScanEntry

# What measuring a page means in this edition of the program; raise it when any number that a page
# is measured with changes, so that pages on record are measured anew.
MEASURE_EDITION = 7

SECONDS_BETWEEN_COMMITS = 1.0
PAGES_TOGETHER = 8  # in one job of a worker: a fifth of a second


class Progress(Protocol):
    """What is shown while a batch runs; the caller's business."""

    def advance(self, files: float, result: PageResult | None) -> None:
        """Some of the files are done.

        Args:
            files: How many; a page of a file with ten pages is a tenth.
            result: The page that was read; None for files known before, damaged, or copies.
        """


@dataclasses.dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of the scan files of one run.

    Attributes:
        measured: Pages read now.
        known: Pages that stood in the ledger already.
        copies: (file, the file it is a copy of): counted once.
        damaged: Files that could not be read; nothing of them is in the ledger.
        scans: The files of this run, by hash.
    """

    measured: int
    known: int
    copies: tuple[tuple[str, str], ...]
    damaged: tuple[DamagedFile, ...]
    scans: dict[str, ScanFile]


def work_key(options: CountOptions, templates: Sequence[BallotTemplate]) -> str:
    """Name of the work that measuring with these options and templates is."""
    parts = [MEASURE_EDITION, dataclasses.astuple(options)]
    for template in sorted(templates, key=lambda template: template.ballot_id):
        blanks = [page.blank_sha256 for page in template.pages]
        parts.append((template.ballot_id, template.fingerprint, blanks))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def count_scans(  # noqa: PLR0913 - what is read, by whom, and where it goes
    files: Sequence[Path],
    folder: ElectionFolder,
    ledger: Ledger,
    plan: CountPlan,
    *,
    workers: int,
    progress: Progress,
) -> BatchReport:
    """Measure every page that is not in the ledger yet and put it there.

    Args:
        files: Scan files, in the order in which they are to be read.
        folder: The election folder; sources are named relative to it.
        ledger: An open ledger of the same election.
        plan: What the workers need.
        workers: How many processes; 1 works in this one.
        progress: Told of every file.

    Raises:
        BallotscanError: The ledger or an audit image could not be written.
    """
    key = work_key(plan.options, plan.templates)
    intake = _Intake(files, folder, plan.options, ledger.measured(key), progress)
    buffer: list[PageResult] = []
    measured = 0
    written_at = time.monotonic()
    try:
        # A few scans are spread over all workers; many go through them by the handful.
        together = min(PAGES_TOGETHER, max(1, len(files) // (PAGES_TOGETHER * workers)))
        groups = _by_the_handful(intake.jobs(key), together)
        for results in run_jobs(prepare_context, plan, measure_pages, groups, workers=workers):
            for result in results:
                job = intake.pending.popleft()
                if result.damage:
                    intake.damaged.append(DamagedFile(job.source, result.damage))
                buffer.append(result)
                measured += 1
                progress.advance(1 / job.scan.page_count, result)
            if time.monotonic() - written_at > SECONDS_BETWEEN_COMMITS:
                _commit(ledger, intake, buffer)
                written_at = time.monotonic()
    finally:
        _commit(ledger, intake, buffer)
    return BatchReport(
        measured, intake.known, tuple(intake.copies), tuple(intake.damaged), intake.scans
    )


def _by_the_handful(jobs: Iterator[PageJob], size: int) -> Iterator[list[PageJob]]:
    while some := list(islice(jobs, size)):
        yield some


def _commit(ledger: Ledger, intake: "_Intake", buffer: list[PageResult]) -> None:
    ledger.add_scans(intake.new_scans)
    intake.new_scans.clear()
    drawings = [result.drawing for result in buffer if result.drawing is not None]
    ledger.add_pages([result.entry for result in buffer if result.entry is not None], drawings)
    buffer.clear()


class _Intake:
    """Looks at the files one by one, as fast as the workers take them, and sorts them."""

    def __init__(
        self,
        files: Sequence[Path],
        folder: ElectionFolder,
        options: CountOptions,
        measured: set[PageRef],
        progress: Progress,
    ) -> None:
        self._files = files
        self._folder = folder
        self._options = options
        self._measured = measured
        self._progress = progress
        self.scans: dict[str, ScanFile] = {}
        self.pending: deque[PageJob] = deque()
        self.new_scans: list[ScanEntry] = []
        self.copies: list[tuple[str, str]] = []
        self.damaged: list[DamagedFile] = []
        self.known = 0

    def jobs(self, key: str) -> Iterator[PageJob]:
        for path in self._files:
            source = self._folder.name_source(path)
            try:
                scan = inspect_scan(path, self._options.reader)
            except ScanError as error:
                self.damaged.append(DamagedFile(source, error_words(error)))
                self._progress.advance(1, None)
                continue
            if scan.sha256 in self.scans:
                original = self._folder.name_source(self.scans[scan.sha256].path)
                self.copies.append((source, original))
                self._progress.advance(1, None)
                continue
            self.scans[scan.sha256] = scan
            self.new_scans.append(ScanEntry(scan.sha256, source, scan.page_count))
            yield from self._pages(scan, source, key)

    def _pages(self, scan: ScanFile, source: str, key: str) -> Iterator[PageJob]:
        for number in range(1, scan.page_count + 1):
            if PageRef(scan.sha256, number) in self._measured:
                self.known += 1
                self._progress.advance(1 / scan.page_count, None)
            else:
                job = PageJob(scan, number, source, key)
                self.pending.append(job)
                yield job
