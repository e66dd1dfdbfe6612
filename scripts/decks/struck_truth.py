"""What lies on a name, told from the strokes themselves and from where the paper lies on the scan."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ballotscan.design.paper import Sheet
from ballotscan.design.pens import Stroke
from ballotscan.design.scanner import Scan
from ballotscan.election.template import Rect

# A line that runs nearly all along the middle half of the letters is clear.
_MOST = 0.95
_SLACK_MM = 0.5
# Ink runs through a word where it lies in the inner four fifths of its height, along most of it.
_COLUMNS, _NEAR_COLUMN_MM, _MIDDLE, _MUCH = 25, 0.3, 0.4, 0.5
_STEP_MM, _AWAY_MM = 0.1, 0.3  # where strokes are looked at, and how far from print
_PAPER, _BLACK = 200, 128
MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class StruckName:
    """What is on one name.

    Attributes:
        kind: What was drawn.
        is_clear: Whether lines run along all of it through its middle half.
        is_through: Whether ink runs through the middle of every word of it.
        touches_given: Whether any ink lies on the given name.
        shown: Share of the strokes, away from print, that a scan in black and white shows as black;
            1 where the scan has greys, or nothing was drawn.
        damage: What else lies on or near it: a fold, a streak; `nothing` where nothing does.
    """

    kind: str
    is_clear: bool
    is_through: bool
    touches_given: bool
    damage: str
    shown: float = 1.0


def are_clear(strokes: Sequence[Stroke], lines: Sequence[Rect]) -> bool:
    """Whether every stroke runs along a whole line through its middle, and no line is left out."""
    run = [[runs_through(stroke, line) for line in lines] for stroke in strokes]
    return all(map(any, run)) and all(map(any, zip(*run, strict=True)))


def runs_through(stroke: Stroke, line: Rect) -> bool:
    """Whether a stroke runs along a whole line of letters, nearly all of it in their middle half."""
    x, y = stroke.path_mm.T
    right = line.left_mm + line.width_mm
    inside = (x >= line.left_mm) & (x <= right)
    reaches = x.min() <= line.left_mm + _SLACK_MM and x.max() >= right - _SLACK_MM
    away = np.abs(y[inside] - line.top_mm - line.height_mm / 2)
    return bool(reaches and (away <= line.height_mm / 4).mean() >= _MOST)


def runs_along(strokes: Sequence[Stroke], word: Rect) -> bool:
    """Whether ink runs through the middle of most of a word."""
    columns = np.linspace(word.left_mm, word.left_mm + word.width_mm, _COLUMNS)
    middle = word.top_mm + word.height_mm / 2
    seen = np.zeros(_COLUMNS, dtype=bool)
    for stroke in strokes:
        x, y = stroke.path_mm.T
        x = x[np.abs(y - middle) <= _MIDDLE * word.height_mm]
        seen |= (np.abs(columns[:, None] - x) <= _NEAR_COLUMN_MM).any(axis=1)
    return bool(seen.mean() >= _MUCH)


def touches(stroke: Stroke, rect: Rect) -> bool:
    """Whether a stroke runs over a word, or so near to it that people would say so."""
    x, y = stroke.path_mm.T
    across = (x >= rect.left_mm - 0.3) & (x <= rect.left_mm + rect.width_mm + 0.3)
    return bool((across & (y >= rect.top_mm) & (y <= rect.top_mm + rect.height_mm)).any())


def share_shown(strokes: Sequence[Stroke], sheet: Sheet, scan: Scan) -> float:
    """Share of some strokes, away from print, that a scan in black and white shows as black.

    Args:
        strokes: What was drawn.
        sheet: The paper before that.
        scan: In black and white.
    """
    paths = [_along(stroke) for stroke in strokes]
    if not paths:
        return 1.0
    places = np.concatenate(paths)
    reach = round(_AWAY_MM * sheet.dpi / MM_PER_INCH)
    grey = sheet.pixels if sheet.pixels.ndim == 2 else sheet.pixels.min(axis=2)  # noqa: PLR2004
    lightest = cv2.erode(grey, np.ones((2 * reach + 1, 2 * reach + 1), dtype=np.uint8))
    columns, rows = np.floor(places * sheet.dpi / MM_PER_INCH).astype(int).T
    on_sheet = (rows >= 0) & (columns >= 0) & (rows < grey.shape[0]) & (columns < grey.shape[1])
    places = places[on_sheet]
    places = places[lightest[rows[on_sheet], columns[on_sheet]] >= _PAPER]
    at = np.rint(scan.truth.locate(places)).astype(int) if len(places) else np.empty((0, 2), int)
    darkest = cv2.erode(scan.pixels, np.ones((3, 3), dtype=np.uint8))
    at = at[(at >= 0).all(axis=1) & (at < darkest.shape[1::-1]).all(axis=1)]
    return float((darkest[at[:, 1], at[:, 0]] < _BLACK).mean()) if len(at) else 1.0


def _along(stroke: Stroke) -> np.ndarray:
    """(N, 2) points along a stroke, in mm."""
    path = stroke.path_mm
    steps = np.hypot(*np.diff(path, axis=0).T)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.arange(0, length[-1] + _STEP_MM, _STEP_MM)
    return np.column_stack([np.interp(at, length, axis) for axis in path.T])
