"""What a run measures with: the options and the plan, and what each worker prepares from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.count.findings import FindingThresholds
from ballotscan.count.names import PageNames, prepare_page_names
from ballotscan.election.blanks import load_blank
from ballotscan.election.definition import Election
from ballotscan.election.records import PageRef
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import PX_PER_MM, BallotTemplate, TemplatePage
from ballotscan.locale.message import Words
from ballotscan.marks.boxes import BoxReference, ScoringOptions, prepare_boxes
from ballotscan.marks.strikethresholds import StrikeThresholds
from ballotscan.marks.strokeoptions import StrokeOptions
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.marks.zones import ForeignOptions, ForeignReference, prepare_foreign
from ballotscan.scan.reader import ReaderOptions, ScanFile
from ballotscan.scan.references import PageReferences, RegistrationOptions, prepare_references
from ballotscan.store.ledger import PageEntry
from ballotscan.tabulation.columns import ContestColumns, contest_columns


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
    damage: Words = ""
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
