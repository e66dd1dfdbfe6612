"""What people concluded about each question, from all that they decided one after another.

Nothing here knows what a question is about: it only weighs who said what, in which order. A later
decision of the same person takes the place of the earlier one; `ASK` begins anew; what the whole
committee decided outweighs single people. Where the rules ask for two people, they must have said
the same, each on their own; where they differ, the whole committee decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ballotscan.election.people import person_key
from ballotscan.election.records import Adjudication, Decision, Question


class Stage(StrEnum):
    """How far a question is."""

    OPEN = "open"  # nobody has answered
    SECOND = "second"  # one of two people has answered
    COMMITTEE = "committee"  # the whole committee decides
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What people concluded about one question.

    Attributes:
        answers: What stands, one of each person, in the order in which they were given.
        settled: The answer that counts; None where the question is not settled.
        doubt: Who asked anew, against the machine or an earlier conclusion; None where nobody did.
        stale: Decisions about a reading that the machine has changed since; they count for nothing.
    """

    question: Question
    stage: Stage
    answers: tuple[Adjudication, ...]
    settled: Adjudication | None
    doubt: Adjudication | None
    stale: tuple[Adjudication, ...]

    @property
    def is_asked(self) -> bool:
        """Somebody wants it decided, whatever the machine read, and it is not settled."""
        return self.settled is None and (self.doubt is not None or bool(self.answers))


Conclusions = Mapping[str, Mapping[Question, Conclusion]]  # by record id


def conclude_questions(
    adjudications: Iterable[Adjudication],
    readings: Mapping[str, str],
    *,
    two_people: bool,
) -> dict[str, dict[Question, Conclusion]]:
    """Weigh all decisions.

    Args:
        adjudications: In the order in which they were made.
        readings: Name of the machine's reading of each ballot now, by record id; a decision about
            a ballot that is not here any more is left out.
        two_people: Each question is decided by two.
    """
    made: dict[str, dict[Question, list[Adjudication]]] = {}
    for one in adjudications:
        if one.question.record_id in readings:
            of_record = made.setdefault(one.question.record_id, {})
            of_record.setdefault(one.question, []).append(one)
    return {
        record_id: {
            question: conclude(question, decisions, readings[record_id], two_people=two_people)
            for question, decisions in of_record.items()
        }
        for record_id, of_record in made.items()
    }


def conclude(
    question: Question, made: Sequence[Adjudication], reading: str, *, two_people: bool
) -> Conclusion:
    """Weigh the decisions about one question, given in order."""
    withdrawn = {one.replaces for one in made if one.decision is Decision.WITHDRAWN}
    standing = [
        one
        for one in made
        if one.decision is not Decision.WITHDRAWN and one.number not in withdrawn
    ]
    stale = tuple(one for one in standing if one.reading != reading)
    doubt = None
    by_person: dict[str, Adjudication] = {}
    by_committee = None
    for one in standing:
        if one.reading != reading:
            continue
        if one.decision is Decision.ASK:
            doubt, by_person, by_committee = one, {}, None
        elif one.is_committee:
            by_committee = one
        else:
            by_person.pop(person_key(one.person), None)  # the last answer stands last
            by_person[person_key(one.person)] = one
    answers = tuple(by_person.values())
    if by_committee is not None:
        return Conclusion(
            question, Stage.SETTLED, (*answers, by_committee), by_committee, doubt, stale
        )
    stage = _stage(answers, two_people=two_people)
    settled = answers[-1] if stage is Stage.SETTLED else None
    return Conclusion(question, stage, answers, settled, doubt, stale)


def _stage(answers: Sequence[Adjudication], *, two_people: bool) -> Stage:
    if not answers:
        return Stage.OPEN
    if two_people:
        if any(one.decision is Decision.COMMITTEE for one in answers):
            return Stage.COMMITTEE
        if len(answers) == 1:
            return Stage.SECOND
        is_agreed = len({one.answer for one in answers}) == 1
        return Stage.SETTLED if is_agreed else Stage.COMMITTEE
    is_left = answers[-1].decision is Decision.COMMITTEE
    return Stage.COMMITTEE if is_left else Stage.SETTLED
