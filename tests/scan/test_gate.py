import cv2
import numpy as np
import pytest

from ballotscan.scan.gate import (
    GateOptions,
    PrintRecall,
    Verdict,
    cell_lifts,
    cut_cells,
    group_print,
    judge,
    print_places,
    print_recall,
    print_recall_of_page,
)
from ballotscan.scan.paper import measure_ink, reduce_page
from ballotscan.tone.paper import paper_map

OPTIONS = GateOptions()


@pytest.fixture(scope="module")
def ink(form):
    return measure_ink(reduce_page(form.blank, 2), 100)


@pytest.fixture(scope="module")
def cells(ink):
    return cut_cells(ink)


def moved(ink, x_px, y_px):
    matrix = np.array([[1, 0, x_px], [0, 1, y_px]], dtype=np.float64)
    return cv2.warpAffine(ink, matrix, ink.shape[::-1])


def test_the_blank_itself_has_all_its_print(ink, cells):
    recall = print_recall(ink, cells)

    assert recall.lift == pytest.approx(1, abs=1e-6)
    assert recall.worst_lift == pytest.approx(1, abs=1e-6)


def test_an_empty_page_has_none(ink, cells):
    assert print_recall(np.zeros_like(ink), cells).lift == pytest.approx(0, abs=0.01)


def test_a_page_that_is_off_by_a_quarter_of_a_millimetre_still_has_its_print(ink, cells):
    assert print_recall(moved(ink, 1, -1), cells).lift > 0.95


@pytest.mark.parametrize(("x_px", "y_px"), [(6, 6), (-6, 0), (4, 0), (0, 4), (0, 8), (20, 3)])
def test_print_that_lies_elsewhere_is_there_by_chance_only(ink, cells, x_px, y_px):
    recall = print_recall(moved(ink, x_px, y_px), cells)

    assert recall.lift < 0.35
    assert judge(recall, OPTIONS) is Verdict.OTHER


def test_a_ruling_says_nothing_about_a_page_moved_along_it():
    rulings = np.zeros((400, 300), dtype=np.uint8)
    rulings[20::40, 20:280] = 255
    text = rulings.copy()
    text[200:212:2, 100:200:3] = 255
    cells = cut_cells(text)

    assert print_recall(text, cells).lift == pytest.approx(1)
    assert print_recall(moved(text, 6, 0), cells).lift < 0.5


def test_pale_print_is_print_all_the_same(ink, cells):
    assert print_recall((ink * 0.4).astype(np.uint8), cells).lift > 0.9


@pytest.mark.parametrize("density", [0.1, 0.3, 0.6])
def test_a_page_full_of_ink_of_another_kind_has_no_lift(ink, cells, density):
    dither = np.random.default_rng(1).random(ink.shape) < density

    assert print_recall((dither * 255).astype(np.uint8), cells).lift < 0.1


def test_a_black_page_has_no_lift(ink, cells):
    assert print_recall(np.full_like(ink, 255), cells).lift == pytest.approx(0, abs=0.05)


def test_where_a_corner_is_missing_the_worst_part_tells(ink, cells):
    torn = ink.copy()
    torn[ink.shape[0] * 3 // 5 :, : ink.shape[1] // 2] = 0

    recall = print_recall(torn, cells)

    assert recall.worst_lift < OPTIONS.least_worst_lift
    assert judge(recall, OPTIONS) is not Verdict.FITS


def test_of_the_grey_page_it_says_nearly_the_same(form, cells):
    page = reduce_page(form.blank, 2)
    page[300:, :] = np.clip(page[300:, :].astype(int) - 40, 0, 255).astype(np.uint8)

    exact = print_recall(measure_ink(page, 100), cells)
    quick = print_recall_of_page(page, paper_map(page, 100 / 25.4), cells)

    assert quick.lift == pytest.approx(exact.lift, abs=0.03)
    assert quick.worst_lift == pytest.approx(exact.worst_lift, abs=0.05)


def test_marks_and_handwriting_take_nothing_from_the_print(ink, cells):
    scribbled = ink.copy()
    for row in range(40, ink.shape[0], 60):
        cv2.line(scribbled, (10, row), (ink.shape[1] - 10, row + 30), (255,), 4)

    assert print_recall(scribbled, cells).lift > 0.9


def test_a_form_without_print_is_on_no_page(ink):
    assert print_recall(ink, cut_cells(np.zeros_like(ink))) == PrintRecall(0, 0)


@pytest.mark.parametrize(
    ("lift", "worst_lift", "verdict"),
    [
        (0.65, 0.2, Verdict.FITS),
        (0.64, 0.9, Verdict.DOUBTFUL),
        (0.99, 0.19, Verdict.DOUBTFUL),
        (0.35, 0.0, Verdict.DOUBTFUL),
        (0.34, 0.9, Verdict.OTHER),
    ],
)
def test_both_the_page_and_its_worst_part_must_be_there(lift, worst_lift, verdict):
    assert judge(PrintRecall(lift, worst_lift), OPTIONS) is verdict


def test_cells_know_where_their_print_stands(ink):
    places = np.argwhere(ink > 200)[::50]

    cells = group_print(places, np.zeros(len(places), dtype=np.intp), 1, ink.shape[::-1])

    rows, columns = print_places(cells)
    assert np.array_equal(np.column_stack([rows, columns]), places)


def test_a_cell_without_print_says_nothing(ink):
    places = np.argwhere(ink > 200)

    cells = group_print(places, np.full(len(places), 1), 3, ink.shape[::-1])

    assert cell_lifts(ink, cells).tolist() == pytest.approx([np.nan, 1, np.nan], nan_ok=True)
