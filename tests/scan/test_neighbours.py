import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.neighbours import (
    ask_neighbours,
    count_beside,
    find_neighbours,
    is_beyond_ends,
    measure_bump,
    nearest_agreement,
)

PLACES = np.array([(x, y) for y in range(0, 1500, 95) for x in (700, 900)], dtype=float)
UPRIGHT = find_neighbours(PLACES, is_sideways=False)
ALL = np.ones(len(PLACES), dtype=bool)


def test_the_place_on_the_same_line_is_the_nearest():
    assert UPRIGHT.others[:, 0].tolist() == [each ^ 1 for each in range(len(PLACES))]


def test_on_a_page_fed_sideways_the_place_in_the_same_column_is_the_nearest():
    turned = find_neighbours(PLACES[:, ::-1], is_sideways=True)

    assert np.array_equal(turned.others, UPRIGHT.others)


@settings(max_examples=50, deadline=None)
@given(
    shift=st.tuples(st.floats(-6, 6), st.floats(-6, 6)),
    slope=st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)),
)
def test_shifts_that_grow_evenly_are_told_to_the_last_row(shift, slope):
    shifts = (np.array(shift) + np.outer(PLACES[:, 1], slope)).astype(np.float32)

    told = ask_neighbours(shifts, ALL, UPRIGHT)

    assert np.abs(told.shifts - shifts).max() < 0.3
    assert told.discord.max() < 0.3
    pulled = abs(slope[1])
    assert told.strain.max() < np.hypot(*slope) + 1e-4
    assert told.strain.min() > 0.8 * pulled - 1e-4


def test_a_place_that_is_not_sure_is_not_asked():
    shifts = np.ones((len(PLACES), 2), dtype=np.float32)
    shifts[6] = 99
    is_sure = ALL.copy()
    is_sure[6] = False

    told = ask_neighbours(shifts, is_sure, UPRIGHT)

    assert np.abs(told.shifts - 1).max() < 1e-4


def test_where_a_feed_jumps_the_neighbours_disagree():
    shifts = np.zeros((len(PLACES), 2), dtype=np.float32)
    shifts[16:, 1] = 7

    told = ask_neighbours(shifts, ALL, UPRIGHT)

    assert told.discord[15] > 1.5
    assert told.discord[:6].max() < 0.1
    assert told.strain[15] > 0.02
    assert told.strain[:6].max() < 1e-3


def test_places_far_before_and_behind_the_sure_ones_are_beyond_them():
    is_sure = np.zeros(len(PLACES), dtype=bool)
    is_sure[8:12] = True

    is_beyond = is_beyond_ends(is_sure, UPRIGHT, 100)

    assert (~is_beyond).tolist() == [3 <= row <= 6 for row in range(16) for _ in range(2)]
    assert is_beyond_ends(~ALL, UPRIGHT, 100).all()


def test_what_is_on_a_line_is_counted_without_the_place_itself():
    counted = ALL.copy()
    counted[5] = False

    on_line = count_beside(PLACES, counted, 1, 10)
    in_column = count_beside(PLACES, counted, 0, 10)

    assert on_line[:8].tolist() == [1, 1, 1, 1, 0, 1, 1, 1]
    assert in_column[:6].tolist() == [15, 14, 15, 14, 15, 15]


def test_where_a_feed_jumps_the_place_on_the_same_line_agrees():
    shifts = np.zeros((len(PLACES), 2), dtype=np.float32)
    shifts[16:, 1] = 7

    assert nearest_agreement(shifts, ALL, UPRIGHT).max() == 0


def test_with_nobody_to_ask_nothing_moves():
    shifts = np.ones((len(PLACES), 2), dtype=np.float32)

    told = ask_neighbours(shifts, ~ALL, UPRIGHT)

    assert (told.shifts == 0).all()
    assert np.isinf(told.discord).all()
    assert np.isinf(nearest_agreement(shifts, ~ALL, UPRIGHT)).all()


def test_two_neighbours_are_too_few_to_be_believed():
    is_sure = np.zeros(len(PLACES), dtype=bool)
    is_sure[:2] = True

    told = ask_neighbours(np.ones((len(PLACES), 2), dtype=np.float32), is_sure, UPRIGHT)

    assert np.isinf(told.discord).all()


def test_one_place_and_no_place_have_no_neighbours():
    one = find_neighbours(PLACES[:1], is_sideways=False)
    none = find_neighbours(PLACES[:0], is_sideways=False)

    assert one.others.shape == (1, 0)
    assert none.others.shape == (0, 0)
    told = ask_neighbours(np.ones((1, 2), dtype=np.float32), ALL[:1], one)
    assert np.abs(told.shifts - 1).max() < 1e-6


def test_a_line_that_moved_alone_is_a_bump_and_a_slope_is_none():
    shifts = np.outer(PLACES[:, 1], (0, 0.01)).astype(np.float32)
    wide = np.vstack([PLACES, PLACES - (500, 0)])
    neighbours = find_neighbours(wide, is_sideways=False)
    shifts = np.vstack([shifts, shifts])
    still = measure_bump(shifts, np.ones(64, dtype=bool), neighbours, 20)
    shifts[wide[:, 1] == 10 * 95, 1] += 4

    bump = measure_bump(shifts, np.ones(64, dtype=bool), neighbours, 20)

    assert still.max() < 0.5
    assert np.abs(bump[20:22] - 4).max() < 0.5
    assert bump[:14].max() < 0.5
