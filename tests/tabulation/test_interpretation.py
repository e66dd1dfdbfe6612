"""The fast rules against a clerk who takes one ballot after the other."""

import itertools
import runpy
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from ballotscan.election.definition import Marking
from ballotscan.election.records import BallotStatus, BoxRole, MarkStatus, Reason, RowState
from ballotscan.election.rules import RowVerdict, Verdict, VotingRules, list_rules, load_rules
from ballotscan.tabulation.interpretation import apply_conclusions, interpret_contest

E, X, M, C, U = (
    MarkStatus.EMPTY,
    MarkStatus.MARKED,
    MarkStatus.MARGINAL,
    MarkStatus.CANCELLED,
    MarkStatus.UNREAD,
)
YES, NO, BOTH, NEITHER = (X, E), (E, X), (X, X), (E, E)
AGREE_DISAGREE, CHOOSE, STRIKE_OUT = Marking.AGREE_DISAGREE, Marking.CHOOSE, Marking.STRIKE_OUT
PARTY, US, UK = load_rules("vn-dang"), load_rules("us-nofm"), load_rules("uk-x")
columns_for = runpy.run_path(str(Path(__file__).with_name("plain_columns.py")))["columns_for"]
SIMPLE = (AGREE_DISAGREE, CHOOSE, STRIKE_OUT)
VALID, INVALID, REVIEW = BallotStatus.VALID, BallotStatus.INVALID, BallotStatus.REVIEW


def interpret(marking, seats, ballots, rules):
    """Interpret ballots given as rows of one or two marks each."""
    rows = len(ballots[0])
    statuses = np.array([np.ravel(ballot) for ballot in ballots], np.int8)
    return interpret_contest(statuses, columns_for(marking, rows, seats), rules)


def judge(marking, seats, ballot, rules):
    """Status and reasons of one ballot."""
    found = interpret(marking, seats, [ballot], rules)
    return BallotStatus(found.statuses[0]), Reason(int(found.reasons[0]))


# --- the clerk ----------------------------------------------------------------------------------


def row_by_hand(marking, row):  # noqa: PLR0911 - one answer a line, as a clerk would
    marks = row if isinstance(row, tuple) else (row,)
    if U in marks:
        return RowState.UNREAD
    if M in marks or C in marks:
        return RowState.UNCLEAR
    if marking is AGREE_DISAGREE:
        agrees, disagrees = marks[0] == X, marks[1] == X
        if agrees and disagrees:
            return RowState.BOTH
        if agrees:
            return RowState.AGREE
        return RowState.DISAGREE if disagrees else RowState.NEITHER
    if marking is CHOOSE:
        return RowState.CHOSEN if marks[0] == X else RowState.NOT_CHOSEN
    return RowState.STRUCK if marks[0] == X else RowState.KEPT


