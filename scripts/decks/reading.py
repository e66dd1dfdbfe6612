"""Reading a page by the very functions that count, without files and ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from ballotscan.count.findings import bound_fields, hidden_columns
from ballotscan.count.measuring import find_red_lights, score_page
from ballotscan.count.plan import CountOptions, prepare_page_boxes
from ballotscan.design.scanner import ColourMode, Scan
from ballotscan.election.blanks import load_blank
from ballotscan.election.findings import Finding
from ballotscan.election.records import ExpectedMark, MarkStatus, PageRef
from ballotscan.election.template import BallotTemplate
from ballotscan.marks.classification import classify_marks
from ballotscan.marks.foreign import ScanFrame, find_foreign
from ballotscan.marks.thresholds import MarkThresholds
from ballotscan.marks.zones import prepare_foreign
from ballotscan.scan.reader import Page
from ballotscan.scan.references import prepare_references
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page

Pixels = NDArray[np.uint8]

NOWHERE = PageRef("0" * 64, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured on a page that lies on its template.

    Attributes:
        features: (P, F) numbers about its boxes.
        findings: What else is on it.
    """

    registered: RegisteredPage
    features: NDArray[np.float32]
    findings: tuple[Finding, ...]


class Reader:
    """All that is prepared before the first page; templates of several elections may be together."""

    def __init__(self, templates: Sequence[BallotTemplate]) -> None:
        self.options = CountOptions()
        self.thresholds = MarkThresholds()
        blanks = [
            (template, {page.number: load_blank(template, page.number) for page in template.pages})
            for template in templates
        ]
        self.references = prepare_references(blanks, self.options.registration)
        pages = {
            (template.fingerprint, page.number): (pictures[page.number], page)
            for template, pictures in blanks
            for page in template.pages
        }
        self._boxes = {
            key: prepare_page_boxes(blank, page, self.options.scoring)
            for key, (blank, page) in pages.items()
        }
        self._foreign = {
            key: prepare_foreign(blank, page, self.options.foreign)
            for key, (blank, page) in pages.items()
        }

    def register(self, pixels: Pixels, dpi: float | None) -> RegisteredPage | UnreadablePage:
        """Lay a page on its template."""
        return register_page(Page(pixels, dpi, NOWHERE), self.references, self.options.registration)

    def measure(self, registered: RegisteredPage) -> Measured:
        """Measure the ink in the boxes and beside them, and what else is on the page."""
        key = (registered.template.fingerprint, registered.number)
        rows, columns = registered.pixels.shape[:2]
        frame = ScanFrame(registered.mapping.matrix, (columns, rows))
        findings = find_foreign(
            registered.half_page, self._foreign[key], frame, paper=registered.paper
        )
        lights = find_red_lights(registered, findings)
        features = score_page(registered, self._boxes[key], lights)
        return Measured(registered, features, findings)

    def judge(self, measured: Measured, expected: ExpectedMark | None = None) -> NDArray[np.int8]:
        """(P,) statuses of the boxes.

        Args:
            measured: The page.
            expected: What voters are told to make; None for what the template says.
        """
        registered = measured.registered
        mark = expected or registered.template.expected_mark
        states = classify_marks(
            measured.features, registered.outline, self.thresholds, mark
        ).statuses
        page = registered.page
        for place in hidden_columns(page, bound_fields(page), measured.findings):
            if place < len(states) and states[place] == MarkStatus.MARKED:
                states[place] = MarkStatus.MARGINAL
        return states

    def read(self, pixels: Pixels, dpi: float | None) -> NDArray[np.int8] | UnreadablePage:
        """(P,) statuses of the boxes, or why the page is refused."""
        registered = self.register(pixels, dpi)
        if isinstance(registered, UnreadablePage):
            return registered
        return self.judge(self.measure(registered))


def as_scanned(scan: Scan, mode: ColourMode, quality: int) -> Pixels:
    """The scan as it comes out of its file: JPEG, but for black and white, which loses nothing."""
    if mode is ColourMode.BILEVEL:
        return scan.pixels
    return through_jpeg(scan.pixels, quality)


def through_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """The page after a JPEG of that quality."""
    is_colour = pixels.ndim == 3  # noqa: PLR2004
    space = "BGR" if is_colour else "GRAY"
    content = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels if is_colour else pixels[:, :, None]),
        quality=quality,
        colorspace=space,
    )
    decoded = simplejpeg.decode_jpeg(content, space)
    return np.ascontiguousarray(decoded if is_colour else decoded[:, :, 0])
