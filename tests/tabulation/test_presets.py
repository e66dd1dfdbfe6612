"""Every preset on every small ballot, against what a clerk would say who has read the source.

The clerks below know nothing of the keys of the rules: each says in plain steps what the sources of one
body say. A ballot that cannot be read always goes to people.
"""

import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, MarkStatus, RowState
from ballotscan.election.rules import list_rules, load_rules
from ballotscan.tabulation.interpretation import interpret_contest

E, X, M, U = MarkStatus.EMPTY, MarkStatus.MARKED, MarkStatus.MARGINAL, MarkStatus.UNREAD
VALID, INVALID, ASK = BallotStatus.VALID, BallotStatus.INVALID, BallotStatus.REVIEW
YES, NO, BOTH, NEITHER = (X, E), (E, X), (X, X), (E, E)
columns_for = runpy.run_path(str(Path(__file__).with_name("plain_columns.py")))["columns_for"]


def none_of(ballot):
    return [0] * len(ballot)


# --- clerks: (ballot, seats) -> what it is worth, votes for each, disagreements for each ---------


def party_list(struck, seats):
    """244 Art. 17: at most as many left as seats, and somebody."""
    left = struck.count(E)
    if len(struck) == 1 and left == 0:
        return ASK, [0], [0]  # a list of one has boxes; this is not provided for
    if left == 0 or left > seats:
        return INVALID, none_of(struck), none_of(struck)
    return VALID, [int(mark == E) for mark in struck], none_of(struck)


def party_boxes(rows, seats):
    """244 Art. 17 and 32: both boxes, or none, count for nothing; one person: exactly one box."""
    yes, no = [int(row == YES) for row in rows], [int(row == NO) for row in rows]
    if len(rows) == 1:
        worth = {YES: VALID, NO: VALID, BOTH: INVALID, NEITHER: ASK}[rows[0]]
        return (worth, yes, no) if worth is VALID else (worth, [0], [0])
    if sum(yes) > seats:
        return INVALID, none_of(rows), none_of(rows)
    if sum(yes) == 0:
        return ASK, none_of(rows), none_of(rows)  # all disagree, or no row counts: not settled
    return VALID, yes, no


def assembly(struck, seats):
    """Law 85/2015 Art. 74: too many left, or all struck out."""
    left = struck.count(E)
    if left == 0 or left > seats:
        return INVALID, none_of(struck), none_of(struck)
    return VALID, [int(mark == E) for mark in struck], none_of(struck)


def union(struck, seats):
    """Guidance: one name struck out is valid and against; what else is odd is not settled."""
    left = struck.count(E)
    kept = [int(mark == E) for mark in struck]
    if len(struck) == 1:
        return VALID, kept, [0]
    if left == 0 or left > seats or left == len(struck):
        return ASK, none_of(struck), none_of(struck)
    return VALID, kept, none_of(struck)


def youth_list(struck, seats):
    """Working papers: a ballot without a mark only where there is one name."""
    left = struck.count(E)
    if len(struck) == 1 and left == 1:
        return VALID, [1], [0]
    if left == 0 or left > seats or left == len(struck):
        return ASK, none_of(struck), none_of(struck)
    return VALID, [int(mark == E) for mark in struck], none_of(struck)


def youth_boxes(rows, seats):
    """Working papers: a row in both columns or in neither makes the ballot invalid."""
    yes, no = [int(row == YES) for row in rows], [int(row == NO) for row in rows]
    if rows == (NEITHER,):
        return ASK, [0], [0]
    if BOTH in rows or NEITHER in rows:
        return INVALID, none_of(rows), none_of(rows)
    if len(rows) > 1 and (sum(yes) > seats or sum(yes) == 0):
        return ASK, none_of(rows), none_of(rows)
    return VALID, yes, no


def ministry(rows, seats):
    """1699 Art. 12(7): no mark and both marks are disagree; an invalid ballot disagrees with all."""
    yes = [int(row == YES) for row in rows]
    if len(rows) > 1 and sum(yes) > seats:
        return INVALID, none_of(rows), [1] * len(rows)
    return VALID, yes, [1 - one for one in yes]


