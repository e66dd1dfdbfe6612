"""What counts as decided: who said what, in which order, about which reading."""

import pytest

from ballotscan.count.questions import Stage, conclude, conclude_questions
from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    Reason,
)

QUESTION = Question("a1-1", "ban-chap-hanh", 3)
MARKED = (MarkStatus.MARKED, MarkStatus.EMPTY)
EMPTY = (MarkStatus.EMPTY, MarkStatus.EMPTY)


def say(number, person, marks=MARKED, reading="r1", **changes):
    decision = changes.pop("decision", Decision.MARKS)
    if decision is not Decision.MARKS:
        marks = ()
    return Adjudication(QUESTION, decision, person, reading, marks, number=number, **changes)


def weigh(*made, two_people=True):
    return conclude(QUESTION, made, "r1", two_people=two_people)


def test_one_person_settles_where_one_is_enough():
    conclusion = weigh(say(1, "Ất"), two_people=False)

    assert (conclusion.stage, conclusion.settled.marks) == (Stage.SETTLED, MARKED)


def test_one_of_two_does_not_settle():
    conclusion = weigh(say(1, "Ất"))

    assert (conclusion.stage, conclusion.settled) == (Stage.SECOND, None)


@pytest.mark.parametrize("same", ["Ất", "  ất ", "ẤT", "A\u0302\u0301t"])
def test_the_same_person_twice_is_not_two_people(same):
    assert weigh(say(1, "Ất"), say(2, same)).stage is Stage.SECOND


def test_two_people_who_say_the_same_settle():
    conclusion = weigh(say(1, "Ất"), say(2, "Bính"))

    assert (conclusion.stage, conclusion.settled.marks) == (Stage.SETTLED, MARKED)


def test_two_people_who_differ_leave_it_to_the_committee():
    conclusion = weigh(say(1, "Ất"), say(2, "Bính", EMPTY))

    assert (conclusion.stage, conclusion.settled) == (Stage.COMMITTEE, None)


def test_a_third_person_does_not_outvote_one_of_two():
    assert weigh(say(1, "Ất"), say(2, "Bính", EMPTY), say(3, "Đinh")).stage is Stage.COMMITTEE


def test_the_same_conclusion_for_another_reason_is_not_the_same():
    one = say(
        1, "Ất", decision=Decision.WORTH, status=BallotStatus.INVALID, reasons=Reason.OVERVOTE
    )
    other = say(2, "Bính", decision=Decision.WORTH, status=BallotStatus.INVALID, reasons=Reason.NO_SEAL)  # fmt: skip

    assert weigh(one, other).stage is Stage.COMMITTEE


def test_the_committee_outweighs_single_people():
    whole = say(3, "Ất, Bính, Đinh", EMPTY, is_committee=True, words="the cross is clear")
    conclusion = weigh(say(1, "Ất"), say(2, "Bính", EMPTY), whole, say(4, "Ất"))

    assert (conclusion.stage, conclusion.settled) == (Stage.SETTLED, whole)


@pytest.mark.parametrize("two_people", [True, False])
def test_what_one_person_leaves_to_the_committee_is_the_committees(two_people):
    conclusion = weigh(say(1, "Ất", decision=Decision.COMMITTEE), two_people=two_people)

    assert (conclusion.stage, conclusion.settled) == (Stage.COMMITTEE, None)


def test_a_later_answer_of_the_same_person_takes_the_place_of_the_earlier():
    conclusion = weigh(say(1, "Ất", EMPTY), say(2, "Bính"), say(3, "Ất"))

    assert (conclusion.stage, conclusion.settled.marks) == (Stage.SETTLED, MARKED)


def test_a_decision_that_was_taken_back_counts_for_nothing():
    back = say(3, "Bính", decision=Decision.WITHDRAWN, replaces=2)

    assert weigh(say(1, "Ất"), say(2, "Bính"), back).stage is Stage.SECOND
    assert weigh(say(2, "Bính"), back, two_people=False).stage is Stage.OPEN


def test_taking_back_the_second_answer_brings_the_first_one_back():
    made = say(1, "Ất", EMPTY), say(2, "Ất"), say(3, "Ất", decision=Decision.WITHDRAWN, replaces=2)

    assert weigh(*made, two_people=False).settled.marks == EMPTY


def test_a_doubt_asks_everybody_anew():
    doubt = say(3, "Đinh", decision=Decision.ASK)
    conclusion = weigh(say(1, "Ất"), say(2, "Bính"), doubt)

    assert (conclusion.stage, conclusion.settled, conclusion.doubt) == (Stage.OPEN, None, doubt)
    assert weigh(say(1, "Ất"), say(2, "Bính"), doubt, say(4, "Ất"), say(5, "Bính")).settled


def test_a_decision_about_a_reading_that_has_changed_is_never_applied():
    old = say(1, "Ất", reading="r0")
    conclusion = weigh(old, two_people=False)

    assert (conclusion.stage, conclusion.settled, conclusion.stale) == (Stage.OPEN, None, (old,))


def test_a_decision_about_a_ballot_that_is_not_there_is_left_out():
    assert conclude_questions([say(1, "Ất")], {}, two_people=False) == {}
