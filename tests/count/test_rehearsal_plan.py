"""What is planned for a rehearsal: every candidate, every special case, the same each time."""

import datetime as dt
from pathlib import Path

import pytest

from ballotscan.count.rehearsal_plan import Case, plan_rehearsal
from ballotscan.design.box_marks import MarkKind
from ballotscan.design.testdeck import expect_rows
from ballotscan.election.definition import Candidate, Contest, Election, Marking
from ballotscan.election.markings import column_keys
from ballotscan.election.records import ExpectedMark, RowState
from ballotscan.election.rules import load_rules
from ballotscan.election.template import (
    BallotTemplate,
    Identity,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)

FOR = {
    Marking.AGREE_DISAGREE: {RowState.AGREE},
    Marking.CHOOSE: {RowState.CHOSEN},
    Marking.APPROVE: {RowState.CHOSEN},
    Marking.STRIKE_OUT: {RowState.KEPT},
    Marking.ONE_OF_THREE: {RowState.HIGH},
    Marking.POINTS: {RowState.VOTES_1},
    Marking.RANK: {RowState.RANK_1},
}


def election_of(marking):
    contest = Contest(
        id="bau",
        title="Bầu",
        seats=1 if marking is Marking.RANK else 2,
        marking=marking,
        candidates=tuple(Candidate(name=name) for name in ("Lê An", "Võ Chi", "Hồ Ẩn", "Ngô Út")),
    )
    return Election(
        id="thu", title="Thử", organisation="Thử", place="Thử", date=dt.date(2026, 11, 20),
        paper="a5", contests=(contest,),
    )  # fmt: skip


def template_of(contest):
    """A ballot with every box and name of a contest, one below the other."""
    rects = [Rect(20, 10 + 6 * row, 5, 5) for row in range(60)]
    boxes, names = [], []
    for key, rect in zip(column_keys(contest), rects, strict=False):
        if key.role is None:
            names.append(NameField(str(key), (rect,), "", contest.id, key.candidate))
        else:
            boxes.append(MarkBox(str(key), rect, contest.id, key.candidate, key.role, key.number))
    page = TemplatePage(1, 210, 400, "", "", boxes=tuple(boxes), names=tuple(names))
    return BallotTemplate(
        ballot_id=contest.ballot_id,
        election_id="thu",
        round=1,
        identity=Identity.CODE,
        expected_mark=ExpectedMark.CROSS,
        is_photo=False,
        pages=(page,),
        fingerprint="",
        folder=Path(),
    )


def plan(marking, rules="vn-dang"):
    election = election_of(marking)
    return plan_rehearsal(election, load_rules(rules), [template_of(election.contests[0])])


@pytest.fixture(scope="module")
def plans():
    """The rehearsal of an election of each way of marking."""
    return {marking: plan(marking) for marking in Marking}


def rows(ballot):
    return expect_rows(ballot.template, ballot.planned)


@pytest.mark.parametrize("marking", Marking)
def test_every_candidate_is_chosen_on_some_ballot_and_not_on_another(plans, marking):
    for candidate in range(1, 5):
        states = {rows(ballot)["bau", candidate] for ballot in plans[marking]}

        assert states & FOR[marking]
        assert states - FOR[marking]


@pytest.mark.parametrize("marking", Marking)
def test_no_two_candidates_get_the_same_marks_on_all_ballots(plans, marking):
    columns = {
        tuple(rows(ballot)["bau", candidate] for ballot in plans[marking])
        for candidate in range(1, 5)
    }

    assert len(columns) == 4


def test_one_ballot_is_left_blank(plans):
    blank = plans[Marking.AGREE_DISAGREE][Case.BLANK - 1]

    assert set(rows(blank).values()) == {RowState.NEITHER}


def test_one_ballot_elects_more_than_there_are_seats(plans):
    states = list(rows(plans[Marking.CHOOSE][Case.TOO_MANY - 1]).values())

    assert states.count(RowState.CHOSEN) == 3


def test_one_ballot_has_a_mark_that_people_must_look_at(plans):
    asked = plans[Marking.CHOOSE][Case.ASKED - 1]

    assert MarkKind.CANCELLED in asked.planned.marks.values()
    assert RowState.UNCLEAR in rows(asked).values()


def test_ordinary_ballots_never_elect_too_many(plans):
    for ballot in plans[Marking.CHOOSE][max(Case) :]:
        assert list(rows(ballot).values()).count(RowState.CHOSEN) <= 2


def test_the_same_election_gives_the_same_rehearsal():
    first, second = plan(Marking.CHOOSE, "us-nofm"), plan(Marking.CHOOSE, "us-nofm")

    assert [ballot.planned for ballot in first] == [ballot.planned for ballot in second]


def test_nobody_is_asked_about_fibres_on_the_glass(plans):
    scanners = [ballot.planned.scanner for ballots in plans.values() for ballot in ballots]

    assert {scanner.fibres for scanner in scanners} == {0}
    assert all(scanner.dust for scanner in scanners)
