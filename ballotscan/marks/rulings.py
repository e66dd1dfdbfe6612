"""Upright rulings beside the printed names, and whether they are broader on the page than on the blank.

Ink on a ruling is not asked for, because the least slip along it would be a stroke. A bracket that
somebody drew along one would so be taken for the ruling; but it makes it broader.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.ink import Grey

_PITCH_MM = 2 / PX_PER_MM
_ROWS = 15  # looked at along the row of a name
_AROUND = round(
    1.5 / _PITCH_MM
)  # pixels to both sides: a ruling a little off its place lies within
_EDGE = 2  # of them, at either side, show the paper beside it
_PRINTED_MM = 0.15  # how much broader a printer, or a scan in black and white, may make all rulings
_MOST = 0.8  # of a name's row that a ruling runs along


@dataclass(frozen=True, slots=True, eq=False)
class Rulings:
    """The K upright rulings beside names, each as often as there are names beside it.

    Attributes:
        at: (K, rows, columns) pixels of the page at half size around each, counted row by row.
        name: (K,) the name it stands beside.
        width_mm: (K,) width of black that is printed there.
    """

    at: NDArray[np.int64]
    name: NDArray[np.int64]
    width_mm: NDArray[np.float64]


def find_rulings(
    ink: NDArray[np.float32], upright: NDArray[np.bool_], spans: Sequence[tuple[int, ...]]
) -> Rulings:
    """Find the rulings beside every name.

    Args:
        ink: (rows, columns) of the blank at half the template's resolution, 0 to 1.
        upright: Of the same shape: what lies in an upright ruling.
        spans: Name, upper and lower row, and first and last column between which it is looked for, all
            in pixels of that picture; the lasts are not included.
    """
    columns = np.arange(-_AROUND, _AROUND + 1)
    at, names = [], []
    for name, upper, lower, left, right in spans:
        first, last = max(left, _AROUND), min(right, ink.shape[1] - _AROUND)
        rows = np.linspace(max(upper, 0), min(lower, ink.shape[0]) - 1, _ROWS).astype(np.int64)
        is_ruled = upright[rows, first:last].mean(axis=0) >= _MOST
        turns = np.flatnonzero(np.diff(np.pad(is_ruled.astype(np.int8), 1)))
        for start, end in zip(turns[::2], turns[1::2], strict=True):
            middle = first + (int(start) + int(end) - 1) // 2
            at.append(rows[:, None] * ink.shape[1] + middle + columns)
            names.append(name)
    places = np.array(at, dtype=np.int64).reshape(-1, _ROWS, len(columns))
    return Rulings(places, np.array(names, dtype=np.int64), _widths(ink.ravel()[places]))


def measure_rulings(
    half_page: Grey, level: NDArray[np.float32], black: float, rulings: Rulings
) -> NDArray[np.float64]:
    """Say how much broader the rulings beside each name are than on the blank.

    Args:
        half_page: (rows, columns) grey page laid flat, at half the template's resolution.
        level: (N,) grey of the bare paper at each name.
        black: How black the names are printed, 0 to 1.
        rulings: From the blank.

    Returns:
        (N,) mm of black, of the ruling that gained most; 0 where there is none.
    """
    more = np.zeros(len(level))
    if len(rulings.name):
        ink = (1 - half_page.ravel()[rulings.at] / level[rulings.name, None, None]) / black
        gained = _widths(ink) - rulings.width_mm
        # A printer that prints all of them broader does so by little.
        printed = np.sort(gained)[len(gained) // 4]
        gained -= np.clip(printed, 0, _PRINTED_MM)
        np.maximum.at(more, rulings.name, gained)
    return more


def _widths(ink: NDArray[np.floating]) -> NDArray[np.float64]:
    """(K,) width of black in most rows of (K, rows, columns) ink, more than there is beside it."""
    beside = (ink[:, :, :_EDGE].mean(axis=2) + ink[:, :, -_EDGE:].mean(axis=2)) / 2
    above = ink.sum(axis=2) - ink.shape[2] * beside
    return np.asarray(np.median(above, axis=1) * _PITCH_MM, dtype=np.float64)
