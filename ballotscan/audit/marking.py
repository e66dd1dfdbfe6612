"""How a box of each status is drawn: by colour, by width and by kind of line.

The colours are those of Okabe and Ito, chosen to be told apart with every kind of colour vision
(https://jfly.uni-koeln.de/color/, 2008); a print in black and white still shows the kind of line.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.audit.canvas import NEUTRAL, Area, AuditImage, Colour, Plane
from ballotscan.audit.canvas import WHITE as PAPER
from ballotscan.election.records import BallotStatus, MarkStatus, RowState

INK = Colour.from_rgb("#1A1A1A")
QUIET = Colour.from_rgb("#5A5A5A")
PALE = Colour.from_rgb("#8C8C8C")
BLUE = Colour.from_rgb("#0072B2")
AMBER = Colour.from_rgb("#E69F00")
PURPLE = Colour.from_rgb("#AA3377")
VERMILION = Colour.from_rgb("#D55E00")
ALERT = Colour.from_rgb("#B34700")  # vermilion that letters can have: 5.6 : 1 on white


class Stroke(Enum):
    """The kind of a line."""

    WHOLE = "whole"
    DOUBLE = "double"
    DASHED = "dashed"
    CORNERS = "corners"


@dataclass(frozen=True, slots=True)
class Style:
    """How one status looks."""

    colour: Colour
    width_px: int
    stroke: Stroke


STYLES: dict[MarkStatus, Style] = {
    MarkStatus.EMPTY: Style(PALE, 2, Stroke.WHOLE),
    MarkStatus.MARKED: Style(BLUE, 4, Stroke.WHOLE),
    MarkStatus.MARGINAL: Style(AMBER, 6, Stroke.DOUBLE),
    MarkStatus.CANCELLED: Style(PURPLE, 4, Stroke.DASHED),
    MarkStatus.UNREAD: Style(VERMILION, 4, Stroke.CORNERS),
}

_WIDTHS_PX = {int(status): style.width_px for status, style in STYLES.items()}

BALLOT_COLOURS: dict[BallotStatus, Colour] = {
    BallotStatus.VALID: BLUE,
    BallotStatus.INVALID: INK,
    BallotStatus.REVIEW: ALERT,
    BallotStatus.SET_ASIDE: QUIET,
}

# Rows that somebody must look at, or that add nothing although the voter marked them.
ROW_COLOURS: dict[RowState, Colour] = {
    RowState.UNREAD: ALERT,
    RowState.UNCLEAR: ALERT,
    RowState.BOTH: PURPLE,
    RowState.NEITHER: PURPLE,
    RowState.SEVERAL: PURPLE,
    RowState.STRUCK_VOTES: PURPLE,
}

_DASH_PX = 6
_CORNER_SHARE = 3  # a corner takes a third of the side


@dataclass(frozen=True, slots=True, eq=False)
class Stencil:
    """One frame, ready to be laid over the page.

    Attributes:
        luma: (rows, columns) brightness of the frame, white where there is none.
        is_coloured: (rows / 2, columns / 2), true where the frame has its colour; None for grey.
        style: Whose frame it is.
    """

    luma: Plane
    is_coloured: NDArray[np.bool_] | None
    style: Style


@lru_cache(maxsize=4096)
def cut_stencil(height_px: int, width_px: int, status: int) -> Stencil:
    """The frame of a box of this size, outer edge included; boxes come in few sizes."""
    style = STYLES[MarkStatus(status)]
    rows, columns = height_px // 2, width_px // 2
    line = style.width_px // 2
    frame = np.ones((rows, columns), np.bool_)
    frame[line : rows - line, line : columns - line] = False
    across, down = np.arange(columns), np.arange(rows)
    match style.stroke:
        case Stroke.WHOLE:
            pass
        case Stroke.DOUBLE:
            # The outer and the inner third stay: two thin lines around the box.
            gap = line // 3
            frame[gap : rows - gap, gap : columns - gap] = False
            frame[2 * gap : rows - 2 * gap, 2 * gap : columns - 2 * gap] = True
            frame[line : rows - line, line : columns - line] = False
        case Stroke.DASHED:
            is_dash = ((across // (_DASH_PX // 2)) % 2 == 0)[None, :]
            is_dash_down = ((down // (_DASH_PX // 2)) % 2 == 0)[:, None]
            frame[:line] &= is_dash[0]
            frame[rows - line :] &= is_dash[0]
            frame[line : rows - line] &= is_dash_down[line : rows - line]
        case Stroke.CORNERS:
            near = across < columns // _CORNER_SHARE
            is_corner = near | near[::-1]
            near_down = down < rows // _CORNER_SHARE
            is_corner_down = near_down | near_down[::-1]
            frame &= is_corner[None, :] & is_corner_down[:, None]
    luma = np.where(np.kron(frame, np.ones((2, 2), np.bool_)), style.colour.luma, PAPER)
    is_grey = style.colour.blue == style.colour.red == NEUTRAL
    return Stencil(luma.astype(np.uint8), None if is_grey else frame, style)


def outline(image: AuditImage, area: Area, status: int) -> None:
    """Frame a box in the style of its status, outside of the box itself.

    A stroke that reaches over the edge of the box stays visible through the frame. What lies outside
    the picture is left away.

    Args:
        image: What is drawn on.
        area: The box.
        status: `MarkStatus`, as it stands in arrays.
    """
    frame = area.grown(_WIDTHS_PX[status])
    stencil = cut_stencil(frame.bottom - frame.top, frame.right - frame.left, status)
    top, left = max(frame.top, 0), max(frame.left, 0)
    region = image.luma[top : max(frame.bottom, 0), left : max(frame.right, 0)]
    if region.size == 0:
        return
    rows, columns = region.shape
    cut = stencil.luma[top - frame.top :, left - frame.left :][:rows, :columns]
    # Multiplied as one glaze over another: what is dark below stays darker than the frame.
    cv2.multiply(region, cut, dst=region, scale=1 / PAPER)
    if stencil.is_coloured is None:
        return
    half = slice(top // 2, (top + rows) // 2), slice(left // 2, (left + columns) // 2)
    where = stencil.is_coloured[(top - frame.top) // 2 :, (left - frame.left) // 2 :]
    where = where[: rows // 2, : columns // 2]
    image.blue[half][where] = stencil.style.colour.blue
    image.red[half][where] = stencil.style.colour.red
