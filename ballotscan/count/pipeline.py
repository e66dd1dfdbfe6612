"""Pages: read, register, measure, judge, and draw. The one place where these stages meet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ballotscan.audit.panel import ReadPage, UnreadPage
from ballotscan.count.ballots import MeasuredPage, page_statuses, reason_of_fault, stack_ballots
from ballotscan.count.cast_records import make_record
from ballotscan.count.drawings import write_audit_image
from ballotscan.count.findings import choose_shown
from ballotscan.count.measuring import measure_registered
from ballotscan.count.plan import CountContext, CountPlan, PageJob, PageResult
from ballotscan.election.records import PageFault, PageRecord, Reason
from ballotscan.election.template import BallotTemplate
from ballotscan.errors import ScanError
from ballotscan.locale.message import Words, error_words
from ballotscan.scan.images import Pixels
from ballotscan.scan.reader import read_page
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page
from ballotscan.store.ledger import PageEntry


@dataclass(frozen=True, slots=True, eq=False)
class _ReadSheet:
    """A one-sided ballot that was read, before it is judged.

    Attributes:
        entry: For the ledger.
        measured: What was measured on it.
        half_page: The page laid flat, to be drawn.
    """

    entry: PageEntry
    measured: MeasuredPage
    template: BallotTemplate
    half_page: Pixels


def measure_pages(context: CountContext, jobs: Sequence[PageJob]) -> list[PageResult]:
    """Take pages from their files to numbers, or to the reason why not, and draw them.

    A page of a two-sided ballot is drawn later, when its other side is known. The others are judged
    together: judging eight ballots takes hardly longer than judging one.

    Returns:
        What became of each page, in the order of the jobs; the same whatever pages are together.

    Raises:
        OutputError: An audit image cannot be written.
    """
    results: list[PageResult | None] = []
    sheets: dict[str, list[tuple[int, _ReadSheet]]] = {}
    for place, job in enumerate(jobs):
        found = _measure_page(context, job)
        if isinstance(found, _ReadSheet):
            sheets.setdefault(found.template.ballot_id, []).append((place, found))
            results.append(None)
        else:
            results.append(found)
    for some in sheets.values():
        judged = _judge(context, [sheet for _, sheet in some])
        for (place, _), result in zip(some, judged, strict=True):
            results[place] = result
    return [result for result in results if result is not None]


def _measure_page(context: CountContext, job: PageJob) -> PageResult | _ReadSheet:
    plan = context.plan
    try:
        page = read_page(job.scan, job.page_in_file, plan.options.reader)
    except ScanError as error:
        return _damaged_page(job, error_words(error))
    registered = register_page(page, context.references, plan.options.registration)
    match registered:
        case UnreadablePage():
            entry = _unread_entry(job, registered.fault, registered.detail)
            if any(len(template.pages) > 1 for template in plan.templates):
                return PageResult(entry)
            page_record = _page_record(entry, plan)
            record = make_record((page_record,), reason_of_fault(entry.fault), None, 0)
            return PageResult(
                entry,
                drawing=write_audit_image(plan, record, [UnreadPage(record.pages[0], page.pixels)]),
            )
        case RegisteredPage():
            measured = measure_registered(context, registered)
            entry = _read_entry(job, registered, measured)
            if len(registered.template.pages) > 1:
                return PageResult(entry)
            return _ReadSheet(entry, measured, registered.template, registered.half_page)


def _judge(context: CountContext, sheets: Sequence[_ReadSheet]) -> Iterator[PageResult]:
    """Judge ballots of one kind, by the very functions that judge all of them, and draw them."""
    plan, template = context.plan, sheets[0].template
    stack = stack_ballots(
        [[sheet.measured] for sheet in sheets],
        template=template,
        election=plan.election,
        rules=plan.rules,
        columns=context.columns[template.ballot_id],
        thresholds=plan.thresholds,
        strikes=plan.strikes,
        findings=plan.findings,
    )
    (page,) = template.pages
    for row, sheet in enumerate(sheets):
        record = make_record((_page_record(sheet.entry, plan),), Reason(0), stack, row)
        statuses = page_statuses(stack, row, page.number)
        shown = ReadPage(record.pages[0], sheet.half_page, page, statuses)
        yield PageResult(sheet.entry, drawing=write_audit_image(plan, record, [shown]))


def _page_record(entry: PageEntry, plan: CountPlan) -> PageRecord:
    shown = choose_shown(entry.findings, plan.rules, plan.findings)
    return PageRecord(entry.ref, entry.source, entry.page_number, entry.fault, entry.detail, shown)


def _damaged_page(job: PageJob, damage: Words) -> PageResult:
    """A file of one page is named to the operator; a page among others keeps its place as well."""
    if job.scan.page_count == 1:
        return PageResult(None, damage)
    return PageResult(_unread_entry(job, PageFault.DAMAGED, damage), damage)


def _unread_entry(job: PageJob, fault: PageFault, detail: Words) -> PageEntry:
    return PageEntry(
        ref=job.ref,
        source=job.source,
        work_key=job.work_key,
        ballot_id=None,
        page_number=None,
        fault=fault,
        detail=detail,
        features=None,
        outline=None,
        matrix=None,
        residual_px=None,
    )


def _read_entry(job: PageJob, registered: RegisteredPage, measured: MeasuredPage) -> PageEntry:
    return PageEntry(
        ref=job.ref,
        source=job.source,
        work_key=job.work_key,
        ballot_id=registered.ballot_id,
        page_number=registered.number,
        fault=None,
        detail="",
        features=measured.features,
        outline=measured.outline,
        matrix=registered.scan_matrix,
        residual_px=registered.residual_px,
        findings=measured.findings,
    )
