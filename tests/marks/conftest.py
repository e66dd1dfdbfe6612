"""A small form with every kind of mark box, and pens to mark it with."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.boxes import prepare_boxes
from ballotscan.marks.scoring import Feature, score_boxes

FINE = 4  # everything is drawn this much larger and then averaged, as a scanner does
WIDTH_MM, HEIGHT_MM, MARGIN_PX = 110, 60, 20
BOXES = {  # left, top, width, height in mm: the outer edge of the outline
    "oval": (8, 8, 5, 3),
    "square": (25, 8, 6, 6),
    "cell": (40, 8, 23, 11),
    "cell_below": (40, 19, 23, 11),
    "letter": (75, 10, 3.2, 3.2),
    "left": (10, 40, 6, 6),
    "right": (19, 40, 6, 6),
    "lone": (60, 42, 5, 5),
}
PLACES = {name: place for place, name in enumerate(BOXES)}
BOXES_MM = tuple(BOXES.values())

PRINT = (
    # the letter H in a bubble, and a name beside a box, solid enough to show printer's black
    (((76.2, 10.9), (76.2, 12.3)), 0.2, 1.0),
    (((77.0, 10.9), (77.0, 12.3)), 0.2, 1.0),
    (((76.2, 11.6), (77.0, 11.6)), 0.2, 1.0),
    (((70, 43), (71, 46), (72, 43), (73, 46), (74, 43), (75, 46), (76, 43)), 0.5, 1.0),
)


@dataclass(frozen=True)
class Form:
    """A sheet of that form: what is printed and what a pen added.

    Attributes:
        strokes: Polylines (points in mm, width in mm, ink 0 to 1).
        moved_mm: How far the whole page lies from where it should.
        paper: Grey of the bare paper.
        black: Ink of the printer's black, and of a pen of ink 1.
    """

    strokes: tuple = ()
    moved_mm: tuple = (0.0, 0.0)
    paper: int = 245
    black: float = 1.0

    def line(self, *points_mm, width_mm=0.5, ink=0.9):
        return replace(self, strokes=(*self.strokes, (points_mm, width_mm, ink)))

    def cross(self, name, size_mm=4.0, width_mm=0.4, ink=0.7):
        left, top, width, height = BOXES[name]
        x, y, r = left + width / 2, top + height / 2, size_mm / 2
        form = self.line((x - r, y - r), (x + r, y + r), width_mm=width_mm, ink=ink)
        return form.line((x - r, y + r), (x + r, y - r), width_mm=width_mm, ink=ink)

    def moved(self, x_mm, y_mm):
        return replace(self, moved_mm=(x_mm, y_mm))

    def toned(self, paper, black=1.0):
        return replace(self, paper=paper, black=black)

    def grey(self):
        """The page as the scanner gives it, in template pixels."""
        k = PX_PER_MM * FINE
        size = (round(HEIGHT_MM * k), round(WIDTH_MM * k))
        shift = np.array(self.moved_mm)

        def at(x, y):
            return tuple(np.round((np.array([x, y]) + shift) * k).astype(int).tolist())

        ink = np.zeros(size, dtype=np.float32)
        line = round(0.3 * k)
        for name, (left, top, width, height) in BOXES.items():
            inset = 0.15
            start = at(left + inset, top + inset)
            end = at(left + width - inset, top + height - inset)
            if name in {"oval", "letter"}:
                centre = at(left + width / 2, top + height / 2)
                axes = (round((width / 2 - inset) * k), round((height / 2 - inset) * k))
                cv2.ellipse(ink, centre, axes, 0, 0, 360, 1.0, line)
            else:
                cv2.rectangle(ink, start, end, 1.0, line)
        for points, width_mm, dark in (*PRINT, *self.strokes):
            pen = np.zeros_like(ink)
            corners = np.array([at(*point) for point in points], dtype=np.int32)
            cv2.polylines(pen, [corners], isClosed=False, color=dark, thickness=round(width_mm * k))
            ink = np.maximum(ink, pen)
        page = self.paper * (1 - self.black * ink)
        rows, columns = round(HEIGHT_MM * PX_PER_MM), round(WIDTH_MM * PX_PER_MM)
        page = cv2.resize(
            page[: rows * FINE, : columns * FINE], (columns, rows), interpolation=cv2.INTER_AREA
        )
        return np.clip(np.round(page), 0, 255).astype(np.uint8)


def cut(page, reference):
    """The patches of a page that needs no registration."""
    framed = np.pad(page, 64, mode="edge")
    return [
        framed[y + 64 : y + 64 + rows, x + 64 : x + 64 + columns]
        for (x, y), (columns, rows) in zip(
            reference.corners_px.tolist(), reference.sizes_px.tolist(), strict=True
        )
    ]


@pytest.fixture(scope="session")
def blank():
    return Form().grey()


@pytest.fixture(scope="session")
def rects_px():
    return np.array(BOXES_MM) * PX_PER_MM


@pytest.fixture(scope="session")
def reference(blank, rects_px):
    return prepare_boxes(blank, rects_px, MARGIN_PX)


@pytest.fixture(scope="session")
def form():
    return Form()


@pytest.fixture(scope="session")
def places():
    return PLACES


@pytest.fixture(scope="session")
def patches_of(reference):
    return lambda form: cut(form.grey(), reference)


@pytest.fixture(scope="session")
def cut_page(reference):
    """The patches of a picture of the form."""
    return lambda page: cut(page, reference)


@pytest.fixture(scope="session")
def measure(reference):
    """Features of a form, (P, F)."""

    def of(form):
        paper = np.full(len(BOXES), form.paper, dtype=np.float32)
        return score_boxes(cut(form.grey(), reference), paper, reference)

    return of


@pytest.fixture(scope="session")
def score_of(measure):
    """Score of one box of a form."""
    return lambda form, name: float(measure(form)[PLACES[name], Feature.SCORE])
