import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.scan.fiducials import (
    FiducialOptions,
    SoughtDisc,
    disc_places,
    find_disc,
    find_discs,
    fit_affinity,
    fit_similarity,
)

OPTIONS = FiducialOptions()
RADIUS_PX = 2.25 * 200 / 25.4
PX_PER_MM = 200 / 25.4


def draw_disc(x=60.3, y=55.8, *, radius=RADIUS_PX, ink=20, paper=245):
    image = np.full((120, 120), paper, dtype=np.uint8)
    centre = (round(x * 16), round(y * 16))
    cv2.circle(image, centre, round(radius * 16), (ink,), -1, cv2.LINE_AA, 4)
    grain = np.random.default_rng(1).normal(0, 4, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def seek(image, x=60.0, y=57.0, reach=30.0):
    return find_disc(image, SoughtDisc(3, x, y, RADIUS_PX, reach, PX_PER_MM), OPTIONS)


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(45, 75),
    y=st.floats(45, 75),
    ink=st.integers(0, 110),
    paper=st.integers(190, 255),
    radius=st.floats(0.93 * RADIUS_PX, 1.07 * RADIUS_PX),
)
def test_a_whole_disc_is_found_to_an_eighth_of_a_pixel(x, y, ink, paper, radius):
    disc = seek(draw_disc(x, y, radius=radius, ink=ink, paper=paper))

    assert disc is not None
    assert disc.index == 3
    assert np.hypot(disc.x_px - x, disc.y_px - y) < 0.12


def test_a_bilevel_disc_is_found_to_a_fifth_of_a_pixel():
    disc = seek(np.where(draw_disc() > 128, 255, 0).astype(np.uint8))

    assert disc is not None
    assert np.hypot(disc.x_px - 60.3, disc.y_px - 55.8) < 0.2


def test_a_disc_in_colour_is_found_under_a_red_seal():
    image = cv2.cvtColor(draw_disc(), cv2.COLOR_GRAY2BGR)
    seal = np.full_like(image, 255)
    cv2.circle(seal, (60, 20), 50, (60, 50, 220), 12)

    disc = seek(np.minimum(image, seal))

    assert disc is not None
    assert np.hypot(disc.x_px - 60.3, disc.y_px - 55.8) < 0.12


def torn(image):
    cv2.fillPoly(image, [np.array([(0, 0), (75, 0), (45, 119), (0, 119)])], (240,))


def punched(image):
    cv2.circle(image, (52, 50), 12, (245,), -1)


def punched_in_the_middle(image):
    cv2.circle(image, (60, 56), 8, (245,), -1)


def struck_through(image):
    cv2.line(image, (10, 30), (110, 80), (40,), 5)


def nicked(image):
    cv2.rectangle(image, (72, 40), (90, 70), (245,), -1)


def stamped_black(image):
    cv2.circle(image, (80, 60), 25, (60,), 4)


def folded(image):
    image[50:53] = 245


def washed_out(image):
    image[:] = 245 - (245 - image) // 6


def touched_by_a_pen(image):
    cv2.line(image, (74, 52), (110, 20), (60,), 4)


@pytest.mark.parametrize(
    "damage",
    [
        torn,
        punched,
        punched_in_the_middle,
        struck_through,
        nicked,
        stamped_black,
        folded,
        washed_out,
        touched_by_a_pen,
    ],
)
def test_a_disc_that_is_not_whole_is_left_out(damage):
    image = draw_disc()
    damage(image)

    assert seek(image) is None


@settings(max_examples=60, deadline=None)
@given(
    turn=st.floats(0, 6.28),
    depth=st.floats(0, 1.2),
    value=st.sampled_from([20, 245]),
    width=st.floats(0.2, 2),
)
def test_a_damaged_disc_that_passes_is_bent_by_less_than_a_tenth_of_a_millimetre(
    turn, depth, value, width
):
    image = draw_disc()
    # A bar of ink or of paper, from outside in to `depth` radii from the centre.
    way = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-way[1], way[0]]) * RADIUS_PX * width / 2
    near = np.array([60.3, 55.8]) + way * RADIUS_PX * (1.2 - depth)
    far = np.array([60.3, 55.8]) + way * RADIUS_PX * 1.8
    bar = np.array([near - across, near + across, far + across, far - across])
    cv2.fillConvexPoly(image, np.round(bar * 16).astype(np.int32), (value,), cv2.LINE_AA, 4)

    disc = seek(image)

    if disc is not None:
        assert np.hypot(disc.x_px - 60.3, disc.y_px - 55.8) < 0.1 * PX_PER_MM


def test_where_nothing_is_printed_there_is_no_disc():
    image = np.full((120, 120), 240, dtype=np.uint8)

    assert seek(image) is None
    assert seek(np.random.default_rng(0).integers(0, 256, (120, 120), dtype=np.uint8)) is None


def test_beyond_the_edge_of_the_scan_there_is_no_disc():
    assert seek(draw_disc(), x=-40.0, y=300.0) is None


def test_a_disc_farther_than_the_reach_is_another_one():
    assert seek(draw_disc(), x=60.0, y=57.0, reach=1.0) is None


def test_a_larger_disc_is_another_thing():
    assert seek(draw_disc(radius=1.25 * RADIUS_PX)) is None


def test_all_discs_are_found_from_one_code(ballot, scanner):
    matrix, canvas = scanner.pose(angle_deg=2)
    pixels = ballot.scan(matrix, canvas)
    known = np.array([(882.0, 63.0), (992.0, 63.0), (992.0, 173.0), (882.0, 173.0)])
    seen = cv2.perspectiveTransform(known[None], matrix)[0]
    seen += np.array([(1, -1), (1, 1), (-1, 1), (-1, -1)])  # as far as a decoder may be off

    discs = find_discs(pixels, ballot.page.fiducials, known, seen, OPTIONS)

    assert [disc.index for disc in discs] == list(range(7))
    truth = cv2.perspectiveTransform(disc_places(ballot.page.fiducials)[None], matrix)[0]
    found = np.array([(disc.x_px, disc.y_px) for disc in discs])
    assert np.abs(found - truth).max() < 0.12


points = st.lists(
    st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=4, max_size=9
).map(np.array)


@given(
    points,
    st.floats(-3.1, 3.1),
    st.floats(0.5, 3),
    st.tuples(st.floats(-99, 99), st.floats(-99, 99)),
)
def test_a_similarity_is_given_back(known, turn, size, shift):
    if np.ptp(known, axis=0).max() < 1:
        return
    matrix = np.eye(3)
    matrix[:2, :2] = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix[:2, 2] = shift
    seen = known @ matrix[:2, :2].T + matrix[:2, 2]

    fitted = fit_similarity(known, seen, np.ones(len(known)))

    assert np.abs(known @ fitted[:2, :2].T + fitted[:2, 2] - seen).max() < 1e-6


@given(
    points, st.tuples(*[st.floats(-2, 2)] * 4), st.tuples(st.floats(-99, 99), st.floats(-99, 99))
)
def test_an_affinity_is_given_back(known, linear, shift):
    seen = known @ np.array(linear).reshape(2, 2).T + shift

    fitted = fit_affinity(known, seen, np.ones(len(known)))

    assert np.abs(known @ fitted[:2, :2].T + fitted[:2, 2] - seen).max() < 1e-5