def judge_by_hand(marking, seats, ballot, rules):  # noqa: C901, PLR0912 - one question after the other
    """(status, reasons, rows that vote, rows that disagree) of one ballot, rule after rule."""
    states = [row_by_hand(marking, row) for row in ballot]
    for_sure = Reason(0)
    if RowState.UNREAD in states:
        for_sure |= Reason.UNREADABLE
    if RowState.UNCLEAR in states:
        for_sure |= Reason.UNCLEAR
    if for_sure:
        return REVIEW, for_sure, set(), set()

    yes = {i for i, s in enumerate(states) if s in {RowState.AGREE, RowState.CHOSEN, RowState.KEPT}}
    no = {i for i, s in enumerate(states) if s is RowState.DISAGREE}
    is_single = len(states) == 1
    complaints = []
    if marking is AGREE_DISAGREE:
        for state, several, single, reason, single_reason in (
            (RowState.BOTH, rules.row_both, rules.single_both, Reason.ROW_BOTH, Reason.SINGLE_BOTH),
            (RowState.NEITHER, rules.row_neither, rules.single_neither, Reason.ROW_NEITHER, Reason.SINGLE_NEITHER),
        ):  # fmt: skip
            verdict = single if is_single else several
            rows = {i for i, s in enumerate(states) if s is state}
            if not rows:
                continue
            if verdict is RowVerdict.DISAGREE:
                no |= rows
            elif verdict in {RowVerdict.INVALID, RowVerdict.COMMITTEE}:
                complaints.append((Verdict(verdict.value), single_reason if is_single else reason))
        if not is_single and not yes:
            if no:
                complaints.append((rules.none_agreed, Reason.NONE_CHOSEN))
            else:
                complaints.append((rules.all_rows_void, Reason.ALL_ROWS_VOID))
    elif not yes:
        single_strike = marking is STRIKE_OUT and is_single
        complaints.append(
            (rules.single_struck if single_strike else rules.none_chosen, Reason.NONE_CHOSEN)
        )
    if len(yes) > seats:
        complaints.append((rules.overvote, Reason.OVERVOTE))
        if marking is STRIKE_OUT and len(yes) == len(states):
            complaints.append((rules.overvote, Reason.UNTOUCHED))
    elif marking is STRIKE_OUT and len(yes) == len(states) and not is_single:
        complaints.append((rules.untouched, Reason.UNTOUCHED))

    for verdict, status in ((Verdict.INVALID, INVALID), (Verdict.COMMITTEE, REVIEW)):
        reasons = [reason for found, reason in complaints if found is verdict]
        if reasons:
            together = Reason(0)
            for reason in reasons:
                together |= reason
            against = status is INVALID and rules.invalid_disagrees
            return status, together, set(), set(range(len(states))) if against else set()
    return VALID, Reason(0), yes, no


def assert_as_by_hand(marking, seats, ballots, rules):
    found = interpret(marking, seats, ballots, rules)
    for at, ballot in enumerate(ballots):
        status, reasons, yes, no = judge_by_hand(marking, seats, ballot, rules)
        assert found.row_states[at].tolist() == [row_by_hand(marking, row) for row in ballot]
        assert BallotStatus(found.statuses[at]) is status, ballot
        assert Reason(int(found.reasons[at])) == reasons, ballot
        assert set(np.flatnonzero(found.votes[at])) == yes, ballot
        assert set(np.flatnonzero(found.disagrees[at])) == no, ballot


def any_rules():
    """Presets, and any other answer to every question."""
    row_verdicts = st.sampled_from(RowVerdict)
    verdicts = st.sampled_from(Verdict)
    row_keys = ("row_both", "row_neither", "single_both", "single_neither")
    keys = ("none_chosen", "none_agreed", "all_rows_void", "single_struck", "untouched")
    changed = st.fixed_dictionaries(
        dict.fromkeys(row_keys, row_verdicts)
        | dict.fromkeys(keys, verdicts)
        | {"overvote": st.sampled_from([Verdict.INVALID, Verdict.COMMITTEE])}
    )
    party = PARTY.model_dump()
    made = changed.map(lambda answers: VotingRules(**(party | answers)))
    return st.sampled_from([load_rules(name) for name in list_rules()]) | made


@pytest.mark.parametrize("rules", [load_rules(name) for name in list_rules()], ids=lambda r: r.id)
@pytest.mark.parametrize("marking", SIMPLE)
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_every_way_to_mark_a_small_ballot_is_judged_as_by_hand(rules, marking, rows):
    ways = (
        [E, X, M, U] if marking is not AGREE_DISAGREE else [YES, NO, BOTH, NEITHER, (M, E), (X, U)]
    )
    ballots = list(itertools.product(ways, repeat=rows))

    for seats in range(1, rows + 1):
        assert_as_by_hand(marking, seats, ballots, rules)


