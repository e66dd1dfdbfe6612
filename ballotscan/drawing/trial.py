"""A template on real scans before it is used: does every page lie on it, and what is read there?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ballotscan.audit.canvas import encode_audit_image
from ballotscan.audit.overlay import draw_audit_image
from ballotscan.audit.panel import ReadPage, UnreadPage
from ballotscan.count.ballots import page_statuses, reason_of_fault, stack_ballots
from ballotscan.count.cast_records import make_record
from ballotscan.count.measuring import measure_registered
from ballotscan.count.plan import CountContext, CountPlan, prepare_context
from ballotscan.election.records import CastVoteRecord, PageRecord, Reason
from ballotscan.errors import ScanError
from ballotscan.scan.reader import Page, find_scans, inspect_scan, read_page
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page

TRIED = 3  # scans: enough to see whether a template fits, few enough to wait for


@dataclass(frozen=True, slots=True)
class TrialPage:
    """One page of a scan on the template.

    Attributes:
        source: Name of the scan file.
        page_in_file: Number of the page in it.
        problem: Why the file could not be opened; None where it could.
        record: How the page alone is read; None with a problem.
        picture: The audit image (JPEG): the page with what was read, or the fault; empty with a
            problem.
    """

    source: str
    page_in_file: int
    problem: ScanError | None = None
    record: CastVoteRecord | None = None
    picture: bytes = b""


def choose_scans(paths: Sequence[Path], count: int = TRIED) -> list[Path]:
    """Pick scans from all over a pile: the first, the last, and evenly between them.

    Raises:
        ScanError: A path does not exist.
    """
    files = find_scans(paths)
    if len(files) <= count:
        return files
    return [files[round(place * (len(files) - 1) / (count - 1))] for place in range(count)]


def try_template(plan: CountPlan, scans: Sequence[Path]) -> list[TrialPage]:
    """Read the pages of some scans with a template.

    Args:
        plan: With the one template, as it would be counted with; nothing is written.
        scans: The files; of a file of many pages as many are read as the template has.

    Raises:
        TemplateError: The template does not fit its blanks or the election.
    """
    context = prepare_context(plan)
    (template,) = plan.templates
    tried = []
    for path in scans:
        try:
            scan = inspect_scan(path, plan.options.reader)
            pages = range(1, min(scan.page_count, len(template.pages)) + 1)
            tried += [
                _try_page(context, path, read_page(scan, number, plan.options.reader))
                for number in pages
            ]
        except ScanError as error:
            tried.append(TrialPage(path.name, 1, problem=error))
    return tried


def _try_page(context: CountContext, path: Path, page: Page) -> TrialPage:
    plan = context.plan
    registered = register_page(page, context.references, plan.options.registration)
    shown: ReadPage | UnreadPage
    match registered:
        case UnreadablePage():
            of_page = PageRecord(page.ref, path.name, None, registered.fault, registered.detail)
            record = make_record((of_page,), reason_of_fault(registered.fault), None, 0)
            shown = UnreadPage(of_page, page.pixels)
        case RegisteredPage():
            measured = measure_registered(context, registered)
            stack = stack_ballots(
                [[measured]],
                template=registered.template,
                election=plan.election,
                rules=plan.rules,
                columns=context.columns[registered.ballot_id],
                thresholds=plan.thresholds,
                strikes=plan.strikes,
                findings=plan.findings,
            )
            of_page = PageRecord(page.ref, path.name, registered.number, None, "")
            record = make_record((of_page,), Reason(0), stack, 0)
            statuses = page_statuses(stack, 0, registered.number)
            shown = ReadPage(of_page, registered.half_page, registered.page, statuses)
    picture = encode_audit_image(draw_audit_image(record, [shown], plan.election))
    return TrialPage(path.name, page.ref.page_in_file, record=record, picture=picture)
