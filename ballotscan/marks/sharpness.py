"""How sharp a page is, seen on its own print, and what the blank would look like there.

A soft lens, a scan of half the resolution, or a photo spreads print over the white beside it and
makes it paler: bubbles with a letter in them then look filled in. So the print just beside the
boxes tells how far it has spread, and ink is what is darker than the blank would be if it were as
soft. Where voters mark is not looked at.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.ink import BLACK_PERCENTILE, printed_black

Bits = NDArray[np.bool_]
Floats = NDArray[np.float32]

# Standard deviations, in mm, of the blurs that are told apart. Up to the first, which is what office
# scanners do, print stays within what is hidden around it; a page softer than the last has no black
# print any more. On bubbles of real scans softened by 0.15 mm, print was taken for marks.
STEPS_MM = (0.10, 0.12, 0.14, 0.16, 0.18, 0.20, 0.23, 0.26, 0.30, 0.34)
_HALO_PX = 48  # pixels beside the print around a box that are looked at
_HALO_MM = 0.15  # they are darker than the second of these where print spreads so far, ...
_HALO_INK = (0.05, 0.10)  # ... and no darker than the first where it does not
_CLEAR_PX = 8  # of the rim of a patch: what is beyond it would shine in
_EVERY_PX = 5  # of a page, to know its tones
_FEW_TONES = 17  # black and white averaged over 4 x 4 pixels
_GREYS = slice(70, 185)  # between black and white
_GREY_SHARE = 0.03  # of what is black; a lens makes the edges of print grey, 0.2 of it and more
_PEN_MM, _PEN_INK = 0.4, 0.6  # a ball pen, in parts of printed black
_BLACK = 255


@dataclass(frozen=True, slots=True, eq=False)
class SoftPrint:
    """How the print in and around N boxes looks on softer and softer pages.

    Attributes:
        blank: (N, rows, columns) ink of the blank, 255 is black.
        has_halo: (N,) whether there is print around the box.
        halo: (N, K) places of pixels beside that print, in the flat patch.
        halo_ink: (S, N) their mean ink at each of `STEPS_MM`, in parts of printed black.
        solid_ink: (S, M) likewise that of M pixels in the middle of print.
    """

    blank: NDArray[np.uint8]
    has_halo: Bits
    halo: NDArray[np.intp]
    halo_ink: Floats
    solid_ink: Floats
    _softened: dict[int, Floats] = field(default_factory=dict)

    def soften(self, step: int) -> Floats:
        """(N, rows, columns) ink of the blank on a page of this sharpness; made once."""
        if step not in self._softened:
            self._softened[step] = _soften(self.blank, step)
        return self._softened[step]


def prepare_soft_print(
    ink: Floats, is_in_box: Bits, solid: NDArray[np.intp], around_px: NDArray[np.intp]
) -> SoftPrint:
    """Work out how print spreads around boxes of one size.

    Args:
        ink: (N, rows, columns) ink of the blank.
        is_in_box: Of the same shape: what lies in any box.
        solid: (3, M) box, row and column of pixels in the middle of print.
        around_px: (2, 9) rows and columns of the pixels around one, itself included.
    """
    blank = np.rint(ink * _BLACK).astype(np.uint8)
    spread = _soften(blank, int(np.searchsorted(STEPS_MM, _HALO_MM)))
    clear = np.s_[:, _CLEAR_PX:-_CLEAR_PX, _CLEAR_PX:-_CLEAR_PX]
    is_beside = np.zeros_like(is_in_box)
    is_beside[clear] = (ink[clear] <= _HALO_INK[0]) & (spread[clear] >= _HALO_INK[1])
    beside = is_beside.reshape(len(blank), -1)
    outside = (is_beside & ~is_in_box).reshape(len(blank), -1)
    # A box that is larger than what is printed in it has all of that print inside.
    has_none = outside.sum(axis=1) < _HALO_PX
    beside[~has_none] = outside[~has_none]
    count = beside.sum(axis=1)
    halo = np.zeros((len(blank), _HALO_PX), dtype=np.intp)
    for box in np.flatnonzero(count):
        places = np.flatnonzero(beside[box])
        halo[box] = places[np.linspace(0, len(places) - 1, _HALO_PX).astype(np.intp)]
    halo_ink, solid_ink = [], []
    for step in range(len(STEPS_MM)):
        soft = _soften(blank, step)
        halo_ink.append(_take(soft, halo).mean(axis=1))
        solid_ink.append(_around(soft, solid, around_px).max(axis=1))
    return SoftPrint(
        blank=blank,
        has_halo=count >= _HALO_PX,
        halo=halo,
        halo_ink=np.array(halo_ink, dtype=np.float32),
        solid_ink=np.array(solid_ink, dtype=np.float32),
    )


@dataclass(frozen=True, slots=True)
class PagePrint:
    """How the page's own print looks around its boxes.

    Attributes:
        black: Ink of printed black, 0.5 to 1; NaN where it cannot be known, and then nothing can be
            scored.
        step: How sharp it is, as a place in `STEPS_MM`; 0 is as sharp as the blank.
        gain: How much darker print is than `SoftPrint.soften` says.
    """

    black: float
    step: int = 0
    gain: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SpreadTable:
    """What the print around all boxes of a page looks like at each of `STEPS_MM`.

    Attributes:
        has_halo: (P,) the boxes that tell, group after group.
        spread: (S,) ink beside print, in parts of the ink in its middle.
        solid: (S,) ink in the middle of print, in parts of printed black.
    """

    has_halo: Bits
    spread: Floats
    solid: Floats


def tabulate_spread(prints: Sequence[SoftPrint]) -> SpreadTable:
    """Put together what the boxes of all groups say; half of them decide.

    So marks that leave their box do not count.
    """
    if not prints:
        none = np.empty(0, dtype=np.float32)
        return SpreadTable(np.empty(0, dtype=np.bool_), none, none)
    has_halo = np.concatenate([group.has_halo for group in prints])
    solid_ink = np.concatenate([group.solid_ink for group in prints], axis=1)
    halo_ink = np.concatenate([group.halo_ink for group in prints], axis=1)[:, has_halo]
    if not solid_ink.size or not halo_ink.size:
        none = np.zeros(len(STEPS_MM), dtype=np.float32)
        return SpreadTable(np.zeros_like(has_halo), none, none)
    solid = np.percentile(solid_ink, BLACK_PERCENTILE, axis=1).astype(np.float32)
    return SpreadTable(has_halo, np.median(halo_ink, axis=1) / solid, solid)


def measure_sharpness(
    solid_ink: Sequence[Floats], halo_ink: Sequence[Floats], table: SpreadTable
) -> PagePrint:
    """Say how black print is on a page, and how far it has spread.

    Args:
        solid_ink: For each group of boxes, (M,) ink where the blank has solid print.
        halo_ink: For each group, (N,) mean ink beside the print around each box.
        table: What the blank says about the boxes of these groups.
    """
    if not solid_ink:
        return PagePrint(float("nan"))
    black = printed_black(np.concatenate(solid_ink))
    halo = np.concatenate(halo_ink)[table.has_halo]
    halo = halo[np.isfinite(halo)]
    if np.isnan(black) or not halo.size:
        return PagePrint(black)
    spread = float(np.median(halo)) / black
    step = min(int(np.count_nonzero(table.spread < spread)), len(STEPS_MM) - 1)
    if step == 0:
        return PagePrint(black)
    # Print was as black as this before it spread.
    gain = black / float(table.solid[step])
    return PagePrint(min(gain, 1.0), step, gain)


def is_bilevel(pixels: NDArray[np.uint8]) -> bool:
    """Whether a scan is in black and white, without grey; also after a halving, or a JPEG.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3).
    """
    few = pixels[::_EVERY_PX, ::_EVERY_PX]
    tones = np.ascontiguousarray(few if few.ndim == 2 else few[:, :, 1])  # noqa: PLR2004 - axes
    # A third of the time of `np.bincount`, which makes large numbers of small ones first.
    counts = cv2.calcHist([tones], [0], None, [_BLACK + 1], [0, _BLACK + 1])
    grey, black = int(counts[_GREYS].sum()), int(counts[: _GREYS.start].sum())
    return int(np.count_nonzero(counts)) <= _FEW_TONES or grey <= _GREY_SHARE * black


def darkness_of_pen(step: int) -> float:
    """Ink in the middle of the stroke of a ball pen on a page of this sharpness."""
    return _PEN_INK * math.erf(_PEN_MM / 2 / (math.sqrt(2) * STEPS_MM[step]))


def lightest_halo(pages: NDArray[np.uint8], soft_print: SoftPrint, shift_px: int) -> Floats:
    """(N,) mean grey beside the print around each box, where the page is moved so that it is lightest.

    Print that lies a little beside its place must not look like soft print.

    Args:
        pages: (N, rows, columns) patches.
        soft_print: Where to look.
        shift_px: How far the page is moved, each way; no more than the rim of a patch.
    """
    moves = np.arange(-shift_px, shift_px + 1)
    steps = (moves[:, None] * pages.shape[2] + moves).reshape(-1, 1, 1)
    flat = pages.reshape(len(pages), -1)
    grey = flat[np.arange(len(flat))[:, None], soft_print.halo + steps]
    return np.asarray(grey.mean(axis=2).max(axis=0), dtype=np.float32)


def _soften(blank: NDArray[np.uint8], step: int) -> Floats:
    boxes, rows, columns = blank.shape
    ink = blank.reshape(boxes * rows, columns).astype(np.float32) / np.float32(_BLACK)
    # Under each other: what shines over from the next one reaches its rim only.
    soft = cv2.GaussianBlur(ink, (0, 0), STEPS_MM[step] * PX_PER_MM)
    return np.asarray(soft, dtype=np.float32).reshape(blank.shape)


def _take(pictures: Floats, places: NDArray[np.intp]) -> Floats:
    return np.take_along_axis(pictures.reshape(len(pictures), -1), places, axis=1)


def _around(pictures: Floats, solid: NDArray[np.intp], around_px: NDArray[np.intp]) -> Floats:
    box, row, column = solid
    around: Floats = pictures[
        box[:, None], row[:, None] + around_px[0], column[:, None] + around_px[1]
    ]
    return around
