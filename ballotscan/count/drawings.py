"""Audit images that do not show what the ballot is read as now, drawn anew from the scans.

Most are drawn while the page is measured. Later come those of two-sided ballots, whose validity
needs both sides, those whose reading has changed since, and those that were lost.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from ballotscan.count.ballots import name_reading, page_statuses
from ballotscan.count.canvass import Canvass
from ballotscan.count.engines import run_jobs
from ballotscan.count.pipeline import CountPlan, DrawingJob, PageJob, draw_ballot, prepare_context
from ballotscan.scan.reader import ScanFile
from ballotscan.store.ledger import Ledger


def draw_what_changed(  # noqa: PLR0913 - what is shown, from where, by whom
    canvass: Canvass,
    scans: Mapping[str, ScanFile],
    ledger: Ledger,
    plan: CountPlan,
    *,
    workers: int,
    advance: Callable[[], None],
) -> int:
    """Draw every audit image that is missing or shows another reading.

    Args:
        canvass: What the images are to show.
        scans: Where the scans lie now, by hash; of others only the reason is shown.
        ledger: Keeps which reading each image shows.
        plan: As for the batch; `audit_folder` says where the images are.
        workers: How many processes.
        advance: Called after each image.

    Returns:
        How many were drawn.

    Raises:
        OutputError: An image cannot be written.
    """
    jobs = list(_stale(canvass, scans, ledger.drawings(), plan))
    if not jobs:
        return 0
    drawn = []
    try:
        for drawing in run_jobs(
            prepare_context, plan, draw_ballot, jobs, workers=min(workers, len(jobs))
        ):
            if drawing is not None:
                drawn.append(drawing)
            advance()
    finally:
        ledger.add_pages([], drawn)
    return len(drawn)


def _stale(
    canvass: Canvass,
    scans: Mapping[str, ScanFile],
    drawings: Mapping[str, str],
    plan: CountPlan,
) -> Iterator[DrawingJob]:
    if plan.audit_folder is None:
        return
    there = {path.stem for path in plan.audit_folder.glob("*.jpg")}
    for sheet, record in zip(canvass.sheets, canvass.records(), strict=True):
        is_shown = drawings.get(record.record_id) == name_reading(record)
        if is_shown and record.record_id in there:
            continue
        pages = tuple(
            PageJob(scans[page.ref.sha256], page.ref.page_in_file, page.source, "")
            if page.ref.sha256 in scans
            else None
            for page in record.pages
        )
        statuses = tuple(
            page_statuses(canvass.stacks[sheet.ballot_id], sheet.row, page.number)
            if sheet.ballot_id is not None and page.number is not None
            else np.empty(0, dtype=np.int8)
            for page in record.pages
        )
        yield DrawingJob(record, pages, statuses)
