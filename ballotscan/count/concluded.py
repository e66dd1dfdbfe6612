"""The ballots as people concluded: their decisions beside the machine's reading, never over it.

A decision about a row says what is in its boxes, and the rules judge the contest anew from there; a
decision about a contest then stands in the place of the rules' judgement; one about a sheet says
whether it is a ballot of this count at all. Only ballots that somebody decided about are touched.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.ballots import BallotStack, judge_contest, worth_of
from ballotscan.count.cast_records import columns_of_rows, name_reading
from ballotscan.count.questions import Conclusion, Conclusions, conclude_questions
from ballotscan.count.reading import CountedSheet, MachineReading
from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    Reason,
)
from ballotscan.election.rules import VotingRules
from ballotscan.tabulation.interpretation import Interpretation, apply_conclusions

_ASIDE = {Decision.RESCAN, Decision.STRAY}


@dataclass(frozen=True, slots=True, eq=False)
class ConcludedBallots:
    """Every sheet as it stands after what people decided.

    Attributes:
        sheets: In the order of the scans, as in the reading.
        stacks: The arrays of each ballot, by ballot id; rows that stand in the reading stay where
            they are, sheets that people identified stand behind them.
        conclusions: What people concluded, by record id.
        set_aside: The decision about each sheet that people took out of the count, by record id.
        places: The place of every sheet among all, by record id.
    """

    sheets: tuple[CountedSheet, ...]
    stacks: Mapping[str, BallotStack]
    conclusions: Conclusions
    set_aside: Mapping[str, Adjudication]
    places: Mapping[str, int]

    def in_count(self, ballot_id: str) -> NDArray[np.bool_]:
        """(B,) which rows of a stack are in the totals."""
        counted = np.ones(len(self.stacks[ballot_id].statuses), dtype=bool)
        for record_id in self.set_aside:
            sheet = self.sheet(record_id)
            if sheet.ballot_id == ballot_id:
                counted[sheet.row] = False
        return counted

    def sheet(self, record_id: str) -> CountedSheet:
        """One sheet as it stands now."""
        return self.sheets[self.places[record_id]]


def name_readings(reading: MachineReading, record_ids: Iterable[str]) -> dict[str, str]:
    """The names of the machine's readings of some ballots; those that are not there are left out."""
    return {
        record_id: name_reading(reading.record(reading.sheets[reading.places[record_id]]))
        for record_id in record_ids
        if record_id in reading.places
    }


def conclude_ballots(
    reading: MachineReading,
    adjudications: Sequence[Adjudication],
    readings: Mapping[str, str] | None = None,
) -> ConcludedBallots:
    """Put what people decided beside what the machine read.

    Args:
        reading: What the machine read.
        adjudications: Every decision, in the order in which they were made.
        readings: Names of the readings of all ballots decided about, where they are known already.
    """
    if readings is None:
        readings = name_readings(reading, {one.question.record_id for one in adjudications})
    conclusions = conclude_questions(adjudications, readings, two_people=reading.rules.two_people)
    if not conclusions:
        return ConcludedBallots(reading.sheets, reading.stacks, {}, {}, reading.places)
    sheets, set_aside, added = _conclude_sheets(reading, conclusions)
    by_ballot: dict[str, list[CountedSheet]] = {}
    for record_id in conclusions:
        sheet = sheets[reading.places[record_id]]
        if sheet.ballot_id is not None:
            by_ballot.setdefault(sheet.ballot_id, []).append(sheet)
    stacks = {
        ballot_id: _conclude_stack(
            _with_rows(stack, added.get(ballot_id, 0), reading.rules),
            by_ballot.get(ballot_id, []),
            conclusions,
            reading.rules,
        )
        for ballot_id, stack in reading.stacks.items()
    }
    return ConcludedBallots(sheets, stacks, conclusions, set_aside, reading.places)


def _conclude_sheets(
    reading: MachineReading, conclusions: Conclusions
) -> tuple[tuple[CountedSheet, ...], dict[str, Adjudication], dict[str, int]]:
    """The sheets with what was said of them as a whole; how many rows each stack needs besides."""
    sheets, added = list(reading.sheets), dict.fromkeys(reading.stacks, 0)
    set_aside: dict[str, Adjudication] = {}
    for record_id, of_record in conclusions.items():
        whole = of_record.get(Question(record_id))
        if whole is None:
            continue
        place = reading.places[record_id]
        sheet, settled = sheets[place], whole.settled
        if settled is None:
            # Somebody wants to take it out of the count; until that is settled it waits.
            if whole.is_asked:
                sheets[place] = dataclasses.replace(
                    sheet, reasons=sheet.reasons | Reason.UNREADABLE
                )
            continue
        if settled.decision in _ASIDE:
            set_aside[record_id] = settled
        elif settled.decision is Decision.WORTH:
            ballot_id, row, named = sheet.ballot_id, sheet.row, settled.ballot_id
            if ballot_id is None and named is not None and named in reading.stacks:
                ballot_id = named
                row = len(reading.stacks[named].statuses) + added[named]
                added[named] += 1
            sheets[place] = CountedSheet(sheet.pages, ballot_id, row, Reason(0))
    return tuple(sheets), set_aside, added


