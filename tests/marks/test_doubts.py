"""People are told the rule by which a box became a question, and no other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.doubts import Doubt, doubt_of_box, doubt_of_name
from ballotscan.marks.scoring import Feature
from ballotscan.marks.strikes import Form
from ballotscan.marks.thresholds import MarkThresholds

THRESHOLDS = MarkThresholds()
EMPTY_BOX = dict.fromkeys(Feature, 0.0) | {Feature.PRINT: 1.0}
CROSS = EMPTY_BOX | {
    Feature.SCORE: 0.6, Feature.INK_MM2: 3.0, Feature.DARK_SHARE: 0.3, Feature.EXTENT_MM: 6.0,
    Feature.STROKE_MM: 0.5, Feature.BREADTH_MM: 5.0, Feature.OWN_BREADTH_MM: 4.0,
    Feature.STROKES: 1.6, Feature.FAINT: 0.6,
}  # fmt: skip


def doubt(numbers, outline=0.9, expected=ExpectedMark.CROSS):
    features = np.array([numbers[feature] for feature in Feature], np.float32)
    return doubt_of_box(features[None], np.array([outline]), 0, THRESHOLDS, expected)


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        (CROSS | {Feature.THROUGH: 0.95}, Doubt.LINE_THROUGH),
        (CROSS | {Feature.DARK_SHARE: 0.8}, Doubt.SCRIBBLED),
        (CROSS | {Feature.OWN_BREADTH_MM: 0.6}, Doubt.ONE_STROKE),
        (CROSS | {Feature.MIDDLE_X: 0.9}, Doubt.OFF_CENTRE),
        (CROSS | {Feature.STROKES: 4.0, Feature.INK_MM2: 9.0}, Doubt.MANY_STROKES),
        (CROSS | {Feature.FAINT: 0.1}, Doubt.NO_PLAIN_MARK),
        (CROSS, Doubt.HIDDEN),
        (CROSS | {Feature.EXTENT_MM: 2.0}, Doubt.SMALL),
        (CROSS | {Feature.JOINED_MM2: 5.0}, Doubt.REACHES_OUT),
        (EMPTY_BOX | {Feature.SCORE: 0.2}, Doubt.PALE),
        (EMPTY_BOX | {Feature.BESIDE_MM2: 2.0}, Doubt.BESIDE),
        (EMPTY_BOX | {Feature.INK_MM2: 0.6, Feature.STROKE_MM: 0.4}, Doubt.DOT),
        (EMPTY_BOX | {Feature.FAINT: 0.3}, Doubt.FAINT),
        (EMPTY_BOX | {Feature.INK_MM2: 0.2, Feature.EXTENT_MM: 3.0}, Doubt.TRACE),
        (EMPTY_BOX | {Feature.PRINT: 0.2}, Doubt.PRINT_BURNT),
        (EMPTY_BOX | {Feature.BURNT: 0.6}, Doubt.PRINT_BURNT),
        (CROSS | {Feature.LOOSE: 0.5}, Doubt.SPECKS),
        (EMPTY_BOX | {Feature.BILEVEL: 1.0}, Doubt.NO_PEN),
        (EMPTY_BOX, Doubt.HIDDEN),
    ],
)
def test_each_rule_has_its_words(numbers, why):
    assert doubt(numbers) is why


@pytest.mark.parametrize("paper", [Feature.WHITE, Feature.BILEVEL])
def test_a_clear_mark_shows_the_pen_so_an_empty_box_is_asked_about_for_what_lies_over_it(paper):
    boxes = [EMPTY_BOX | {paper: 1.0}, CROSS | {paper: 1.0}]
    ballot = np.array([[box[feature] for feature in Feature] for box in boxes], np.float32)

    both = doubt_of_box(ballot, np.array([0.9, 0.9]), 0, THRESHOLDS, ExpectedMark.CROSS)

    assert both is Doubt.HIDDEN
    assert doubt(boxes[0]) is Doubt.NO_PEN


def test_a_filling_that_was_struck_out_is_said_so():
    struck = CROSS | {Feature.DARK_SHARE: 0.9, Feature.FAR_MM2: 2.0}

    assert doubt(struck, expected=ExpectedMark.FILL) is Doubt.STRUCK_OUT


def test_a_box_whose_print_was_not_found_is_said_so():
    assert doubt(EMPTY_BOX, outline=0.1) is Doubt.BOX_NOT_FOUND
    assert doubt(EMPTY_BOX, outline=float("nan")) is Doubt.BOX_NOT_FOUND


@given(
    st.lists(st.floats(0, 8, width=32), min_size=len(Feature), max_size=len(Feature)),
    st.floats(-1, 1, width=32),
    st.sampled_from([ExpectedMark.CROSS, ExpectedMark.FILL]),
)
def test_whatever_the_thresholds_ask_about_has_a_reason(numbers, outline, expected):
    features = np.array([numbers], np.float32)
    features[0, Feature.SHARED_WITH] = 0
    (status,) = classify_marks(features, np.array([outline]), THRESHOLDS, expected).statuses
    why = doubt_of_box(features, np.array([outline]), 0, THRESHOLDS, expected)

    is_asked = status in {MarkStatus.MARGINAL, MarkStatus.CANCELLED}
    assert is_asked == (why is not Doubt.HIDDEN)


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.NONE])
def test_every_form_of_a_stroke_has_words(form):
    assert doubt_of_name(form) is not Doubt.HIDDEN
