"""From what people decided to what the ballots count as."""

import pytest

from ballotscan.count.canvass import canvass_ballots
from ballotscan.count.concluded import conclude_ballots, name_readings
from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    Reason,
)
from ballotscan.election.rules import load_rules

AGREE = (MarkStatus.MARKED, MarkStatus.EMPTY)
DISAGREE = (MarkStatus.EMPTY, MarkStatus.MARKED)
ONE_PERSON = load_rules("vn-dang").model_copy(update={"two_people": False})


@pytest.fixture
def plan(load_plan):
    return load_plan("review_plan")


def decide(plan, reading, number, decision, row=None, **what):
    record, reads = plan.record_id(number), what.pop("reads", None)
    question = Question(record, None if what.pop("whole", False) else plan.CONTEST, row)
    name = reads or name_readings(reading, [record])[record]
    return Adjudication(question, decision, what.pop("person", "Ất"), name, **what)


def number_all(made):
    for number, one in enumerate(made, start=1):
        object.__setattr__(one, "number", number)
    return made


def count(reading, *made):
    return canvass_ballots(reading, conclude_ballots(reading, number_all(list(made))))


def statuses(canvass):
    return [record.status for record in canvass.records()]


def test_without_decisions_the_reading_is_what_counts(plan):
    reading = plan.plan_reading(["aad", "aaa", "a?d"])
    canvass = count(reading)

    assert canvass.contests[0].tally == canvass.contests[0].machine_tally
    assert all(ballot.machine is ballot.concluded for ballot in canvass.ballots())
    assert canvass.contests[0].people.unconfirmed == 1


def test_a_decided_row_is_counted_and_the_reading_stays(plan):
    reading = plan.plan_reading(["aad", "a?d"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 1, Decision.MARKS, 2, marks=AGREE))
    ballot = list(canvass.ballots())[1]

    assert canvass.contests[0].tally.votes == (2, 2, 0)
    assert canvass.contests[0].machine_tally.votes == (1, 1, 0)
    assert (ballot.machine.status, ballot.concluded.status) == (
        BallotStatus.REVIEW,
        BallotStatus.VALID,
    )
    assert canvass.contests[0].people.accepted == 1


def test_the_rules_judge_the_ballot_that_people_have_read(plan):
    reading = plan.plan_reading(["aa?"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 0, Decision.MARKS, 3, marks=AGREE))
    record = next(canvass.records())

    assert (record.status, record.reasons) == (BallotStatus.INVALID, Reason.OVERVOTE)
    assert canvass.contests[0].people.unconfirmed == 1


def test_a_second_unclear_row_keeps_the_ballot_waiting(plan):
    reading = plan.plan_reading(["??d"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 0, Decision.MARKS, 1, marks=AGREE))

    assert statuses(canvass) == [BallotStatus.REVIEW]


def test_one_of_two_people_changes_nothing(plan):
    reading = plan.plan_reading(["a?d"])
    one = decide(plan, reading, 0, Decision.MARKS, 2, marks=AGREE)

    assert statuses(count(reading, one)) == [BallotStatus.REVIEW]
    other = decide(plan, reading, 0, Decision.MARKS, 2, marks=AGREE, person="Bính")
    assert statuses(count(reading, one, other)) == [BallotStatus.VALID]


def test_writing_that_people_find_harmless_lets_the_ballot_count(plan):
    reading = plan.plan_reading(["aad"], rules=ONE_PERSON, beside=[Reason.ADDED_TEXT])
    canvass = count(reading, decide(plan, reading, 0, Decision.WORTH, status=BallotStatus.VALID))

    assert canvass.contests[0].tally.votes == (1, 1, 0)


def test_people_give_the_reason_why_a_ballot_is_invalid(plan):
    reading = plan.plan_reading(["aad"], rules=ONE_PERSON, beside=[Reason.ADDED_TEXT])
    worth = {"status": BallotStatus.INVALID, "reasons": Reason.ID_MARK}
    canvass = count(reading, decide(plan, reading, 0, Decision.WORTH, **worth))

    assert canvass.contests[0].tally.invalid_by_reason == {Reason.ID_MARK: 1}
    assert canvass.contests[0].people.unconfirmed == 0


def test_people_cannot_make_more_votes_than_seats_count(plan):
    reading = plan.plan_reading(["aaa"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 0, Decision.WORTH, status=BallotStatus.VALID))

    assert statuses(canvass) == [BallotStatus.INVALID]


def test_a_confirmed_invalid_ballot_is_confirmed(plan):
    reading = plan.plan_reading(["aaa"], rules=ONE_PERSON)
    worth = {"status": BallotStatus.INVALID, "reasons": Reason.OVERVOTE}
    canvass = count(reading, decide(plan, reading, 0, Decision.WORTH, **worth))

    assert canvass.contests[0].people.unconfirmed == 0
    assert canvass.contests[0].tally == canvass.contests[0].machine_tally


