"""Who is elected: against a slow judge, and against everything that pending ballots could say."""

import itertools

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

from ballotscan.election.definition import Attendance, Candidate, Contest, Marking
from ballotscan.election.rules import Base, Threshold, Tie, load_rules
from ballotscan.tabulation.outcome import (
    DiscrepancyKind,
    Remark,
    decide_outcome,
    reconcile,
)
from ballotscan.tabulation.rounds import Round, RunOff
from ballotscan.tabulation.standings import Standing, StandingReason
from ballotscan.tabulation.tally import ContestTally

PARTY, US = load_rules("vn-dang"), load_rules("us-nofm")
ASSEMBLY = US.model_copy(
    update={"base": Base.VALID, "threshold": Threshold.MORE_THAN_HALF, "tie": Tie.OLDER}
)
ELECTED, NOT_ELECTED, TIED = Standing.ELECTED, Standing.NOT_ELECTED, Standing.TIED
OPEN, UNKNOWN = Standing.OPEN, Standing.UNKNOWN


def a_contest(candidates, seats):
    return Contest(
        id="c",
        title="C",
        seats=seats,
        marking=Marking.CHOOSE,
        candidates=tuple(Candidate(name=str(n)) for n in range(candidates)),
    )


def a_tally(votes, valid, review=0, invalid=0):
    nothing = (0,) * len(votes)
    return ContestTally(
        ballots=valid + invalid + review,
        valid=valid,
        invalid=invalid,
        review=review,
        votes=tuple(votes),
        disagree=nothing,
        not_counted=nothing,
        states={},
        electing=(valid,),
        invalid_by_reason={},
        blank=0,
        overvoted=0,
        undervoted=0,
    )


def decide(votes, seats, rules=PARTY, *, valid=100, review=0, **attendance):
    unidentified = attendance.pop("unidentified", 0)
    return decide_outcome(
        a_tally(votes, valid, review),
        a_contest(len(votes), seats),
        rules,
        Attendance(**attendance),
        unidentified=unidentified,
    )


def standings(*args, **kwargs):
    return [one.standing for one in decide(*args, **kwargs).candidates]


def judge_by_hand(votes, seats, base, threshold):
    """Fill the seats from the top; stop where equal votes do not all find one."""
    if threshold is Threshold.NONE:
        qualified = {i for i, v in enumerate(votes) if v >= 1}
    else:
        qualified = {i for i, v in enumerate(votes) if v > base / 2}
    result = [NOT_ELECTED] * len(votes)
    left = seats
    for number in sorted({votes[i] for i in qualified}, reverse=True):
        equals = [i for i in qualified if votes[i] == number]
        if left == 0:
            break
        for i in equals:
            result[i] = ELECTED if len(equals) <= left else TIED
        left = left - len(equals) if len(equals) <= left else 0
    return result


votes_lists = st.lists(st.integers(0, 12), min_size=1, max_size=6)


@given(
    votes=votes_lists,
    data=st.data(),
    rules=st.sampled_from([PARTY, US, ASSEMBLY]),
    base=st.integers(12, 30),
)
@settings(max_examples=300, deadline=None)
def test_with_nothing_pending_the_result_is_that_of_the_slow_judge(votes, data, rules, base):
    seats = data.draw(st.integers(1, len(votes)))

    found = standings(votes, seats, rules, valid=base, convened=base)

    assert found == judge_by_hand(votes, seats, base, rules.threshold)


