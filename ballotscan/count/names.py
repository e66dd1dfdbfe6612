"""The printed names of one page: found on the page line by line, and measured for strokes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.findings import Finding, FindingKind
from ballotscan.election.template import PX_PER_MM, TemplatePage
from ballotscan.marks.ink import ink_of_blank
from ballotscan.marks.inkcolours import RedLight
from ballotscan.marks.names import NameReference, prepare_names
from ballotscan.marks.sight import PrintSample, measure_sight, sample_print
from ballotscan.marks.strokeoptions import StrokeOptions
from ballotscan.marks.strokes import score_names
from ballotscan.scan.lines import find_lines, prepare_lines
from ballotscan.scan.mapping import sample_patches
from ballotscan.scan.outlines import OutlineReference
from ballotscan.scan.registration import RegisteredPage

STREAK_MM = 1.2  # the broadest, as in `marks.glass`, and how far its place may be wrong


@dataclass(frozen=True, slots=True, eq=False)
class PageNames:
    """What the blank says about the names of one template page.

    Attributes:
        names: Where their letters are, and where print hides ink.
        lines: The print of their pieces, to be found again.
        sample: Print away from them, which says what a scan shows.
    """

    names: NameReference
    lines: OutlineReference
    sample: PrintSample


def prepare_page_names(
    blank: NDArray[np.uint8], page: TemplatePage, options: StrokeOptions
) -> PageNames:
    """Find out from the blank what reading the names of a page needs."""
    others = [box.rect for box in page.boxes] + list(page.codes)
    others += [page.seal] if page.seal else []
    names = prepare_names(blank, page.names, options, others=others)
    ink = ink_of_blank(blank, PX_PER_MM)
    return PageNames(
        names, prepare_lines(page, blank, names.rects_px), sample_print(ink, page.names, others)
    )


def score_page_names(
    registered: RegisteredPage,
    page: PageNames,
    lights: Mapping[int, RedLight] | None = None,
    findings: Sequence[Finding] = (),
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Measure the strokes on every name of a page that lies on its template.

    Args:
        registered: The page.
        page: What the blank says about its names.
        lights: How to see the names that lie under a red seal, by their place among the names.
        findings: What is on the page beside its marks; ink beside a name is no pen's where it is a
            streak's.

    Returns:
        (N, F) features, and (N,) correlation of the printed lines of each name, that of its worst
        piece.
    """
    names = page.names
    sighting = find_lines(registered.half_page, page.lines)
    corners = names.rects_px[:, :2].astype(np.float64) + sighting.shifts
    columns, rows = names.rects_px[0, 2:].tolist()
    tiles = sample_patches(registered.pixels, registered.mapping, corners, (columns, rows))
    half_page = registered.half_grey
    middles = corners + np.array([columns / 2, rows / 2])
    levels = registered.paper.at((middles - 0.5) / 2)
    match = np.full(names.names, np.inf, dtype=np.float32)
    name_of_tile = names.name_of_line[names.line_of_tile]
    np.minimum.at(match, name_of_tile, sighting.correlations)
    grey = tiles if tiles.ndim == 3 else tiles.min(axis=3)  # noqa: PLR2004
    for name, light in (lights or {}).items():
        for tile in np.flatnonzero(name_of_tile == name).tolist():
            grey[tile] = light.see(tiles[tile])
    if lights:
        half_page = next(iter(lights.values())).see(registered.half_page)
    sight = measure_sight(registered.pixels, _px_per_mm(registered), half_page, page.sample)
    half_page = _without_streaks(half_page, findings)
    return score_names(grey, half_page, levels, names, sight), match


def _without_streaks(
    half_page: NDArray[np.uint8], findings: Sequence[Finding]
) -> NDArray[np.uint8]:
    """The page laid flat, with white where upright streaks run over it."""
    streaks = [
        finding
        for finding in findings
        if finding.kind is FindingKind.STREAK and finding.height_mm > finding.width_mm
    ]
    if not streaks:
        return half_page
    blanked = half_page.copy()
    for streak in streaks:
        ends = (streak.left_mm, streak.right_mm)
        top, bottom = reversed(ends) if streak.is_rising else ends
        from_to = [(top, streak.top_mm), (bottom, streak.bottom_mm)]
        start, end = ([round(mm * PX_PER_MM / 2) for mm in point] for point in from_to)
        cv2.line(blanked, start, end, 255, round(STREAK_MM * PX_PER_MM / 2))
    return blanked


def _px_per_mm(registered: RegisteredPage) -> float:
    """Pixels of the scan a millimetre of the template."""
    across = registered.mapping.matrix[:2, :2]
    return float(np.sqrt(abs(np.linalg.det(across)))) * PX_PER_MM
