"""Where printed names really stand: each piece of a line, found again on the page laid flat.

A name shows a stroke only against its own letters, so its letters must be where they are expected
to a tenth of a millimetre: a row of letters that lies a quarter of a millimetre too low looks like
a stroke under it.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, MarkBox, Rect, TemplatePage
from ballotscan.scan.mapping import PageMapping, Pixels
from ballotscan.scan.outlines import (
    OutlineOptions,
    OutlineReference,
    prepare_outlines,
    soften,
)
from ballotscan.scan.paper import enlargement
from ballotscan.scan.sightings import BoxSighting, find_boxes

LINES = OutlineOptions(
    ring_mm=0.0, search_mm=0.6, min_correlation=0.75, min_faint_correlation=0.4, max_apart_mm=0.3
)
_TO_HALF = PageMapping(np.asarray(np.linalg.inv(enlargement(2)), dtype=np.float64))


def prepare_lines(
    page: TemplatePage, blank: Pixels, rects_px: NDArray[np.int64]
) -> OutlineReference:
    """Cut the print of pieces of lines out of the blank.

    Args:
        page: The template page.
        blank: (rows, columns) picture of it in template pixels.
        rects_px: (T, 4) left, top, width and height of each piece in template pixels.
    """
    pieces = tuple(
        MarkBox(str(number), Rect(*(rect / PX_PER_MM).tolist()))
        for number, rect in enumerate(rects_px)
    )
    return prepare_outlines(dataclasses.replace(page, boxes=pieces, names=()), blank, LINES)


def find_lines(half_page: Pixels, reference: OutlineReference) -> BoxSighting:
    """Find each piece on a page.

    Args:
        half_page: (rows, columns) grey or (rows, columns, 3): the page laid flat at half size.
        reference: The pieces on the blank.
    """
    # In its own colour a pen is nearly as light as paper; print is dark in all of them.
    grey = half_page if half_page.ndim == 2 else half_page.max(axis=2)  # noqa: PLR2004
    return find_boxes(soften(np.asarray(grey, dtype=np.uint8)), _TO_HALF, reference, LINES)
