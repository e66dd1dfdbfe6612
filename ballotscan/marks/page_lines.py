"""Lines that run across a whole page: streaks of the scanner, and folds.

Both may be broken: print hides them, a fold catches the light here and there. So a line is not
followed; all points of a page are counted along every direction that such a line may have, and a
line is one that is seen in most parts of its way. `streaks` looks for what runs through a box.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ballotscan.marks.inkpoints import HALF_PX_PER_MM, Bits, InkPoints

_LEAN_DEG = np.arange(-2.0, 2.01, 0.25)  # folds and feeds lie along the paper, nearly
_BIN_PX = 3
_HALF_WIDTH_PX = 4  # one millimetre on either side: a streak is up to a millimetre wide
_SEGMENTS = 24
_LEAST_SHARE = 0.16  # of the way that is dark in the best direction, before more is asked
_SEGMENT_SHARE = 0.15  # of a segment that is dark where the line is seen in it
_LEAST_ASKED = 0.2  # of a segment that print does not hide
_SEEN_SEGMENTS = 0.6  # of the segments that can be asked
_LEAST_KNOWN = 1 / 3  # of all segments
_MOST_TRIES = 6
_STEADY = 0.9  # share of its way that a streak is seen: dust does not come and go
_SAME_DEG = 0.4


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line, in pixels of the half-size page: column = start + lean * row, or with both swapped.

    Attributes:
        is_upright: Whether it runs from top to bottom.
        share: How much of its way is dark, of what can be asked.
        is_steady: Whether it is along the scanner's feed and without gaps.
    """

    is_upright: bool
    start: float
    lean: float
    share: float
    is_steady: bool

    def near(self, points: InkPoints) -> Bits:
        """Which points it takes."""
        along, across = _turned(points, is_upright=self.is_upright)
        apart: Bits = np.abs(across - self.start - self.lean * along) <= _HALF_WIDTH_PX
        return apart


def find_lines(
    points: InkPoints, asked: NDArray[np.uint8], tilt_deg: float, *, is_upright: bool
) -> list[PageLine]:
    """Find the lines that run across the page from top to bottom, or from left to right.

    Args:
        points: Ink outside of boxes.
        asked: (rows, columns) not 0 where such ink can be seen.
        tilt_deg: How far the scanner's axes are turned against the page's.
        is_upright: Which way the lines run.
    """
    lines: list[PageLine] = []
    for _ in range(_MOST_TRIES):
        line = _densest_line(points, asked.shape, tilt_deg, is_upright=is_upright)
        if line is None:
            break
        proved = _prove(line, points, asked, tilt_deg)
        if proved is not None:
            lines.append(proved)
        points = points.only(~line.near(points))
    return lines


def _turned(points: InkPoints, *, is_upright: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places along and across a line."""
    if is_upright:
        return points.rows, points.columns
    return points.columns, points.rows


def _densest_line(
    points: InkPoints, shape: tuple[int, ...], tilt_deg: float, *, is_upright: bool
) -> PageLine | None:
    """The line on which most points lie; None where that is no more than chance."""
    along, across = _turned(points, is_upright=is_upright)
    length = shape[0] if is_upright else shape[1]
    least = _LEAST_SHARE * length
    if len(points) < least:
        return None
    leans = np.tan(np.radians(np.append(_LEAN_DEG, _tilt(tilt_deg, is_upright=is_upright))))
    margin = int(np.abs(leans).max() * length) + _BIN_PX
    best, line = least, None
    for lean in leans.tolist():
        counts = np.bincount(((across - lean * along + margin) / _BIN_PX).astype(np.intp))
        pairs = counts[1:] + counts[:-1]
        if pairs.size and pairs.max() >= best:
            best = int(pairs.max()) + 1
            start = float((pairs.argmax() + 1) * _BIN_PX - margin)
            line = PageLine(is_upright, start, lean, 0.0, is_steady=False)
    return line


def _tilt(tilt_deg: float, *, is_upright: bool) -> float:
    """The lean of a line along the scanner's axes: what leans right upright leans left lying."""
    return tilt_deg if is_upright else -tilt_deg


def _fit(line: PageLine, points: InkPoints) -> PageLine:
    """The straight line nearest to the points around a line."""
    along, across = _turned(points.only(line.near(points)), is_upright=line.is_upright)
    spread = along - along.mean()
    lean = float((spread * (across - across.mean())).sum() / max((spread**2).sum(), 1))
    return replace(line, lean=lean, start=float(across.mean() - lean * along.mean()))


def _prove(
    line: PageLine, points: InkPoints, asked: NDArray[np.uint8], tilt_deg: float
) -> PageLine | None:
    """Lay the line through its points, and ask for it in every part of its way."""
    line = _fit(_fit(line, points), points)
    field = asked if line.is_upright else asked.T
    length, width = field.shape
    steps = np.arange(length)
    places = np.rint(line.start + line.lean * steps).astype(np.intp)
    inside = (places >= 0) & (places < width)
    can_be_seen = inside & (field[steps, np.clip(places, 0, width - 1)] > 0)
    along, _ = _turned(points, is_upright=line.is_upright)
    dark = np.zeros(length, dtype=bool)
    dark[along[line.near(points)]] = True
    segment = steps * _SEGMENTS // length
    can = np.bincount(segment[can_be_seen], minlength=_SEGMENTS)
    seen = np.bincount(segment[can_be_seen & dark], minlength=_SEGMENTS)
    known = can >= _LEAST_ASKED * length / _SEGMENTS
    found = known & (seen >= _SEGMENT_SHARE * can)
    if known.sum() < _LEAST_KNOWN * _SEGMENTS or found.sum() < _SEEN_SEGMENTS * known.sum():
        return None
    share = float(seen[known].sum() / can[known].sum())
    lean_deg = float(np.degrees(np.arctan(line.lean)))
    is_along = abs(lean_deg - _tilt(tilt_deg, is_upright=line.is_upright)) <= _SAME_DEG
    return replace(line, share=share, is_steady=is_along and share >= _STEADY)


def ends_mm(line: PageLine, shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    """Where a line enters and leaves a page of (rows, columns): x, y, x, y in mm."""
    length = shape[0] if line.is_upright else shape[1]
    first, last = line.start, line.start + line.lean * length
    ends = (first, 0, last, length) if line.is_upright else (0, first, length, last)
    x1, y1, x2, y2 = (end / HALF_PX_PER_MM for end in ends)
    return x1, y1, x2, y2
