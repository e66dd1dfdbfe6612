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
_RING_PLACES = 240
_SEAL_INK, _RED_SHARE = 0.2, 0.5  # of light taken, and of that what is red, where a seal is alone
_SEAL_PERCENTILE = 90  # the seal must not be left anywhere
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


@dataclass(frozen=True, slots=True, eq=False)
class RedLight:
    """How to see pens through a red seal.

    Attributes:
        paper: (3,) blue, green, red of the paper.
        leak: How much red light the seal takes, against the light it takes most of.
    """

    paper: Colours
    leak: float

    def see(self, patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The patch without the seal, as light as if it were the darkest channel.

        Args:
            patch: (rows, columns, 3) blue, green, red.
        """
        taken = 1 - patch / self.paper
        left = taken[:, :, _RED] - self.leak * taken.max(axis=2)
        left = np.clip(left / (1 - self.leak), 0, 1)
        return np.asarray(np.rint(self.paper.min() * (1 - left)), dtype=np.uint8)


def measure_red_light(
    page: NDArray[np.uint8], x_px: float, y_px: float, radius_px: float
) -> RedLight:
    """Find out how a seal looks in red light.

    Args:
        page: (rows, columns, 3) blue, green, red.
        x_px: Middle of the seal.
        y_px: Likewise.
        radius_px: Of its ring.
    """
    paper = paper_colour(page)
    angles = np.linspace(0, 2 * np.pi, _RING_PLACES, endpoint=False)
    columns = np.rint(x_px + radius_px * np.cos(angles)).astype(np.intp)
    rows = np.rint(y_px + radius_px * np.sin(angles)).astype(np.intp)
    inside = (rows >= 0) & (rows < page.shape[0]) & (columns >= 0) & (columns < page.shape[1])
    taken = 1 - page[rows[inside], columns[inside]] / paper
    most = taken.max(axis=1)
    # The seal alone: where print or a pen lies below it, red light is taken as well.
    seal = (most >= _SEAL_INK) & (taken[:, _RED] < _RED_SHARE * most)
    if not seal.any():
        return RedLight(paper, 0.0)
    return RedLight(paper, float(np.percentile(taken[seal, _RED] / most[seal], _SEAL_PERCENTILE)))


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