@given(
    data=st.data(),
    rows=st.integers(1, 3),
    pending=st.integers(1, 3),
    rules=st.sampled_from([PARTY, US, ASSEMBLY]),
)
@settings(max_examples=120, deadline=None)
def test_no_pending_ballot_can_change_what_is_called_certain(data, rows, pending, rules):
    seats = data.draw(st.integers(1, rows))
    valid = data.draw(st.integers(0, 8))
    votes = data.draw(st.lists(st.integers(0, valid), min_size=rows, max_size=rows))
    assume(sum(votes) <= valid * seats)
    convened = valid + pending
    found = standings(votes, seats, rules, valid=valid, review=pending, convened=convened)
    ballots = [None] + [
        chosen for k in range(seats + 1) for chosen in itertools.combinations(range(rows), k)
    ]  # fmt: skip

    for ways in itertools.combinations_with_replacement(ballots, pending):
        added = [way for way in ways if way is not None]
        final = [v + sum(i in way for way in added) for i, v in enumerate(votes)]
        base = convened if rules.base is Base.CONVENED else valid + len(added)
        result = judge_by_hand(final, seats, base, rules.threshold)
        for now, then in zip(found, result, strict=True):
            assert now in {OPEN, then}


def test_exactly_half_is_not_more_than_half():
    assert standings([50, 51], 2, convened=100) == [NOT_ELECTED, ELECTED]


@pytest.mark.parametrize(("base", "needed"), [(100, 51), (101, 51), (1, 1), (0, 1)])
def test_the_votes_needed_are_more_than_half(base, needed):
    assert decide([0], 1, valid=0, convened=base).needed == needed


def test_the_base_is_what_people_entered_not_what_was_read():
    assert standings([60], 1, valid=60, convened=120) == [NOT_ELECTED]
    assert standings([61], 1, valid=61, convened=120) == [ELECTED]


def test_invalid_ballots_do_not_count_in_a_base_of_valid_ones():
    tally = a_tally([51], valid=100, invalid=50)

    outcome = decide_outcome(tally, a_contest(1, 1), ASSEMBLY, Attendance())

    assert outcome.base == 100
    assert outcome.elected == (1,)


def test_without_a_base_nobody_is_elected_and_the_number_to_enter_is_named():
    outcome = decide([99, 1], 1)

    assert {one.standing for one in outcome.candidates} == {UNKNOWN}
    assert outcome.to_enter == ("convened",)
    assert outcome.remarks == (Remark.BASE_NOT_ENTERED,)
    assert not outcome.is_final


def test_the_elected_are_listed_from_the_most_votes_down():
    outcome = decide([60, 80, 70, 10], 3, convened=100)

    assert outcome.elected == (2, 3, 1)
    assert outcome.remarks == ()
    assert outcome.is_final


def test_more_above_half_than_seats_takes_the_highest():
    outcome = decide([60, 80, 70], 2, convened=100)

    assert outcome.elected == (2, 3)
    assert outcome.candidates[0].reason is StandingReason.OTHERS_HAVE_MORE


def test_too_few_above_half_leaves_seats():
    outcome = decide([60, 40, 30], 2, convened=100)

    assert outcome.elected == (1,)
    assert outcome.remarks == (Remark.SEATS_LEFT,)
    assert outcome.candidates[1].reason is StandingReason.BELOW_THRESHOLD


def test_a_tie_at_the_last_seat_is_not_decided():
    outcome = decide([60, 80, 60, 55], 2, convened=100)

    assert [one.standing for one in outcome.candidates] == [TIED, ELECTED, TIED, NOT_ELECTED]
    assert (outcome.tied, outcome.seats_tied, outcome.tie) == ((1, 3), 1, Tie.COMMITTEE)
    assert outcome.remarks == (Remark.TIE,)
    assert not outcome.is_final


def test_a_tie_that_all_find_seats_in_is_no_tie():
    assert standings([60, 60, 40], 2, convened=100) == [ELECTED, ELECTED, NOT_ELECTED]


def test_a_tie_below_half_is_no_tie():
    assert standings([40, 40], 1, convened=100) == [NOT_ELECTED, NOT_ELECTED]


def test_nobody_is_elected_without_a_vote():
    outcome = decide([0, 0], 1, US, valid=0)

    assert {one.standing for one in outcome.candidates} == {NOT_ELECTED}
    assert outcome.candidates[0].reason is StandingReason.NO_VOTES


def test_ballots_that_wait_keep_a_close_race_open():
    assert standings([50, 30], 1, convened=100, review=1) == [OPEN, NOT_ELECTED]


