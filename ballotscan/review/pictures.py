"""Pictures of rows and sheets as they were scanned, cut from the scan itself.

Nothing is made black and white and nothing is drawn on the paper: what people look at is the grey or
colour that the scanner saw, turned upright and laid on the template. Which scan, which page and
which place is looked up by the name of a ballot; no part of an address is ever used as a path.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from ballotscan.count.findings import rects_of
from ballotscan.election.records import PageRef
from ballotscan.election.template import (
    PX_PER_MM,
    BallotTemplate,
    MarkBox,
    NameField,
    Rect,
    TemplatePage,
)
from ballotscan.errors import ScanError
from ballotscan.scan.mapping import PageMapping, sample_window, template_px
from ballotscan.scan.paper import enlargement, reduce_page
from ballotscan.scan.reader import Page, ReaderOptions, ScanFile, read_page

Pixels = NDArray[np.uint8]

QUALITY = 85
SHEET_DPI = 150  # of the whole sheet; a row is cut at the template's 200, a box at 400
KEPT_PAGES = 12  # decoded pages that are kept: the row, the sheet and the next rows of it
KEPT_PICTURES = 256
_UNREAD_PX = 1600  # longest side of a page that could not be laid on a template
_AROUND_ROW_MM = 7.0  # above and below a row: its neighbours are seen, cut
_AROUND_BOX_MM = 5.0
_AROUND_CELL_MM = 1.5
KEPT_CELLS = 20_000  # single boxes, some 2 kB each


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Where a page lies on its scan.

    Attributes:
        ref: Which page of which file.
        source: The file as the ledger names it.
        matrix: Template pixels to scan pixels; None where the page could not be read.
        number: Template page; None likewise.
    """

    ref: PageRef
    source: str
    matrix: NDArray[np.float64] | None
    number: int | None


class Pictures:
    """Cuts pictures from scans, and keeps the last ones; several threads may ask at once."""

    def __init__(
        self,
        scans: Mapping[str, ScanFile],
        templates: Sequence[BallotTemplate],
        options: ReaderOptions,
    ) -> None:
        self._scans = scans
        self._templates = {template.ballot_id: template for template in templates}
        self._options = options
        self._lock = threading.Lock()
        self._pages: OrderedDict[PageRef, Page] = OrderedDict()
        self._pictures: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        # A gallery asks for hundreds of boxes at once; who decides questions must not wait for it.
        self._cell_lock = threading.Lock()
        self._cells: OrderedDict[tuple[PageRef, int], bytes] = OrderedDict()

    def sheet(self, page: Laid, ballot_id: str | None) -> bytes | None:
        """A whole page as JPEG; None where its scan is not there any more."""
        return self._keep(("sheet", page.ref, ballot_id), lambda: self._cut_sheet(page, ballot_id))

    def row(self, page: Laid, ballot_id: str, rect: Rect) -> bytes | None:
        """A part of a page, at the resolution of the template, as JPEG."""
        return self._keep(("row", page.ref, rect), lambda: self._cut(page, ballot_id, rect, 1.0))

    def boxes(self, page: Laid, ballot_id: str, rect: Rect) -> bytes | None:
        """The same at twice that resolution."""
        return self._keep(("box", page.ref, rect), lambda: self._cut(page, ballot_id, rect, 0.5))

    def cell(self, page: Laid, ballot_id: str, column: int) -> bytes | None:
        """One box, or one name, by its place on its page; None where its scan is not there.

        All those of the page are cut at once, so that leafing through a gallery decodes each page
        once.
        """
        with self._cell_lock:
            if (page.ref, column) not in self._cells:
                for place, content in enumerate(self._cut_cells(page, ballot_id)):
                    self._cells[page.ref, place] = content
                while len(self._cells) > KEPT_CELLS:
                    self._cells.popitem(last=False)
            return self._cells.get((page.ref, column))

    def _cut_cells(self, laid: Laid, ballot_id: str) -> list[bytes]:
        pixels = self.read(laid)
        if pixels is None or laid.matrix is None or laid.number is None:
            return []
        form = self.template_page(ballot_id, laid.number)
        return [
            _encode(_sample(pixels, laid.matrix, place_of_cell(column), 1.0))
            for column in form.columns
        ]

    def read(self, laid: Laid) -> Pixels | None:
        """Decode a page; None where its scan is not there any more, or has changed."""
        try:
            page = read_page(self._scans[laid.ref.sha256], laid.ref.page_in_file, self._options)
        except (KeyError, ScanError):  # taken away or changed since it was counted
            return None
        return page.pixels

    def template_page(self, ballot_id: str, number: int) -> TemplatePage:
        """A page of a template.

        Raises:
            KeyError: There is none.
        """
        pages = {page.number: page for page in self._templates[ballot_id].pages}
        return pages[number]

    def _keep(self, key: tuple[object, ...], make: Callable[[], Pixels | None]) -> bytes | None:
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                return self._pictures[key]
            pixels = make()
            if pixels is None:
                return None
            encoded = _encode(pixels)
            self._pictures[key] = encoded
            while len(self._pictures) > KEPT_PICTURES:
                self._pictures.popitem(last=False)
            return encoded

    def _cut_sheet(self, laid: Laid, ballot_id: str | None) -> Pixels | None:
        page = self._page(laid)
        if page is None:
            return None
        if laid.matrix is None or laid.number is None or ballot_id is None:
            return _reduce(page.pixels)
        form = self.template_page(ballot_id, laid.number)
        whole = Rect(0.0, 0.0, form.width_mm, form.height_mm)
        return _sample(page.pixels, laid.matrix, whole, PX_PER_MM * 25.4 / SHEET_DPI)

    def _cut(self, laid: Laid, ballot_id: str, rect: Rect, step_px: float) -> Pixels | None:
        page = self._page(laid)
        if page is None or laid.matrix is None or ballot_id not in self._templates:
            return None
        return _sample(page.pixels, laid.matrix, rect, step_px)

    def _page(self, laid: Laid) -> Page | None:
        if laid.ref in self._pages:
            self._pages.move_to_end(laid.ref)
            return self._pages[laid.ref]
        try:
            page = read_page(self._scans[laid.ref.sha256], laid.ref.page_in_file, self._options)
        except (KeyError, ScanError):  # taken away or changed since it was counted
            return None
        self._pages[laid.ref] = page
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        return page


