"""One page: read, register, score, and draw. The one place where these stages meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.audit.canvas import encode_audit_image
from ballotscan.audit.overlay import AuditPage, ReadPage, UnreadPage, draw_audit_image
from ballotscan.count.ballots import (
    BallotStack,
    MeasuredPage,
    join_features,
    make_record,
    name_reading,
    page_statuses,
    reason_of_fault,
    stack_ballots,
)
from ballotscan.count.findings import (
    FindingThresholds,
    choose_shown,
    is_seen_through,
    lies_over,
    rects_of,
)
from ballotscan.count.names import PageNames, prepare_page_names, score_page_names
from ballotscan.election.blanks import load_blank
from ballotscan.election.definition import Election
from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.records import CastVoteRecord, PageFault, PageRecord, PageRef, Reason
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import PX_PER_MM, BallotTemplate, TemplatePage
from ballotscan.errors import OutputError, ScanError
from ballotscan.marks.boxes import BoxReference, ScoringOptions, prepare_boxes
from ballotscan.marks.foreign import ScanFrame, find_foreign
from ballotscan.marks.ink import darkest_channel, paper_map
from ballotscan.marks.inkcolours import RedLight, measure_red_light
from ballotscan.marks.names import StrokeOptions
from ballotscan.marks.scoring import score_boxes
from ballotscan.marks.strikes import StrikeThresholds
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.marks.zones import ForeignOptions, ForeignReference, prepare_foreign
from ballotscan.scan.reader import Page, ReaderOptions, ScanFile, read_page
from ballotscan.scan.references import PageReferences, RegistrationOptions, prepare_references
from ballotscan.scan.registration import (
    RegisteredPage,
    UnreadablePage,
    register_page,
    sample_boxes,
)
from ballotscan.store.ledger import PageEntry
from ballotscan.tabulation.columns import ContestColumns, contest_columns

_BESIDE_MM = 2.5  # what is around a box or a name is measured too


@dataclass(frozen=True, slots=True)
class CountOptions:
    """What a page is measured with; part of the key of the work done."""

    reader: ReaderOptions = field(default_factory=ReaderOptions)
    registration: RegistrationOptions = field(default_factory=RegistrationOptions)
    scoring: ScoringOptions = field(default_factory=ScoringOptions)
    strokes: StrokeOptions = field(default_factory=StrokeOptions)
    foreign: ForeignOptions = field(default_factory=ForeignOptions)


@dataclass(frozen=True, slots=True)
class CountPlan:
    """All that a worker needs to know; small and picklable.

    Attributes:
        audit_folder: Where audit images go; None draws none.
    """

    election: Election
    rules: VotingRules
    templates: tuple[BallotTemplate, ...]
    options: CountOptions
    thresholds: MarkThresholds
    audit_folder: Path | None
    strikes: StrikeThresholds = field(default_factory=StrikeThresholds)
    findings: FindingThresholds = field(default_factory=FindingThresholds)


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to be measured.

    Attributes:
        source: How the file is named in the ledger.
        work_key: Name of the work that measuring it is.
    """

    scan: ScanFile
    page_in_file: int
    source: str
    work_key: str

    @property
    def ref(self) -> PageRef:
        """The name under which the page is counted."""
        return PageRef(self.scan.sha256, self.page_in_file)


@dataclass(frozen=True, slots=True, eq=False)
class PageResult:
    """What became of one page.

    Attributes:
        entry: For the ledger; None where a file of one page could not be opened.
        damage: Why the page, or the file, could not be opened; empty where it could.
        drawing: (record id, reading) of the audit image that was drawn with it, if any.
    """

    entry: PageEntry | None
    damage: str = ""
    drawing: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CountContext:
    """What a worker prepares once.

    Attributes:
        boxes: What the blanks say about the boxes, by ballot id and page number.
        names: Likewise about the printed names, of pages that have any.
        foreign: Likewise about all that is beside them.
        columns: Where the contests stand, by ballot id.
    """

    plan: CountPlan
    references: PageReferences
    boxes: Mapping[tuple[str, int], BoxReference]
    names: Mapping[tuple[str, int], PageNames]
    foreign: Mapping[tuple[str, int], ForeignReference]
    columns: Mapping[str, Mapping[str, ContestColumns]]


def prepare_context(plan: CountPlan) -> CountContext:
    """Load the blanks and compute everything that every page needs.

    Raises:
        TemplateError: A blank is missing or is not the template's.
    """
    cv2.setNumThreads(1)  # processes share the cores; a second level of threads only costs
    blanks = [
        (template, {page.number: load_blank(template, page.number) for page in template.pages})
        for template in plan.templates
    ]
    boxes = {
        (template.ballot_id, page.number): prepare_page_boxes(
            pictures[page.number], page, plan.options.scoring
        )
        for template, pictures in blanks
        for page in template.pages
    }
    names = {
        (template.ballot_id, page.number): prepare_page_names(
            pictures[page.number], page, plan.options.strokes
        )
        for template, pictures in blanks
        for page in template.pages
        if page.names
    }
    foreign = {
        (template.ballot_id, page.number): prepare_foreign(
            pictures[page.number], page, plan.options.foreign
        )
        for template, pictures in blanks
        for page in template.pages
    }
    return CountContext(
        plan=plan,
        references=prepare_references(blanks, plan.options.registration),
        boxes=boxes,
        names=names,
        foreign=foreign,
        columns={
            template.ballot_id: contest_columns(plan.election, template)
            for template in plan.templates
        },
    )