def test_ballots_that_wait_do_not_keep_a_clear_race_open():
    outcome = decide([80, 10], 1, convened=100, review=5)

    assert outcome.elected == (1,)
    assert outcome.remarks == (Remark.BALLOTS_PENDING,)
    assert not outcome.is_final


def test_ballots_not_scanned_yet_are_pending():
    outcome = decide([51, 10], 1, ASSEMBLY, valid=100, collected=110)

    assert outcome.pending == 10
    assert outcome.candidates[0].standing is OPEN


def test_ballots_not_identified_are_pending_once():
    assert decide([51], 1, valid=100, convened=200, collected=103, unidentified=2).pending == 3
    assert decide([51], 1, valid=100, convened=200, unidentified=2).pending == 2


def discrepancies(*, valid=100, review=0, unidentified=0, votes=(60,), rules=PARTY, **attendance):
    tally = a_tally(votes, valid, review)
    numbers = Attendance(**attendance)
    outcome = decide_outcome(
        tally, a_contest(len(votes), 1), rules, numbers, unidentified=unidentified
    )
    return reconcile("c", tally, outcome, numbers, unidentified=unidentified)


COMPLETE = {"convened": 120, "present": 110, "issued": 105, "collected": 100}


def test_numbers_that_fit_give_no_discrepancy():
    assert discrepancies(**COMPLETE) == ()


@pytest.mark.parametrize(
    ("changes", "kind", "stops", "expected", "found"),
    [
        ({"issued": 99}, DiscrepancyKind.COLLECTED_EXCEEDS_ISSUED, True, 99, 100),
        ({"valid": 106}, DiscrepancyKind.READ_EXCEEDS_ISSUED, True, 105, 106),
        ({"valid": 101}, DiscrepancyKind.READ_EXCEEDS_COLLECTED, True, 100, 101),
        ({"valid": 99}, DiscrepancyKind.READ_BELOW_COLLECTED, True, 100, 99),
        ({"convened": 90}, DiscrepancyKind.VALID_EXCEEDS_BASE, True, 90, 100),
        ({"valid": 97, "review": 3}, DiscrepancyKind.BALLOTS_IN_REVIEW, True, 0, 3),
        ({"valid": 98, "unidentified": 2}, DiscrepancyKind.BALLOTS_IN_REVIEW, True, 0, 2),
        ({"issued": 111}, DiscrepancyKind.ISSUED_EXCEEDS_PRESENT, False, 110, 111),
        ({"present": 121}, DiscrepancyKind.PRESENT_EXCEEDS_CONVENED, False, 120, 121),
        ({"issued": None}, DiscrepancyKind.NOT_ENTERED, False, None, None),
        ({"convened": None}, DiscrepancyKind.NOT_ENTERED, True, None, None),
    ],
)
def test_numbers_that_do_not_fit_are_named(changes, kind, stops, expected, found):
    discrepancy = next(one for one in discrepancies(**(COMPLETE | changes)) if one.kind is kind)

    assert (discrepancy.stops, discrepancy.expected, discrepancy.found) == (stops, expected, found)


def test_what_stops_comes_first():
    found = discrepancies(**(COMPLETE | {"issued": 111, "valid": 99}))

    assert [one.stops for one in found] == [True, False]


# --- rules of single bodies ---------------------------------------------------------------------

NATIONAL, UNION = load_rules("vn-quochoi"), load_rules("vn-congdoan")


def test_where_not_more_than_half_took_part_nobody_is_elected():
    outcome = decide([90, 20], 1, NATIONAL, convened=200, present=100)

    assert outcome.remarks == (Remark.TURNOUT_TOO_LOW,)
    assert {one.reason for one in outcome.candidates} == {StandingReason.TURNOUT_TOO_LOW}
    assert outcome.elected == ()


def test_where_more_than_half_took_part_the_result_stands():
    outcome = decide([90, 20], 1, NATIONAL, convened=199, present=100)

    assert (outcome.elected, outcome.remarks) == ((1,), ())


