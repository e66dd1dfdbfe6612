"""What the machine read: from the pages of the ledger to sheets and the arrays of each ballot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ballotscan.count.ballots import (
    BallotStack,
    MeasuredPage,
    reason_of_fault,
    stack_ballots,
    take_ballots,
)
from ballotscan.count.cast_records import make_record
from ballotscan.count.findings import FindingThresholds, choose_shown
from ballotscan.count.sheets import ScannedPage, Sheet, assemble_sheets
from ballotscan.election.definition import Election
from ballotscan.election.package import ElectionPackage
from ballotscan.election.records import CastVoteRecord, PageRecord, Reason
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import BallotTemplate
from ballotscan.locale.message import Words
from ballotscan.marks.strikethresholds import StrikeThresholds
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.store.ledger import PageEntry, ScanEntry
from ballotscan.tabulation.columns import contest_columns


@dataclass(frozen=True, slots=True)
class CanvassOptions:
    """What may be changed after the pages were measured."""

    thresholds: MarkThresholds = field(default_factory=MarkThresholds)
    strikes: StrikeThresholds = field(default_factory=StrikeThresholds)
    findings: FindingThresholds = field(default_factory=FindingThresholds)


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A scan file that could not be read; it is in no total, and the run ends with an error."""

    source: str
    reason: Words


@dataclass(frozen=True, slots=True, eq=False)
class CountedSheet:
    """One sheet and where its numbers stand.

    Attributes:
        ballot_id: Which ballot it is; None where no page of it could be identified.
        row: Its place in the stack of its ballot; 0 where the ballot is not known.
        reasons: What its pages alone say, before any contest is judged.
    """

    pages: tuple[PageRecord, ...]
    ballot_id: str | None
    row: int
    reasons: Reason

    @property
    def record_id(self) -> str:
        """Name of the ballot in tables, of its audit image, and in decisions about it."""
        return self.pages[0].ref.page_id


@dataclass(frozen=True, eq=False)
class MachineReading:
    """Everything that stands in the ledger, as the machine and the rules alone read it.

    Attributes:
        sheets: Every sheet, in the order of the scans.
        stacks: The arrays of each ballot, by ballot id.
        damaged: Files of this run that could not be read.
    """

    election: Election
    rules: VotingRules
    sheets: tuple[CountedSheet, ...]
    stacks: Mapping[str, BallotStack]
    damaged: tuple[DamagedFile, ...]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of every sheet among all, by record id."""
        return {sheet.record_id: place for place, sheet in enumerate(self.sheets)}

    def only(self, record_id: str) -> "MachineReading":
        """The reading of one ballot alone.

        Raises:
            KeyError: There is no such ballot.
        """
        sheet = self.sheets[self.places[record_id]]
        stacks = {
            ballot_id: take_ballots(stack, [sheet.row] if sheet.ballot_id == ballot_id else [])
            for ballot_id, stack in self.stacks.items()
        }
        return replace(self, sheets=(replace(sheet, row=0),), stacks=stacks, damaged=())

    def record(self, sheet: CountedSheet) -> CastVoteRecord:
        """One ballot as it was read."""
        return record_of(sheet, self.stacks)


def record_of(sheet: CountedSheet, stacks: Mapping[str, BallotStack]) -> CastVoteRecord:
    """One sheet as a record, from the arrays it stands in."""
    stack = None if sheet.ballot_id is None else stacks[sheet.ballot_id]
    return make_record(sheet.pages, sheet.reasons, stack, sheet.row)


def read_ballots(
    entries: Sequence[PageEntry],
    scans: Mapping[str, ScanEntry],
    package: ElectionPackage,
    options: CanvassOptions,
    damaged: Sequence[DamagedFile] = (),
) -> MachineReading:
    """Classify and interpret everything that stands in the ledger.

    Args:
        entries: The last measurement of every page.
        scans: The scan files that they are from, by hash.
        package: What the count goes by.
        options: The thresholds.
        damaged: Files of this run that could not be read; shown with the result.
    """
    rules = package.rules
    by_id = {template.ballot_id: template for template in package.templates}
    measured: dict[str, list[list[MeasuredPage]]] = {ballot_id: [] for ballot_id in by_id}
    sheets = []
    for sheet in _assemble(entries, scans, by_id):
        pages = [entries[index] for index in sheet.pages]
        ballot_id = next((page.ballot_id for page in pages if page.fault is None), None)
        row = 0
        if ballot_id is not None:
            row = len(measured[ballot_id])
            measured[ballot_id].append(_measured_pages(pages))
        records = tuple(_page_record(page, rules, options.findings) for page in pages)
        sheets.append(CountedSheet(records, ballot_id, row, _reasons(pages, sheet)))
    stacks = {
        template.ballot_id: stack_ballots(
            measured[template.ballot_id],
            template=template,
            election=package.election,
            rules=rules,
            columns=contest_columns(package.election, template),
            thresholds=options.thresholds,
            strikes=options.strikes,
            findings=options.findings,
        )
        for template in package.templates
    }
    return MachineReading(package.election, rules, tuple(sheets), stacks, tuple(damaged))


def _assemble(
    entries: Sequence[PageEntry],
    scans: Mapping[str, ScanEntry],
    by_id: Mapping[str, BallotTemplate],
) -> list[Sheet]:
    scanned = [
        ScannedPage(
            source=entry.source,
            page_in_file=entry.ref.page_in_file,
            pages_in_file=scans[entry.ref.sha256].page_count,
            ballot_id=None if entry.fault else entry.ballot_id,
            number=None if entry.fault else entry.page_number,
            sides=None if entry.fault else len(by_id[entry.ballot_id or ""].pages),
        )
        for entry in entries
    ]
    has_two_sided = any(len(template.pages) > 1 for template in by_id.values())
    return assemble_sheets(scanned, has_two_sided=has_two_sided)


def _measured_pages(pages: Sequence[PageEntry]) -> list[MeasuredPage]:
    return [
        MeasuredPage(page.page_number, page.features, page.outline, page.findings)
        for page in pages
        if page.page_number is not None and page.features is not None and page.outline is not None
    ]


def _page_record(page: PageEntry, rules: VotingRules, thresholds: FindingThresholds) -> PageRecord:
    shown = choose_shown(page.findings, rules, thresholds)
    return PageRecord(page.ref, page.source, page.page_number, page.fault, page.detail, shown)


def _reasons(pages: Sequence[PageEntry], sheet: Sheet) -> Reason:
    reasons = Reason(0)
    for page in pages:
        reasons |= reason_of_fault(page.fault)
    if not sheet.is_complete and not reasons:
        reasons |= Reason.UNPAIRED
    return reasons
