"""One page: read, register, measure, judge, and draw. The one place where these stages meet."""

from ballotscan.audit.panel import ReadPage, UnreadPage
from ballotscan.count.ballots import (
    BallotStack,
    MeasuredPage,
    make_record,
    page_statuses,
    reason_of_fault,
    stack_ballots,
)
from ballotscan.count.drawings import write_audit_image
from ballotscan.count.findings import choose_shown
from ballotscan.count.measuring import measure_registered
from ballotscan.count.plan import CountContext, CountPlan, PageJob, PageResult
from ballotscan.election.records import PageFault, PageRecord, Reason
from ballotscan.election.template import BallotTemplate
from ballotscan.errors import ScanError
from ballotscan.locale.message import Words, error_words
from ballotscan.scan.reader import read_page
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page
from ballotscan.store.ledger import PageEntry


def measure_page(context: CountContext, job: PageJob) -> PageResult:
    """Take one page from its file to numbers, or to the reason why not, and draw it.

    A page of a two-sided ballot is drawn later, when its other side is known.

    Raises:
        OutputError: The audit image cannot be written.
    """
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
            stack = _stack_alone(context, measured, registered.template)
            record = make_record((_page_record(entry, plan),), Reason(0), stack, 0)
            statuses = page_statuses(stack, 0, registered.number)
            shown = ReadPage(record.pages[0], registered.half_page, registered.page, statuses)
            return PageResult(entry, drawing=write_audit_image(plan, record, [shown]))


def _stack_alone(
    context: CountContext, measured: MeasuredPage, template: BallotTemplate
) -> BallotStack:
    """A one-sided ballot judged alone, by the very functions that judge all of them."""
    return stack_ballots(
        [[measured]],
        template=template,
        election=context.plan.election,
        rules=context.plan.rules,
        columns=context.columns[template.ballot_id],
        thresholds=context.plan.thresholds,
        strikes=context.plan.strikes,
        findings=context.plan.findings,
    )


def _page_record(entry: PageEntry, plan: CountPlan) -> PageRecord:
    shown = choose_shown(entry.findings, plan.rules, plan.findings)
    return PageRecord(entry.ref, entry.source, entry.page_number, entry.fault, entry.detail, shown)


def _damaged_page(job: PageJob, damage: Words) -> PageResult:
    """A file of one page is named to the operator; a page among others keeps its place as well."""
    if job.scan.page_count == 1:
        return PageResult(None, damage)
    return PageResult(_unread_entry(job, PageFault.DAMAGED, str(damage)), damage)


def _unread_entry(job: PageJob, fault: PageFault, detail: str) -> PageEntry:
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
