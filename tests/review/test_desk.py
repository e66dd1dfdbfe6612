"""What the desk hands out and takes in, whatever happens beside it."""

import dataclasses
import datetime as dt

import pytest

from ballotscan.election.records import (
    Adjudication,
    BallotStatus,
    Decision,
    MarkStatus,
    Question,
    Reason,
)
from ballotscan.election.rules import load_rules
from ballotscan.review.desk import USUAL_SECONDS, Desk, Filter, GoneError, Source

RULES = load_rules("vn-dang").model_copy(update={"two_people": False})
AGREE = (MarkStatus.MARKED, MarkStatus.EMPTY)


@pytest.fixture
def ledger(plan):
    """What stands in the ledger now; a test puts other readings into it."""
    return {"reading": plan.plan_reading(["a?d"], rules=RULES), "page": 1}


@pytest.fixture
def desk(ledger, book):
    return Desk(Source(lambda: ledger["reading"], lambda: ledger["page"]), book)


def agree(plan, number=0, person="Ana", **changes):
    question = Question(plan.record_id(number), plan.CONTEST, 2)
    return Adjudication(question, Decision.MARKS, person, "", AGREE, **changes)


def test_what_a_count_adds_meanwhile_is_in_the_queue(desk, ledger, plan):
    before = len(desk.items())
    ledger["reading"] = plan.plan_reading(["a?d", "?ad"], rules=RULES)
    ledger["page"] = 2

    assert (before, len(desk.items())) == (1, 2)


def test_a_decision_on_a_reading_that_has_changed_is_asked_again(desk, ledger, plan):
    desk.answer("station", [agree(plan)])
    assert desk.items() == []
    ledger["reading"] = plan.plan_reading(["??d"], rules=RULES)
    ledger["page"] = 2
    items = {item.question.candidate: item for item in desk.items()}

    assert set(items) == {1, 2}
    assert [one.person for one in items[2].conclusion.stale] == ["Ana"]
    assert [record.status for record in desk.canvass().records()] == [BallotStatus.REVIEW]


def test_what_another_program_decides_is_seen(desk, book, plan):
    assert len(desk.items()) == 1
    named = dataclasses.replace(agree(plan), reading=desk._reading_of(plan.record_id(0)))  # noqa: SLF001
    book.add([named])

    assert desk.items() == []


def test_a_desk_that_is_opened_again_knows_what_was_decided(desk, ledger, book, plan):
    desk.answer("station", [agree(plan)])
    again = Desk(Source(lambda: ledger["reading"], lambda: 1), book)

    assert again.items() == []
    assert again.canvass().contests[0].tally.votes == (1, 1, 0)


def test_a_batch_is_recorded_whole_or_not_at_all(desk, plan):
    with pytest.raises(GoneError):
        desk.answer("station", [agree(plan), agree(plan, number=7)])

    assert desk.decisions() == []


def test_the_items_after_each_answer_are_those_of_a_desk_opened_anew(plan, book):
    reading = plan.plan_reading(
        ["a?d", "??d", "aaa", "?aa", "bbb"], rules=RULES, beside=[Reason.ADDED_TEXT], unknown=1
    )
    source = Source(lambda: reading, lambda: 1)
    desk = Desk(source, book)
    for _ in range(20):
        item = desk.next_item("station", "Ana", Filter())
        if item is None:
            break
        decision = {"marks": AGREE, "decision": Decision.MARKS}
        if item.question.candidate is None:
            is_sheet = item.question.contest_id is None
            decision = {"decision": Decision.STRAY} if is_sheet else {
                "decision": Decision.WORTH, "status": BallotStatus.INVALID, "reasons": Reason.UNCLEAR,
            }  # fmt: skip
        desk.answer("station", [Adjudication(item.question, person="Ana", reading="", **decision)])

        anew = Desk(source, book)
        assert {one.question for one in desk.items()} == {one.question for one in anew.items()}
        assert desk.canvass().contests[0].tally == anew.canvass().contests[0].tally
    assert desk.items() == []


def test_the_minutes_are_reckoned_from_the_last_decisions(desk, book, plan):
    assert desk.seconds_a_decision() == USUAL_SECONDS
    began = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
    pauses = [0, 4, 8, 12, 16, 20, 620, 624]  # a break of ten minutes is no decision
    book.add(
        dataclasses.replace(agree(plan), reading="old", made_at=(began + dt.timedelta(seconds=s)).isoformat())
        for s in pauses
    )  # fmt: skip

    assert desk.seconds_a_decision() == 4.0
    assert desk.minutes_left() == 1
