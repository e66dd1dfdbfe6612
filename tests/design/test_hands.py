import cv2
import numpy as np
import pytest

from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import Hand, random_hand, writing_strokes
from ballotscan.design.name_strokes import StrikeKind, strike_strokes
from ballotscan.design.pens import PENS, Stroke, draw_strokes
from ballotscan.election.template import Rect

BOX = Rect(20.0, 20.0, 5.5, 5.5)
NAME = Rect(10.0, 20.0, 40.0, 3.0)
DPI = 200
PX_PER_MM = DPI / 25.4
BALL = Hand(PENS["gel-black"])


def draw(strokes, *, pen=BALL.pen, dpi=DPI, seed=1, colour=False):
    side = round(60 * dpi / 25.4)
    page = np.full((side, side, 3) if colour else (side, side), 255, dtype=np.uint8)
    return draw_strokes(page, dpi, strokes, pen, np.random.default_rng(seed))


def ink_mm2(page, dpi=DPI):
    return (1 - page / 255).sum() * (25.4 / dpi) ** 2


def inside(page, rect):
    top, left = round(rect.top_mm * PX_PER_MM), round(rect.left_mm * PX_PER_MM)
    rows, columns = round(rect.height_mm * PX_PER_MM), round(rect.width_mm * PX_PER_MM)
    return page[top : top + rows, left : left + columns]


@pytest.mark.parametrize("kind", MarkKind)
def test_the_same_seed_draws_the_same_mark(kind):
    first, second = (
        draw(mark_strokes(BOX, kind, BALL, np.random.default_rng(7))) for _ in range(2)
    )

    assert np.array_equal(first, second)


def test_two_crosses_of_one_hand_differ():
    rng = np.random.default_rng(7)

    first, second = (draw(mark_strokes(BOX, MarkKind.CROSS, BALL, rng)) for _ in range(2))

    assert not np.array_equal(first, second)


def test_drawing_leaves_the_given_page_alone():
    page = np.full((400, 400), 255, dtype=np.uint8)

    draw_strokes(
        page,
        DPI,
        mark_strokes(BOX, MarkKind.CROSS, BALL, np.random.default_rng(1)),
        BALL.pen,
        np.random.default_rng(1),
    )

    assert (page == 255).all()


@pytest.mark.parametrize("dpi", [150, 200, 300, 600])
def test_a_straight_line_has_the_width_and_place_it_was_given(dpi):
    path = np.column_stack([np.linspace(10, 50, 50), np.full(50, 30.0)])
    pen = PENS["felt-black"]

    page = draw([Stroke(path, np.ones(50))], pen=pen, dpi=dpi)

    dark = 1 - page[:, page.shape[1] // 2] / 255
    width_mm = dark.sum() / dark.max() * 25.4 / dpi
    centre_mm = ((np.arange(len(dark)) + 0.5) * dark).sum() / dark.sum() * 25.4 / dpi
    assert width_mm == pytest.approx(pen.width_mm, abs=0.06)
    assert centre_mm == pytest.approx(30.0, abs=0.02)


@pytest.mark.parametrize("kind", [MarkKind.CROSS, MarkKind.TICK, MarkKind.FILL, MarkKind.SCRIBBLE])
def test_a_clear_mark_leaves_its_ink_in_the_box(kind):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        hand = random_hand(rng)

        page = draw(mark_strokes(BOX, kind, hand, rng), pen=hand.pen)

        assert ink_mm2(inside(page, BOX)) > 0.55 * ink_mm2(page) > 0.5


def test_a_fill_leaves_little_white():
    page = draw(mark_strokes(BOX, MarkKind.FILL, BALL, np.random.default_rng(3)))

    assert (inside(page, BOX) < 160).mean() > 0.7


def test_a_circle_leaves_the_box_empty():
    page = draw(mark_strokes(BOX, MarkKind.CIRCLE, BALL, np.random.default_rng(3)))

    assert ink_mm2(inside(page, BOX)) < 0.1 < ink_mm2(page)


def test_a_cross_beside_leaves_the_box_empty():
    page = draw(mark_strokes(BOX, MarkKind.BESIDE, BALL, np.random.default_rng(3)))

    assert ink_mm2(inside(page, BOX)) < 0.2
    assert ink_mm2(page) > 1


def test_a_dot_is_small():
    page = draw(mark_strokes(BOX, MarkKind.DOT, BALL, np.random.default_rng(3)))

    assert 0.6 < ink_mm2(page) < 2.5


def test_a_cancelled_cross_has_far_more_ink_than_a_cross():
    cross, cancelled = (
        ink_mm2(draw(mark_strokes(BOX, kind, BALL, np.random.default_rng(3))))
        for kind in (MarkKind.CROSS, MarkKind.CANCELLED)
    )

    assert cancelled > 3 * cross


def test_a_cross_aside_lies_more_than_half_outside():
    page = draw(mark_strokes(BOX, MarkKind.CROSS_ASIDE, BALL, np.random.default_rng(3)))

    assert 0.15 < ink_mm2(inside(page, BOX)) / ink_mm2(page) < 0.6


def test_blue_ink_stays_bright_in_blue_and_dark_in_red():
    pen = PENS["ball-blue"]

    page = draw(
        mark_strokes(BOX, MarkKind.FILL, Hand(pen), np.random.default_rng(3)), pen=pen, colour=True
    )

    blue, _, red = inside(page, BOX).reshape(-1, 3).mean(axis=0)
    assert blue > red + 50


def test_a_grey_page_gets_the_grey_of_the_colour_page():
    pen = PENS["ball-red"]
    strokes = mark_strokes(BOX, MarkKind.LINE, Hand(pen), np.random.default_rng(3))

    grey, colour = (draw(strokes, pen=pen, colour=colour) for colour in (False, True))

    assert np.abs(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY).astype(int) - grey).max() <= 2


