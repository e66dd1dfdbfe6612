"""Existing paper: forms drawn without codes and marks, known by nothing but their print.

Drawn by Typst, printed, scanned once as the blank, and imported like any form that somebody brings
along. Two of the forms have the same layout and other names.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import typst
from decks.designs import Design, make_names
from decks.papers import LEVELS_DPI, MarkedPaper, make_paper
from numpy.typing import NDArray

from ballotscan.count.existing_paper import FormDescription, import_template
from ballotscan.design.box_marks import MarkKind, mark_strokes
from ballotscan.design.hands import random_hand
from ballotscan.design.paper import Fold, Paper, Sheet, wear
from ballotscan.design.pens import draw_strokes
from ballotscan.design.scanner import Scanner, scan_page
from ballotscan.election.records import ExpectedMark
from ballotscan.election.template import Rect

BLANK_SCAN_DPI = 300
MM_PER_INCH = 25.4

_FORM = """
#let form = json(bytes(sys.inputs.form))
#set page(width: form.size.at(0) * 1mm, height: form.size.at(1) * 1mm, margin: 0mm)
#set text(font: "Libertinus Serif", size: 11pt)
#place(top + left, dx: 15mm, dy: 14mm, block(width: (form.size.at(0) - 30) * 1mm, align(center, {
  text(weight: "bold", size: 15pt, form.title)
  linebreak()
  form.order
})))
#for row in form.rows {
  let (x, y, w, h) = row.cell
  if form.ruled { place(top + left, dx: x * 1mm, dy: y * 1mm, rect(width: w * 1mm, height: h * 1mm, stroke: 0.4pt)) }
  place(top + left, dx: (x + 3) * 1mm, dy: (y + h / 2 - 2) * 1mm, row.name)
  for box in row.boxes {
    let (x, y, w, h) = box
    if form.ovals {
      place(top + left, dx: x * 1mm, dy: y * 1mm, ellipse(width: w * 1mm, height: h * 1mm, stroke: 0.6pt))
    } else {
      place(top + left, dx: x * 1mm, dy: y * 1mm, rect(width: w * 1mm, height: h * 1mm, stroke: 0.6pt))
    }
  }
}
#place(bottom + right, dx: -15mm, dy: -12mm, text(size: 9pt, form.foot))
"""


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A form to be drawn.

    Attributes:
        columns: Columns of names.
        pitch_mm: From row to row.
        names: Whose names: another number, other names.
    """

    title: str
    size_mm: tuple[float, float]
    columns: int
    rows: int
    pitch_mm: float
    boxes: int
    names: int
    ovals: bool = False
    ruled: bool = True
    foot: str = "Mẫu số 12 / HĐBC"


_A4, _A5, _LETTER = (210.0, 297.0), (148.0, 210.0), (215.9, 279.4)
KNOWN = {
    "table, A4": FormPlan("PHIẾU BẦU CỬ", _A4, 1, 18, 11.5, 2, 1),
    "two columns, A4": FormPlan("PHIẾU BẦU ĐẠI BIỂU", _A4, 2, 15, 14.0, 1, 2),
    "its twin with other names": FormPlan("PHIẾU BẦU ĐẠI BIỂU", _A4, 2, 15, 14.0, 1, 3),
    "ovals, Letter": FormPlan(
        "OFFICIAL BALLOT", _LETTER, 3, 14, 12.0, 1, 4, ovals=True, ruled=False
    ),
    "squares, A5": FormPlan("PHIẾU BẦU BÍ THƯ KHU PHỐ 4", _A5, 1, 7, 16.0, 2, 5, ruled=False),
}
STRANGERS = {
    "other form": FormPlan("ANOTHER BALLOT", _A4, 1, 12, 17.0, 2, 6),
    "other form of that layout": FormPlan("PHIẾU BẦU ĐẠI BIỂU", _A4, 2, 15, 14.0, 1, 7),
    # Siblings that are not loaded: all the same but for one digit.
    "sibling with another number in the title": replace(
        KNOWN["squares, A5"], title="PHIẾU BẦU BÍ THƯ KHU PHỐ 9"
    ),
    "sibling with another number at the foot": replace(
        KNOWN["ovals, Letter"], foot="Mẫu số 17 / HĐBC"
    ),
}


