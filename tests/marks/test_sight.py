"""Where a scan in black and white is cut, as the form's own print says."""

import cv2
import numpy as np
import pytest

from ballotscan.election.template import PX_PER_MM, NameField, Rect
from ballotscan.marks.sight import measure_sight, sample_print

WIDTH_MM, HEIGHT_MM = 150, 200
FINE = 4
NAME = NameField("c/1/name", (Rect(30.0, 120.0, 60.0, 5.0),), "Nguyễn Văn Đủ", "c", 1)
OFF_BY = (
    0.07  # of printed black; the cut from which thin strokes are lost lies farther from sound ones
)


def paper(*, has_print=True, struck=False):
    """(rows, columns) ink at `FINE` times the template's resolution: words all over the upper half."""
    k = PX_PER_MM * FINE
    page = np.zeros((round(HEIGHT_MM * k), round(WIDTH_MM * k)), dtype=np.uint8)
    for line in range(12 if has_print else 0):
        at = (round(15 * k), round((18 + 7 * line) * k))
        cv2.putText(page, "DAI HOI DAI BIEU DANG BO", at, cv2.FONT_HERSHEY_DUPLEX, 5.6, 255, 9, cv2.LINE_AA)  # fmt: skip
    if struck:
        for height_mm in np.arange(116, 130, 1.2):
            cv2.line(page, (round(20 * k), round(height_mm * k)), (round(110 * k), round(height_mm * k)), 255, 12)  # fmt: skip
    return page.astype(np.float32) / 255


def at_resolution(page, dpi):
    size = (round(WIDTH_MM * dpi / 25.4), round(HEIGHT_MM * dpi / 25.4))
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA)


def scan(page, dpi, cut=None):
    """The scan, and the page laid flat at half the template's resolution."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.06 * PX_PER_MM * FINE)
    ink = at_resolution(soft, dpi)
    pixels = np.where(ink >= cut, 0, 255) if cut else 250 - 220 * ink
    pixels = pixels.astype(np.uint8)
    half = (round(WIDTH_MM * PX_PER_MM) // 2, round(HEIGHT_MM * PX_PER_MM) // 2)
    return pixels, cv2.resize(pixels, half, interpolation=cv2.INTER_LINEAR)


def sample(page):
    return sample_print(at_resolution(page, PX_PER_MM * 25.4), [NAME], [])


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("cut", [0.25, 0.35, 0.45, 0.6])
def test_the_cut_of_a_scan_in_black_and_white_is_found(cut, dpi):
    sight = measure_sight(*_with_scale(scan(paper(), dpi, cut), dpi), sample(paper()))

    assert sight.is_bilevel
    assert sight.cut == pytest.approx(cut, abs=OFF_BY)


def test_what_voters_draw_on_the_names_does_not_change_it():
    clean, struck = (
        measure_sight(*_with_scale(scan(page, 200, 0.4), 200), sample(paper()))
        for page in (paper(), paper(struck=True))
    )

    assert struck.cut == clean.cut


def test_a_scan_with_greys_has_no_cut():
    sight = measure_sight(*_with_scale(scan(paper(), 200), 200), sample(paper()))

    assert (sight.is_bilevel, sight.cut) == (False, 0.0)


def test_without_print_away_from_the_names_the_cut_is_not_known():
    bare = paper(has_print=False)

    sight = measure_sight(*_with_scale(scan(bare, 200, 0.4), 200), sample(bare))

    assert np.isnan(sight.cut)


def _with_scale(scanned, dpi):
    pixels, half = scanned
    return pixels, dpi / 25.4, half
