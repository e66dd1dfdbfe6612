import cv2
import numpy as np
import pytest

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.scoring import score_boxes
from ballotscan.marks.sharpness import STEPS_MM
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.marks.views import measure_print, view_boxes


@pytest.fixture
def measure_soft(reference, cut_page, places):
    """How the print of a form looks through a soft lens."""

    def measure(form, blur_mm=0.0):
        patches = cut_page(blurred(form, blur_mm))
        return measure_print(view_boxes(patches, np.full(len(places), 255.0), reference), reference)

    return measure


@pytest.fixture
def read_soft(reference, cut_page, places):
    """What the boxes of a form hold, seen through a soft lens."""

    def read(form, blur_mm):
        patches = cut_page(blurred(form, blur_mm))
        features = score_boxes(patches, np.full(len(places), 255.0), reference)
        found = np.ones(len(places))
        reading = classify_marks(features, found, MarkThresholds(), ExpectedMark.ANY)
        return reading.statuses.tolist()

    return read


def blurred(form, blur_mm):
    page = form.grey()
    return cv2.GaussianBlur(page, (0, 0), blur_mm * PX_PER_MM) if blur_mm else page


def crossed(form, places):
    for name in places:
        form = form.cross(name, size_mm=2.2 if name in {"letter", "oval"} else 4)
    return form


@pytest.mark.parametrize("blur_mm", [0.14, 0.18, 0.23])
def test_a_page_says_how_soft_it_is(form, measure_soft, blur_mm):
    page = measure_soft(form, blur_mm)

    assert STEPS_MM[page.step] == pytest.approx(blur_mm, abs=0.045)
    assert page.black == pytest.approx(1, abs=0.1)


def test_a_page_like_the_blank_is_sharp(form, measure_soft):
    assert measure_soft(form).step == 0


def test_marks_in_every_box_do_not_make_a_page_soft(form, measure_soft, places):
    assert measure_soft(crossed(form, places)).step == 0


def test_print_beside_its_place_is_not_taken_for_soft_print(form, measure_soft):
    assert measure_soft(form.moved(0.2, 0.2)).step <= 1


@pytest.mark.parametrize("blur_mm", [0.1, 0.15, 0.2, 0.25, 0.3])
def test_soft_print_is_no_mark_in_any_box(form, read_soft, blur_mm):
    assert MarkStatus.MARKED not in read_soft(form, blur_mm)


@pytest.mark.parametrize("blur_mm", [0.1, 0.15, 0.2])
def test_an_empty_box_on_a_soft_page_is_still_empty(form, read_soft, blur_mm):
    assert set(read_soft(form, blur_mm)) == {MarkStatus.EMPTY}


@pytest.mark.parametrize("blur_mm", [0.1, 0.15, 0.2, 0.25, 0.3])
def test_a_mark_on_a_soft_page_never_leaves_a_box_empty(form, read_soft, places, blur_mm):
    assert MarkStatus.EMPTY not in read_soft(crossed(form, places), blur_mm)
