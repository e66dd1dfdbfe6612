"""Totals against a clerk with a pencil."""

import dataclasses
import runpy
from collections import Counter
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, MarkStatus, Reason, RowState
from ballotscan.election.rules import list_rules, load_rules
from ballotscan.tabulation.interpretation import interpret_contest
from ballotscan.tabulation.tally import tally_contest

E, X, M, U = MarkStatus.EMPTY, MarkStatus.MARKED, MarkStatus.MARGINAL, MarkStatus.UNREAD


columns_for = runpy.run_path(str(Path(__file__).with_name("plain_columns.py")))["columns_for"]
SIMPLE = (Marking.AGREE_DISAGREE, Marking.CHOOSE, Marking.STRIKE_OUT)


@st.composite
def counts(draw):
    """A contest, its rules, and what was interpreted."""
    marking = draw(st.sampled_from(SIMPLE))
    rules = load_rules(draw(st.sampled_from(list_rules())))
    rows = draw(st.integers(1, 5))
    seats = draw(st.integers(1, rows))
    width = rows * (2 if marking is Marking.AGREE_DISAGREE else 1)
    mark = st.sampled_from([E, E, E, E, X, X, X, X, M, U])
    ballot = st.lists(mark, min_size=width, max_size=width)
    ballots = draw(st.lists(ballot, max_size=12))
    statuses = np.array(ballots, np.int8).reshape(-1, width)
    return statuses, columns_for(marking, rows, seats), rules


def tally_of(statuses, columns, rules):
    return tally_contest(interpret_contest(statuses, columns, rules), columns)


def tally_by_hand(found, seats):
    """One ballot, one row at a time."""
    totals, electing, reasons = Counter(), [0] * (seats + 1), Counter()
    rows = found.row_states.shape[1]
    votes, disagree, not_counted = [0] * rows, [0] * rows, [0] * rows
    for ballot, status in enumerate(found.statuses):
        totals[BallotStatus(status)] += 1
        if status == BallotStatus.REVIEW:
            continue
        states = [RowState(state) for state in found.row_states[ballot]]
        chosen = [s in {RowState.AGREE, RowState.CHOSEN, RowState.KEPT} for s in states]
        totals["over"] += sum(chosen) > seats
        totals["blank"] += all(
            s in {RowState.NEITHER, RowState.NOT_CHOSEN, RowState.KEPT} for s in states
        )
        if status == BallotStatus.INVALID:
            flags = int(found.reasons[ballot])
            reasons[next(reason for reason in Reason if flags & reason)] += 1
            disagree = [n + d for n, d in zip(disagree, found.disagrees[ballot], strict=True)]
            continue
        totals["under"] += sum(chosen) < seats
        electing[sum(chosen)] += 1
        for row, state in enumerate(states):
            votes[row] += chosen[row]
            counts_as_no = found.disagrees[ballot, row]
            disagree[row] += counts_as_no
            not_counted[row] += state in {RowState.BOTH, RowState.NEITHER} and not counts_as_no
    return totals, electing, reasons, votes, disagree, not_counted


@given(counts())
@settings(max_examples=200, deadline=None)
def test_the_totals_are_those_of_the_clerk(count):
    statuses, columns, rules = count
    found = interpret_contest(statuses, columns, rules)

    tally = tally_contest(found, columns)

    totals, electing, reasons, votes, disagree, not_counted = tally_by_hand(found, columns.seats)
    assert (tally.votes, tally.disagree, tally.not_counted) == (
        tuple(votes),
        tuple(disagree),
        tuple(not_counted),
    )
    assert tally.electing == tuple(electing)
    assert tally.invalid_by_reason == dict(reasons)
    assert (tally.overvoted, tally.blank, tally.undervoted) == (
        totals["over"],
        totals["blank"],
        totals["under"],
    )
    assert (tally.valid, tally.invalid, tally.review) == (
        totals[BallotStatus.VALID],
        totals[BallotStatus.INVALID],
        totals[BallotStatus.REVIEW],
    )


@given(counts(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_ballots_is_irrelevant(count, random):
    statuses, columns, rules = count
    order = list(range(len(statuses)))
    random.shuffle(order)

    assert tally_of(statuses[order], columns, rules) == tally_of(statuses, columns, rules)


@given(counts())
@settings(max_examples=50, deadline=None)
def test_one_more_ballot_never_lowers_a_sum(count):
    statuses, columns, rules = count
    if not len(statuses):
        return
    less, more = tally_of(statuses[:-1], columns, rules), tally_of(statuses, columns, rules)

    for field in dataclasses.fields(more):
        before, after = getattr(less, field.name), getattr(more, field.name)
        if field.name == "states":
            assert all(np.all(np.array(after[state]) >= before[state]) for state in before)
        elif field.name == "invalid_by_reason":
            assert all(after.get(reason, 0) >= number for reason, number in before.items())
        else:
            assert np.all(np.array(after) >= np.array(before))
    assert more.ballots == less.ballots + 1


@given(counts())
@settings(max_examples=50, deadline=None)
def test_two_halves_add_up_to_the_whole(count):
    statuses, columns, rules = count
    half = len(statuses) // 2
    one, two = tally_of(statuses[:half], columns, rules), tally_of(statuses[half:], columns, rules)
    whole = tally_of(statuses, columns, rules)

    assert [a + b for a, b in zip(one.votes, two.votes, strict=True)] == list(whole.votes)
    assert one.valid + two.valid == whole.valid
    assert one.review + two.review == whole.review


def test_a_ballot_with_several_reasons_is_counted_once_under_the_first():
    columns = columns_for(Marking.STRIKE_OUT, 3, seats=1)
    untouched, over = [E, E, E], [E, E, X]

    tally = tally_of(np.array([untouched, over], np.int8), columns, load_rules("vn-dang"))

    assert tally.invalid_by_reason == {Reason.OVERVOTE: 2}
    assert tally.blank == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"votes": np.array([[True, True]])}, "no ballot gives more votes than it may"),
        ({"statuses": np.array([BallotStatus.INVALID], np.int8)}, "those with a reason"),
        ({"statuses": np.array([7], np.int8)}, r"valid \+ invalid \+ review"),
        ({"disagrees": np.array([[True, False]])}, r"votes \+ disagree \+ not counted"),
    ],
)
def test_totals_that_do_not_agree_are_not_given_out(change, words):
    columns = columns_for(Marking.AGREE_DISAGREE, 2, seats=1)
    found = interpret_contest(np.array([[X, E, E, X]], np.int8), columns, load_rules("vn-dang"))

    with pytest.raises(ArithmeticError, match=words):
        tally_contest(dataclasses.replace(found, **change), columns)
