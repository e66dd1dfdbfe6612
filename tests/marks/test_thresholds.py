"""Statuses from numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.errors import SettingsError
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.scoring import Feature
from ballotscan.marks.thresholds import MarkThresholds

UNREAD, EMPTY, MARGINAL, MARKED, CANCELLED = MarkStatus
THRESHOLDS = MarkThresholds()


def row(score, **numbers):
    """Features of one box: of a cross of that score in a box of 8 mm², unless told otherwise."""
    features = np.zeros(len(Feature), dtype=np.float32)
    features[Feature.SCORE] = score
    features[Feature.INK_MM2] = 8 * score
    features[Feature.EXTENT_MM] = 6 if score >= THRESHOLDS.marginal else 1
    features[Feature.STROKE_MM] = 0.25
    features[Feature.BREADTH_MM] = 3
    features[Feature.OWN_BREADTH_MM] = 3
    features[Feature.STROKES] = 2
    features[Feature.PRINT] = 1
    features[Feature.FAINT] = score if score >= THRESHOLDS.definite else 0
    for name, value in numbers.items():
        features[Feature[name]] = value
    return features


def classify(*rows, outline=1.0, expected=ExpectedMark.ANY, thresholds=THRESHOLDS, is_whole=True):
    features = np.stack(rows)
    outlines = np.broadcast_to(np.float32(outline), len(rows))
    reading = classify_marks(features, outlines, thresholds, expected, is_whole=is_whole)
    return reading.statuses.tolist()


@pytest.mark.parametrize(
    ("score", "status"),
    [
        (0.0, EMPTY),
        (0.0999, EMPTY),
        (0.10, MARGINAL),
        (0.2499, MARGINAL),
        (0.25, MARKED),
        (3.0, MARKED),
        (np.nan, UNREAD),
    ],
)
def test_a_score_that_equals_a_cut_is_above_it(score, status):
    assert classify(row(score)) == [status]


@pytest.mark.parametrize("expected", ExpectedMark)
def test_nothing_can_be_said_about_an_unread_box(expected):
    nothing = np.full(len(Feature), np.nan, dtype=np.float32)

    assert classify(nothing, outline=np.nan, expected=expected) == [UNREAD]


@pytest.mark.parametrize("outline", [0.29, 0.0, -0.5, np.nan])
def test_a_box_that_was_not_found_is_asked_about(outline):
    assert classify(row(0.0), outline=outline) == [MARGINAL]


def test_a_mark_may_drown_the_outline():
    assert classify(row(0.9), outline=0.1) == [MARKED]


def test_a_scribbled_out_cross_is_cancelled():
    assert classify(row(1.6, DARK_SHARE=0.76), expected=ExpectedMark.CROSS) == [CANCELLED]


def test_a_shaded_box_is_asked_about_where_crosses_are_asked_for():
    shaded = row(1.6, DARK_SHARE=0.9, STROKE_MM=2.3)

    assert classify(shaded, expected=ExpectedMark.CROSS) == [MARGINAL]


@pytest.mark.parametrize("expected", [m for m in ExpectedMark if m is not ExpectedMark.CROSS])
def test_a_filled_box_is_a_mark_where_crosses_are_not_asked_for(expected):
    assert classify(row(1.6, DARK_SHARE=0.76), expected=expected) == [MARKED]


def test_a_faint_mark_is_never_no_mark():
    assert classify(row(0.02, FAINT=0.3)) == [MARGINAL]


def test_a_faint_trace_is_no_mark():
    assert classify(row(0.02, FAINT=0.15)) == [EMPTY]


@pytest.mark.parametrize(("through", "status"), [(0.95, MARGINAL), (0.5, MARGINAL), (0.3, MARKED)])
def test_a_fold_alone_is_no_mark(through, status):
    assert classify(row(0.4, THROUGH=through)) == [status]


@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ({"STROKE_MM": 0.5}, MARGINAL),
        ({"STROKE_MM": 0.2, "EXTENT_MM": 6}, EMPTY),
        ({"STROKE_MM": 0.25, "EXTENT_MM": 2}, MARGINAL),
        ({"STROKE_MM": 0.5, "INK_MM2": 0.3}, EMPTY),
    ],
    ids=["dot", "sliver of print", "part of a stroke", "dust"],
)
def test_a_dot_is_asked_about_and_dust_is_not(numbers, status):
    assert classify(row(0.07, **numbers)) == [status]


@pytest.mark.parametrize(
    "numbers",
    [
        {"DARK_SHARE": 0.51, "STROKE_MM": 2.1},
        {"OWN_BREADTH_MM": 0.8},
        {"OWN_BREADTH_MM": 1.5, "STROKES": 1.05},
        {"STROKE_MM": 1.3},
        {"EXTENT_MM": 2.9, "DARK_SHARE": 0.3},
        {"STROKES": 4.5},
        {"STROKES": 3.4, "INK_MM2": 1.0},
        {"STROKES": 1.9, "INK_MM2": 8.0},
        {"MIDDLE_X": -0.76},
        {"MIDDLE_Y": 0.8},
        {"BESIDE_MM2": 1.9},
        {"JOINED_MM2": 2.0, "BREADTH_MM": 1.0},
    ],
    ids=[
        "blot",
        "single stroke",
        "single stroke with a hook",
        "strokes that run into each other",
        "small cross",
        "zigzag",
        "what is left of a zigzag",
        "small zigzag",
        "left of the box",
        "below the box",
        "one spot of many",
        "rim of a seal",
    ],
)
def test_what_may_be_no_cross_is_asked_about_where_crosses_are_asked_for(numbers):
    mark = row(0.5, **numbers)

    assert classify(mark, expected=ExpectedMark.CROSS) == [MARGINAL]
    assert classify(mark, expected=ExpectedMark.ANY) == [MARKED]


@pytest.mark.parametrize(
    ("numbers", "status"),
    [({"EXTENT_MM": 1.5}, MARGINAL), ({"EXTENT_MM": 1.4}, EMPTY), ({"INK_MM2": 0.05}, EMPTY)],
    ids=["trace", "speck", "nearly nothing"],
)
def test_the_trace_of_a_stroke_is_asked_about_where_crosses_are_asked_for(numbers, status):
    trace = row(0.02, **numbers)

    assert classify(trace, expected=ExpectedMark.CROSS) == [status]
    assert classify(trace, expected=ExpectedMark.ANY) == [EMPTY]


def test_a_trace_of_the_mark_next_door_is_not_asked_about():
    trace = row(0.05, SHARED_WITH=1)

    assert classify(trace, row(0.8), expected=ExpectedMark.CROSS) == [EMPTY, MARKED]


def test_a_plain_cross_is_a_mark_where_crosses_are_asked_for():
    assert classify(row(0.5, JOINED_MM2=3.6), expected=ExpectedMark.CROSS) == [MARKED]


@pytest.mark.parametrize(
    "numbers",
    [
        {"JOINED_MM2": 6.1},
        {"THROUGH": 0.81},
        {"FAINT": 0.3},
    ],
    ids=["most is beside the box", "broad streak", "stained"],
)
@pytest.mark.parametrize("expected", ExpectedMark)
def test_what_may_be_no_mark_at_all_is_asked_about_on_every_form(expected, numbers):
    assert classify(row(0.5, **numbers), expected=expected) == [MARGINAL]


@pytest.mark.parametrize("expected", ExpectedMark)
def test_a_stain_with_a_soft_edge_is_asked_about(expected):
    stain = row(0.7, STROKE_MM=0.9, FAINT=0.95)

    assert classify(stain, expected=expected) == [MARGINAL]


def test_a_box_where_light_has_burnt_out_the_print_is_asked_about():
    assert classify(row(0.0, PRINT=0.3)) == [MARGINAL]


@pytest.mark.parametrize(("bilevel", "status"), [(0, EMPTY), (1, MARGINAL)])
def test_what_black_and_white_leaves_of_a_dot_is_asked_about_whatever_its_shape(bilevel, status):
    pieces = row(0.05, INK_MM2=0.42, STROKE_MM=0.2, EXTENT_MM=1.4, BILEVEL=bilevel)

    assert classify(pieces, row(0.6, BILEVEL=bilevel)) == [status, MARKED]


@pytest.mark.parametrize("expected", ExpectedMark)
def test_a_blot_that_does_not_fill_the_box_is_asked_about(expected):
    blot = {"STROKE_MM": 1.1, "EXTENT_MM": 3.2}

    assert classify(row(0.6, DARK_SHARE=0.3, **blot), expected=expected) == [MARGINAL]
    if expected is not ExpectedMark.CROSS:
        assert classify(row(0.6, DARK_SHARE=0.6, **blot), expected=expected) == [MARKED]


def test_a_small_box_scribbled_full_is_no_cross():
    assert classify(
        row(0.85, DARK_SHARE=0.3, STROKE_MM=1.1, EXTENT_MM=4.7), expected=ExpectedMark.CROSS
    ) == [MARGINAL]


@pytest.mark.parametrize("expected", ExpectedMark)
def test_the_print_once_more_is_no_mark(expected):
    assert classify(row(0.3, GHOST=0.9), expected=expected) == [MARGINAL]


def test_ink_in_a_corner_of_what_is_to_be_filled_in_is_asked_about():
    corner = {"MIDDLE_X": -0.61, "MIDDLE_Y": 0.5}

    assert classify(row(0.4, DARK_SHARE=0.2, **corner), expected=ExpectedMark.FILL) == [MARGINAL]
    assert classify(row(1.4, DARK_SHARE=0.7, **corner), expected=ExpectedMark.FILL) == [MARKED]


@pytest.mark.parametrize(("bilevel", "status"), [(0, MARKED), (1, MarkStatus.CANCELLED)])
def test_strokes_out_of_a_filled_box_are_seen_in_part_in_black_and_white(bilevel, status):
    filled = row(1.6, DARK_SHARE=0.7, FAR_MM2=0.8, BILEVEL=bilevel)
    in_part = row(0.8, DARK_SHARE=0.3, FAR_MM2=0.8, BILEVEL=bilevel)

    assert classify(filled, expected=ExpectedMark.FILL) == [status]
    assert classify(in_part, expected=ExpectedMark.FILL) == [MARGINAL if bilevel else MARKED]


@pytest.mark.parametrize("burnt", [0.0, 0.32])
def test_print_that_is_as_pale_as_print_can_be_is_no_question(burnt):
    assert classify(row(0.0, BURNT=burnt), row(0.0), row(0.0)) == [EMPTY] * 3


@pytest.mark.parametrize("expected", ExpectedMark)
def test_an_empty_box_is_asked_about_where_light_has_made_paper_white_and_print_grey(expected):
    assert classify(row(0.0, BURNT=0.45), expected=expected) == [MARGINAL]
    assert classify(row(0.6, BURNT=0.45), expected=expected) == [MARKED]


@pytest.mark.parametrize("expected", ExpectedMark)
def test_many_specks_are_no_mark(expected):
    assert classify(row(0.6, DARK_SHARE=0.3, LOOSE=0.5), expected=expected) == [MARGINAL]


def test_in_a_small_bubble_a_letter_cuts_a_mark_into_pieces():
    filled = row(0.6, DARK_SHARE=0.6, INK_MM2=1.8, LOOSE=0.3)

    assert classify(filled, expected=ExpectedMark.FILL) == [MARKED]


@pytest.mark.parametrize("expected", [ExpectedMark.FILL, ExpectedMark.ANY])
def test_a_full_stop_of_a_broad_pen_is_no_mark(expected):
    full_stop = row(0.35, DARK_SHARE=0.14, EXTENT_MM=2.7)
    line = row(0.35, DARK_SHARE=0.14, EXTENT_MM=4.2)

    assert classify(full_stop, expected=expected) == [MARGINAL]
    assert classify(line, expected=expected) == [MARKED]


@pytest.mark.parametrize(("bilevel", "status"), [(0, EMPTY), (1, MARGINAL)])
def test_less_ink_beside_the_box_is_asked_about_in_black_and_white(bilevel, status):
    beside = row(0.0, BESIDE_MM2=0.8, BILEVEL=bilevel)

    assert classify(beside, row(0.6, BILEVEL=bilevel))[0] == status


def test_a_filling_with_strokes_far_beyond_the_box_may_be_struck_out():
    struck = row(0.9, DARK_SHARE=0.9, FAR_MM2=2.0)

    assert classify(struck, expected=ExpectedMark.FILL) == [CANCELLED]
    assert classify(struck, expected=ExpectedMark.ANY) == [MARKED]


@pytest.mark.parametrize("numbers", [{"DARK_SHARE": 0.3}, {"FAR_MM2": 0.9}])
def test_a_cross_over_an_oval_or_a_filling_with_a_slip_is_a_mark(numbers):
    mark = row(0.9, **{"DARK_SHARE": 0.9, "FAR_MM2": 2.0} | numbers)

    assert classify(mark, expected=ExpectedMark.FILL) == [MARKED]


@pytest.mark.parametrize("expected", ExpectedMark)
def test_a_ballot_in_black_and_white_without_a_clear_mark_has_no_empty_box(expected):
    page = [row(0.0, BILEVEL=1), row(0.0, BILEVEL=1)]

    assert classify(*page, expected=expected) == [MARGINAL, MARGINAL]


def test_one_side_to_be_filled_in_without_any_ink_is_blank_in_black_and_white_too():
    side, half = [row(0.0, BILEVEL=1), row(0.0, BILEVEL=1)], row(0.15, BILEVEL=1)

    assert classify(*side, expected=ExpectedMark.FILL, is_whole=False) == [EMPTY, EMPTY]
    assert classify(*side, half, expected=ExpectedMark.FILL, is_whole=False) == [MARGINAL] * 3


@pytest.mark.parametrize("expected", ExpectedMark)
def test_a_page_lit_too_brightly_has_no_empty_box_but_where_a_clear_mark_is_seen(expected):
    bright = row(0.0, BURNT=0.27, WHITE=1)

    assert classify(bright, bright, bright, expected=expected) == [MARGINAL] * 3
    assert classify(bright, bright, row(0.6), expected=expected) == [EMPTY, EMPTY, MARKED]


@pytest.mark.parametrize(("burnt", "status"), [(0.2, EMPTY), (0.27, MARGINAL)])
def test_where_light_is_bright_the_least_faint_ink_is_asked_about(burnt, status):
    assert classify(row(0.0, BURNT=burnt, FAINT=0.03), row(0.6), row(0.6))[0] == status


@pytest.mark.parametrize("expected", ExpectedMark)
def test_paper_as_white_as_a_picture_can_be_shows_no_pen_but_by_a_clear_mark(expected):
    white, trace = row(0.0, WHITE=1), row(0.01, INK_MM2=0.12, EXTENT_MM=0.7, WHITE=1)

    assert classify(white, white, expected=expected) == [MARGINAL] * 2
    assert classify(white, row(0.6, WHITE=1), expected=expected) == [EMPTY, MARKED]
    # One side of a ballot is blank where not even a trace of a pen is on it.
    assert classify(white, white, expected=expected, is_whole=False) == [EMPTY] * 2
    assert classify(white, trace, expected=expected, is_whole=False) == [MARGINAL] * 2


def test_columns_that_were_not_read_do_not_make_paper_less_white():
    white, unread = row(0.0, WHITE=1), np.full(len(Feature), np.nan, dtype=np.float32)

    assert classify(white, white, unread, unread, unread)[:2] == [MARGINAL] * 2


@pytest.mark.parametrize(("halves", "status"), [(0, EMPTY), (1, MARGINAL)])
def test_half_marks_in_black_and_white_show_that_others_may_be_lost(halves, status):
    parts = [row(0.15, BILEVEL=1) for _ in range(halves)]
    page = [row(0.0, BILEVEL=1), row(0.5, BILEVEL=1), *parts]

    assert classify(*page, expected=ExpectedMark.FILL)[0] == status


def test_a_clear_mark_in_black_and_white_shows_that_the_pen_is_seen():
    page = [row(0.5, BILEVEL=1), row(0.0, BILEVEL=1)]

    assert classify(*page, expected=ExpectedMark.CROSS) == [MARKED, EMPTY]


def test_thin_strokes_in_black_and_white_show_that_others_may_be_lost():
    thin = [row(0.2, BILEVEL=1, STROKE_MM=0.15) for _ in range(3)]
    page = [row(0.5, BILEVEL=1), row(0.0, BILEVEL=1), *thin]

    assert classify(*page, expected=ExpectedMark.CROSS)[1] == MARGINAL


def test_long_marks_with_too_little_ink_show_that_others_may_be_lost():
    pale = [row(0.18, BILEVEL=1, EXTENT_MM=5.5) for _ in range(3)]
    dust = [row(0.03, BILEVEL=1, EXTENT_MM=0.7) for _ in range(3)]
    marked, empty = row(0.5, BILEVEL=1), row(0.0, BILEVEL=1)

    assert classify(marked, empty, *pale, expected=ExpectedMark.CROSS)[1] == MARGINAL
    assert classify(marked, empty, *dust, expected=ExpectedMark.CROSS)[1] == EMPTY


def test_certainty_is_the_way_to_the_nearest_threshold():
    features = np.stack(
        [
            row(0.0),
            row(0.05, STROKE_MM=0.15, EXTENT_MM=0.5),
            row(0.25),
            row(0.30),
            row(2.0, DARK_SHARE=1.0),
            row(0.15),
        ]
    )

    certainty = classify_marks(features, np.ones(6), THRESHOLDS, ExpectedMark.ANY).certainty

    assert certainty.tolist() == pytest.approx([1, 0.5, 0, 0.2, 1, 0], abs=1e-5)


def test_nothing_is_certain_about_an_unread_box():
    nothing = np.full((1, len(Feature)), np.nan, dtype=np.float32)

    assert np.isnan(classify_marks(nothing, np.ones(1), THRESHOLDS, ExpectedMark.ANY).certainty)


def test_less_ink_beside_the_box_is_asked_about_where_crosses_are_asked_for():
    near = row(0.0, BESIDE_MM2=0.6)

    assert classify(near, expected=ExpectedMark.CROSS) == [MARGINAL]
    assert classify(near, expected=ExpectedMark.ANY) == [EMPTY]


@pytest.mark.parametrize("where", ["BESIDE_MM2", "JOINED_MM2", "SHARED_MM2"])
def test_a_mark_beside_an_empty_box_is_never_no_mark(where):
    assert classify(row(0.0, **{where: 2.0})) == [MARGINAL]


def test_the_tail_of_a_marked_neighbour_is_not_asked_about():
    empty = row(0.05, SHARED_MM2=3.0, SHARED_WITH=1)

    assert classify(empty, row(0.8)) == [EMPTY, MARKED]


def test_the_tail_of_a_mark_on_another_page_is_found_by_steps():
    row_above, below = row(0.8), row(0.05, SHARED_MM2=3.0, SHARED_WITH=-1)

    assert classify(row(0), row(0), row_above, below) == [EMPTY, EMPTY, MARKED, EMPTY]


@pytest.mark.parametrize("steps", [-1, 5])
def test_a_neighbour_that_is_not_there_excuses_nothing(steps):
    assert classify(row(0.0, SHARED_MM2=3.0, SHARED_WITH=steps), row(0.8))[0] == MARGINAL


def test_the_tail_of_an_unclear_neighbour_is_asked_about():
    empty = row(0.0, SHARED_MM2=3.0, SHARED_WITH=1)

    assert classify(empty, row(0.2)) == [MARGINAL, MARGINAL]


def test_ink_beside_a_mark_changes_nothing():
    assert classify(row(0.8, BESIDE_MM2=9.0, JOINED_MM2=9.0)) == [MARKED]


@given(st.floats(0, 2), st.floats(0, 1), st.sampled_from(ExpectedMark))
def test_every_box_of_a_page_is_judged_alike(score, outline, expected):
    statuses = classify(*[row(score)] * 5, outline=outline, expected=expected)

    assert len(set(statuses)) == 1


@given(st.lists(st.floats(0, 2), min_size=1, max_size=6), st.floats(0.001, 1))
def test_a_vote_never_becomes_none_when_thresholds_come_closer(scores, definite):
    near = MarkThresholds(marginal=definite, definite=definite)
    wide = MarkThresholds(marginal=definite / 2, definite=definite)
    rows = [
        row(score, FAINT=score if score >= definite else 0, EXTENT_MM=4 if score >= definite else 1)
        for score in scores
    ]

    pairs = zip(classify(*rows, thresholds=near), classify(*rows, thresholds=wide), strict=True)

    assert set(pairs) <= {
        (EMPTY, EMPTY), (EMPTY, MARGINAL), (MARKED, MARKED)
    }  # fmt: skip


def test_many_ballots_are_classified_as_one_by_one():
    rng = np.random.default_rng(0)
    features = rng.random((7, 5, len(Feature)), dtype=np.float32) * 3
    features[..., Feature.SHARED_WITH] = rng.integers(-4, 5, (7, 5))
    features[2, 3] = np.nan
    outline = rng.random((7, 5))

    together = classify_marks(features, outline, THRESHOLDS, ExpectedMark.CROSS).statuses

    assert together.dtype == np.int8
    assert together.tolist() == [
        classify_marks(f, o, THRESHOLDS, ExpectedMark.CROSS).statuses.tolist()
        for f, o in zip(features, outline, strict=True)
    ]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"marginal": 0.3}, "marginal .0.3. lies above definite"),
        ({"marginal": 0.0}, "marginal is 0.0"),
        ({"cross_mm": -1.0}, "cross_mm is -1.0"),
        ({"definite": 1.5}, "definite is 1.5"),
        ({"outline": float("nan")}, "outline is nan"),
        ({"beside_mm2": 0.0}, "beside_mm2 is 0.0"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(numbers, message):
    with pytest.raises(SettingsError, match=message):
        MarkThresholds(**numbers)


def test_equal_thresholds_leave_no_band():
    assert classify(row(0.2, FAINT=0.2), thresholds=MarkThresholds(marginal=0.2, definite=0.2)) == [
        MARKED
    ]