def _with_rows(stack: BallotStack, count: int, rules: VotingRules) -> BallotStack:
    """A stack with some more ballots of which nothing was read."""
    if count == 0:
        return stack
    features = np.full((count, *stack.features.shape[1:]), np.nan, dtype=np.float32)
    unread = np.full((count, stack.statuses.shape[1]), MarkStatus.UNREAD, dtype=np.int8)
    beside = np.zeros(count, dtype=np.int32)
    judged = {
        contest.id: judge_contest(unread, beside, stack.columns[contest.id], rules)
        for contest in stack.contests
    }
    return dataclasses.replace(
        stack,
        features=np.concatenate([stack.features, features]),
        statuses=np.concatenate([stack.statuses, unread]),
        certainty=np.concatenate([stack.certainty, np.full(unread.shape, np.nan, np.float32)]),
        interpretations={
            contest_id: _join(stack.interpretations[contest_id], more)
            for contest_id, more in judged.items()
        },
        worth=np.concatenate([stack.worth, worth_of(judged.values())]),
        beside=np.concatenate([stack.beside, beside]),
        outline=np.concatenate([stack.outline, features[:, :, 0]]),
    )


def _conclude_stack(
    stack: BallotStack,
    sheets: Sequence[CountedSheet],
    conclusions: Conclusions,
    rules: VotingRules,
) -> BallotStack:
    """Judge the decided ballots of one stack anew."""
    if not sheets:
        return stack
    rows = np.array([sheet.row for sheet in sheets], dtype=np.intp)
    statuses = stack.statuses.copy()
    for sheet in sheets:
        _put_marks(statuses[sheet.row], stack, conclusions[sheet.record_id])
    interpretations = dict(stack.interpretations)
    judged = {}
    for contest in stack.contests:
        columns = stack.columns[contest.id]
        of_contest = [
            (
                conclusions[sheet.record_id].get(Question(sheet.record_id, contest.id)),
                conclusions[sheet.record_id].get(Question(sheet.record_id)),
            )
            for sheet in sheets
        ]
        doubts = np.array([_doubt(one, whole) for one, whole in of_contest], np.int32)
        found = judge_contest(statuses[rows], stack.beside[rows] | doubts, columns, rules)
        worths = [_worth(one, whole) for one, whole in of_contest]
        judged[contest.id] = apply_conclusions(
            found,
            np.array([status for status, _ in worths], np.int8),
            np.array([reasons for _, reasons in worths], np.int32),
            columns,
            rules,
        )
        interpretations[contest.id] = _put(interpretations[contest.id], judged[contest.id], rows)
    worth = stack.worth.copy()
    worth[rows] = worth_of(judged.values())
    return dataclasses.replace(
        stack, statuses=statuses, interpretations=interpretations, worth=worth
    )


def _put_marks(
    statuses: NDArray[np.int8], stack: BallotStack, conclusions: Mapping[Question, Conclusion]
) -> None:
    """Write what people saw in the boxes of one ballot; what is asked and not settled is unclear."""
    for question, conclusion in conclusions.items():
        contest_id = question.contest_id
        if question.candidate is None or contest_id is None or contest_id not in stack.columns:
            continue
        row = columns_of_rows(stack.columns[contest_id])[question.candidate - 1]
        places = [column.place for column in row]
        settled = conclusion.settled
        if settled is not None and settled.decision is Decision.MARKS:
            statuses[places] = [int(mark) for mark in settled.marks]
        elif conclusion.is_asked:
            read = statuses[places] != MarkStatus.UNREAD
            statuses[places] = np.where(read, np.int8(MarkStatus.MARGINAL), statuses[places])


def _doubt(conclusion: Conclusion | None, whole: Conclusion | None) -> int:
    """Reasons why a contest on a ballot waits because people want it looked at."""
    if whole is not None and whole.is_asked:
        return int(Reason.UNREADABLE)
    is_doubted = (
        conclusion is not None and conclusion.settled is None and conclusion.doubt is not None
    )
    return int(Reason.UNCLEAR) if is_doubted else 0


def _worth(conclusion: Conclusion | None, whole: Conclusion | None) -> tuple[int, int]:
    """What people said a contest on a ballot is worth: status and reasons; REVIEW: nothing."""
    if whole is not None and whole.is_asked:
        return int(BallotStatus.REVIEW), 0
    for one in (whole, conclusion):
        settled = None if one is None else one.settled
        if settled is None or settled.decision is not Decision.WORTH:
            continue
        if settled.status is BallotStatus.INVALID:
            return int(BallotStatus.INVALID), int(settled.reasons)
        # That a sheet is a ballot does not say that each contest on it is valid.
        if settled.status is BallotStatus.VALID and one is conclusion:
            return int(BallotStatus.VALID), 0
    return int(BallotStatus.REVIEW), 0


def _join(one: Interpretation, other: Interpretation) -> Interpretation:
    return _each(one, lambda name: np.concatenate([getattr(one, name), getattr(other, name)]))


def _put(whole: Interpretation, some: Interpretation, rows: NDArray[np.intp]) -> Interpretation:
    def put(name: str) -> NDArray[np.generic]:
        array: NDArray[np.generic] = getattr(whole, name).copy()
        array[rows] = getattr(some, name)
        return array

    return _each(whole, put)


def _each(
    interpretation: Interpretation, make: Callable[[str], NDArray[np.generic]]
) -> Interpretation:
    """An interpretation with every array made anew; all of them have ballots along their first axis."""
    arrays = {field.name: make(field.name) for field in dataclasses.fields(interpretation)}
    return dataclasses.replace(interpretation, **arrays)  # type: ignore[arg-type]