def up_to_seats(marks, seats):
    """United States: too many count for nothing, too few and none count."""
    if marks.count(X) > seats:
        return INVALID, none_of(marks), none_of(marks)
    return VALID, [int(mark == X) for mark in marks], none_of(marks)


def cross(marks, seats):
    """United Kingdom, and each half of a German ballot: too many or none are rejected."""
    if not 1 <= marks.count(X) <= seats:
        return INVALID, none_of(marks), none_of(marks)
    return VALID, [int(mark == X) for mark in marks], none_of(marks)


def approval(marks, _seats):
    return VALID, [int(mark == X) for mark in marks], none_of(marks)


ONE_MARK, TWO_BOXES = (E, X, M, U), (YES, NO, BOTH, NEITHER, (M, E), (X, U))
CLERKS = [
    ("vn-dang", Marking.STRIKE_OUT, ONE_MARK, party_list),
    ("vn-dang", Marking.AGREE_DISAGREE, TWO_BOXES, party_boxes),
    ("vn-quochoi", Marking.STRIKE_OUT, ONE_MARK, assembly),
    ("vn-congdoan", Marking.STRIKE_OUT, ONE_MARK, union),
    ("vn-doan", Marking.STRIKE_OUT, ONE_MARK, youth_list),
    ("vn-doan", Marking.AGREE_DISAGREE, TWO_BOXES, youth_boxes),
    ("vn-btc", Marking.AGREE_DISAGREE, TWO_BOXES, ministry),
    ("us-nofm", Marking.CHOOSE, ONE_MARK, up_to_seats),
    ("uk-x", Marking.CHOOSE, ONE_MARK, cross),
    ("approval", Marking.APPROVE, ONE_MARK, approval),
]


def is_doubtful(ballot):
    return any(mark in {M, U} for mark in np.ravel(np.array(ballot, dtype=object)))


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("preset", "marking", "ways", "clerk"), CLERKS, ids=[f"{c[0]}-{c[1].value}" for c in CLERKS]
)
def test_every_small_ballot_is_worth_what_the_source_says(preset, marking, ways, clerk, rows):
    ballots = list(itertools.product(ways, repeat=rows))
    statuses = np.array([np.ravel(ballot) for ballot in ballots], np.int8)

    for seats in range(1, rows + 1):
        found = interpret_contest(statuses, columns_for(marking, rows, seats), load_rules(preset))
        for at, ballot in enumerate(ballots):
            nothing = [0] * rows
            told = (ASK, nothing, nothing) if is_doubtful(ballot) else clerk(ballot, seats)
            assert (
                found.statuses[at],
                found.votes[at].tolist(),
                found.disagrees[at].astype(int).tolist(),
            ) == told, (ballot, seats)


def test_every_preset_has_a_clerk():
    apart = {"vn-tinnhiem", "de-zweistimmen", "de-kumulieren", "rcv-grid"}  # below

    assert {preset for preset, *_ in CLERKS} | apart == set(list_rules())


# --- votes of confidence -------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_vote_of_confidence_counts_where_every_row_has_one_level(rows):
    ways = [*itertools.product([E, X], repeat=3), (M, E, E), (X, E, U)]
    ballots = list(itertools.product(ways, repeat=rows))
    statuses = np.array([np.ravel(ballot) for ballot in ballots], np.int8)

    found = interpret_contest(
        statuses, columns_for(Marking.ONE_OF_THREE, rows, rows), load_rules("vn-tinnhiem")
    )

    for at, ballot in enumerate(ballots):
        names = ["unread" if U in row else "unclear" if M in row else level(row) for row in ballot]
        # The rules for anything else could not be read: people are asked.
        clear = all(name in {"high", "confidence", "low"} for name in names)
        assert found.statuses[at] == (VALID if clear else ASK), ballot
        assert [state_name(state) for state in found.row_states[at]] == names, ballot
    assert not found.votes.any()


def level(row):
    if row.count(X) > 1:
        return "several"
    return ("high", "confidence", "low")[row.index(X)] if X in row else "neither"


def state_name(number):
    return RowState(number).name.lower()


# --- two votes on one ballot ---------------------------------------------------------------------