def prepare_page_boxes(
    blank: NDArray[np.uint8], page: TemplatePage, options: ScoringOptions
) -> BoxReference:
    """What the blank says about the boxes of one template page."""
    rects = [
        (box.rect.left_mm, box.rect.top_mm, box.rect.width_mm, box.rect.height_mm)
        for box in page.boxes
    ]
    rects_px = np.array(rects, dtype=np.float64).reshape(-1, 4) * PX_PER_MM
    margin_px = int(np.ceil(options.beside_mm * PX_PER_MM))
    return prepare_boxes(blank, rects_px, margin_px, options)


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
        return _damaged_page(job, str(error))
    registered = register_page(page, context.references, plan.options.registration)
    match registered:
        case UnreadablePage():
            entry = _unread_entry(job, registered.fault, registered.detail)
            if any(len(template.pages) > 1 for template in plan.templates):
                return PageResult(entry)
            page_record = _page_record(entry, plan)
            record = make_record((page_record,), reason_of_fault(entry.fault), None, 0)
            return PageResult(
                entry, drawing=_draw(plan, record, [UnreadPage(record.pages[0], page.pixels)])
            )
        case RegisteredPage():
            measured = _measure(context, registered)
            entry = _read_entry(job, registered, measured)
            if len(registered.template.pages) > 1:
                return PageResult(entry)
            stack = _stack_alone(context, measured, registered.template)
            record = make_record((_page_record(entry, plan),), Reason(0), stack, 0)
            statuses = page_statuses(stack, 0, registered.number)
            shown = ReadPage(record.pages[0], registered.half_page, registered.page, statuses)
            return PageResult(entry, drawing=_draw(plan, record, [shown]))


def _measure(context: CountContext, registered: RegisteredPage) -> MeasuredPage:
    """Measure the boxes and then the names of a page, and what is beside them."""
    where = registered.ballot_id, registered.number
    rows, columns = registered.pixels.shape[:2]
    frame = ScanFrame(registered.mapping.matrix, (columns, rows))
    findings = find_foreign(registered.half_page, context.foreign[where], frame)
    lights = find_red_lights(registered, findings)
    features = score_page(registered, context.boxes[where], lights)
    outline = registered.outline
    if where in context.names:
        of_names, match = score_page_names(
            registered,
            context.names[where],
            {
                place - len(features): light
                for place, light in lights.items()
                if place >= len(features)
            },
        )
        features = join_features(features, of_names)
        outline = np.concatenate([outline, match])
    return MeasuredPage(registered.number, features, outline, findings)


def score_page(
    registered: RegisteredPage, boxes: BoxReference, lights: Mapping[int, RedLight] | None = None
) -> NDArray[np.float32]:
    """Measure the ink in and beside every box of a page that lies on its template.

    Args:
        registered: The page.
        boxes: What the blank says about its boxes.
        lights: How to see the boxes that lie under a red seal, by their place.

    Returns:
        (P, F) features.
    """
    # The level of bare paper changes slowly: the page laid flat at half size is enough to see it.
    paper = paper_map(darkest_channel(registered.half_page), PX_PER_MM / 2)
    centres = (boxes.corners_px + registered.box_shifts + boxes.sizes_px / 2 - 0.5) / 2
    patches = sample_boxes(registered, boxes.corners_px, boxes.sizes_px)
    lights = lights or {}
    grey = [
        lights[place].see(patch) if place in lights else darkest_channel(patch)
        for place, patch in enumerate(patches)
    ]
    return score_boxes(grey, paper.at(centres), boxes)


def find_red_lights(registered: RegisteredPage, findings: Sequence[Finding]) -> dict[int, RedLight]:
    """How boxes and names under a red seal are seen without it, by their place on the page."""
    lights: dict[int, RedLight] = {}
    for seal in findings:
        is_seal = seal.kind is FindingKind.SEAL and is_seen_through(seal, findings)
        under = [
            place
            for place, column in enumerate(registered.page.columns if is_seal else ())
            if any(lies_over(seal, rect, _BESIDE_MM) for rect in rects_of(column))
        ]
        if under:
            radius_px = seal.width_mm / 2 * PX_PER_MM / 2
            x_px, y_px = (mm * PX_PER_MM / 2 for mm in (seal.left_mm, seal.top_mm))
            light = measure_red_light(
                registered.half_page, x_px + radius_px, y_px + radius_px, radius_px
            )
            lights |= dict.fromkeys(under, light)
    return lights


@dataclass(frozen=True, slots=True, eq=False)
class DrawingJob:
    """One ballot whose audit image is to be drawn from its scans.

    Attributes:
        record: The ballot as it is to be shown.
        pages: Where its pages are, in the order of the record; None where a scan is not there.
        statuses: The statuses of each page's boxes and names; empty where it was not read.
    """

    record: CastVoteRecord
    pages: tuple[PageJob | None, ...]
    statuses: tuple[NDArray[np.int8], ...]


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
    return _draw(context.plan, job.record, shown)


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


def _draw(
    plan: CountPlan, record: CastVoteRecord, pages: Sequence[AuditPage]
) -> tuple[str, str] | None:
    if plan.audit_folder is None:
        return None
    image = encode_audit_image(draw_audit_image(record, pages, plan.election))
    path = plan.audit_folder / f"{record.record_id}.jpg"
    try:
        path.write_bytes(image)
    except OSError as error:
        msg = f"{path}: the audit image cannot be written ({error.strerror}). Free some space or choose another --output."
        raise OutputError(msg) from error
    return record.record_id, name_reading(record)


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


def _damaged_page(job: PageJob, damage: str) -> PageResult:
    """A file of one page is named to the operator; a page among others keeps its place as well."""
    if job.scan.page_count == 1:
        return PageResult(None, damage)
    return PageResult(_unread_entry(job, PageFault.DAMAGED, damage), damage)


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
        matrix=registered.mapping.matrix,
        residual_px=registered.residual_px,
        findings=measured.findings,
    )