@given(data=st.data(), marking=st.sampled_from(SIMPLE), rows=st.integers(1, 6), rules=any_rules())
@settings(max_examples=300, deadline=None)
def test_any_ballots_under_any_rules_are_judged_as_by_hand(data, marking, rows, rules):
    mark = st.sampled_from([E, E, E, X, X, X, X, M, C, U])
    row = st.tuples(mark, mark) if marking is AGREE_DISAGREE else mark
    ballot = st.lists(row, min_size=rows, max_size=rows).map(tuple)
    ballots = data.draw(st.lists(ballot, min_size=1, max_size=8))

    assert_as_by_hand(marking, data.draw(st.integers(1, rows)), ballots, rules)


# --- cases of the rules, by name ----------------------------------------------------------------

NONE = Reason(0)


@pytest.mark.parametrize(
    ("ballot", "seats", "status", "reasons"),
    [
        pytest.param([YES, YES, NO], 2, VALID, NONE, id="exactly as many as seats"),
        pytest.param([YES, NO, NO], 2, VALID, NONE, id="fewer than seats"),
        pytest.param([YES, YES, YES], 2, INVALID, Reason.OVERVOTE, id="more than seats"),
        pytest.param([YES, BOTH, NO], 2, VALID, NONE, id="both boxes for one person"),
        pytest.param([YES, NEITHER, NO], 2, VALID, NONE, id="no box for one person"),
        pytest.param([NO, NO, NO], 2, REVIEW, Reason.NONE_CHOSEN, id="disagree in every row"),
        pytest.param([NO, BOTH, NEITHER], 2, REVIEW, Reason.NONE_CHOSEN, id="nobody agreed to"),
        pytest.param([BOTH, NEITHER, BOTH], 2, REVIEW, Reason.ALL_ROWS_VOID, id="no row counts"),
        pytest.param([NEITHER] * 3, 2, REVIEW, Reason.ALL_ROWS_VOID, id="blank ballot"),
        pytest.param([YES], 1, VALID, NONE, id="one person, agree"),
        pytest.param([NO], 1, VALID, NONE, id="one person, a lone disagree is valid"),
        pytest.param([BOTH], 1, INVALID, Reason.SINGLE_BOTH, id="one person, both boxes"),
        pytest.param([NEITHER], 1, REVIEW, Reason.SINGLE_NEITHER, id="one person, no box"),
        pytest.param([YES, (M, E), NO], 2, REVIEW, Reason.UNCLEAR, id="a weak mark"),
        pytest.param([YES, (C, X), NO], 2, REVIEW, Reason.UNCLEAR, id="a corrected mark"),
        pytest.param([YES, (U, U), (M, E)], 2, REVIEW, Reason.UNREADABLE | Reason.UNCLEAR, id="a page not read"),
    ],
)  # fmt: skip
def test_party_lists_with_two_boxes(ballot, seats, status, reasons):
    assert judge(AGREE_DISAGREE, seats, ballot, PARTY) == (status, reasons)


@pytest.mark.parametrize(
    ("ballot", "seats", "status", "reasons"),
    [
        pytest.param([E, E, X], 2, VALID, NONE, id="exactly as many kept as seats"),
        pytest.param([E, X, X], 2, VALID, NONE, id="fewer kept than seats"),
        pytest.param([E, E, E, X], 2, INVALID, Reason.OVERVOTE, id="more kept than seats"),
        pytest.param([E, E, E], 2, INVALID, Reason.OVERVOTE | Reason.UNTOUCHED, id="nobody struck, with surplus"),
        pytest.param([E, E], 2, VALID, NONE, id="nobody struck, without surplus"),
        pytest.param([X, X, X], 2, INVALID, Reason.NONE_CHOSEN, id="everybody struck"),
        pytest.param([E], 1, VALID, NONE, id="one person, kept"),
        pytest.param([X], 1, REVIEW, Reason.NONE_CHOSEN, id="one person, struck"),
        pytest.param([E, M, X], 2, REVIEW, Reason.UNCLEAR, id="a stroke that may be below the name"),
    ],
)  # fmt: skip
def test_party_lists_that_are_struck_out(ballot, seats, status, reasons):
    assert judge(STRIKE_OUT, seats, ballot, PARTY) == (status, reasons)