def test_first_and_second_vote_are_judged_apart():
    ballots = list(itertools.product([E, X], repeat=5))
    statuses = np.array(ballots, np.int8)
    rules = load_rules("de-zweistimmen")

    first = interpret_contest(statuses, columns_for(Marking.CHOOSE, 3, 1), rules)
    second = interpret_contest(statuses, columns_for(Marking.CHOOSE, 2, 1, start=3), rules)

    for at, ballot in enumerate(ballots):
        for found, half in ((first, ballot[:3]), (second, ballot[3:])):
            worth, votes, _ = cross(half, 1)
            assert (found.statuses[at], found.votes[at].tolist()) == (worth, votes), ballot


# --- three votes a candidate, and lists ----------------------------------------------------------

LISTS = ["red", "red", "blue"]


def bavaria(own, struck, crossed, seats):
    """BY 71: single votes first; the rest to the unmarked and unstruck of the list, from the top."""
    if sum(own) > seats:
        return INVALID, [0] * 3
    left = seats - sum(own)
    if any(votes and is_struck for votes, is_struck in zip(own, struck, strict=True)):
        return ASK, [0] * 3
    if len(crossed) > 1 and left:
        return ASK, [0] * 3
    votes = list(own)
    if len(crossed) == 1:
        for at, name in enumerate(LISTS):
            if name == crossed[0] and not own[at] and not struck[at] and left:
                votes[at] += 1
                left -= 1
    return (VALID, votes) if any(votes) else (INVALID, [0] * 3)


def hesse(own, struck, crossed, seats):
    """KWG 20a: down the list again and again, up to three; several lists are ignored."""
    if sum(own) > seats:
        return INVALID, [0] * 3
    if any(votes and is_struck for votes, is_struck in zip(own, struck, strict=True)):
        return ASK, [0] * 3
    votes, left = list(own), seats - sum(own)
    for _ in range(3):
        for at, name in enumerate(LISTS):
            if crossed == [name] and not struck[at] and votes[at] < 3 and left:
                votes[at] += 1
                left -= 1
    return (VALID, votes) if any(votes) else (INVALID, [0] * 3)


@pytest.mark.parametrize("seats", [1, 3, 5])
@pytest.mark.parametrize(
    ("clerk", "changes"),
    [(bavaria, {}), (hesse, {"list_rest": "repeated", "several_lists": "valid"})],
)
def test_votes_for_candidates_and_lists_go_where_the_law_says(clerk, changes, seats):
    preset = load_rules("de-kumulieren")
    rules = type(preset).model_validate(preset.model_dump() | changes)
    columns = columns_for(Marking.POINTS, 3, seats, lists=LISTS)
    boxes, names = columns.of("point"), columns.one(None)
    lists = columns.places["list"][:, 0]
    made = [
        (np.reshape(marks, (3, 3)), struck, crossed)
        for marks in itertools.product([E, X], repeat=9)
        for struck in itertools.product([False, True], repeat=3)
        for crossed in ([], ["red"], ["blue"], ["red", "blue"])
    ]
    statuses = np.full((len(made), 14), E, np.int8)
    for at, (marks, struck, crossed) in enumerate(made):
        statuses[at, boxes] = marks
        statuses[at, names] = np.where(struck, X, E)
        statuses[at, lists] = [X if name in crossed else E for name in ("red", "blue")]

    found = interpret_contest(statuses, columns, rules)

    for at, (marks, struck, crossed) in enumerate(made):
        own = [int(n) for n in (marks == X).sum(axis=1)]
        told = clerk(own, struck, crossed, seats)
        assert (found.statuses[at], found.votes[at].tolist()) == told, (own, struck, crossed)


@pytest.mark.parametrize("mark", [M, U])
def test_a_list_whose_box_is_in_doubt_is_asked_about_in_its_first_row(mark):
    columns = columns_for(Marking.POINTS, 3, 3, lists=LISTS)
    statuses = np.full((2, 14), E, np.int8)
    statuses[:, columns.of("point")[0, 0]] = X
    statuses[0, columns.places["list"][1, 0]] = mark

    found = interpret_contest(statuses, columns, load_rules("de-kumulieren"))

    assert found.statuses.tolist() == [ASK, VALID]
    assert [state_name(state) for state in found.row_states[0]] == [
        "votes_1",
        "not_chosen",
        "unclear" if mark is M else "unread",
    ]
