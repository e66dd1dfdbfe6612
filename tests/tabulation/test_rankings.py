"""Ranked choice: each ballot in each round, and the rounds themselves, against slow clerks."""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, MarkStatus
from ballotscan.election.rules import OvervotedRank, SkippedRanks, load_rules
from ballotscan.tabulation.interpretation import interpret_contest
from ballotscan.tabulation.rankings import EXHAUSTED, find_choice
from ballotscan.tabulation.rounds import run_off

E, X, M = MarkStatus.EMPTY, MarkStatus.MARKED, MarkStatus.MARGINAL
MAINE = load_rules("rcv-grid")
columns_for = runpy.run_path(str(Path(__file__).with_name("plain_columns.py")))["columns_for"]


def all_grids():
    """Every way to mark three candidates at three ranks."""
    marks = list(itertools.product([False, True], repeat=9))
    return np.array(marks).reshape(-1, 3, 3)


def stands_for(grid, continuing, rules):
    """Go through the ranks one by one, as the law tells it."""
    skipped = 0
    for rank in range(3):
        named = [candidate for candidate in range(3) if grid[candidate][rank]]
        alive = [candidate for candidate in named if candidate in continuing]
        if not named:
            skipped += 1
            if rules.skipped_ranks is SkippedRanks.ONE_EXHAUSTS and skipped == 1:
                return EXHAUSTED
            if rules.skipped_ranks is SkippedRanks.TWO_EXHAUST and skipped == 2:
                return EXHAUSTED
            continue
        skipped = 0
        if len(named) == 1:
            if alive:
                return alive[0]
            continue
        if rules.overvoted_rank is OvervotedRank.PASSED_OVER or not alive:
            continue
        if rules.overvoted_rank is OvervotedRank.EXHAUSTS or len(alive) > 1:
            return EXHAUSTED
        return alive[0]
    return EXHAUSTED


@pytest.mark.parametrize("skipped", SkippedRanks)
@pytest.mark.parametrize("overvoted", OvervotedRank)
def test_every_grid_stands_in_every_round_for_whom_the_law_says(skipped, overvoted):
    rules = MAINE.model_copy(update={"skipped_ranks": skipped, "overvoted_rank": overvoted})
    grids = all_grids()

    for count in (1, 2, 3):
        for continuing in itertools.combinations(range(3), count):
            mask = np.isin(np.arange(3), continuing)
            found = find_choice(grids, mask, rules)

            told = [stands_for(grid, continuing, rules) for grid in grids]
            assert found.tolist() == told


def interpret(grids, rules=MAINE):
    statuses = np.where(np.array(grids), X, E).astype(np.int8).reshape(len(grids), -1)
    return interpret_contest(statuses, columns_for(Marking.RANK, 3, 1), rules)


def test_every_grid_is_valid_and_votes_in_the_first_round():
    grids = all_grids()

    found = interpret(grids)

    first = [stands_for(grid, range(3), MAINE) for grid in grids]
    assert set(found.statuses.tolist()) == {BallotStatus.VALID}
    assert found.votes.sum(axis=1).tolist() == [int(one != EXHAUSTED) for one in first]
    for at, one in enumerate(first):
        assert one == EXHAUSTED or found.votes[at, one] == 1


def test_a_doubtful_oval_is_for_people():
    statuses = np.array([[X, E, E, E, M, E, E, E, X]], np.int8)

    found = interpret_contest(statuses, columns_for(Marking.RANK, 3, 1), MAINE)

    assert found.statuses.tolist() == [BallotStatus.REVIEW]
    assert not found.votes.any()


def grid_of(order):
    """A ballot that ranks candidates (from 0) in this order."""
    grid = np.zeros((3, 3), bool)
    for rank, candidate in enumerate(order):
        grid[candidate, rank] = True
    return grid


def rounds_of(*orders):
    return run_off(interpret([grid_of(order) for order in orders]), MAINE)


def test_the_last_leaves_and_its_ballots_go_on():
    found = rounds_of(*[[0, 1]] * 4, *[[1]] * 3, *[[2, 1]] * 2)

    assert [one.votes for one in found.rounds] == [(4, 3, 2), (4, 5, 0)]
    assert found.rounds[0].left == (3,)
    assert found.winner == 2


def test_ballots_without_a_next_choice_are_exhausted():
    found = rounds_of(*[[0]] * 4, *[[1]] * 3, *[[2]] * 2)

    assert [one.exhausted for one in found.rounds] == [0, 2]
    assert found.winner == 1


def test_those_who_cannot_reach_the_next_leave_together():
    found = rounds_of(*[[0, 1]] * 5, *[[1]] * 3, *[[2]] * 3)

    assert found.tied == (2, 3)  # 3 + 3 is more than nobody below: one of them has to leave
    assert found.winner is None

    found = rounds_of(*[[0]] * 5, *[[1]] * 6)
    assert found.winner == 2  # nobody stands for the third


def test_a_tie_in_the_last_round_is_not_decided():
    found = rounds_of([0], [0], [1], [1])

    assert found.winner is None
    assert found.tied == (1, 2)
    assert found.rounds[0].left == (3,)  # without a vote, and the others have two each


def test_without_a_vote_nobody_wins():
    found = rounds_of([], [])

    assert (found.winner, found.tied) == (None, ())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.permutations(range(3)), min_size=1, max_size=25), st.randoms())
def test_the_order_of_ballots_is_irrelevant(orders, shuffler):
    mixed = list(orders)
    shuffler.shuffle(mixed)

    assert rounds_of(*orders) == rounds_of(*mixed)


def test_the_rounds_are_those_of_another_program():
    pyrankvote = pytest.importorskip("pyrankvote")
    chance, compared = np.random.default_rng(7), 0
    people = [pyrankvote.Candidate(str(n)) for n in range(3)]
    for _ in range(200):
        orders = [chance.permutation(3)[: chance.integers(1, 4)].tolist() for _ in range(31)]
        found = rounds_of(*orders)
        if found.tied:
            continue  # it draws lots, we do not
        ballots = [pyrankvote.Ballot([people[at] for at in order]) for order in orders]
        other = pyrankvote.instant_runoff_voting(people, ballots)

        assert [one.name for one in other.get_winners()] == [str(found.winner - 1)]
        compared += 1
    assert compared > 100
