"""The answers that can be given to a question, each with its key.

A browser sends only the name of an answer; what it means is looked up here again, among the answers
that the question has. So nothing can be decided that was not offered.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from ballotscan.count.cast_records import RowColumn, columns_of_rows
from ballotscan.count.reading import MachineReading
from ballotscan.count.wording import state_of_marks
from ballotscan.election.records import (
    NO_REASON,
    Adjudication,
    BallotStatus,
    BoxRole,
    Decision,
    MarkStatus,
    Question,
    Reason,
)
from ballotscan.election.rules import VotingRules
from ballotscan.locale.catalogue import Translate, phrase
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.review.items import Item, Kind
from ballotscan.tabulation.columns import ContestColumns

Marks = tuple[MarkStatus, ...]

_DIGITS = "1234567890"
_EMPTY, _MARKED = MarkStatus.EMPTY, MarkStatus.MARKED
_MOST_BOXES = 3  # of so many every combination has an answer; of more, each box alone and none

# Keys that mean the same on every page.
RESCAN, STRAY, COMMITTEE = "r", "x", "c"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer.

    Attributes:
        id: Its name in the form.
        key: The key that gives it.
        label: In words.
        tone: `yes`, `no` or empty: how the button looks.
    """

    id: str
    key: str
    label: str
    question: Question
    decision: Decision
    marks: tuple[MarkStatus, ...] = ()
    status: BallotStatus | None = None
    reasons: Reason = NO_REASON
    ballot_id: str | None = None
    tone: str = ""

    def by(self, person: str, *, words: str = "", is_committee: bool = False) -> Adjudication:
        """The answer as it is put on record."""
        return Adjudication(
            question=self.question,
            decision=self.decision,
            person=person,
            reading="",
            marks=self.marks,
            status=self.status,
            reasons=self.reasons,
            ballot_id=self.ballot_id,
            words=words,
            is_committee=is_committee,
        )


def list_choices(
    item: Item, reading: MachineReading, translate: Translate, *, for_committee: bool = False
) -> list[Choice]:
    """Every answer to a question, in the order of their keys.

    Args:
        item: The question.
        reading: Gives the boxes of a row and the rules.
        translate: Into the language of the person.
        for_committee: The whole committee decides; it cannot leave the question to itself.
    """
    match item.kind:
        case Kind.SHEET:
            choices = list(_for_sheet(item, reading, translate))
        case Kind.ROW:
            choices = list(_for_row(item, reading, translate))
        case Kind.CONTEST | Kind.CONFIRM:
            choices = list(_for_contest(item, reading, translate))
    choices += _for_all(item, translate, for_committee=for_committee)
    return choices


def _for_row(item: Item, reading: MachineReading, translate: Translate) -> Iterator[Choice]:
    boxes = boxes_of(item, reading)
    columns = _columns(item, reading)
    for key, marks in zip(_DIGITS, _marks_to_offer(len(boxes)), strict=False):
        label = _label(boxes, marks, columns, item, reading.rules, translate)
        yield _marks_choice(item, marks, key, label)


def _marks_choice(item: Item, marks: Marks, key: str, label: str) -> Choice:
    return Choice(
        id="marks-" + "".join(str(int(mark)) for mark in marks),
        key=key,
        label=label,
        question=item.question,
        decision=Decision.MARKS,
        marks=marks,
        tone="yes" if key == "1" else "",
    )


def several_boxes(item: Item, reading: MachineReading, translate: Translate) -> list[str]:
    """What the boxes of a row are called, where too many combinations of them have no key each."""
    if item.kind is not Kind.ROW:
        return []
    boxes = boxes_of(item, reading)
    return [_name_box(box, translate) for box in boxes] if len(boxes) > _MOST_BOXES else []


def choose_boxes(
    item: Item, reading: MachineReading, marked: Collection[str], translate: Translate
) -> Choice | None:
    """The answer that these boxes of a row are marked, by their numbers from 1, and no others."""
    boxes = boxes_of(item, reading) if several_boxes(item, reading, translate) else ()
    known = {str(number) for number in range(1, len(boxes) + 1)}
    if not boxes or not set(marked) <= known:
        return None
    marks = tuple(_MARKED if number in marked else _EMPTY for number in sorted(known, key=int))
    label = _label(boxes, marks, _columns(item, reading), item, reading.rules, translate)
    return _marks_choice(item, marks, "", label)


def boxes_of(item: Item, reading: MachineReading) -> tuple[RowColumn, ...]:
    """The boxes, or the name, of the row that is asked about."""
    return columns_of_rows(_columns(item, reading))[(item.question.candidate or 1) - 1]


def _marks_to_offer(boxes: int) -> list[Marks]:
    """What may be in the boxes of a row: each box alone, then several, then none."""
    alone: list[Marks] = [
        tuple(_MARKED if at == marked else _EMPTY for at in range(boxes)) for marked in range(boxes)
    ]
    none: Marks = (_EMPTY,) * boxes
    several: list[Marks] = []
    if boxes <= _MOST_BOXES:
        several = [
            marks for marks in product((_MARKED, _EMPTY), repeat=boxes) if marks.count(_MARKED) > 1
        ]
    return [*alone, *several, none]