def test_turnout_that_decides_must_be_entered():
    outcome = decide([90, 20], 1, NATIONAL, issued=100, collected=100)
    found = reconcile("c", a_tally([90, 20], 100), outcome, Attendance(issued=100, collected=100))

    assert outcome.to_enter == ("convened", "present")
    assert [(one.key, one.stops) for one in found] == [("convened", True), ("present", True)]


def test_the_committee_says_what_half_is_taken_of():
    assert decide([60, 20], 1, UNION, collected=100).to_enter == ("base",)
    assert decide([60, 20], 1, UNION, collected=100, base=120).elected == ()
    assert decide([61, 20], 1, UNION, collected=100, base=120).elected == (1,)


def rate(**attendance):
    contest = Contest(
        id="c",
        title="C",
        seats=2,
        marking=Marking.ONE_OF_THREE,
        candidates=(Candidate(name="A"), Candidate(name="B")),
    )
    rules = load_rules("vn-tinnhiem")
    return decide_outcome(a_tally([0, 0], 30), contest, rules, Attendance(**attendance))


def test_a_vote_of_confidence_elects_nobody_and_is_final():
    outcome = rate(base=30)

    assert {one.standing for one in outcome.candidates} == {Standing.RATED}
    assert (outcome.elected, outcome.needed, outcome.remarks) == ((), None, ())
    assert outcome.is_final


def test_a_vote_of_confidence_waits_for_its_base_and_its_ballots():
    assert rate().candidates[0].standing is UNKNOWN
    assert rate(base=30, collected=31).candidates[0].standing is OPEN


RANKED = load_rules("rcv-grid")


def decide_rounds(rounds, valid, **attendance):
    contest = Contest(
        id="c",
        title="C",
        seats=1,
        marking=Marking.RANK,
        candidates=tuple(Candidate(name=n) for n in "ABC"),
    )
    return decide_outcome(
        a_tally(rounds.rounds[0].votes, valid),
        contest,
        RANKED,
        Attendance(**attendance),
        rounds=rounds,
    )


def test_whoever_wins_a_round_is_elected():
    rounds = RunOff((Round((4, 3, 2), 0, (3,)), Round((4, 5, 0), 0, ())), 2, ())

    outcome = decide_rounds(rounds, 9, collected=9)

    assert outcome.elected == (2,)
    assert outcome.is_final


def test_one_ballot_that_waits_keeps_rounds_open():
    rounds = RunOff((Round((4, 3, 2), 0, (3,)), Round((4, 5, 0), 0, ())), 2, ())

    assert {one.standing for one in decide_rounds(rounds, 9, collected=10).candidates} == {OPEN}


def test_more_than_half_of_all_ballots_at_once_cannot_be_changed():
    rounds = RunOff((Round((8, 1, 0), 0, ()),), 1, ())

    assert decide_rounds(rounds, 9, collected=12).elected == (1,)


def test_a_tie_in_a_round_is_told_and_not_decided():
    rounds = RunOff((Round((5, 3, 3), 0, ()),), None, (2, 3))

    outcome = decide_rounds(rounds, 11, collected=11)

    assert [one.standing for one in outcome.candidates] == [OPEN, TIED, TIED]
    assert (outcome.tied, outcome.tie) == ((2, 3), Tie.LOT)
    assert not outcome.is_final


def test_a_pending_ballot_can_give_three_votes_where_votes_are_points():
    rules = load_rules("de-kumulieren")
    contest = Contest(
        id="c",
        title="C",
        seats=1,
        marking=Marking.POINTS,
        candidates=(Candidate(name="A"), Candidate(name="B")),
    )

    def standing(lead):
        tally = a_tally([lead, 0], 10)
        return (
            decide_outcome(tally, contest, rules, Attendance(collected=11)).candidates[0].standing
        )

    assert (standing(3), standing(4)) == (OPEN, ELECTED)
