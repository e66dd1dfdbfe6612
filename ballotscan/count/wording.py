"""What people decided, in sentences: for audit images, pages and minutes."""

import datetime as dt
from collections.abc import Mapping

import numpy as np

from ballotscan.count.cast_records import columns_of_rows
from ballotscan.count.questions import Conclusion
from ballotscan.election.definition import Election
from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    RowState,
)
from ballotscan.election.rules import VotingRules
from ballotscan.locale.catalogue import Translate, phrase, translator
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.tabulation.columns import ContestColumns
from ballotscan.tabulation.interpretation import interpret_contest

_SENTENCES = {
    Decision.RESCAN: phrase("Set aside; the sheet is scanned again"),
    Decision.STRAY: phrase("Set aside; no ballot of this count, or scanned twice"),
    Decision.COMMITTEE: phrase("Left to the whole committee"),
    Decision.ASK: phrase("To be looked at by people"),
    Decision.WITHDRAWN: phrase("Taken back"),
}


def state_of_marks(
    marks: tuple[MarkStatus, ...], candidate: int, columns: ContestColumns, rules: VotingRules
) -> RowState:
    """What the rules make of the marks in one row."""
    rows = columns_of_rows(columns)
    width = max(column.place for row in rows for column in row) + 1
    statuses = np.full((1, width), MarkStatus.EMPTY, dtype=np.int8)
    statuses[0, [column.place for column in rows[candidate - 1]]] = [int(one) for one in marks]
    states = interpret_contest(statuses, columns, rules).row_states
    return RowState(int(states[0, candidate - 1]))


def describe_answer(
    one: Adjudication,
    election: Election,
    columns: Mapping[str, ContestColumns],
    rules: VotingRules,
    translate: Translate,
) -> str:
    """What somebody said, without saying of what."""
    match one.decision:
        case Decision.MARKS:
            question = one.question
            of_contest = columns.get(question.contest_id or "")
            if of_contest is None or question.candidate is None:
                return ", ".join(in_words(mark, translate) for mark in one.marks)
            state = state_of_marks(one.marks, question.candidate, of_contest, rules)
            return in_words(state, translate)
        case Decision.WORTH if one.status is BallotStatus.INVALID:
            why = "; ".join(reasons_in_words(one.reasons, translate))
            return f"{in_words(BallotStatus.INVALID, translate)}: {why}"
        case Decision.WORTH if one.question.contest_id is None:
            words = translate(phrase("A ballot of this count, read by people from the paper"))
            contests = election.ballots.get(one.ballot_id or "", ())
            titles = " + ".join(contest.title for contest in contests)
            return f"{words} ({titles})" if titles else words
        case Decision.WORTH:
            return in_words(BallotStatus.VALID, translate)
        case _:
            return translate(_SENTENCES[one.decision])


def describe_subject(question: Question, election: Election, translate: Translate) -> str:
    """What a question is about."""
    if question.contest_id is None:
        return translate(phrase("The whole sheet"))
    contest = election.contest(question.contest_id)
    if question.candidate is None:
        return contest.title
    name = contest.candidates[question.candidate - 1].name
    row = f"{question.candidate}. {name}"
    return row if len(election.contests) == 1 else f"{contest.title}, {row}"


def describe_conclusion(
    conclusion: Conclusion,
    election: Election,
    columns: Mapping[str, ContestColumns],
    rules: VotingRules,
) -> str:
    """A settled question in one sentence: what, by whom, when, and why.

    Args:
        conclusion: It must be settled.
        election: Names the rows, and says in which language.
        columns: Of every contest on the ballot.
        rules: How marks become votes.
    """
    translate = translator(election.language)
    settled = conclusion.settled
    if settled is None:
        msg = f"{conclusion.question} is not settled"
        raise ValueError(msg)
    what = describe_answer(settled, election, columns, rules, translate)
    by = " + ".join(who_settled(conclusion))
    when = local_time(settled.made_at)
    sentence = f"{describe_subject(settled.question, election, translate)}: {what} – {by}, {when}"
    return f"{sentence} ({settled.words})" if settled.words else sentence


def who_settled(conclusion: Conclusion) -> tuple[str, ...]:
    """The names of those who settled a question: the committee, or everybody who said the same."""
    settled = conclusion.settled
    if settled is None:
        return ()
    if settled.is_committee:
        return (settled.person,)
    same = (one.person for one in conclusion.answers if one.answer == settled.answer)
    return tuple(dict.fromkeys(same))


def describe_code(
    one: Adjudication, columns: Mapping[str, ContestColumns], rules: VotingRules
) -> str:
    """What somebody said, as a code for tables: `row 3 agree`, `invalid OVERVOTE`, `rescan`."""
    question = one.question
    if one.decision is Decision.MARKS:
        of_contest = columns.get(question.contest_id or "")
        if of_contest is None or question.candidate is None:
            return f"row {question.candidate}"
        state = state_of_marks(one.marks, question.candidate, of_contest, rules)
        return f"row {question.candidate} {state.name.lower()}"
    if one.decision is Decision.WORTH and one.status is BallotStatus.INVALID:
        return " ".join(["invalid", *(reason.name or "" for reason in one.reasons)])
    if one.decision is Decision.WORTH:
        return "valid" if question.contest_id is not None else "read-by-people"
    return one.decision.value


def local_time(made_at: str) -> str:
    """The time of a decision on the clock of this machine: `2020-06-29 09:05:31`."""
    if not made_at:
        return ""
    return dt.datetime.fromisoformat(made_at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