def _label(  # noqa: PLR0913, PLR0917 - a row and what is in it
    boxes: Sequence[RowColumn],
    marks: Marks,
    columns: ContestColumns,
    item: Item,
    rules: VotingRules,
    translate: Translate,
) -> str:
    if [box.role for box in boxes] == [BoxRole.CHOOSE]:
        return translate(phrase("A mark") if marks == (_MARKED,) else phrase("No mark"))
    if len(boxes) <= 2:  # noqa: PLR2004 - the row states have words for up to two boxes
        state = state_of_marks(marks, item.question.candidate or 1, columns, rules)
        return in_words(state, translate).capitalize()
    named = [
        _name_box(box, translate) for box, mark in zip(boxes, marks, strict=True) if mark is _MARKED
    ]
    return " + ".join(named).capitalize() or translate(phrase("No mark"))


def _name_box(box: RowColumn, translate: Translate) -> str:
    if box.role is None:
        return translate(phrase("the name struck out"))
    words = in_words(box.role, translate)
    return words if box.number is None else f"{words} {box.number}"


def _for_contest(item: Item, reading: MachineReading, translate: Translate) -> Iterator[Choice]:
    question = item.question
    keys = iter(_DIGITS)
    if may_be_valid(item):
        yield Choice(
            id="valid",
            key=next(keys),
            label=in_words(BallotStatus.VALID, translate),
            question=question,
            decision=Decision.WORTH,
            status=BallotStatus.VALID,
            tone="yes",
        )
    for reasons, key in zip(_reasons_to_offer(item, reading), keys, strict=False):
        yield Choice(
            id="-".join(["invalid", *(one.name or "" for one in reasons)]),
            key=key,
            label="; ".join(reasons_in_words(reasons, translate)),
            question=question,
            decision=Decision.WORTH,
            status=BallotStatus.INVALID,
            reasons=reasons,
            tone="no",
        )


def may_be_valid(item: Item) -> bool:
    """Whether people can say that a contest counts: not with more votes than seats."""
    return not item.reasons & (Reason.OVERVOTE | Reason.UNTOUCHED)


def _reasons_to_offer(item: Item, reading: MachineReading) -> list[Reason]:
    """What the machine found comes first, then the list of the rules, as far as it can apply.

    How many are chosen follows from the rows, which are decided one by one.
    """
    listed = [Reason[name] for name in reading.rules.invalid_reasons]
    is_single = _columns(item, reading).rows == 1
    of_rows = Reason.OVERVOTE | Reason.UNTOUCHED | Reason.ROW_BOTH | Reason.ROW_NEITHER
    of_single = Reason.SINGLE_BOTH | Reason.SINGLE_NEITHER
    left_out = (of_rows if is_single else of_rows | of_single) & ~item.reasons
    listed = [reason for reason in listed if reason not in left_out]
    found = [one for one in item.reasons if one in listed]
    together = [item.reasons] if item.reasons and len(found) == len(list(item.reasons)) > 1 else []
    return [*together, *found, *(one for one in listed if one not in found)]


def _for_sheet(item: Item, reading: MachineReading, translate: Translate) -> Iterator[Choice]:
    election = reading.election
    ballots = [item.ballot_id] if item.ballot_id else list(election.ballots)
    read = translate(phrase("A ballot; we read it from the paper"))
    refused = in_words(Reason.NOT_ISSUED, translate)
    keys = iter(_DIGITS)
    for status, reasons, words in (
        (BallotStatus.VALID, NO_REASON, read),
        (BallotStatus.INVALID, Reason.NOT_ISSUED, refused),
    ):
        for ballot_id, key in zip(ballots, keys, strict=False):
            titles = " + ".join(contest.title for contest in election.ballots[ballot_id])
            yield Choice(
                id=f"{status.name.lower()}-{ballot_id}",
                key=key,
                label=f"{words}: {titles}" if len(ballots) > 1 else words,
                question=item.question,
                decision=Decision.WORTH,
                status=status,
                reasons=reasons,
                ballot_id=None if item.ballot_id else ballot_id,
                tone="yes" if status is BallotStatus.VALID else "no",
            )


def _for_all(item: Item, translate: Translate, *, for_committee: bool) -> Iterator[Choice]:
    sheet = Question(item.question.record_id)
    for key, decision, words, question in (
        (RESCAN, Decision.RESCAN, phrase("Scan the sheet again"), sheet),
        (STRAY, Decision.STRAY, phrase("No ballot of this count"), sheet),
        (COMMITTEE, Decision.COMMITTEE, phrase("Leave to the whole committee"), item.question),
    ):
        if decision is not Decision.COMMITTEE or not for_committee:
            yield Choice(decision.value, key, translate(words), question, decision)


def _columns(item: Item, reading: MachineReading) -> ContestColumns:
    if item.ballot_id is None or item.question.contest_id is None:
        msg = f"{item.question} is not about a row"
        raise ValueError(msg)
    return reading.stacks[item.ballot_id].columns[item.question.contest_id]


def doubt(question: Question, person: str, words: str) -> Adjudication:
    """Somebody wants a row, or a contest on a ballot, to be looked at."""
    return Adjudication(question, Decision.ASK, person, "", words=words)