@pytest.mark.parametrize(
    ("rules", "ballot", "status", "reasons"),
    [
        pytest.param(US, [X, E, E], VALID, NONE, id="undervote"),
        pytest.param(US, [E, E, E], VALID, NONE, id="blank contest"),
        pytest.param(US, [X, X, E], VALID, NONE, id="full vote"),
        pytest.param(US, [X, X, X], INVALID, Reason.OVERVOTE, id="overvote"),
        pytest.param(UK, [X, X, X], INVALID, Reason.OVERVOTE, id="too many crosses"),
        pytest.param(UK, [E, E, E], INVALID, Reason.NONE_CHOSEN, id="unmarked"),
    ],
)
def test_choices(rules, ballot, status, reasons):
    assert judge(CHOOSE, 2, ballot, rules) == (status, reasons)


def test_a_row_may_count_as_disagree_where_the_rules_say_so():
    rules = PARTY.model_copy(
        update={"row_both": RowVerdict.ROW_NOT_COUNTED, "row_neither": RowVerdict.DISAGREE}
    )

    found = interpret(AGREE_DISAGREE, 3, [(YES, BOTH, NEITHER, NO)], rules)

    assert found.votes.tolist() == [[True, False, False, False]]
    assert found.disagrees.tolist() == [[False, False, True, True]]


def test_an_overvote_in_one_contest_leaves_the_other_alone():
    statuses = np.array([[X, X, E, X, E]], np.int8)

    first = interpret_contest(statuses, columns_for(CHOOSE, 3, seats=1), US)
    second = interpret_contest(statuses, columns_for(CHOOSE, 2, seats=1, start=3), US)

    assert first.statuses.tolist() == [INVALID]
    assert second.statuses.tolist() == [VALID]
    assert second.votes.tolist() == [[True, False]]


def test_a_column_that_is_absent_is_unread():
    columns = columns_for(CHOOSE, 2, seats=1)
    columns.one(BoxRole.CHOOSE)[1] = -1

    found = interpret_contest(np.array([[X, X]], np.int8), columns, US)

    assert found.row_states.tolist() == [[RowState.CHOSEN, RowState.UNREAD]]
    assert found.statuses.tolist() == [REVIEW]


def test_a_number_that_is_no_status_stops_the_count():
    with pytest.raises(ValueError, match="no MarkStatus"):
        interpret(CHOOSE, 1, [[5]], US)


def test_no_ballots_give_empty_arrays():
    found = interpret_contest(np.zeros((0, 4), np.int8), columns_for(AGREE_DISAGREE, 2, 1), PARTY)

    assert found.votes.shape == (0, 2)
    assert found.statuses.shape == (0,)


@given(order=st.permutations(range(16)))
def test_what_a_ballot_is_worth_does_not_depend_on_the_others(order):
    ballots = list(itertools.product([YES, NO, BOTH, NEITHER], repeat=2))

    straight = interpret(AGREE_DISAGREE, 1, ballots, PARTY)
    mixed = interpret(AGREE_DISAGREE, 1, [ballots[i] for i in order], PARTY)

    assert mixed.votes.tolist() == straight.votes[list(order)].tolist()
    assert mixed.reasons.tolist() == straight.reasons[list(order)].tolist()


# --- what people conclude -----------------------------------------------------------------------


def conclude(ballot, status, reason=NONE, marking=AGREE_DISAGREE, seats=2):
    found = interpret(marking, seats, [ballot], PARTY)
    columns = columns_for(marking, len(ballot), seats)
    return apply_conclusions(
        found, np.array([status], np.int8), np.array([reason], np.int32), columns, PARTY
    )


