"""Numbers about the ink in and beside boxes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import OWN, ScoringOptions
from ballotscan.marks.ink import ink_of_blank
from ballotscan.marks.scoring import FEATURES, Feature, score_boxes
from ballotscan.marks.sharpness import PagePrint
from ballotscan.marks.views import measure_print, view_boxes

MM = st.floats(0, 60)
STROKES = st.lists(
    st.tuples(st.tuples(MM, MM), st.tuples(MM, MM), st.floats(0.2, 1.5), st.floats(0.1, 1.0)),
    max_size=12,
)
QUARTER = 2 / PX_PER_MM  # two template pixels: a quarter of a millimetre


def mark(form, strokes):
    for start, end, width_mm, ink in strokes:
        form = form.line(start, end, width_mm=width_mm, ink=ink)
    return form


@pytest.mark.parametrize("x_mm", [-QUARTER, -0.13, 0, 0.1, QUARTER])
@pytest.mark.parametrize("y_mm", [-QUARTER, -0.07, 0, 0.2, QUARTER])
def test_print_alone_is_no_ink_under_a_quarter_millimetre_of_misregistration(
    form, measure, x_mm, y_mm
):
    features = measure(form.moved(x_mm, y_mm))

    assert features[:, Feature.SCORE].max() == 0
    assert features[:, Feature.BESIDE_MM2].max() == 0


def test_print_alone_stays_empty_at_four_tenths_of_a_millimetre(form, measure):
    features = measure(form.moved(0.28, -0.28))

    assert features[:, Feature.SCORE].max() < 0.10


def test_a_mark_does_not_fade_with_the_size_of_its_box(form, score_of):
    in_square = score_of(form.cross("square"), "square")
    in_cell = score_of(form.cross("cell"), "cell")

    assert in_cell == pytest.approx(in_square, rel=0.1)


@pytest.mark.parametrize(("paper", "black"), [(255, 0.75), (180, 1.0), (130, 0.8)])
def test_paper_tone_and_pale_print_do_not_change_the_score(form, score_of, paper, black):
    plain = form.cross("square")

    toned = score_of(plain.toned(paper, black), "square")

    assert toned == pytest.approx(score_of(plain, "square"), rel=0.06)


def test_ink_beside_a_box_is_not_in_it(form, measure, places):
    features = measure(form.line((33, 8), (33, 14)))[places["square"]]

    assert features[Feature.SCORE] == 0
    assert features[Feature.BESIDE_MM2] == pytest.approx(0.6 * 6.4, rel=0.15)


def test_a_cross_over_the_outline_joins_what_is_beside(form, measure, places):
    features = measure(form.cross("lone", size_mm=9))[places["lone"]]

    assert features[Feature.JOINED_MM2] > 1.5
    assert features[Feature.BESIDE_MM2] == 0
    assert features[Feature.EXTENT_MM] == pytest.approx(9 * 2**0.5, rel=0.2)


def test_the_tail_of_a_mark_names_the_box_it_comes_from(form, measure, places):
    features = measure(form.line((50, 11), (54, 23), width_mm=0.6))[places["cell_below"]]

    assert features[Feature.SHARED_WITH] == places["cell"] - places["cell_below"]


@pytest.mark.parametrize("width_mm", [0.4, 0.7, 1.2])
def test_the_width_of_strokes_is_measured(form, measure, places, width_mm):
    features = measure(form.cross("cell", size_mm=7, width_mm=width_mm, ink=1))[places["cell"]]

    assert features[Feature.STROKE_MM] == pytest.approx(width_mm, rel=0.25)


def test_one_stroke_is_as_broad_as_its_pen(form, measure, places):
    features = measure(form.line((26, 9.5), (30, 12.5), width_mm=0.6))[places["square"]]

    assert features[Feature.BREADTH_MM] == pytest.approx(0.6, abs=0.15)


def test_a_cross_is_broader_than_its_pen(form, measure, places):
    features = measure(form.cross("square"))[places["square"]]

    assert features[Feature.BREADTH_MM] > 2.5


def test_the_edge_of_print_far_from_a_stroke_makes_it_no_broader(form, measure, places):
    stroke = form.line((26, 9.5), (30, 12.5), width_mm=0.6)
    with_edge = stroke.line((30.4, 8.9), (30.4, 9.5), width_mm=0.2)

    alone, both = (measure(page)[places["square"]] for page in (stroke, with_edge))

    assert both[Feature.INK_MM2] > alone[Feature.INK_MM2]
    assert both[Feature.OWN_BREADTH_MM] == pytest.approx(alone[Feature.OWN_BREADTH_MM], abs=0.1)


def test_faint_ink_counts_beside_a_box(form, measure, places):
    features = measure(form.line((33, 8), (33, 14), ink=0.2))[places["square"]]

    assert features[Feature.BESIDE_MM2] == pytest.approx(3, rel=0.15)


def test_a_filled_box_is_dark_all_over(form, measure, places):
    lines = [((25, 8 + y), (31, 8 + y), 0.6, 0.9) for y in np.arange(0, 6.1, 0.4)]

    features = measure(mark(form, lines))[places["square"]]

    assert features[Feature.DARK_SHARE] == pytest.approx(1, abs=0.02)


def test_ink_too_light_for_the_score_is_faint(form, measure, places):
    features = measure(form.cross("square", ink=0.2))[places["square"]]

    assert features[Feature.SCORE] == 0
    assert features[Feature.FAINT] > 0.4


def test_a_line_through_a_box_takes_its_share_of_the_ink(form, measure, places):
    crossed = form.cross("lone", size_mm=3, width_mm=0.4).line((63.5, 30), (63.5, 59), width_mm=0.4)

    through = measure(crossed)[:, Feature.THROUGH]

    assert 0.3 < through[places["lone"]] < 0.8
    assert through[places["square"]] == 0


def test_a_line_that_ends_in_the_box_does_not_run_through(form, measure, places):
    features = measure(form.line((62.5, 30), (62.5, 45)))[places["lone"]]

    assert features[Feature.THROUGH] == 0


def test_a_box_without_paper_is_unread(form, reference, patches_of, places):
    paper = np.full(len(places), 255.0)
    paper[places["cell"]] = np.nan

    features = score_boxes(patches_of(form), paper, reference)

    assert np.flatnonzero(np.isnan(features).any(axis=1)).tolist() == [places["cell"]]
    assert np.isnan(features[places["cell"]]).all()


def test_a_page_that_lies_wrong_is_unread(form, measure):
    assert np.isnan(measure(form.moved(1.0, 1.5))).all()


def test_a_page_without_print_is_unread(reference, patches_of, form):
    white = [np.full_like(patch, 255) for patch in patches_of(form)]

    features = score_boxes(white, np.full(len(white), 255.0), reference)

    assert np.isnan(features).all()


def test_the_print_says_how_black_black_is(form, reference, patches_of, places):
    paper = np.full(len(places), 200.0)

    views = view_boxes(patches_of(form.toned(200, 0.8)), paper, reference)
    black = measure_print(views, reference).black

    assert black == pytest.approx(0.8, abs=0.03)


def test_columns_are_named_after_the_features():
    assert FEATURES[Feature.SCORE] == "score"
    assert FEATURES[Feature.SHARED_WITH] == "shared_with"


@given(STROKES, STROKES)
@settings(max_examples=12, deadline=None)
def test_more_ink_never_lowers_a_score(form, reference, patches_of, first, more):
    paper = np.full(len(reference.sizes_px), 255.0)

    less = score_boxes(patches_of(mark(form, first)), paper, reference, PagePrint(1.0))
    greater = score_boxes(
        patches_of(mark(mark(form, first), more)), paper, reference, PagePrint(1.0)
    )

    columns = [Feature.SCORE, Feature.INK_MM2, Feature.DARK_SHARE]
    assert np.all(greater[:, columns] >= less[:, columns])


@pytest.fixture(scope="module")
def white_by_hand(form, rects_px, reference):
    """For each box the pixels (row, column) of its patch that are asked, found one by one."""
    options = ScoringOptions()
    ink = np.pad(ink_of_blank(form.grey(), PX_PER_MM), 64)
    whites = []
    for corner, size, rect in zip(reference.corners_px, reference.sizes_px, rects_px, strict=True):
        x, y = (corner + 64).tolist()
        print_ = np.argwhere(ink[y : y + size[1], x : x + size[0]] > options.print_level)
        left, top = (np.round(rect[:2]) - corner).astype(int).tolist()
        right, bottom = (np.round(rect[:2] + rect[2:]) - corner).astype(int).tolist()
        own = [(i, j) for i in range(top, bottom) for j in range(left, right)]
        far = {pixel: ((print_ - pixel) ** 2).sum(axis=1).min() for pixel in own}
        for radius_mm, share in (
            (options.hidden_wide_mm, options.much_white),
            (options.hidden_mm, options.enough_white),
            (options.hidden_narrow_mm, 0),
        ):
            radius = max(1, round(radius_mm * PX_PER_MM))
            white = [pixel for pixel in own if far[pixel] > radius**2]
            if len(white) >= share * len(own):
                break
        whites.append(white)
    return whites


def score_by_hand(patch, white, darkest_paper):
    """One box, one shift, one pixel at a time."""
    options = ScoringOptions()
    steps = range(-options.shift_px, options.shift_px + 1)
    dark = (patch <= darkest_paper).tolist()
    least = min(sum(dark[y + dy][x + dx] for y, x in white) for dy in steps for dx in steps)
    return least / min(len(white), options.largest_white_mm2 * PX_PER_MM**2)


@given(STROKES)
@settings(max_examples=5, deadline=None)
def test_the_fast_score_agrees_with_the_slow_one(
    form, white_by_hand, reference, patches_of, strokes
):
    paper, black = 250.0, 0.9
    patches = patches_of(mark(form.cross("right", 3).cross("letter", 2), strokes))
    darkest_paper = paper * (1 - ScoringOptions().ink_level * black)

    slow = [
        score_by_hand(patch, white, darkest_paper)
        for patch, white in zip(patches, white_by_hand, strict=True)
    ]

    fast = score_boxes(patches, np.full(len(patches), paper), reference, PagePrint(black))
    assert fast[:, Feature.SCORE] == pytest.approx(slow, abs=1e-6)


def test_every_box_has_white_to_mark(reference):
    assert all(np.all((g.region == OWN).sum(axis=(1, 2)) == g.white_px) for g in reference.groups)
