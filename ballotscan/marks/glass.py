"""Dust on the scanner's glass: a streak along the feed, seen on the scan as it is.

Dust stays where it is while the sheet goes by, so its streak lies in one column of the scan, from
end to end, however thin or pale it is. `page_lines` sees lines on the page at half size, where a
streak of a tenth of a millimetre is paler than ink, and what it sees of a thin one has gaps, like a
fold. A picture that was turned has such streaks in a row; they are looked for only where
`page_lines` sees a line, because a look at every row takes four times as long.

Of 112 drawn streaks on the page, 0.08 to 0.8 mm wide, that left 0.2 to 0.85 of the light on scans of
150 to 300 dpi, 110 were named; the other two left 0.85 of it on 0.08 and 0.12 mm. None was named where
none was, on 150 drawn pages and on 110 real ones of nine sets (2026-11-27).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.inkpoints import HALF_PX_PER_MM
from ballotscan.marks.zones import ForeignReference
from ballotscan.tone.paper import DARKEST_PAPER

Scan = NDArray[np.uint8]

_GREY_AXES = 2  # a colour page has three
_GREEN = 1

_BAND_MM = 10.0  # along the feed: in so much paper some is bare beside whatever is printed
_LOOKS = 8  # at each column of a band
_WIDEST_MM = 1.2  # what is broader is no streak
_LEAST_DIP = 0.06  # of the light; grain, and what JPEG makes of it, stays below 0.03
_HINT = 4.0  # grey levels, on the mean of all bands, from which a column is looked at closely
_STEADY = 0.9  # of the bands in which paper is seen
_LEAST_KNOWN = 0.5  # of all bands
_LEAST_BARE = 0.5  # of its way on the page: a printed rule, or the edge of the paper, is no streak
_SAME_MM = 1.0


@dataclass(frozen=True, slots=True)
class Streak:
    """A line along the feed.

    Attributes:
        is_upright: Whether it is a column of the scan, rather than a row.
        at_px: Which one.
        ink_mm: Width of black that would take as much light.
    """

    is_upright: bool
    at_px: int
    ink_mm: float


def name_streaks(
    findings: Sequence[Finding],
    scan: Scan,
    to_scan: NDArray[np.float64],
    px_per_mm: float,
    reference: ForeignReference,
) -> tuple[Finding, ...]:
    """Tell streaks from folds, and put those on record that are too pale to be a line of ink.

    Args:
        findings: What was found on the page.
        scan: (rows, columns) grey or (rows, columns, 3).
        to_scan: (3, 3) from template pixels to the scan.
        px_per_mm: Scale of the scan.
        reference: What the blank says.
    """
    lines = {FindingKind.STREAK, FindingKind.FOLD}
    named, seen = [], list(find_streaks(scan, px_per_mm))
    for finding in findings:
        if finding.kind in lines and finding.at_mm is not None:
            at_px = finding.at_mm * px_per_mm
            is_upright = _is_upright(finding, to_scan)
            if not is_upright:
                seen += find_lying(scan, px_per_mm, at_px)
            same = [
                one
                for one in seen
                if one.is_upright == is_upright and abs(one.at_px - at_px) <= _SAME_MM * px_per_mm
            ]
            seen = [one for one in seen if one not in same]
            named.append(replace(finding, kind=FindingKind.STREAK) if same else finding)
        else:
            named.append(finding)
    others = (_describe(one, scan.shape, to_scan, px_per_mm, reference) for one in seen)
    return (*named, *(one for one in others if one is not None))


def find_streaks(scan: Scan, px_per_mm: float) -> list[Streak]:
    """Find the columns of a scan that are darker than those beside them from end to end.

    Args:
        scan: (rows, columns) grey or (rows, columns, 3).
        px_per_mm: Its scale.
    """
    lightest = _lightest(_grey(scan), px_per_mm)
    mean = lightest.mean(axis=0, dtype=np.float32)[None]
    hint = _close(mean, px_per_mm) - mean >= _HINT
    if not hint.any():  # as on most pages
        return []
    return [
        Streak(is_upright=True, at_px=at, ink_mm=ink)
        for at, ink in _dark_lines(lightest, px_per_mm)
    ]


def find_lying(scan: Scan, px_per_mm: float, at_px: float) -> list[Streak]:
    """Find the rows around a place that are darker than those beside them from end to end.

    Args:
        scan: As for `find_streaks`.
        px_per_mm: Its scale.
        at_px: Row of the scan.
    """
    first = max(round(at_px - 2 * _WIDEST_MM * px_per_mm), 0)
    part = scan[first : round(at_px + 2 * _WIDEST_MM * px_per_mm) + 1]
    if not len(part):
        return []
    lines = _dark_lines(_lightest(_grey(part).T, px_per_mm), px_per_mm)
    return [Streak(is_upright=False, at_px=first + at, ink_mm=ink) for at, ink in lines]


def _grey(scan: Scan) -> Scan:
    return scan if scan.ndim == _GREY_AXES else scan[:, :, _GREEN]


def _lightest(grey: Scan, px_per_mm: float) -> Scan:
    """(bands, columns) lightest of a few pixels of each column in each band."""
    bands = max(1, int(grey.shape[0] / (_BAND_MM * px_per_mm)))
    step = max(1, grey.shape[0] // (bands * _LOOKS))
    looks = grey[::step][: bands * _LOOKS]
    looks = looks[: len(looks) // bands * bands]
    return np.asarray(looks.reshape(bands, -1, grey.shape[1]).max(axis=1), dtype=np.uint8)


def _close(lines: NDArray[Any], px_per_mm: float) -> NDArray[Any]:
    reach = 2 * round(_WIDEST_MM * px_per_mm / 2) + 1
    kernel = np.ones((1, reach), dtype=np.uint8)
    closed = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(closed, dtype=lines.dtype)


def _dark_lines(lightest: Scan, px_per_mm: float) -> list[tuple[int, float]]:
    """Place, and width of black in mm, of what is darker than what is beside it in nearly all bands."""
    around = _close(lightest, px_per_mm)
    known = around >= DARKEST_PAPER
    dips = (around - lightest) / np.maximum(around, 1).astype(np.float32)
    is_dark = known & (dips >= _LEAST_DIP)
    count = known.sum(axis=0)
    steady = (count >= _LEAST_KNOWN * len(lightest)) & (is_dark.sum(axis=0) >= _STEADY * count)
    # Printed rules end before the paper does.
    first, last = known.argmax(axis=0), len(known) - 1 - known[::-1].argmax(axis=0)
    each = np.arange(lightest.shape[1])
    steady &= is_dark[first, each] & is_dark[last, each]
    ends = np.flatnonzero(np.diff(steady, prepend=False, append=False)).reshape(-1, 2)
    return [
        ((start + stop - 1) // 2, float(np.median(dips[:, start:stop].sum(axis=1))) / px_per_mm)
        for start, stop in ends.tolist()
    ]


def _is_upright(line: Finding, to_scan: NDArray[np.float64]) -> bool:
    """Whether a line on the page runs down the scan."""
    is_turned = abs(to_scan[0, 0]) < abs(to_scan[1, 0])
    return bool((line.height_mm > line.width_mm) != is_turned)


def _describe(
    streak: Streak,
    shape: tuple[int, ...],
    to_scan: NDArray[np.float64],
    px_per_mm: float,
    reference: ForeignReference,
) -> Finding | None:
    """A streak with its ends on the page; None where it is printed, or runs beside the page."""
    along = np.arange(shape[0] if streak.is_upright else shape[1], dtype=np.float64)
    across = np.full_like(along, streak.at_px)
    on_scan = np.stack([across, along] if streak.is_upright else [along, across], axis=-1)
    back = np.asarray(np.linalg.inv(to_scan), dtype=np.float64)
    on_page = cv2.perspectiveTransform(on_scan[None], back)[0]
    rows, columns = reference.asked.shape
    at = np.rint((on_page - 0.5) / 2).astype(np.intp)
    inside = np.all((at >= 0) & (at < (columns, rows)), axis=1)
    if not inside.any():
        return None
    bare = reference.asked[at[inside, 1], at[inside, 0]] > 0
    bare &= _is_clear_of_edges(at[inside], (columns, rows), reference.options.edge_mm)
    if bare.mean() < _LEAST_BARE:
        return None
    (x1, y1), (x2, y2) = ((on_page[inside][[0, -1]] + 0.5) / PX_PER_MM).tolist()
    return Finding(
        FindingKind.STREAK,
        round(min(x1, x2), 1),
        round(min(y1, y2), 1),
        round(abs(x2 - x1), 1),
        round(abs(y2 - y1), 1),
        round(streak.ink_mm * float(np.hypot(x2 - x1, y2 - y1)), 1),
        is_rising=(x2 - x1) * (y2 - y1) < 0,
        at_mm=round(streak.at_px / px_per_mm, 1),
    )


def _is_clear_of_edges(
    at: NDArray[np.intp], size_px: tuple[int, int], edge_mm: float
) -> NDArray[np.bool_]:
    """Which points lie so far from both long sides that the paper cannot end there."""
    reach = edge_mm * HALF_PX_PER_MM
    span = np.ptp(at, axis=0)
    axis = int(span[0] > span[1])  # across the line
    clear = (at[:, axis] > reach) & (at[:, axis] < size_px[axis] - reach)
    return np.asarray(clear)
