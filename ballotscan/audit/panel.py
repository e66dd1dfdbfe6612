"""One page on the audit image: the scan, every box framed, and the reading beside it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.audit.beside import draw_findings, mark_findings
from ballotscan.audit.canvas import Area, AuditImage, Picture, Plane, even, fill, paste, paste_scan
from ballotscan.audit.lettering import BOLD, REGULAR, label, typeset
from ballotscan.audit.margin import (
    MARGIN_PX,
    ROW_PX,
    draw_contest,
    draw_fault,
    draw_legend,
    draw_row,
)
from ballotscan.audit.marking import INK, PALE, outline
from ballotscan.election.definition import Contest, Election
from ballotscan.election.records import BoxRole, CastVoteRecord, PageRecord, RowRecord
from ballotscan.election.template import MarkBox, NameField, Rect, TemplatePage
from ballotscan.locale.catalogue import phrase, translator

CAPTION_PX = 22
GAP_PX = 12  # between what was read and what was found beside it
NO_SCAN_PX = (200, 828)  # rows, columns of the grey field where there are no pixels
MAX_SCAN_PX = (1170, 828)  # rows, columns: A4 at 100 dpi; larger unread scans are reduced to it
_TAG_PX = 11


@dataclass(frozen=True, slots=True, eq=False)
class ReadPage:
    """One page of a ballot that was read.

    Attributes:
        record: Which page it is.
        image: The registered page, (rows, columns) grey or (rows, columns, 3) BGR, at any
            resolution; its width and height are those of the template page.
        template: The template page that it was read as.
        statuses: (boxes + names,) `MarkStatus` of every box and then of every name of the
            template page.
    """

    record: PageRecord
    image: Picture
    template: TemplatePage
    statuses: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class UnreadPage:
    """One page of a ballot that could not be read.

    Attributes:
        record: Which page it is, and why.
        image: The scan as it is, grey or BGR, of any size; None where there are no pixels.
    """

    record: PageRecord
    image: Picture | None


AuditPage = ReadPage | UnreadPage


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """What one page takes of the picture.

    Attributes:
        page: The page.
        scan: What is shown of it.
        pieces: Top, under the caption, of each piece in the margin, and the piece.
    """

    page: AuditPage
    scan: Picture
    pieces: list[tuple[int, AuditImage]]

    @property
    def height_px(self) -> int:
        """Rows of the panel; even."""
        ends = [top + piece.height_px for top, piece in self.pieces]
        height = CAPTION_PX + max(int(self.scan.shape[0]), *ends)
        return height + height % 2

    @property
    def width_px(self) -> int:
        """Columns of the panel; even."""
        columns = int(self.scan.shape[1])
        return columns + columns % 2 + MARGIN_PX


def lay_out(page: AuditPage, record: CastVoteRecord, election: Election) -> Panel:
    """Say what one page takes of the picture.

    Args:
        page: The page.
        record: The ballot, as read.
        election: Gives names, titles and the language.
    """
    match page:
        case ReadPage():
            return _lay_out_read(page, record, election)
        case UnreadPage():
            why = draw_fault(page.record.fault, page.record.detail, election.language)
            grey = np.full(NO_SCAN_PX, PALE.luma, np.uint8)
            scan = grey if page.image is None else _reduced(page.image)
            return Panel(page, scan, [(0, why)])


def _lay_out_read(page: ReadPage, record: CastVoteRecord, election: Election) -> Panel:
    scale = page.image.shape[1] / page.template.width_mm
    pieces = _place_readings(page.template, scale, record, election)
    bottom = max((top + piece.height_px for top, piece in pieces), default=0)
    if page.record.findings:
        pieces.append((bottom + GAP_PX, draw_findings(page.record.findings, election.language)))
        bottom = pieces[-1][0] + pieces[-1][1].height_px
    legend = draw_legend(election.language)
    rows = page.image.shape[0] + page.image.shape[0] % 2
    pieces.append((max(bottom, rows - legend.height_px), legend))
    return Panel(page, page.image, pieces)


def _reduced(scan: Picture) -> Picture:
    rows, columns = scan.shape[:2]
    scale = min(MAX_SCAN_PX[0] / rows, MAX_SCAN_PX[1] / columns)
    if scale >= 1:
        return scan
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return np.asarray(cv2.resize(scan, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def draw_panel(image: AuditImage, panel: Panel, language: str) -> None:
    """Draw a page, its reading beside it, and how each box was read."""
    page, left = panel.page.record, image.width_px - MARGIN_PX
    word = translator(language)(phrase("page"))
    where = f"{page.source}   {word} {page.ref.page_in_file}"
    caption = typeset(where, CAPTION_PX, 100_000, REGULAR, 12)[:, -(image.width_px - 4) :]
    image.luma[:CAPTION_PX, 4 : 4 + caption.shape[1]] = caption
    paste_scan(image, panel.scan, CAPTION_PX, 0)
    for top, piece in panel.pieces:
        paste(image, piece, CAPTION_PX + top, left)
    fill(image, Area(CAPTION_PX, left, image.height_px, left + 2), PALE)
    if isinstance(panel.page, ReadPage):
        _mark_read(image, panel.page)


def _mark_read(image: AuditImage, page: ReadPage) -> None:
    """Frame everything that was read on a page, and number it."""
    scale = page.image.shape[1] / page.template.width_mm
    mark_findings(image, page.record.findings, scale, CAPTION_PX)
    for place, status in zip(_places(page.template, scale), page.statuses.tolist(), strict=True):
        for area in place.areas:
            outline(image, area, status)
        if place.tag is None:
            continue
        rows, columns = place.tag.shape
        region = image.luma[
            place.tag_top : place.tag_top + rows, place.tag_left : place.tag_left + columns
        ]
        if region.shape == place.tag.shape:
            np.minimum(region, place.tag, out=region)  # what is darker stays visible


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where a box, or a name, is on the picture of its page.

    Attributes:
        areas: Its rectangle, or that of each line of the name.
        tag: The small number beside it; None where it has none.
        tag_top: Row of the number's first pixel.
        tag_left: Column of it.
    """

    areas: tuple[Area, ...]
    tag: Plane | None
    tag_top: int
    tag_left: int


