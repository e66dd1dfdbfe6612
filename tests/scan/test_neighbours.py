import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.neighbours import (
    ask_neighbours,
    find_neighbours,
    measure_gap,
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

    told, discord = ask_neighbours(shifts, ALL, UPRIGHT)

    assert np.abs(told - shifts).max() < 0.3
    assert discord.max() < 0.3


def test_a_place_that_is_not_sure_is_not_asked():
    shifts = np.ones((len(PLACES), 2), dtype=np.float32)
    shifts[6] = 99
    is_sure = ALL.copy()
    is_sure[6] = False

    told, _ = ask_neighbours(shifts, is_sure, UPRIGHT)

    assert np.abs(told - 1).max() < 1e-4


def test_where_a_feed_jumps_the_neighbours_disagree():
    shifts = np.zeros((len(PLACES), 2), dtype=np.float32)
    shifts[16:, 1] = 7

    _, discord = ask_neighbours(shifts, ALL, UPRIGHT)

    assert discord[15] > 1.5
    assert discord[:6].max() < 0.1


def test_the_gap_is_what_slipped_between_the_sure_places():
    shifts = np.zeros((len(PLACES), 2), dtype=np.float32)
    shifts[16:, 1] = 7
    is_sure = ALL.copy()
    is_sure[15:18] = False

    gap = measure_gap(shifts, is_sure, UPRIGHT, 100)

    assert gap[[16, 17]].tolist() == [7, 7]
    assert gap[15] == 0  # the place on its own line is sure
    assert gap[:14].max() == 0


def test_far_from_all_sure_places_the_gap_is_unknown():
    is_sure = np.zeros(len(PLACES), dtype=bool)
    is_sure[8:12] = True

    gap = measure_gap(np.zeros((len(PLACES), 2), dtype=np.float32), is_sure, UPRIGHT, 100)

    assert np.isfinite(gap).tolist() == [3 <= row <= 6 for row in range(16) for _ in range(2)]
    assert np.isinf(measure_gap(np.zeros((len(PLACES), 2), np.float32), ~ALL, UPRIGHT, 99)).all()


def test_where_a_feed_jumps_the_place_on_the_same_line_agrees():
    shifts = np.zeros((len(PLACES), 2), dtype=np.float32)
    shifts[16:, 1] = 7

    assert nearest_agreement(shifts, ALL, UPRIGHT).max() == 0


def test_with_nobody_to_ask_nothing_moves():
    shifts = np.ones((len(PLACES), 2), dtype=np.float32)

    told, discord = ask_neighbours(shifts, ~ALL, UPRIGHT)

    assert (told == 0).all()
    assert np.isinf(discord).all()
    assert np.isinf(nearest_agreement(shifts, ~ALL, UPRIGHT)).all()


def test_two_neighbours_are_too_few_to_be_believed():
    is_sure = np.zeros(len(PLACES), dtype=bool)
    is_sure[:2] = True

    _, discord = ask_neighbours(np.ones((len(PLACES), 2), dtype=np.float32), is_sure, UPRIGHT)

    assert np.isinf(discord).all()


def test_one_place_and_no_place_have_no_neighbours():
    one = find_neighbours(PLACES[:1], is_sideways=False)
    none = find_neighbours(PLACES[:0], is_sideways=False)

    assert one.others.shape == (1, 0)
    assert none.others.shape == (0, 0)
    told, _ = ask_neighbours(np.ones((1, 2), dtype=np.float32), ALL[:1], one)
    assert np.abs(told - 1).max() < 1e-6
