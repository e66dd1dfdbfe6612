import dataclasses

import cv2
import numpy as np
import pytest

from ballotscan.scan.coarse import is_sane
from ballotscan.scan.landmarks import (
    LandmarkOptions,
    fit_page,
    passes_gate,
    prepare_reference,
)
from ballotscan.scan.mapping import PageMapping

OPTIONS = LandmarkOptions()
PX_PER_MM = 200 / 25.4


@pytest.fixture(scope="module")
def reference(form):
    return prepare_reference(form.blank, form.boxes)


def misses_mm(fit, matrix, form):
    """How far each box is from where it truly lies, in mm on the paper."""
    true = cv2.perspectiveTransform(form.box_centres[None], matrix)[0]
    scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    return np.hypot(*(fit.mapping.apply(form.box_centres) - true).T) / scale / PX_PER_MM


@pytest.mark.parametrize(
    "lies",
    [
        {},
        {"dpi": 150},
        {"dpi": 300, "angle_deg": 1.5},
        {"dpi": 400, "shift_px": (20, -30)},
        {"angle_deg": -3.0, "scale": 0.97, "shift_px": (25, 40)},
        {"quarters": 1},
        {"quarters": 2, "angle_deg": 1.0},
        {"quarters": 3, "dpi": 300},
        {"canvas_px": (1654, 2339), "shift_px": (-200, -300)},
    ],
    ids=str,
)
def test_a_form_is_found_whichever_way_it_lies(form, reference, scanner, lies):
    matrix, canvas_px = scanner.pose(**lies)

    fit = fit_page(form.scan(matrix, canvas_px), reference, OPTIONS)

    assert passes_gate(fit, OPTIONS)
    assert misses_mm(fit, matrix, form).max() < 0.12


def test_a_photograph_from_the_side_is_laid_flat(form, reference, scanner):
    matrix, canvas_px = scanner.pose(250)
    matrix = np.array([[1, 0.02, 0], [0.01, 1, 0], [3e-5, 6e-5, 1]]) @ matrix

    fit = fit_page(form.scan(matrix, canvas_px, background=90), reference, OPTIONS)

    assert passes_gate(fit, OPTIONS)
    assert misses_mm(fit, matrix, form).max() < 0.2


def test_a_page_drawn_out_by_the_feed_is_followed(form, reference, scanner):
    matrix, canvas_px = scanner.pose()
    feed = {"amplitude_mm": 0.6, "period_mm": 90.0}

    fit = fit_page(form.scan_wobbly(matrix, canvas_px, **feed), reference, OPTIONS)

    true = scanner.wobbled(matrix, form.box_centres, **feed)
    assert np.hypot(*(fit.mapping.apply(form.box_centres) - true).T).max() / PX_PER_MM < 0.2


def test_a_one_bit_scan_is_found(form, reference, scanner):
    matrix, canvas_px = scanner.pose(angle_deg=0.7)
    scan = np.where(form.scan(matrix, canvas_px) < 128, 0, 255).astype(np.uint8)

    fit = fit_page(scan, reference, OPTIONS)

    assert passes_gate(fit, OPTIONS)
    assert misses_mm(fit, matrix, form).max() < 0.12


def keep_print(form, *, letters):
    """The form with its letters and boxes alone, or with its rulings alone."""
    is_print = (form.fine < 153).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(is_print, connectivity=8)
    longest = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    kept = (longest < 16 * PX_PER_MM) == letters
    kept[0] = False
    near = cv2.dilate(kept[labels].astype(np.uint8), np.ones((3, 3), dtype=np.uint8))
    return dataclasses.replace(form, fine=np.where(near, form.fine, 255).astype(np.uint8))


def test_a_scan_that_lost_its_rulings_is_known_by_its_letters(form, reference, scanner):
    matrix, canvas_px = scanner.pose(angle_deg=0.7)
    bare = keep_print(form, letters=True)

    fit = fit_page(bare.scan(matrix, canvas_px), reference, OPTIONS)

    assert passes_gate(fit, OPTIONS)
    assert misses_mm(fit, matrix, form).max() < 0.12


def test_rulings_without_letters_do_not_pass(form, reference, scanner):
    matrix, canvas_px = scanner.pose(angle_deg=0.7)
    ruled = keep_print(form, letters=False)

    fit = fit_page(ruled.scan(matrix, canvas_px), reference, OPTIONS)

    assert fit is None or not passes_gate(fit, OPTIONS)