@lru_cache(maxsize=64)
def _places(page: TemplatePage, scale: float) -> tuple[_Place, ...]:
    """The boxes and then the names of a page; the same on every ballot."""
    fields: tuple[MarkBox | NameField, ...] = (*page.boxes, *page.names)
    return tuple(_place(field, scale) for field in fields)


def _place(field: MarkBox | NameField, scale: float) -> _Place:
    if isinstance(field, MarkBox):
        areas: tuple[Area, ...] = (_area(field.rect, scale),)
        if field.number not in {None, 1}:  # of several boxes beside one another only the first
            return _Place(areas, None, 0, 0)
        text = str(field.candidate or field.position)
    else:
        areas = tuple(_area(line, scale) for line in field.lines)
        text = str(field.candidate)
    tag = label(text, BOLD, _TAG_PX, INK).luma
    rows, columns = tag.shape
    top = max((areas[0].top + areas[0].bottom - rows) // 2, 0)
    before, after = areas[0].left - 8 - columns, areas[0].right + 8
    return _Place(areas, tag, top, max(before if isinstance(field, MarkBox) else after, 0))


def _area(rect: Rect, scale: float) -> Area:
    return Area(
        top=CAPTION_PX + even(rect.top_mm * scale),
        left=even(rect.left_mm * scale),
        bottom=CAPTION_PX + even((rect.top_mm + rect.height_mm) * scale),
        right=even((rect.left_mm + rect.width_mm) * scale),
    )


def _place_readings(
    template: TemplatePage, scale: float, record: CastVoteRecord, election: Election
) -> list[tuple[int, AuditImage]]:
    """Say how every row of the page was read, beside the row where the rows stand in one column.

    Returns:
        Top of each piece, under the caption, and the piece.
    """
    heights = _row_heights_mm(template)
    pieces: list[tuple[float, AuditImage]] = []
    for reading in record.contests:
        rows = [row for row in reading.rows if (reading.contest_id, row.candidate) in heights]
        if not rows:
            continue
        contest = election.contest(reading.contest_id)
        lists = tuple(contest.lists[number - 1] or str(number) for number in reading.lists)
        head = draw_contest(
            contest.title, reading.status, reading.reasons, election.language, lists=lists
        )
        centres = [heights[reading.contest_id, row.candidate] * scale for row in rows]
        pieces.append((centres[0] - ROW_PX / 2 - head.height_px, head))
        for row, centre in zip(rows, centres, strict=True):
            pieces.append((centre - ROW_PX / 2, _row_sprite(row, contest, election.language)))
    wanted = [top for top, _ in pieces]
    beside = stacked(wanted, [piece.height_px for _, piece in pieces])
    # Rows in several columns, or closer than the letters are high: a plain list from the top.
    if any(abs(top - want) > ROW_PX for top, want in zip(beside, wanted, strict=True)):
        beside = stacked([0.0] * len(pieces), [piece.height_px for _, piece in pieces])
    return [(top, piece) for top, (_, piece) in zip(beside, pieces, strict=True)]


def stacked(wanted_px: Sequence[float], heights_px: Sequence[int]) -> list[int]:
    """Even tops as near under the wanted ones as pieces that must not overlap can be."""
    tops: list[int] = []
    free = 0
    for want, height in zip(wanted_px, heights_px, strict=True):
        tops.append(max(free, even(want)))
        free = tops[-1] + height
    return tops


@lru_cache(maxsize=64)
def _row_heights_mm(template: TemplatePage) -> Mapping[tuple[str, int], float]:
    """Middle of every row of the page, from its top."""
    heights: dict[tuple[str, int], float] = {}
    fields: tuple[MarkBox | NameField, ...] = (*template.boxes, *template.names)
    for field in fields:
        if field.contest_id is None or field.candidate is None:
            continue
        if isinstance(field, MarkBox) and field.role is BoxRole.LIST:
            continue  # it is nobody's row
        rect = field.rect if isinstance(field, MarkBox) else field.lines[0]
        heights.setdefault((field.contest_id, field.candidate), rect.top_mm + rect.height_mm / 2)
    return heights


def _row_sprite(row: RowRecord, contest: Contest, language: str) -> AuditImage:
    name = contest.candidates[row.candidate - 1].name
    return draw_row(row.candidate, name, row.state, language, votes=row.votes)