def test_a_stroke_that_leaves_the_page_is_cut_off():
    path = np.array([[-5.0, 30.0], [70.0, 30.0]])

    page = draw([Stroke(path, np.ones(2)), Stroke(path + 60, np.ones(2))])

    assert (page.min(axis=0) < 200).mean() > 0.99


@pytest.mark.parametrize(
    ("kind", "height"),
    [
        (StrikeKind.MIDDLE, 0.5),
        (StrikeKind.WAVY, 0.5),
        (StrikeKind.DOUBLE, 0.5),
        (StrikeKind.BELOW, 1.2),
    ],
)
def test_a_strike_runs_at_its_height_along_the_whole_name(kind, height):
    page = draw(strike_strokes([NAME], kind, BALL, np.random.default_rng(5)))

    rows, columns = np.nonzero(page < 128)
    middle_mm = (rows.mean() + 0.5) / PX_PER_MM
    assert (middle_mm - NAME.top_mm) / NAME.height_mm == pytest.approx(height, abs=0.3)
    assert columns.min() / PX_PER_MM < NAME.left_mm + 1
    assert columns.max() / PX_PER_MM > NAME.left_mm + NAME.width_mm - 2


def test_half_a_strike_ends_in_the_middle_of_the_name():
    page = draw(strike_strokes([NAME], StrikeKind.HALF, BALL, np.random.default_rng(5)))

    end_mm = np.nonzero(page < 128)[1].max() / PX_PER_MM
    assert end_mm == pytest.approx(NAME.left_mm + NAME.width_mm / 2, abs=3)


def test_every_line_of_a_long_name_is_struck():
    lines = [NAME, Rect(10.0, 25.0, 20.0, 3.0)]

    assert len(strike_strokes(lines, StrikeKind.MIDDLE, BALL, np.random.default_rng(5))) == 2


def test_writing_stays_near_its_place():
    place = Rect(10.0, 40.0, 35.0, 6.0)

    page = draw(writing_strokes(place, BALL, np.random.default_rng(5)))

    rows, columns = np.nonzero(page < 128)
    assert ink_mm2(page) > 5
    assert 36 < rows.min() / PX_PER_MM < rows.max() / PX_PER_MM < 50
    assert 7 < columns.min() / PX_PER_MM < columns.max() / PX_PER_MM < 48
