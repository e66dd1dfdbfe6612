"""What the places around a place say about how far it moved.

A feed moves whole lines of the scan, so of two places equally far away the one on the same line
tells more: distances along the feed count three times.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.mapping import Points

Shifts = NDArray[np.float32]

_KNOWN = 24  # the nearest places, of which the first sure ones are asked
_ASKED = 8
_LEAST_ASKED = 3
_LEAST_ON_LINE = 2
_BESIDE = 4  # the very nearest, one of which may vouch for a place alone
_ALONG = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The neighbours of P places, for one direction of feed.

    Attributes:
        others: (P, K) the other places, nearest first; K may be 0.
        offsets: (P, K, 2) from each place to those, in units of the distance of its sixth nearest.
        nearness: (P, K) weights of those, 1 where they are near.
        along: (P,) where each place lies along the feed.
        units: (P,) distance of its sixth nearest, in pixels across the feed.
        is_sideways: Whether the feed runs along x.
    """

    others: NDArray[np.intp]
    offsets: NDArray[np.float32]
    nearness: NDArray[np.float32]
    along: NDArray[np.float64]
    units: NDArray[np.float32]
    is_sideways: bool


@dataclass(frozen=True, slots=True, eq=False)
class Hearsay:
    """What the neighbours of P places say.

    Attributes:
        shifts: (P, 2) the shift that they give each place.
        discord: (P,) how far those asked miss the plane through them (weighted root mean square);
            infinite where too few of the nearest could be asked.
        strain: (P,) how much the paper seems pulled there: by how much the shift changes for each
            pixel along the feed.
    """

    shifts: Shifts
    discord: NDArray[np.float32]
    strain: NDArray[np.float32]


def find_neighbours(places: Points, *, is_sideways: bool) -> Neighbours:
    """Find the neighbours of each place.

    Args:
        places: (P, 2) places (x, y).
        is_sideways: Whether the feed runs along x.
    """
    stretch = np.array([_ALONG, 1.0] if is_sideways else [1.0, _ALONG])
    apart = np.linalg.norm((places[:, None] - places[None]) * stretch, axis=2)
    np.fill_diagonal(apart, np.inf)
    known = min(_KNOWN, max(len(places) - 1, 0))
    others = np.argsort(apart, axis=1, kind="stable")[:, :known]
    distances = np.take_along_axis(apart, others, axis=1)
    unit = distances[:, min(5, known - 1)] if known else np.ones(len(places))
    unit = np.maximum(unit, 1.0)[:, None]
    offsets = (places[others] - places[:, None]) * stretch
    return Neighbours(
        others=others,
        offsets=(offsets / unit[:, :, None]).astype(np.float32),
        nearness=(1 / (1 + (distances / unit) ** 2) ** 2).astype(np.float32),
        along=places[:, 0 if is_sideways else 1].astype(np.float64),
        units=unit[:, 0].astype(np.float32),
        is_sideways=is_sideways,
    )


def nearest_agreement(
    shifts: Shifts, is_sure: NDArray[np.bool_], neighbours: Neighbours
) -> NDArray[np.float32]:
    """(P,) how far each place's own shift is from the most similar one right beside it.

    Where a feed jumps, the plane through both sides fits neither; the place on the same line does.
    """
    near = neighbours.others[:, :_BESIDE]
    apart = np.linalg.norm(shifts[near] - shifts[:, None], axis=2)
    nearest: NDArray[np.float32] = np.where(is_sure[near], apart, np.inf).min(
        axis=1, initial=np.inf
    )
    return nearest


def is_beyond_ends(
    is_sure: NDArray[np.bool_], neighbours: Neighbours, reach: float
) -> NDArray[np.bool_]:
    """(P,) whether a place lies farther before the first sure one, or behind the last, than this."""
    if not is_sure.any():
        return np.ones(len(is_sure), dtype=bool)
    known = neighbours.along[is_sure]
    beyond = np.maximum(known.min() - neighbours.along, neighbours.along - known.max())
    return np.asarray(beyond > reach)


def count_beside(
    places: Points, counted: NDArray[np.bool_], axis: int, reach: float
) -> NDArray[np.intp]:
    """How many of the places that count lie on the line of each place.

    Args:
        places: (P, 2) places (x, y).
        counted: (P,) which ones count.
        axis: 1 for lines that run across the page, 0 for lines that run down.
        reach: How far from the line they may lie.

    Returns:
        (P,) numbers; a place does not count for itself.
    """
    along = places[:, axis]
    known = np.sort(along[counted])
    within = np.searchsorted(known, along + reach, "right") - np.searchsorted(
        known, along - reach, "left"
    )
    return np.asarray(within - counted, dtype=np.intp)