def lay_form(plan: FormPlan) -> tuple[dict[str, object], list[Rect]]:
    """What is drawn, and where its boxes are, in mm."""
    names = make_names(np.random.default_rng([77, plan.names]), plan.columns * plan.rows)
    width = (plan.size_mm[0] - 30) / plan.columns
    box = (4.6, 3.2) if plan.ovals else (5.0, 5.0)
    rows, rects = [], []
    for number, name in enumerate(names):
        column, row = divmod(number, plan.rows)
        x, y = 15 + column * width, 38 + row * plan.pitch_mm
        boxes = [
            (x + width - 11.0 * (plan.boxes - place) + 2, y + (plan.pitch_mm - box[1]) / 2, *box)
            for place in range(plan.boxes)
        ]
        rects += [Rect(*each) for each in boxes]
        rows.append({"name": name, "cell": (x, y, width, plan.pitch_mm), "boxes": boxes})
    form = {
        "title": plan.title,
        "order": "Đánh dấu X vào ô vuông của người mà mình lựa chọn",
        "size": plan.size_mm,
        "rows": rows,
        "ovals": plan.ovals,
        "ruled": plan.ruled,
        "foot": plan.foot,
    }
    return form, rects


def print_form(form: dict[str, object]) -> Sheet:
    """The form on paper."""
    dpi = LEVELS_DPI[-1]
    png = typst.compile(
        _FORM.encode(), format="png", ppi=dpi, sys_inputs={"form": json.dumps(form)}
    )
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return Sheet(np.asarray(pixels, dtype=np.uint8), dpi)


def import_form(name: str, plan: FormPlan, folder: Path, seed: int) -> tuple[Design, list[Rect]]:
    """Scan the blank, list its boxes, and import it.

    Returns:
        The form, and where its boxes are on the paper itself.
    """
    form, rects = lay_form(plan)
    sheet = print_form(form)
    rng = np.random.default_rng([seed, plan.names])
    scanner = Scanner(dpi=BLANK_SCAN_DPI, skew_deg=float(rng.uniform(-0.3, 0.3)), noise=2.0, dust=3)
    scan = scan_page(wear(sheet, Paper(), rng), scanner, rng)
    folder.mkdir(parents=True)
    blank, listed = folder / "blank.png", folder / "boxes.csv"
    cv2.imwrite(str(blank), scan.pixels)
    k = BLANK_SCAN_DPI / MM_PER_INCH
    with listed.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["position_id", "x", "y", "w", "h"])
        for number, rect in enumerate(rects):
            middle = (rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2)
            ((x, y),) = scan.truth.locate(np.array([middle])) + 0.5
            writer.writerow([f"box/{number}", x, y, rect.width_mm * k, rect.height_mm * k])
    description = FormDescription(
        f"form-{plan.names}", expected_mark=ExpectedMark.ANY, dpi=float(BLANK_SCAN_DPI)
    )
    template = import_template([blank], [listed], folder / "template", description)
    return Design(name, template, (sheet,)), rects


def make_forms(
    folder: Path, seed: int
) -> tuple[list[Design], list[MarkedPaper], list[MarkedPaper]]:
    """The known forms, marked papers of them, and papers of others."""
    designs, ours, others = [], [], []
    for name, plan in KNOWN.items():
        design, rects = import_form(name, plan, folder / f"form-{plan.names}", seed)
        designs.append(design)
        ours += [_mark(design, rects, variant, seed) for variant in range(3)]
    for number, (name, plan) in enumerate(STRANGERS.items()):
        design, rects = import_form(name, plan, folder / f"stranger-{number}", seed)
        others += [_mark(design, rects, variant, seed, stranger=name) for variant in range(2)]
    return designs, ours, others


def _mark(
    design: Design, rects: Sequence[Rect], variant: int, seed: int, *, stranger: str = ""
) -> MarkedPaper:
    rng = np.random.default_rng([seed, len(rects), variant])
    hand = random_hand(rng)
    strokes = [
        stroke
        for rect in rects
        if rng.random() < 0.4  # noqa: PLR2004
        for stroke in mark_strokes(rect, MarkKind.CROSS, hand, rng)
    ]
    (sheet,) = design.sheets
    drawn = Sheet(draw_strokes(sheet.pixels, sheet.dpi, strokes, hand.pen, rng), sheet.dpi)
    paper = Paper(crumple=0.15 * variant, folds=(Fold(0.5),) if variant else ())
    pixels: NDArray[np.uint8] = wear(drawn, paper, rng).pixels
    (page,) = design.template.pages
    return make_paper(design, page, pixels, stranger=stranger, rects=list(rects))
