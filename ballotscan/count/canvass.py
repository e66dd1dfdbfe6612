"""From the ledger to the result: statuses, ballots, tallies, outcome, and every page accounted for."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ballotscan.count.ballots import (
    BallotStack,
    MeasuredPage,
    make_record,
    reason_of_fault,
    stack_ballots,
)
from ballotscan.count.findings import FindingThresholds, choose_shown
from ballotscan.count.sheets import ScannedPage, Sheet, assemble_sheets
from ballotscan.election.definition import Contest, Election
from ballotscan.election.records import BallotStatus, CastVoteRecord, PageRecord, Reason
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import BallotTemplate
from ballotscan.marks.strikes import StrikeThresholds
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.store.ledger import PageEntry
from ballotscan.tabulation.columns import contest_columns
from ballotscan.tabulation.interpretation import Interpretation
from ballotscan.tabulation.outcome import Discrepancy, Outcome, decide_outcome, reconcile
from ballotscan.tabulation.tally import ContestTally, tally_contest


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
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class ContestResult:
    """One contest: what the ballots say and what follows from it."""

    contest: Contest
    interpretation: Interpretation
    tally: ContestTally
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class BallotCounts:
    """How many ballots were read; valid + invalid + review = read, unidentified is part of review."""

    read: int
    valid: int
    invalid: int
    review: int
    unidentified: int


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


@dataclass(frozen=True, slots=True, eq=False)
class Canvass:
    """The whole count as it stands now.

    Attributes:
        contests: In the order of the definition.
        discrepancies: Numbers that do not agree with each other or with the attendance.
        damaged: Files of this run that could not be read.
        sheets: Every sheet, in the order of the scans.
        stacks: The arrays of each ballot, by ballot id.
    """

    election: Election
    rules: VotingRules
    contests: tuple[ContestResult, ...]
    counts: BallotCounts
    discrepancies: tuple[Discrepancy, ...]
    damaged: tuple[DamagedFile, ...]
    sheets: tuple[CountedSheet, ...]
    stacks: Mapping[str, BallotStack]

    def records(self) -> Iterator[CastVoteRecord]:
        """Every ballot, in the order of the scans."""
        for sheet in self.sheets:
            yield _record(sheet, self.stacks)


def make_canvass(  # noqa: PLR0913 - all that a result rests on, each by its name
    entries: Sequence[PageEntry],
    pages_in_file: Mapping[str, int],
    *,
    election: Election,
    rules: VotingRules,
    templates: Sequence[BallotTemplate],
    options: CanvassOptions,
    damaged: Sequence[DamagedFile] = (),
) -> Canvass:
    """Count everything that stands in the ledger.

    Args:
        entries: The last measurement of every page.
        pages_in_file: How many pages each scan file has, by its hash.
        election: The definition, with the attendance as entered.
        rules: How marks become votes.
        templates: Every ballot of the election.
        options: The thresholds.
        damaged: Files of this run that could not be read; shown with the result.
    """
    by_id = {template.ballot_id: template for template in templates}
    measured: dict[str, list[list[MeasuredPage]]] = {ballot_id: [] for ballot_id in by_id}
    sheets = []
    for sheet in _assemble(entries, pages_in_file, by_id):
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
            election=election,
            rules=rules,
            columns=contest_columns(election, template),
            thresholds=options.thresholds,
            strikes=options.strikes,
            findings=options.findings,
        )
        for template in templates
    }
    # A file that cannot be opened may hold a ballot of any contest.
    unidentified = sum(sheet.ballot_id is None for sheet in sheets) + len(damaged)
    contests = tuple(
        _judge(contest, stacks[contest.ballot_id], rules, election, unidentified)
        for contest in election.contests
    )
    return Canvass(
        election=election,
        rules=rules,
        contests=contests,
        counts=_count(sheets, stacks),
        discrepancies=tuple(
            discrepancy
            for result in contests
            for discrepancy in reconcile(
                result.contest.id,
                result.tally,
                result.outcome,
                election.attendance_of(result.contest.id),
                unidentified=unidentified,
            )
        ),
        damaged=tuple(damaged),
        sheets=tuple(sheets),
        stacks=stacks,
    )


def _record(sheet: CountedSheet, stacks: Mapping[str, BallotStack]) -> CastVoteRecord:
    stack = None if sheet.ballot_id is None else stacks[sheet.ballot_id]
    return make_record(sheet.pages, sheet.reasons, stack, sheet.row)


def _assemble(
    entries: Sequence[PageEntry],
    pages_in_file: Mapping[str, int],
    by_id: Mapping[str, BallotTemplate],
) -> list[Sheet]:
    scanned = [
        ScannedPage(
            source=entry.source,
            page_in_file=entry.ref.page_in_file,
            pages_in_file=pages_in_file[entry.ref.sha256],
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


def _judge(
    contest: Contest,
    stack: BallotStack,
    rules: VotingRules,
    election: Election,
    unidentified: int,
) -> ContestResult:
    interpretation = stack.interpretations[contest.id]
    tally = tally_contest(interpretation, contest.seats)
    attendance = election.attendance_of(contest.id)
    outcome = decide_outcome(tally, contest, rules, attendance, unidentified=unidentified)
    return ContestResult(contest, interpretation, tally, outcome)


def _count(sheets: Sequence[CountedSheet], stacks: Mapping[str, BallotStack]) -> BallotCounts:
    statuses = Counter(
        BallotStatus.REVIEW
        if sheet.ballot_id is None or sheet.reasons
        else BallotStatus(int(stacks[sheet.ballot_id].worth[sheet.row]))
        for sheet in sheets
    )
    return BallotCounts(
        read=len(sheets),
        valid=statuses[BallotStatus.VALID],
        invalid=statuses[BallotStatus.INVALID],
        review=statuses[BallotStatus.REVIEW],
        unidentified=sum(sheet.ballot_id is None for sheet in sheets),
    )