def measure_bump(
    shifts: Shifts, is_sure: NDArray[np.bool_], neighbours: Neighbours, reach: float
) -> NDArray[np.float32]:
    """How far the line of each place has moved against the lines before and behind it.

    A feed that slips to and fro moves a single line; what is asked across the page knows it, where
    the nearest places are before and behind.

    Args:
        shifts: (P, 2) own shifts.
        is_sure: (P,) whether a place may be asked.
        neighbours: Of the places.
        reach: How far along the feed a place may lie to be on the line.

    Returns:
        (P,) mean of what the sure places on its line say; 0 where there are fewer than two.
    """
    told = ask_neighbours(shifts, is_sure, neighbours, off_line_px=reach)
    asked = is_sure & np.isfinite(told.discord)
    moved = np.where(asked[:, None], shifts - told.shifts, np.float32(0))
    on_line = np.abs(neighbours.along[:, None] - neighbours.along[None]) <= reach
    on_line &= asked
    np.fill_diagonal(on_line, val=False)
    count = on_line.sum(axis=1)
    mean = np.einsum("pq,qc->pc", on_line.astype(np.float32), moved)
    mean /= np.maximum(count, 1)[:, None]
    bump: NDArray[np.float32] = np.where(count >= _LEAST_ON_LINE, np.hypot(*mean.T), np.float32(0))
    return bump


def ask_neighbours(
    shifts: Shifts, is_sure: NDArray[np.bool_], neighbours: Neighbours, *, off_line_px: float = 0.0
) -> Hearsay:
    """For each place the shift that its neighbours give it: a plane through their own shifts.

    A plane, because a feed that slips moves the rows at the page's end on one side only: there
    the median of the neighbours lags behind by a row.

    Args:
        shifts: (P, 2) own shifts.
        is_sure: (P,) whether a place may be asked.
        neighbours: Of the places.
        off_line_px: Places that are nearer than this along the feed are not asked.
    """
    if not is_sure.any():
        unknown = np.full(len(shifts), np.inf, dtype=np.float32)
        return Hearsay(np.zeros_like(shifts), unknown, np.zeros_like(unknown))
    asked = is_sure[neighbours.others]
    if off_line_px:
        asked &= (
            np.abs(neighbours.along[neighbours.others] - neighbours.along[:, None]) > off_line_px
        )
    asked &= np.cumsum(asked, axis=1) <= _ASKED
    weights = asked * neighbours.nearness
    total = np.maximum(weights.sum(axis=1), 1e-9)[:, None]
    said = shifts[neighbours.others]
    # Weighted least squares of shift on place, one for each place; the ridge keeps a slope that
    # the neighbours cannot tell (all in one column) at nothing.
    middle = np.einsum("pk,pkc->pc", weights, said) / total
    at = np.einsum("pk,pkc->pc", weights, neighbours.offsets) / total
    x, y = (neighbours.offsets - at[:, None]).transpose(2, 0, 1)
    ridge = 0.02 * total[:, 0]
    xx = (weights * x * x).sum(axis=1) + ridge
    yy = (weights * y * y).sum(axis=1) + ridge
    xy = (weights * x * y).sum(axis=1)
    moved = said - middle[:, None]
    xs = np.einsum("pk,pkc->pc", weights * x, moved)
    ys = np.einsum("pk,pkc->pc", weights * y, moved)
    known = (xx * yy - xy * xy)[:, None]
    slope_x = (xs * yy[:, None] - ys * xy[:, None]) / known
    slope_y = (ys * xx[:, None] - xs * xy[:, None]) / known
    told = middle - slope_x * at[:, :1] - slope_y * at[:, 1:]
    missed = moved - slope_x[:, None] * x[:, :, None] - slope_y[:, None] * y[:, :, None]
    discord = np.sqrt(np.einsum("pk,pkc->p", weights, missed**2) / total[:, 0])
    # A place that has no sure one near it moves with the page.
    is_told = asked.sum(axis=1) >= _LEAST_ASKED
    answer: Shifts = np.where(is_told[:, None], told, shifts[is_sure].mean(axis=0))
    slope = slope_x if neighbours.is_sideways else slope_y
    strain = np.hypot(slope[:, 0], slope[:, 1]) * _ALONG / neighbours.units
    return Hearsay(
        shifts=answer.astype(np.float32),
        discord=np.where(is_told, discord, np.inf).astype(np.float32),
        strain=strain.astype(np.float32),
    )
