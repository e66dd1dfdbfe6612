"""The colours of the pens on a page: black, blue, red, green, or not sure.

What a pen takes of the light in each channel, against the paper beside it, added up over a whole
stroke: thin strokes mix with paper, and lenses shift the channels at every edge, but neither
changes the sum. Grey is never taken for a colour: both ask for a clear sum, and what lies between
them is not sure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.findings import InkColour
from ballotscan.marks.inkpoints import InkPoints

Colours = NDArray[np.float32]

_RED = 2  # among blue, green, red
_EVERY_PX = 16  # of the page, to know its paper


@dataclass(frozen=True, slots=True)
class ColourOptions:
    """What makes ink coloured.

    Attributes:
        coloured: Least share of the strongest channel that the weakest has where ink is coloured.
            Blue ball pens and gel pens take half as much blue as red light.
        grey: Greatest such share from which ink is black. Black pens and pencil take 0.97 and
            more; between the two a pen may be either.
        least_mm2: Ink of a mark below which its colour is not asked.
    """

    coloured: float = 0.65
    grey: float = 0.85
    least_mm2: float = 1.0


def paper_colour(page: NDArray[np.uint8]) -> Colours:
    """(3,) blue, green, red of the paper of a colour page."""
    few = page[::_EVERY_PX, ::_EVERY_PX].reshape(-1, 3)
    return np.asarray(np.maximum(np.median(few, axis=0), 1), dtype=np.float32)


def red_light(page: NDArray[np.uint8]) -> float:
    """How dark the darkest channel of a colour page's paper is, against its red one."""
    paper = paper_colour(page)
    return float(paper.min() / paper[_RED])


def dim_red(patch: NDArray[np.uint8], light: float) -> NDArray[np.uint8]:
    """What is seen in red light alone, as light as if it were the darkest channel.

    Args:
        patch: (rows, columns, 3) blue, green, red.
        light: From `red_light`.
    """
    return np.asarray(np.rint(patch[:, :, _RED] * np.float32(light)), dtype=np.uint8)


def taken_light(points: InkPoints, page: NDArray[np.uint8], paper: Colours) -> Colours:
    """(N, 3) share of the light of each channel that ink takes at each point."""
    light = page[points.rows, points.columns] / paper
    return np.maximum(1 - light, 0).astype(np.float32)


def name_colour(taken: Colours, options: ColourOptions) -> InkColour | None:
    """The colour of the ink of some points.

    Args:
        taken: (N, 3) from `taken_light`.
        options: What makes ink coloured.
    """
    blue, green, red = taken.sum(axis=0).tolist()
    most = max(blue, green, red)
    if most <= 0:
        return None
    least = min(blue, green, red) / most
    if least >= options.grey:
        return InkColour.BLACK
    if least >= options.coloured:
        return None
    if red < min(blue, green):
        return InkColour.RED
    return InkColour.BLUE if blue <= green else InkColour.GREEN
