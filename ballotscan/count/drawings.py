"""The audit images of ballots: how one is written, and which are drawn anew from the scans.

Most are drawn while the page is measured. Later come those of two-sided ballots, whose validity
needs both sides, those whose reading has changed since, and those that were lost.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.audit.canvas import encode_audit_image
from ballotscan.audit.overlay import ShownConclusion, draw_audit_image
from ballotscan.audit.panel import AuditPage, ReadPage, UnreadPage
from ballotscan.count.ballots import page_statuses
from ballotscan.count.canvass import Canvass, ConcludedBallot
from ballotscan.count.cast_records import name_reading
from ballotscan.count.engines import run_jobs
from ballotscan.count.plan import CountContext, CountPlan, PageJob, prepare_context
from ballotscan.count.wording import describe_conclusion
from ballotscan.election.records import CastVoteRecord, PageRecord
from ballotscan.errors import OutputError, ScanError
from ballotscan.locale.message import message
from ballotscan.scan.reader import Page, ScanFile, read_page
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page
from ballotscan.store.ledger import Ledger


def write_audit_image(
    plan: CountPlan,
    record: CastVoteRecord,
    pages: Sequence[AuditPage],
    concluded: ShownConclusion | None = None,
) -> tuple[str, str] | None:
    """Draw a ballot and write its picture.

    Args:
        plan: Says where pictures go.
        record: The ballot as the machine read it.
        pages: Its pages.
        concluded: What people concluded; None where nothing is settled.

    Returns:
        (record id, reading) as drawn; None where no images are wanted.

    Raises:
        OutputError: The audit image cannot be written.
    """
    if plan.audit_folder is None:
        return None
    image = encode_audit_image(draw_audit_image(record, pages, plan.election, concluded))
    path = plan.audit_folder / f"{record.record_id}.jpg"
    try:
        path.write_bytes(image)
    except OSError as error:
        msg = message(
            "{path}: the audit image cannot be written ({reason}). Free some space or choose another --output.",
            path=path,
            reason=error.strerror,
        )
        raise OutputError(msg) from error
    return record.record_id, _name_shown(record, concluded)


def _name_shown(record: CastVoteRecord, concluded: ShownConclusion | None) -> str:
    """A short name of everything that the picture of a ballot shows."""
    reading = name_reading(record)
    if concluded is None:
        return reading
    return f"{reading}+{hashlib.sha256(repr(concluded).encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, eq=False)
class DrawingJob:
    """One ballot whose audit image is to be drawn from its scans.

    Attributes:
        record: The ballot as it is to be shown.
        pages: Where its pages are, in the order of the record; None where a scan is not there.
        statuses: The statuses of each page's boxes and names; empty where it was not read.
        concluded: What people concluded; None where nothing is settled.
    """

    record: CastVoteRecord
    pages: tuple[PageJob | None, ...]
    statuses: tuple[NDArray[np.int8], ...]
    concluded: ShownConclusion | None = None


def draw_ballot(context: CountContext, job: DrawingJob) -> tuple[str, str] | None:
    """Draw the audit image of a ballot anew, from its scans.

    Returns:
        (record id, reading) as drawn; None where no images are wanted.

    Raises:
        OutputError: The audit image cannot be written.
    """
    shown = [
        _reread(context, record, page, statuses)
        for record, page, statuses in zip(job.record.pages, job.pages, job.statuses, strict=True)
    ]
    return write_audit_image(context.plan, job.record, shown, job.concluded)


def _reread(
    context: CountContext, record: PageRecord, job: PageJob | None, statuses: NDArray[np.int8]
) -> AuditPage:
    if job is None:
        return UnreadPage(record, None)
    options = context.plan.options
    try:
        page: Page = read_page(job.scan, job.page_in_file, options.reader)
    except ScanError:
        return UnreadPage(record, None)
    if record.fault is not None:
        return UnreadPage(record, page.pixels)
    registered = register_page(page, context.references, options.registration)
    match registered:
        case UnreadablePage():
            return UnreadPage(record, page.pixels)
        case RegisteredPage():
            return ReadPage(record, registered.half_page, registered.page, statuses)


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
    for sheet, ballot in zip(canvass.reading.sheets, canvass.ballots(), strict=True):
        record, concluded = ballot.machine, _show_conclusion(ballot, canvass)
        is_shown = drawings.get(record.record_id) == _name_shown(record, concluded)
        if is_shown and record.record_id in there:
            continue
        pages = tuple(
            PageJob(scans[page.ref.sha256], page.ref.page_in_file, page.source, "")
            if page.ref.sha256 in scans
            else None
            for page in record.pages
        )
        statuses = tuple(
            page_statuses(canvass.reading.stacks[sheet.ballot_id], sheet.row, page.number)
            if sheet.ballot_id is not None and page.number is not None
            else np.empty(0, dtype=np.int8)
            for page in record.pages
        )
        yield DrawingJob(record, pages, statuses, concluded)


def _show_conclusion(ballot: ConcludedBallot, canvass: Canvass) -> ShownConclusion | None:
    settled = [one for one in ballot.conclusions if one.settled is not None]
    if not settled:
        return None
    ballot_id = ballot.concluded.ballot_id
    columns = {} if ballot_id is None else canvass.stacks[ballot_id].columns
    sentences = tuple(
        describe_conclusion(one, canvass.election, columns, canvass.rules) for one in settled
    )
    return ShownConclusion(ballot.concluded.status, ballot.concluded.reasons, sentences)