def place_of_row(page: TemplatePage, contest_id: str, candidate: int) -> Rect | None:
    """The strip of a page that a row stands on, from edge to edge; None where it is elsewhere."""
    rects = _rects(page, contest_id, candidate)
    if not rects:
        return None
    top = max(0.0, min(rect.top_mm for rect in rects) - _AROUND_ROW_MM)
    bottom = max(rect.top_mm + rect.height_mm for rect in rects) + _AROUND_ROW_MM
    return Rect(0.0, top, page.width_mm, min(bottom, page.height_mm) - top)


def place_of_boxes(page: TemplatePage, contest_id: str, candidate: int) -> Rect | None:
    """What is around the boxes, or the name, of a row; None where it is elsewhere."""
    rects = _rects(page, contest_id, candidate)
    if not rects:
        return None
    left = max(0.0, min(rect.left_mm for rect in rects) - _AROUND_BOX_MM)
    top = max(0.0, min(rect.top_mm for rect in rects) - _AROUND_BOX_MM)
    right = min(page.width_mm, max(r.left_mm + r.width_mm for r in rects) + _AROUND_BOX_MM)
    bottom = min(page.height_mm, max(r.top_mm + r.height_mm for r in rects) + _AROUND_BOX_MM)
    return Rect(left, top, right - left, bottom - top)


def place_of_cell(column: MarkBox | NameField) -> Rect:
    """A box, or the lines of a name, with a little around it."""
    rects = rects_of(column)
    left = max(0.0, min(rect.left_mm for rect in rects) - _AROUND_CELL_MM)
    top = max(0.0, min(rect.top_mm for rect in rects) - _AROUND_CELL_MM)
    right = max(rect.left_mm + rect.width_mm for rect in rects) + _AROUND_CELL_MM
    bottom = max(rect.top_mm + rect.height_mm for rect in rects) + _AROUND_CELL_MM
    return Rect(left, top, right - left, bottom - top)


def _rects(page: TemplatePage, contest_id: str, candidate: int) -> list[Rect]:
    return [
        rect
        for column in page.columns
        if (column.contest_id, column.candidate) == (contest_id, candidate)
        for rect in rects_of(column)
    ]


def _sample(pixels: Pixels, matrix: NDArray[np.float64], rect: Rect, step_px: float) -> Pixels:
    left, top = template_px(rect.left_mm, rect.top_mm)
    corner = (left + step_px / 2, top + step_px / 2)
    columns = max(1, round(rect.width_mm * PX_PER_MM / step_px))
    rows = max(1, round(rect.height_mm * PX_PER_MM / step_px))
    return sample_window(pixels, PageMapping(matrix), corner, (columns, rows), step_px=step_px)


def lay_half(pixels: Pixels, matrix: NDArray[np.float64], size: tuple[int, ...]) -> Pixels:
    """A grey page laid on its template at half the resolution; (rows, columns) are `size`."""
    # Averaged over two pixels first: sampling every second one would lose thin lines.
    half = reduce_page(pixels, 2)
    mapping = PageMapping(np.linalg.inv(enlargement(2)).dot(matrix))
    return sample_window(half, mapping, (0.5, 0.5), (size[1], size[0]), step_px=2.0)


def _reduce(pixels: Pixels) -> Pixels:
    rows, columns = pixels.shape[:2]
    scale = _UNREAD_PX / max(rows, columns)
    if scale >= 1:
        return pixels
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _encode(pixels: Pixels) -> bytes:
    if pixels.ndim == 2:  # noqa: PLR2004 - grey
        content = simplejpeg.encode_jpeg(pixels[:, :, None], QUALITY, "GRAY")
    else:
        content = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), QUALITY, "BGR")
    return bytes(content)
