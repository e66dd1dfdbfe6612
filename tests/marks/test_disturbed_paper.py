"""What happens to paper and scans is no vote, on forms for crosses and on all others."""

import cv2
import numpy as np
import pytest

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.scoring import score_boxes
from ballotscan.marks.sharpness import is_bilevel
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.tone.paper import darkest_channel

FORMS = [ExpectedMark.CROSS, ExpectedMark.ANY]
TONES = {  # what is left of blue, green and red light
    "pink": (0.84, 0.80, 0.97),
    "yellow": (0.62, 0.92, 0.96),
    "blue": (0.95, 0.88, 0.76),
}


@pytest.fixture
def read(reference, cut_page, places):
    """What the boxes of a picture of the form hold."""

    def of(page, expected=ExpectedMark.CROSS):
        paper = float(np.percentile(page, 90))
        features = score_boxes(cut_page(page), np.full(len(places), paper), reference)
        statuses = classify_marks(
            features, np.ones(len(places)), MarkThresholds(), expected
        ).statuses
        return {name: MarkStatus(statuses[place]) for name, place in places.items()}

    return of


def in_colour(page, tone):
    return np.rint(page[:, :, None] * np.array(tone)).astype(np.uint8)


def blob(page, x_mm, y_mm, radius_mm, ink):
    """A stain without a clear edge."""
    spot = np.zeros(page.shape, dtype=np.float32)
    centre = (round(x_mm * PX_PER_MM), round(y_mm * PX_PER_MM))
    cv2.circle(spot, centre, round(radius_mm * PX_PER_MM), ink, cv2.FILLED)
    spot = cv2.GaussianBlur(spot, (0, 0), 0.6 * PX_PER_MM)
    return np.rint(page * (1 - spot)).astype(np.uint8)


@pytest.mark.parametrize("tone", TONES.values(), ids=TONES)
@pytest.mark.parametrize("expected", FORMS)
def test_paper_of_any_colour_is_no_mark(form, read, tone, expected):
    page = darkest_channel(in_colour(form.grey(), tone))

    assert set(read(page, expected).values()) == {MarkStatus.EMPTY}


@pytest.mark.parametrize("tone", TONES.values(), ids=TONES)
def test_a_cross_on_paper_of_any_colour_is_a_mark(form, read, tone):
    page = darkest_channel(in_colour(form.cross("square").grey(), tone))

    assert read(page)["square"] == MarkStatus.MARKED


@pytest.mark.parametrize("pitch_mm", [0.4, 0.8, 2.0])
@pytest.mark.parametrize("expected", FORMS)
def test_moire_is_no_mark(form, read, pitch_mm, expected):
    page = form.grey()
    rows, columns = np.mgrid[: page.shape[0], : page.shape[1]] / PX_PER_MM * 2 * np.pi / pitch_mm
    waves = 1 - 0.25 * (1 + np.sin(rows + 0.3 * columns)) * (1 + np.sin(columns)) / 4

    assert MarkStatus.MARKED not in read(np.rint(page * waves).astype(np.uint8), expected).values()


def test_red_print_that_the_scanner_drops_leaves_the_page_unread(form, read):
    dropped = np.full_like(form.grey(), 250)

    assert set(read(dropped).values()) == {MarkStatus.UNREAD}


@pytest.mark.parametrize("expected", FORMS)
@pytest.mark.parametrize("added", [100, 140, 180])
def test_where_light_makes_paper_white_and_print_grey_no_box_is_surely_empty(
    form, read, expected, added
):
    page = form.cross("square", ink=0.4).toned(235).grey()
    page[:, :410] = np.minimum(page[:, :410].astype(int) + added, 255)  # all but two of the boxes

    found = read(page, expected)

    # Where half of the boxes are white, and no mark is clear, the pen may be lost on the others too.
    assert set(found.values()) == {MarkStatus.MARGINAL}


@pytest.mark.parametrize("expected", FORMS)
@pytest.mark.parametrize("ink", [0.3, 0.5, 0.7])
def test_a_stain_is_no_mark(form, read, ink, expected):
    page = blob(form.grey(), 62.5, 44.5, 1.6, ink)

    assert read(page, expected)["lone"] != MarkStatus.MARKED


@pytest.mark.parametrize("expected", FORMS)
def test_a_cross_under_correction_fluid_is_no_mark(form, read, expected):
    page = form.cross("lone").grey()
    cv2.circle(page, (492, 350), 24, 252, cv2.FILLED)

    assert read(page, expected)["lone"] != MarkStatus.MARKED


def test_a_scan_in_black_and_white_is_known_also_when_it_was_halved(form):
    grey = cv2.GaussianBlur(form.cross("square").grey(), (0, 0), 1)
    black_and_white = np.where(cv2.resize(grey, None, fx=2, fy=2) < 128, 0, 255).astype(np.uint8)
    halved = cv2.resize(black_and_white, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)

    assert not is_bilevel(grey)
    assert is_bilevel(black_and_white)
    assert is_bilevel(halved)
