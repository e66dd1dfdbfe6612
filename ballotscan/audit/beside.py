"""What was found beside the marks: a frame and a number on the page, and words in the margin."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import cv2
import numpy as np

from ballotscan.audit.canvas import WHITE, Area, AuditImage, Colour, even
from ballotscan.audit.lettering import BOLD, label
from ballotscan.audit.margin import draw_list
from ballotscan.audit.marking import ALERT, PALE, PURPLE
from ballotscan.election.findings import Finding, FindingKind
from ballotscan.locale.catalogue import phrase, translator
from ballotscan.locale.words import in_words

_TAG_PX = 13
_LINE_PX = 2
_ROOM_MM = 1.0  # between what is framed and the frame
_COLOURS = {
    FindingKind.WRITING: ALERT,
    FindingKind.PEN: ALERT,
    FindingKind.PRINT: ALERT,
    FindingKind.STREAK: PURPLE,
    FindingKind.FOLD: PURPLE,
    FindingKind.SEAL: PALE,
}
_LINES = {FindingKind.STREAK, FindingKind.FOLD}
_LINE_SHOWN_MM = 8.0  # of a line: its beginning; a frame along all of it would hide the ballot


@lru_cache(maxsize=1024)
def draw_findings(findings: tuple[Finding, ...], language: str) -> AuditImage:
    """A list of them for the margin, with the numbers that they have on the page."""
    sentences = [
        f"{number} – {describe_finding(finding, language)}"
        for number, finding in enumerate(findings, start=1)
    ]
    title = translator(language)(phrase("Beside the marks"))
    return draw_list(title, tuple(sentences))


def describe_finding(finding: Finding, language: str) -> str:
    """One finding in words."""
    translate = translator(language)
    words = in_words(finding.kind, translate)
    if finding.colour is not None:
        words = f"{words}, {in_words(finding.colour, translate)}"
    match finding.kind:
        case FindingKind.WRITING:
            size = translate(phrase("{width} × {height} mm"))
            size = size.format(width=round(finding.width_mm), height=round(finding.height_mm))
            return f"{words}, {size}"
        case FindingKind.STREAK if finding.at_mm is not None:
            where = translate(phrase("{mm} mm from the edge of the scan: clean the scanner glass"))
            return f"{words}, {where.format(mm=round(finding.at_mm))}"
        case _:
            return words


def mark_findings(
    panel: AuditImage, findings: Sequence[Finding], scale: float, top_px: int
) -> None:
    """Frame them on the page and number them.

    Args:
        panel: Where the page is.
        findings: What was found on it.
        scale: Pixels a millimetre.
        top_px: Row of the panel where the page begins.
    """
    for number, finding in enumerate(findings, start=1):
        colour = _COLOURS[finding.kind]
        area = _area(finding, scale, top_px)
        _frame(panel, area, colour)
        tag = label(str(number), BOLD, _TAG_PX, colour).luma
        rows, columns = tag.shape
        top, left = max(area.top - rows, 0), max(area.left, 0)
        region = panel.luma[top : top + rows, left : left + columns]
        if region.shape == tag.shape:
            np.minimum(region, tag, out=region)


def _area(finding: Finding, scale: float, top_px: int) -> Area:
    left, top, right, bottom = (
        finding.left_mm,
        finding.top_mm,
        finding.right_mm,
        finding.bottom_mm,
    )
    if finding.kind in _LINES and finding.height_mm > finding.width_mm:
        left = right if finding.is_rising else left
        right, bottom = left, top + _LINE_SHOWN_MM
    elif finding.kind in _LINES:
        top = bottom if finding.is_rising else top
        right, bottom = left + _LINE_SHOWN_MM, top
    return Area(
        top=top_px + even((top - _ROOM_MM) * scale),
        left=even((left - _ROOM_MM) * scale),
        bottom=top_px + even((bottom + _ROOM_MM) * scale),
        right=even((right + _ROOM_MM) * scale),
    )


def _frame(panel: AuditImage, area: Area, colour: Colour) -> None:
    """Four lines outside of an area; what is darker below stays so."""
    outer = area.grown(_LINE_PX)
    for strip in _strips(outer, area):
        rows = slice(max(strip.top, 0), max(strip.bottom, 0))
        columns = slice(max(strip.left, 0), max(strip.right, 0))
        region = panel.luma[rows, columns]
        if not region.size:
            continue
        glaze = np.full(region.shape, colour.luma, np.uint8)
        region[...] = cv2.multiply(region, glaze, scale=1 / WHITE)
        half = (
            slice(rows.start // 2, (rows.start + region.shape[0]) // 2),
            slice(columns.start // 2, (columns.start + region.shape[1]) // 2),
        )
        panel.blue[half] = colour.blue
        panel.red[half] = colour.red


def _strips(outer: Area, inner: Area) -> Iterator[Area]:
    yield Area(outer.top, outer.left, inner.top, outer.right)
    yield Area(inner.bottom, outer.left, outer.bottom, outer.right)
    yield Area(inner.top, outer.left, inner.bottom, inner.left)
    yield Area(inner.top, inner.right, inner.bottom, outer.right)