def test_a_doubted_row_waits_though_the_machine_was_sure(plan):
    reading = plan.plan_reading(["aad"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 0, Decision.ASK, 1))

    assert statuses(canvass) == [BallotStatus.REVIEW]
    assert canvass.contests[0].tally.votes == (0, 0, 0)


def test_a_sheet_to_be_scanned_again_is_in_no_total_and_is_waited_for(plan):
    reading = plan.plan_reading(["aad", "a?d"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 1, Decision.RESCAN, whole=True))

    assert (canvass.counts.read, canvass.counts.set_aside) == (1, 1)
    assert canvass.contests[0].tally.ballots == 1
    assert canvass.contests[0].outcome.pending == 1
    assert statuses(canvass) == [BallotStatus.VALID, BallotStatus.SET_ASIDE]


def test_a_stray_sheet_is_not_waited_for(plan):
    reading = plan.plan_reading(["aad"], rules=ONE_PERSON, unknown=1)
    canvass = count(reading, decide(plan, reading, 1, Decision.STRAY, whole=True))

    assert (canvass.counts.read, canvass.counts.review) == (1, 0)
    assert canvass.contests[0].outcome.pending == 0


def test_one_of_two_people_cannot_take_a_ballot_out_of_the_count(plan):
    reading = plan.plan_reading(["aad"])
    canvass = count(reading, decide(plan, reading, 0, Decision.STRAY, whole=True))

    assert (canvass.counts.read, statuses(canvass)) == (1, [BallotStatus.REVIEW])
    assert canvass.contests[0].tally.review == 1


def test_a_sheet_nobody_could_identify_may_be_an_invalid_ballot(plan):
    reading = plan.plan_reading(["aad"], rules=ONE_PERSON, unknown=1)
    worth = {
        "status": BallotStatus.INVALID,
        "reasons": Reason.NOT_ISSUED,
        "ballot_id": plan.CONTEST,
    }
    canvass = count(reading, decide(plan, reading, 1, Decision.WORTH, whole=True, **worth))

    assert canvass.contests[0].tally.invalid_by_reason == {Reason.NOT_ISSUED: 1}
    assert canvass.counts.unidentified == 0
    assert list(canvass.records())[1].reasons == Reason.NOT_ISSUED


def test_a_sheet_nobody_could_identify_is_read_by_people_row_by_row(plan):
    reading = plan.plan_reading(["aad"], rules=ONE_PERSON, unknown=1)
    sheet = decide(
        plan, reading, 1, Decision.WORTH, whole=True, status=BallotStatus.VALID, ballot_id=plan.CONTEST
    )  # fmt: skip
    rows = [
        decide(plan, reading, 1, Decision.MARKS, row, marks=marks)
        for row, marks in enumerate([AGREE, DISAGREE, AGREE], start=1)
    ]

    assert statuses(count(reading, sheet, *rows[:2])) == [BallotStatus.VALID, BallotStatus.REVIEW]
    assert count(reading, sheet, *rows).contests[0].tally.votes == (2, 1, 1)


def test_a_decision_about_another_reading_is_not_applied(plan):
    reading = plan.plan_reading(["a?d"], rules=ONE_PERSON)
    canvass = count(reading, decide(plan, reading, 0, Decision.MARKS, 2, marks=AGREE, reads="old"))

    assert statuses(canvass) == [BallotStatus.REVIEW]
    assert len(next(canvass.ballots()).conclusions[0].stale) == 1


def test_totals_are_withheld_while_anything_waits_where_the_rules_say_so(plan):
    open_rules = ONE_PERSON.model_copy(update={"totals_while_waiting": True})

    assert count(plan.plan_reading(["a?d"], rules=ONE_PERSON)).withholds_totals
    assert not count(plan.plan_reading(["aad"], rules=ONE_PERSON)).withholds_totals
    assert not count(plan.plan_reading(["a?d"], rules=open_rules)).withholds_totals


def test_the_order_of_ballots_is_of_no_matter(plan):
    letters = ["aad", "a?d", "aaa", "?aa"]
    one = plan.plan_reading(letters, rules=ONE_PERSON)
    other = plan.plan_reading(letters[::-1], rules=ONE_PERSON)
    first = count(one, decide(plan, one, 1, Decision.MARKS, 2, marks=DISAGREE))
    second = count(other, decide(plan, other, 2, Decision.MARKS, 2, marks=DISAGREE))

    assert first.contests[0].tally == second.contests[0].tally
