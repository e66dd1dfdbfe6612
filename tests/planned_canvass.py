"""How tests plan a canvass: ballots that were written down instead of counted."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from ballotscan.count.canvass import (
    BallotCounts,
    ConcludedBallot,
    ContestResult,
    DamagedFile,
    PeopleCounts,
)
from ballotscan.election.definition import Attendance, Candidate, Contest, Election, Marking
from ballotscan.election.records import (
    BallotStatus,
    CastVoteRecord,
    ContestRecord,
    PageFault,
    PageRecord,
    PageRef,
    Reason,
    RowRecord,
    RowState,
)
from ballotscan.election.rules import VotingRules, load_rules
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.interpretation import Interpretation
from ballotscan.tabulation.outcome import decide_outcome, reconcile
from ballotscan.tabulation.readings import make_reading
from ballotscan.tabulation.tally import tally_contest

CONTEST = "ban-chap-hanh"
NO_REASON = Reason(0)
A, D, B, N = RowState.AGREE, RowState.DISAGREE, RowState.BOTH, RowState.NEITHER
VOTES = {RowState.AGREE, RowState.KEPT, RowState.CHOSEN}


@dataclass(frozen=True)
class PlannedCanvass:
    """What report and export read of a canvass."""

    election: Election
    rules: VotingRules
    contests: tuple
    counts: BallotCounts
    discrepancies: tuple
    damaged: tuple
    planned: tuple
    withholds_totals: bool = False
    residue: tuple = ()
    bilevel_sheets: int = 0
    unsealed_sheets: int = 0

    def records(self):
        yield from self.planned

    def ballots(self):
        for record in self.planned:
            yield ConcludedBallot(record, record, ())


def make_election(names=("Nguyễn Văn An", "Trần Thị Bích", "Lê Hoàng Ẩn"), **changes):
    fields = {
        "id": "dai-hoi",
        "title": "Đại hội đại biểu",
        "organisation": "Đảng bộ huyện",
        "place": "Hồng Dân",
        "date": dt.date(2020, 6, 29),
        "attendance": Attendance(convened=4, present=4, issued=4, collected=4),
        "contests": (
            Contest(
                id=CONTEST,
                title="Bầu Ban Chấp hành",
                seats=2,
                marking=Marking.AGREE_DISAGREE,
                candidates=tuple(Candidate(name=name) for name in names),
            ),
        ),
    }
    return Election(**(fields | changes))


def make_ballot(number, states, status, reasons=NO_REASON, source="scans/a.jpg"):
    page = PageRecord(PageRef(f"{number:064x}", 1), source, 1, None, "")
    is_valid = status is BallotStatus.VALID
    rows = tuple(
        RowRecord(place, state, is_valid and state in VOTES, ())
        for place, state in enumerate(states, start=1)
    )
    contest = ContestRecord(CONTEST, status, reasons, rows)
    return CastVoteRecord(f"{number:012x}-1", CONTEST, (page,), status, reasons, (contest,))


def make_unknown_ballot(number, source="scans/b.pdf"):
    page = PageRecord(PageRef(f"{number:064x}", 2), source, None, PageFault.NO_FIT, "0 of 4 discs")
    return CastVoteRecord(
        f"{number:012x}-2", None, (page,), BallotStatus.REVIEW, Reason.UNREADABLE, ()
    )


def make_result(contest, ballots, election, rules):
    readings = [
        reading
        for ballot in ballots
        for reading in ballot.contests
        if reading.contest_id == contest.id
    ]
    states = np.array([[row.state for row in one.rows] for one in readings], np.int8)
    votes = np.array([[row.votes for row in one.rows] for one in readings], np.int8)
    statuses = np.array([one.status for one in readings], np.int8)
    valid = statuses == BallotStatus.VALID
    shape = (len(readings), len(contest.candidates))
    reading = make_reading(states.reshape(shape), votes.reshape(shape))
    interpretation = Interpretation(
        row_states=reading.row_states,
        given=reading.given,
        against=reading.against,
        unknown=reading.unknown,
        grid=reading.grid,
        votes=reading.given,
        disagrees=(states.reshape(shape) == RowState.DISAGREE) & valid[:, None],
        statuses=statuses,
        reasons=np.array([one.reasons for one in readings], np.int32),
    )
    columns = ContestColumns(
        contest.marking, contest.seats, len(contest.candidates), {}, np.full(shape[1], -1)
    )
    tally = tally_contest(interpretation, columns)
    unknown = sum(ballot.ballot_id is None for ballot in ballots)
    attendance = election.attendance_of(contest.id)
    outcome = decide_outcome(tally, contest, rules, attendance, unidentified=unknown)
    checks = reconcile(contest.id, tally, outcome, attendance, unidentified=unknown)
    people = PeopleCounts(decided=0, accepted=0, rejected=0, unconfirmed=tally.invalid)
    return ContestResult(contest, interpretation, tally, outcome, tally, people), checks


def make_canvass(election, ballots, damaged=()):
    rules = load_rules(election.rules)
    results = [make_result(contest, ballots, election, rules) for contest in election.contests]
    statuses = [ballot.status for ballot in ballots]
    return PlannedCanvass(
        election=election,
        rules=rules,
        contests=tuple(result for result, _ in results),
        counts=BallotCounts(
            read=len(ballots),
            valid=statuses.count(BallotStatus.VALID),
            invalid=statuses.count(BallotStatus.INVALID),
            review=statuses.count(BallotStatus.REVIEW),
            unidentified=sum(ballot.ballot_id is None for ballot in ballots),
        ),
        discrepancies=tuple(one for _, checks in results for one in checks),
        damaged=tuple(damaged),
        planned=tuple(ballots),
    )


def make_small_canvass():
    """Four ballots: two valid, one invalid, one that nobody could identify; and a damaged file."""
    return make_canvass(
        make_election(),
        [
            make_ballot(1, (A, A, D), BallotStatus.VALID),
            make_ballot(2, (A, B, N), BallotStatus.VALID),
            make_ballot(3, (A, A, A), BallotStatus.INVALID, Reason.OVERVOTE),
            make_unknown_ballot(4),
        ],
        damaged=[DamagedFile("scans/c.jpg", "the file is cut off")],
    )
