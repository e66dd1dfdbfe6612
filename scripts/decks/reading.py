"""Reading a page by the very functions that count, without files and ledger."""

from collections.abc import Sequence

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from ballotscan.count.pipeline import CountOptions, prepare_page_boxes, score_page
from ballotscan.design.scanner import ColourMode, Scan
from ballotscan.election.blanks import load_blank
from ballotscan.election.records import ExpectedMark, PageRef
from ballotscan.election.template import BallotTemplate
from ballotscan.marks.thresholds import MarkThresholds, classify_marks
from ballotscan.scan.reader import Page
from ballotscan.scan.references import prepare_references
from ballotscan.scan.registration import RegisteredPage, UnreadablePage, register_page

Pixels = NDArray[np.uint8]

NOWHERE = PageRef("0" * 64, 1)


class Reader:
    """All that is prepared before the first page."""

    def __init__(self, templates: Sequence[BallotTemplate]) -> None:
        self.options = CountOptions()
        self.thresholds = MarkThresholds()
        blanks = [
            (template, {page.number: load_blank(template, page.number) for page in template.pages})
            for template in templates
        ]
        self.references = prepare_references(blanks, self.options.registration)
        self._boxes = {
            (template.fingerprint, page.number): prepare_page_boxes(
                pictures[page.number], page, self.options.scoring
            )
            for template, pictures in blanks
            for page in template.pages
        }

    def register(self, pixels: Pixels, dpi: float | None) -> RegisteredPage | UnreadablePage:
        """Lay a page on its template."""
        return register_page(Page(pixels, dpi, NOWHERE), self.references, self.options.registration)

    def score(self, registered: RegisteredPage) -> NDArray[np.float32]:
        """(P, F) features of the boxes."""
        key = (registered.template.fingerprint, registered.number)
        return score_page(registered, self._boxes[key])

    def read(
        self, pixels: Pixels, dpi: float | None, expected: ExpectedMark | None = None
    ) -> NDArray[np.int8] | UnreadablePage:
        """(P,) statuses of the boxes, or why the page is refused.

        Args:
            pixels: The scan.
            dpi: As the file would say.
            expected: What voters are told to make; None for what the template says.
        """
        registered = self.register(pixels, dpi)
        if isinstance(registered, UnreadablePage):
            return registered
        return self.judge(registered, self.score(registered), expected)

    def judge(
        self,
        registered: RegisteredPage,
        features: NDArray[np.float32],
        expected: ExpectedMark | None = None,
    ) -> NDArray[np.int8]:
        """(P,) statuses of the boxes."""
        mark = expected or registered.template.expected_mark
        return classify_marks(features, registered.outline, self.thresholds, mark)


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