def test_a_ballot_that_people_find_valid_has_its_disagreements_counted():
    found = conclude([NO, NO, BOTH], VALID)

    assert found.statuses.tolist() == [VALID]
    assert found.reasons.tolist() == [0]
    assert found.disagrees.tolist() == [[True, True, False]]


def test_a_ballot_that_people_find_invalid_has_no_votes():
    found = conclude([YES, NO, NO], INVALID, Reason.ID_MARK)

    assert found.statuses.tolist() == [INVALID]
    assert found.reasons.tolist() == [Reason.ID_MARK]
    assert not found.votes.any()


@pytest.mark.parametrize("ballot", [[YES, (M, E), NO], [(U, U), YES, NO], [YES, YES, YES]])
def test_people_cannot_make_a_ballot_valid_whose_rows_are_not_decided_or_too_many(ballot):
    before = interpret(AGREE_DISAGREE, 2, [ballot], PARTY)

    after = conclude(ballot, VALID)

    assert after.statuses.tolist() == before.statuses.tolist()
    assert after.reasons.tolist() == before.reasons.tolist()
    assert not after.votes.any()


def test_where_people_concluded_nothing_the_judgement_stays():
    found = conclude([YES, NO, NO], REVIEW)

    assert found.statuses.tolist() == [VALID]
    assert found.votes.tolist() == [[True, False, False]]


def test_invalid_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="without a reason"):
        conclude([YES, NO, NO], INVALID)


CONFIDENCE, GERMAN, RANKED = (load_rules(n) for n in ("vn-tinnhiem", "de-kumulieren", "rcv-grid"))


@pytest.mark.parametrize(
    ("marking", "rules", "ballot", "votes"),
    [
        pytest.param(Marking.ONE_OF_THREE, CONFIDENCE, [X, E, E, X, X, E], [0, 0], id="one of three"),
        pytest.param(Marking.RANK, RANKED, [X, E, X, E], [0, 0], id="ranks"),
        pytest.param(Marking.APPROVE, load_rules("approval"), [X, X], [1, 1], id="approval"),
    ],
)  # fmt: skip
def test_people_may_find_a_ballot_valid_or_invalid_however_it_is_marked(
    marking, rules, ballot, votes
):
    columns = columns_for(marking, 2, 1)
    found = interpret_contest(np.array([ballot] * 2, np.int8), columns, rules)

    concluded = apply_conclusions(
        found,
        np.array([VALID, INVALID], np.int8),
        np.array([0, Reason.ID_MARK], np.int32),
        columns,
        rules,
    )

    assert concluded.statuses.tolist() == [VALID, INVALID]
    assert concluded.votes.tolist() == [votes, [0, 0]]


def test_several_lists_are_ignored_where_people_find_the_ballot_valid():
    columns = columns_for(Marking.POINTS, 2, 3, lists=["a", "b"])
    statuses = np.full((1, 10), E, np.int8)
    statuses[0, columns.of("point")[0, 0]] = X
    statuses[0, columns.places["list"][:, 0]] = X
    found = interpret_contest(statuses, columns, GERMAN)

    concluded = apply_conclusions(
        found, np.array([VALID], np.int8), np.zeros(1, np.int32), columns, GERMAN
    )

    assert found.reasons.tolist() == [Reason.SEVERAL_LISTS]
    assert concluded.votes.tolist() == [[1, 0]]


def test_people_cannot_make_more_votes_count_than_there_are():
    columns = columns_for(Marking.POINTS, 2, 2)
    found = interpret_contest(np.array([[X, X, X, E, E, E]], np.int8), columns, GERMAN)

    concluded = apply_conclusions(
        found, np.array([VALID], np.int8), np.zeros(1, np.int32), columns, GERMAN
    )

    assert concluded.statuses.tolist() == [INVALID]
    assert concluded.reasons.tolist() == [Reason.SUM_OVER]