def test_heavy_marks_do_not_move_the_page(form, reference, scanner):
    matrix, canvas_px = scanner.pose(angle_deg=0.4)
    scan = form.scan(matrix, canvas_px)
    for x, y in cv2.perspectiveTransform(form.box_centres[None], matrix)[0][::2]:
        cv2.line(scan, (int(x) - 60, int(y) + 50), (int(x) + 60, int(y) - 50), (30,), 8)

    fit = fit_page(scan, reference, OPTIONS)

    assert passes_gate(fit, OPTIONS)
    assert misses_mm(fit, matrix, form).max() < 0.15


def test_no_form_is_on_an_empty_page(reference):
    fit = fit_page(np.full((1654, 1165), 250, dtype=np.uint8), reference, OPTIONS)

    assert fit is None or not passes_gate(fit, OPTIONS)


def test_no_form_is_on_a_page_of_noise(reference):
    noise = np.random.default_rng(4).integers(0, 256, (1654, 1165), dtype=np.uint8)

    fit = fit_page(noise, reference, OPTIONS)

    assert fit is None or not passes_gate(fit, OPTIONS)


def test_another_form_does_not_pass(reference, scanner):
    other = scanner.draw_form(("Kim",) * 4, "SURVEY").write("Please return this page", 30, 180)
    matrix, canvas_px = scanner.pose()

    fit = fit_page(other.scan(matrix, canvas_px), reference, OPTIONS)

    assert fit is None or not passes_gate(fit, OPTIONS)


def test_a_page_with_other_names_does_not_pass(reference, scanner):
    other = scanner.draw_form(scanner.names[::-1])
    matrix, canvas_px = scanner.pose()

    fit = fit_page(other.scan(matrix, canvas_px), reference, OPTIONS)

    assert fit is None or not passes_gate(fit, OPTIONS)


def test_a_blank_of_corner_squares_and_boxes_is_found_among_text(form, scanner):
    squares = np.full_like(form.blank, 255)
    rows, columns = squares.shape
    for x, y in ((40, 40), (columns - 80, 40), (40, rows - 80), (columns - 80, rows - 80)):
        squares[y : y + 40, x : x + 40] = 0
    for left, top, width, height in form.boxes.astype(int):
        cv2.rectangle(squares, (left, top), (left + width, top + height), (0,), 2)
    paper = np.minimum(squares, form.blank)
    matrix, canvas_px = scanner.pose(angle_deg=1.2, quarters=2)
    printed = form.with_fine(cv2.resize(paper, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST))

    reference = prepare_reference(squares, form.boxes)
    fit = fit_page(printed.scan(matrix, canvas_px), reference, OPTIONS)

    assert reference.coarse.squares is not None
    assert fit.way == "squares"
    assert passes_gate(fit, OPTIONS)
    assert misses_mm(fit, matrix, form).max() < 0.25


def test_the_same_scan_gives_the_same_fit(form, reference, scanner):
    matrix, canvas_px = scanner.pose(angle_deg=1.0)
    scan = form.scan(matrix, canvas_px)

    first, second = (fit_page(scan, reference, OPTIONS) for _ in range(2))

    assert np.array_equal(first.mapping.mesh, second.mapping.mesh)
    assert first.recall == second.recall


@pytest.mark.parametrize(
    "matrix",
    [
        np.diag([-1.0, 1.0, 1.0]),  # mirrored
        np.diag([1.0, 1.5, 1.0]),  # drawn out
        np.diag([0.3, 0.3, 1.0]),  # too small
        np.array([[1, 0.6, 0], [0, 1, 0], [0, 0, 1.0]]),  # slanted
        np.array([[1, 0, 0], [0, 1, 0], [-2e-3, 0, 1.0]]),  # folded over the horizon
        np.full((3, 3), np.nan),
    ],
)
def test_paper_cannot_lie_so(matrix):
    assert not is_sane(matrix, (600, 800), 1.0)


def test_paper_may_be_turned_and_seen_from_the_side():
    turned = np.array([[0, -1.0, 800], [1.0, 0, 0], [1e-5, 2e-5, 1]])

    assert is_sane(turned, (600, 800), 1.0)


def test_the_mapping_of_a_fit_has_a_mesh_over_the_whole_page(form, reference, scanner):
    matrix, canvas_px = scanner.pose()

    fit = fit_page(form.scan(matrix, canvas_px), reference, OPTIONS)

    assert isinstance(fit.mapping, PageMapping)
    rows, columns = fit.mapping.mesh.shape[:2]
    assert (rows - 1) * 40 >= form.blank.shape[0] - 1
    assert (columns - 1) * 40 >= form.blank.shape[1] - 1
