"""What the results page says of contests that are not plain elections."""

import dataclasses
import datetime as dt
import runpy
from pathlib import Path

import numpy as np

from ballotscan.count.canvass import ContestResult, PeopleCounts
from ballotscan.election.definition import Attendance, Election, Marking
from ballotscan.election.records import MarkStatus
from ballotscan.election.rules import load_rules
from ballotscan.export.tables import totals_document
from ballotscan.report.contest_view import make_contest_part, name_tied
from ballotscan.report.speaker import Speaker
from ballotscan.tabulation.interpretation import interpret_contest
from ballotscan.tabulation.outcome import decide_outcome
from ballotscan.tabulation.rounds import run_off
from ballotscan.tabulation.tally import tally_contest

PLAIN = runpy.run_path(str(Path(__file__).parents[1] / "tabulation" / "plain_columns.py"))
PLAN = runpy.run_path(str(Path(__file__).parents[1] / "planned_canvass.py"))
E, X = MarkStatus.EMPTY, MarkStatus.MARKED


def counted(preset, marking, ballots, seats=1, **attendance):
    """A contest of so many rows, counted, and the canvass it stands in."""
    rules = load_rules(preset)
    rows = len(ballots[0]) // (1 if marking is Marking.STRIKE_OUT else 3)
    contest = PLAIN["contest_for"](marking, rows, seats)
    columns = PLAIN["columns_of"](contest)
    found = interpret_contest(np.array(ballots, np.int8), columns, rules)
    tally = tally_contest(found, columns)
    entered = Attendance(collected=len(ballots), **attendance)
    rounds = run_off(found, rules) if marking is Marking.RANK else None
    outcome = decide_outcome(tally, contest, rules, entered, rounds=rounds)
    result = ContestResult(contest, found, tally, outcome, tally, PeopleCounts(0, 0, 0, 0))
    election = Election(
        id="e", title="E", organisation="O", place="P", date=dt.date(2026, 1, 2), language="en",
        rules=preset, attendance=entered, contests=(contest,),
    )  # fmt: skip
    planned = PLAN["make_canvass"](election, [])
    return result, dataclasses.replace(planned, contests=(result,))


HIGH, MIDDLE, LOW = [X, E, E], [E, X, E], [E, E, X]


def test_a_vote_of_confidence_shows_three_levels_with_their_shares():
    result, canvass = counted(
        "vn-tinnhiem", Marking.ONE_OF_THREE, [HIGH + LOW, HIGH + MIDDLE, LOW + LOW], 2, base=4
    )

    part = make_contest_part(result, canvass, Speaker("en"))

    assert part.columns == ("High confidence", "Confidence", "Low confidence", "Not counted")
    assert part.rows[0].values == ("2 (50.00%)", "0 (0.00%)", "1 (25.00%)", "0")
    assert (part.has_share, part.rows[0].kind, part.rows[0].bar) == (False, "rated", 50.0)
    assert not any(fact.label == "To be elected" for fact in part.facts)


def test_the_tables_tell_the_levels_and_no_votes():
    _, canvass = counted("vn-tinnhiem", Marking.ONE_OF_THREE, [HIGH + LOW, MIDDLE + LOW], 2, base=4)

    contest = totals_document(canvass)["contests"][0]

    assert (contest["seats"], contest["needed"], contest["rounds"]) == (None, None, None)
    first, second = contest["candidates"]
    assert (first["votes"], first["high"], first["confidence"], first["low"]) == (None, 1, 1, 0)
    assert second["low"] == 2


def ranks(*order):
    grid = np.full((3, 3), E)
    for rank, candidate in enumerate(order):
        grid[candidate, rank] = X
    return grid.ravel().tolist()


def test_the_rounds_stand_in_a_table():
    ballots = [ranks(0, 1)] * 4 + [ranks(1)] * 3 + [ranks(2, 1)] * 2 + [ranks(2)]
    result, canvass = counted("rcv-grid", Marking.RANK, ballots)

    part = make_contest_part(result, canvass, Speaker("en"))

    assert part.rounds.heads == ("Round 1", "Round 2", "Round 3")[: len(part.rounds.heads)]
    assert totals_document(canvass)["contests"][0]["rounds"][0] == {
        "votes": [4, 3, 3],
        "exhausted": 0,
        "left": [],
    }
    assert [note.title for note in part.notes] == ["Equal votes at the last seat"]


def test_who_has_left_has_no_number_in_the_rounds_that_follow():
    ballots = [ranks(0, 1)] * 4 + [ranks(1)] * 3 + [ranks(2, 1)] * 2
    result, canvass = counted("rcv-grid", Marking.RANK, ballots)

    part = make_contest_part(result, canvass, Speaker("en"))

    assert [values for _, values in part.rounds.rows] == [("4", "4"), ("3", "5"), ("2", "")]
    assert part.rounds.exhausted == ("0", "0")
    assert part.rows[1].kind == "elected"


def test_those_with_equal_votes_are_named_with_their_years_of_birth():
    result, _ = counted("vn-dang", Marking.STRIKE_OUT, [[E, X, X], [X, E, X]], 1, convened=1)
    older = result.contest.candidates[0].model_copy(update={"birth_year": 1960})
    contest = result.contest.model_copy(
        update={"candidates": (older, *result.contest.candidates[1:])}
    )

    assert name_tied(dataclasses.replace(result, contest=contest)) == "0 (1960), 1"
