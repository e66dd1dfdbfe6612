"""From marks on paper to statuses."""

import numpy as np
import pytest

from ballotscan.election.records import ExpectedMark, MarkStatus
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.thresholds import MarkThresholds

BOXES = ["oval", "square", "cell", "cell_below", "letter", "left", "right", "lone"]
CENTRES = {
    "oval": (10.5, 9.5), "square": (28, 11), "cell": (51.5, 13.5), "cell_below": (51.5, 24.5),
    "letter": (76.6, 11.6), "left": (13, 43), "right": (22, 43), "lone": (62.5, 44.5),
}  # fmt: skip
HALF_WIDTHS = {"oval": 2.5, "letter": 1.6, "left": 3, "right": 3, "square": 3, "lone": 2.5}


@pytest.fixture
def status_of(measure, places):
    def of(form, expected=ExpectedMark.ANY):
        features = measure(form)
        found = np.ones(len(features))
        statuses = classify_marks(features, found, MarkThresholds(), expected).statuses
        return {name: MarkStatus(statuses[place]) for name, place in places.items()}

    return of


def test_an_unmarked_form_is_empty(form, status_of):
    assert set(status_of(form).values()) == {MarkStatus.EMPTY}


# VVSG 2.0, 1.1.6-H: a line 1 mm thick across the long axis of the target, centred, no darker than
# a number 2 pencil makes it.
@pytest.mark.parametrize("ink", [0.5, 0.9])
@pytest.mark.parametrize("name", sorted(HALF_WIDTHS))
def test_a_one_millimetre_line_across_the_box_is_a_mark(form, status_of, name, ink):
    (x, y), half = CENTRES[name], HALF_WIDTHS[name] - 0.5

    statuses = status_of(form.line((x - half, y), (x + half, y), width_mm=1.0, ink=ink))

    assert statuses[name] == MarkStatus.MARKED


@pytest.mark.parametrize("name", ["square", "cell", "left", "right", "lone"])
def test_a_thin_pencil_cross_is_a_mark(form, status_of, name):
    statuses = status_of(form.cross(name, size_mm=3.6, width_mm=0.35, ink=0.45))

    assert statuses[name] == MarkStatus.MARKED


@pytest.mark.parametrize("name", ["oval", "square", "cell", "lone"])
def test_a_speck_of_dust_is_no_mark(form, status_of, name):
    x, y = CENTRES[name]

    statuses = status_of(form.line((x, y), (x + 0.1, y), width_mm=0.5, ink=1))

    assert statuses[name] == MarkStatus.EMPTY


@pytest.mark.parametrize(
    ("width_mm", "ink", "status"),
    [
        (0.4, 0.8, MarkStatus.MARKED),
        (0.25, 0.5, MarkStatus.MARGINAL),
        (0.5, 0.10, MarkStatus.EMPTY),
    ],
    ids=["clear", "thin", "shadow"],
)
def test_the_same_mark_gives_the_same_status_in_every_box(form, status_of, width_mm, ink, status):
    for name in ("square", "left", "right"):
        x, y = CENTRES[name]
        form = form.line((x - 2, y - 2), (x + 2, y + 2), width_mm=width_mm, ink=ink)
        if width_mm > 0.3:
            form = form.line((x - 2, y + 2), (x + 2, y - 2), width_mm=width_mm, ink=ink)

    statuses = status_of(form)

    assert {statuses[name] for name in ("square", "left", "right")} == {status}


@pytest.mark.parametrize(("paper", "black"), [(255, 0.7), (190, 1.0), (120, 0.85)])
def test_paper_tone_and_contrast_do_not_change_the_status(form, status_of, paper, black):
    marked = form.cross("square").cross("cell").cross("lone", 3.6, 0.35, 0.45)

    assert status_of(marked.toned(paper, black)) == status_of(marked)


@pytest.mark.parametrize(("x_mm", "y_mm"), [(0.25, 0), (0, -0.25), (-0.25, 0.25)])
def test_a_quarter_millimetre_of_misregistration_does_not_change_the_status(
    form, status_of, x_mm, y_mm
):
    marked = form.cross("square").cross("cell").cross("lone", 3.6, 0.35, 0.5)

    assert status_of(marked.moved(x_mm, y_mm)) == status_of(marked)


def test_a_tick_beside_an_empty_box_is_asked_about(form, status_of):
    statuses = status_of(form.line((31.8, 10), (32.4, 12.5), (33.2, 8), width_mm=0.35, ink=0.8))

    assert statuses["square"] == MarkStatus.MARGINAL


def test_a_circle_around_an_empty_box_is_asked_about(form, status_of):
    x, y = CENTRES["lone"]
    turn = np.linspace(0, 2 * np.pi, 40)
    circle = [(x + 4.2 * np.cos(t), y + 4.2 * np.sin(t)) for t in turn]

    statuses = status_of(form.line(*circle, width_mm=0.4, ink=0.8))

    assert statuses["lone"] == MarkStatus.MARGINAL


def test_a_large_cross_does_not_trouble_the_box_next_to_it(form, status_of):
    statuses = status_of(form.cross("right", size_mm=9, width_mm=0.5))

    assert statuses["right"] == MarkStatus.MARKED
    assert statuses["left"] == MarkStatus.EMPTY


