"""Single boxes, and whole pages at half size, cut from scans that lie askew."""

import cv2
import numpy as np
import pytest
import simplejpeg

from ballotscan.election.records import PageRef
from ballotscan.election.template import PX_PER_MM
from ballotscan.review.pictures import Laid, Pictures, lay_half, place_of_cell
from ballotscan.scan.reader import ReaderOptions, inspect_scan

SHIFT = np.array([[1.0, 0.0, 37.0], [0.0, 1.0, 21.0], [0.0, 0.0, 1.0]])  # template to scan


@pytest.fixture
def form(plan):
    return plan.plan_template(plan.plan_election())


@pytest.fixture
def scan(form, tmp_path):
    """A scan with each box of the template filled in its own grey."""
    page = form.pages[0]
    size = (round(page.height_mm * PX_PER_MM) + 60, round(page.width_mm * PX_PER_MM) + 80)
    picture = np.full(size, 255, np.uint8)
    for number, box in enumerate(page.boxes):
        left = round(box.rect.left_mm * PX_PER_MM + 37)
        top = round(box.rect.top_mm * PX_PER_MM + 21)
        side = round(box.rect.width_mm * PX_PER_MM)
        picture[top : top + side, left : left + side] = 20 * number
    path = tmp_path / "scan.png"
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return inspect_scan(path, ReaderOptions())


def laid_on(scan, form):
    pictures = Pictures({scan.sha256: scan}, [form], ReaderOptions())
    return pictures, Laid(PageRef(scan.sha256, 1), "scan.png", SHIFT, 1)


def test_a_cell_is_the_box_of_its_column(scan, form):
    pictures, laid = laid_on(scan, form)

    for number in range(len(form.columns)):
        cell = simplejpeg.decode_jpeg(pictures.cell(laid, form.ballot_id, number), "GRAY")
        rows, columns, _ = cell.shape
        assert cell[rows // 2, columns // 2, 0] == pytest.approx(20 * number, abs=6)
        assert cell[1, 1, 0] > 240


def test_a_page_is_decoded_once_for_all_its_boxes(scan, form, monkeypatch):
    pictures, laid = laid_on(scan, form)
    asked = []
    read = pictures.read
    monkeypatch.setattr(pictures, "read", lambda one: asked.append(one) or read(one))

    for number in range(len(form.columns)):
        pictures.cell(laid, form.ballot_id, number)

    assert len(asked) == 1


def test_a_scan_that_was_taken_away_has_no_cells(scan, form):
    pictures, laid = laid_on(scan, form)
    scan.path.unlink()

    assert pictures.cell(laid, form.ballot_id, 0) is None


def test_a_cell_is_a_little_larger_than_its_box(form):
    box = form.pages[0].boxes[0]

    assert place_of_cell(box).width_mm == pytest.approx(box.rect.width_mm + 3)


def test_a_page_is_laid_on_its_template_at_half_size(scan, form):
    pictures, laid = laid_on(scan, form)
    page = form.pages[0]
    size = (
        round(page.height_mm * PX_PER_MM / 2),
        round(page.width_mm * PX_PER_MM / 2),
    )

    half = lay_half(pictures.read(laid), SHIFT, size)

    assert half.shape == size
    for number, box in enumerate(page.boxes):
        x, y = (box.rect.left_mm + 3) * PX_PER_MM / 2, (box.rect.top_mm + 3) * PX_PER_MM / 2
        assert half[round(y), round(x)] == pytest.approx(20 * number, abs=2)
        edge = round((box.rect.left_mm + 6) * PX_PER_MM / 2)
        assert half[round(y), edge + 2] == 255
        assert half[round(y), edge - 3] == pytest.approx(20 * number, abs=2)
