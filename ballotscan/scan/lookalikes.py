"""Telling apart forms that look alike: by the print that only one of the two has.

The gate asks whether a form's print is on a page. Where the print of form A is nearly part of that
of form B (two wards, two languages, one candidate more), a page of B passes the gate of A with every
box in place, and would be read under the wrong names. So B is laid on A once, and of every page
that passes as A it is asked: is the print there that only A has, and is that missing which only B
has? Where the two answers do not agree nothing is decided.
"""

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.mapping import Pixels

_MM2_PER_PX = 0.254**2  # at 100 dpi
_PRINT_INK = 102  # as in the gate
_FAINT_INK = 40  # ink that makes print of the other form doubtful: its swollen border
_APART_PX = 2  # 0.5 mm
_SPECK_PX = 5  # 0.3 mm²; less is dirt in a scanned blank, or a rest of swollen print


class Side(Enum):
    """Which of two forms a page is."""

    FIRST = "first"
    SECOND = "second"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class LookalikeOptions:
    """When two forms are told apart.

    Measured on pages of two families of styles: own print 0.94 and more, the other's 0.03 and less
    wherever the two differ by 40 mm²; with less, dirt in scanned blanks decides.

    Attributes:
        least_area_mm2: Least area of print that only one of the two has.
        least_side_mm2: A form with less print of its own than this is known by the other's alone.
        own_share: Least share of a form's own print on its pages.
        other_share: Most of the other's.
        other_row_lift: Where a piece of a name beside a box is on the other's blank by no more than
            this, beyond chance, the names tell the two apart (`editions`), however small they are.
    """

    least_area_mm2: float = 40.0
    least_side_mm2: float = 8.0
    own_share: float = 0.75
    other_share: float = 0.3
    other_row_lift: float = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class FormDifference:
    """What distinguishes two forms, in half template pixels of the first.

    Attributes:
        only_first: (N,) flat indices of print that only the first has.
        only_second: (M,) flat indices of print that only the second has, as it lies on the first.
    """

    only_first: NDArray[np.intp]
    only_second: NDArray[np.intp]

    @property
    def area_mm2(self) -> float:
        """Area of all print that only one of the two has."""
        return (len(self.only_first) + len(self.only_second)) * _MM2_PER_PX

    def tells(self, options: LookalikeOptions) -> bool:
        """Say whether the two differ by enough print to be told apart."""
        return self.area_mm2 >= options.least_area_mm2


def difference_prints(first: Pixels, second_on_first: Pixels) -> FormDifference:
    """Find the print that only one of two forms has.

    Args:
        first: (rows, columns) ink of a blank at 100 dpi.
        second_on_first: Ink of the other blank, laid on the first.
    """
    return FormDifference(_only(first, second_on_first), _only(second_on_first, first))


def tell_apart(page_ink: Pixels, difference: FormDifference, options: LookalikeOptions) -> Side:
    """Say which of two forms a page is, if that can be said.

    Args:
        page_ink: (rows, columns) ink of the page, laid on the first form at 100 dpi.
        difference: Of the two forms.
        options: When it can be said.
    """
    if not difference.tells(options):
        return Side.UNDECIDED
    near = cv2.dilate(page_ink, np.ones((3, 3), dtype=np.uint8)).ravel()
    least_px = options.least_side_mm2 / _MM2_PER_PX
    shares = [
        float(np.mean(near[places] >= _PRINT_INK * 0.6)) if len(places) >= least_px else None
        for places in (difference.only_first, difference.only_second)
    ]
    is_there = [share is None or share >= options.own_share for share in shares]
    is_missing = [share is None or share <= options.other_share for share in shares]
    if is_there[0] and is_missing[1]:
        return Side.UNDECIDED if is_there[1] and is_missing[0] else Side.FIRST
    return Side.SECOND if is_there[1] and is_missing[0] else Side.UNDECIDED


def _only(one: Pixels, other: Pixels) -> NDArray[np.intp]:
    """Flat indices of print of one form away from any print of the other, without specks."""
    size = 2 * _APART_PX + 1
    faint = cv2.dilate(other, np.ones((size, size), dtype=np.uint8)) >= _FAINT_INK
    alone = ((one >= _PRINT_INK) & ~faint).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(alone, connectivity=8)
    is_large = stats[:, cv2.CC_STAT_AREA] >= _SPECK_PX
    is_large[0] = False
    return np.flatnonzero(is_large[labels])