def test_the_tail_of_a_tick_does_not_mark_the_cell_below(form, status_of):
    tail = form.cross("cell", 6, 0.5).line((50, 12), (53, 21), width_mm=0.5)

    statuses = status_of(tail)

    assert statuses["cell"] == MarkStatus.MARKED
    assert statuses["cell_below"] == MarkStatus.EMPTY


def test_a_very_faint_pencil_cross_is_asked_about(form, status_of):
    statuses = status_of(form.cross("square", size_mm=4.5, width_mm=0.5, ink=0.2))

    assert statuses["square"] == MarkStatus.MARGINAL


def test_a_faint_shadow_over_a_whole_box_is_not_asked_about(form, status_of):
    statuses = status_of(form.line((23, 11), (34, 11), width_mm=12, ink=0.2))

    assert statuses["square"] == MarkStatus.EMPTY


@pytest.mark.parametrize("lean_mm", [0, 0.5, -0.5])
@pytest.mark.parametrize("name", ["square", "lone", "oval", "letter"])
def test_a_fold_through_a_box_is_asked_about(form, status_of, name, lean_mm):
    x, _ = CENTRES[name]
    fold = form.line((x - lean_mm * 2, 2), (x + lean_mm * 2, 58), width_mm=0.6, ink=0.6)

    assert status_of(form)[name] == MarkStatus.EMPTY
    assert status_of(fold)[name] == MarkStatus.MARGINAL


def test_a_dot_is_asked_about(form, status_of):
    statuses = status_of(form.line((28, 11), (28.1, 11), width_mm=1.0, ink=0.8))

    assert statuses["square"] == MarkStatus.MARGINAL


def test_a_single_stroke_is_asked_about_where_crosses_are_asked_for(form, status_of):
    stroke = form.line((26, 9), (30, 13), width_mm=0.7, ink=0.8)

    assert status_of(stroke, ExpectedMark.CROSS)["square"] == MarkStatus.MARGINAL
    assert status_of(stroke, ExpectedMark.ANY)["square"] == MarkStatus.MARKED


@pytest.mark.parametrize("expected", [ExpectedMark.CROSS, ExpectedMark.ANY])
def test_a_tick_is_a_mark(form, status_of, expected):
    tick = form.line((26.3, 11), (27.3, 13), (30.5, 9), width_mm=0.5, ink=0.8)

    assert status_of(tick, expected)["square"] == MarkStatus.MARKED


def test_a_cross_over_the_edge_is_asked_about_where_crosses_are_asked_for(form, status_of):
    aside = form.line((29.3, 9), (33.3, 13), width_mm=0.5).line((29.3, 13), (33.3, 9), width_mm=0.5)

    assert status_of(aside, ExpectedMark.CROSS)["square"] == MarkStatus.MARGINAL


def test_a_fold_does_not_hide_a_cross(form, status_of):
    fold = form.cross("lone").line((62.5, 30), (62.5, 59), width_mm=0.6, ink=0.6)

    assert status_of(fold)["lone"] == MarkStatus.MARKED


def test_a_dash_that_ends_beside_the_box_is_a_mark(form, status_of):
    statuses = status_of(form.line((58.8, 44.5), (66.2, 44.5), width_mm=0.6, ink=0.8))

    assert statuses["lone"] == MarkStatus.MARKED


def test_a_scribbled_out_cross_is_asked_about_on_a_cross_form(form, status_of):
    x, y = CENTRES["square"]
    zigzag = [(x + 2.6 * (-1) ** i, y - 2.4 + 0.35 * i) for i in range(14)]
    scribbled = form.cross("square").line(*zigzag, width_mm=0.5, ink=0.8)

    assert status_of(scribbled, ExpectedMark.CROSS)["square"] == MarkStatus.MARGINAL
    assert status_of(scribbled, ExpectedMark.FILL)["square"] == MarkStatus.MARKED


@pytest.mark.parametrize("expected", [ExpectedMark.CROSS, ExpectedMark.FILL, ExpectedMark.ANY])
def test_a_spray_of_specks_is_no_mark(form, status_of, expected):
    rng = np.random.default_rng(3)
    for x, y in rng.uniform((25.7, 8.7), (30.3, 13.3), (60, 2)):
        form = form.line((x, y), (x + 0.05, y), width_mm=0.25, ink=0.9)

    assert status_of(form, expected)["square"] == MarkStatus.MARGINAL


def test_a_filled_oval_that_was_struck_out_is_asked_about(form, status_of):
    x, y = CENTRES["oval"]
    filled = form.line((x - 1.2, y), (x + 1.2, y), width_mm=2.4, ink=0.8)
    struck = filled.line((x - 4, y - 3), (x + 4, y + 3), width_mm=0.4)
    struck = struck.line((x - 4, y + 3), (x + 4, y - 3), width_mm=0.4)

    assert status_of(filled, ExpectedMark.FILL)["oval"] == MarkStatus.MARKED
    assert status_of(struck, ExpectedMark.FILL)["oval"] == MarkStatus.CANCELLED
