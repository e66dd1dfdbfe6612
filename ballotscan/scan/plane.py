"""The plane that carries a page: fitted to the discs that agree, refused where paper cannot do it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import BLANK_DPI, PX_PER_MM
from ballotscan.locale.message import Message, message
from ballotscan.scan.fiducials import CORNER_WEIGHT, fit_affinity, fit_similarity
from ballotscan.scan.mapping import Points

Matrix = NDArray[np.float64]

LEAST_DISCS = 3
# One disc may be something else (a punched hole on a dark table). Two that lie are a page that was
# folded, or slipped by more than can be followed.
_MOST_LIARS = 1
_RESIDUAL_AT_REST_PX = 0.6  # below this (0.08 mm) there is nothing to explain
_CODE_MISS_AT_REST_MM = 0.2  # the decoder gives corners to about a pixel
_HOMOGRAPHY_DISCS = 6  # 12 equations for its 8 numbers; with fewer it fits anything


@dataclass(frozen=True, slots=True)
class PlaneOptions:
    """What a plane fit must be.

    Attributes:
        max_outlier_mm: A disc farther than this from where the others put it is not used. The
            worst feed known moves rows by 0.45 mm.
        max_residual_mm: Root mean square that the discs used may miss their places by.
        max_code_miss_mm: How far the middle of a code may lie from where the discs put it. It is
            found to about a pixel.
        min_spread_mm: Discs that lie this close to one line say nothing across it.
        homography_gain: A homography is taken only if it brings the residual below this share of
            the affinity's.
        max_stretch: Largest ratio of the scale along to the scale across.
        max_shear_deg: Largest departure of the page's corner from a right angle.
        scale_range: Size on the scan against the printed size, where the scan says its resolution.
    """

    max_outlier_mm: float = 0.9
    max_residual_mm: float = 0.7
    max_code_miss_mm: float = 1.2
    min_spread_mm: float = 12.0
    homography_gain: float = 0.4
    max_stretch: float = 1.03
    max_shear_deg: float = 1.0
    scale_range: tuple[float, float] = (0.85, 1.15)


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """What was found of a page, and where the template has it.

    Attributes:
        discs: (N, 2) centres in template pixels.
        discs_seen: (N, 2) the same on the scan.
        corners: (M, 2) corners of the codes in template pixels, four a code.
        corners_seen: (M, 2) the same on the scan.
    """

    discs: Points
    discs_seen: Points
    corners: Points
    corners_seen: Points


@dataclass(frozen=True, slots=True, eq=False)
class PlaneFit:
    """A plane through the discs.

    Attributes:
        matrix: (3, 3) from template pixels to scan pixels.
        is_used: (N,) whether a disc agrees with the plane.
        misses_px: (N, 2) from where the plane puts each disc to where it is, in template pixels.
        residual_px: Root mean square of the misses of the discs used.
        code_miss_px: Largest distance of a code's middle from where the plane puts it.
    """

    matrix: Matrix
    is_used: NDArray[np.bool_]
    misses_px: Points
    residual_px: float
    code_miss_px: float


def fit_plane(sights: Sights, options: PlaneOptions) -> PlaneFit | None:
    """Fit the page's plane to its discs.

    Args:
        sights: At least three discs, and the corners of at least one code.
        options: What counts as agreeing.

    Returns:
        The plane that most discs agree on; None where fewer than three, or not all but one, agree
        with each other and with the codes.
    """
    count = len(sights.discs)
    if count < LEAST_DISCS:
        return None
    everything = np.ones(count, dtype=bool)
    best = _judge(sights, _fit(sights, everything, options), options)
    if not (best.is_used.all() and _is_sound(sights, best, options)):
        fits = (_settle(sights, chosen, options) for chosen in _triples(count))
        good = [fit for fit in fits if _is_sound(sights, fit, options)]
        if not good:
            return None
        best = max(
            good, key=lambda fit: (int(fit.is_used.sum()), -fit.residual_px - fit.code_miss_px)
        )
    if best.is_used.sum() < max(LEAST_DISCS, count - _MOST_LIARS):
        return None
    if best.code_miss_px > _CODE_MISS_AT_REST_MM * PX_PER_MM:
        best = _lean_on_codes(sights, best, options)
    return _bend(sights, best, options)


def _lean_on_codes(sights: Sights, fit: PlaneFit, options: PlaneOptions) -> PlaneFit:
    """Let each code say as much as a disc, where discs and codes show that the paper does not lie flat.

    At rest a disc is known better by far. On paper that waves, each is as far from the plane as any
    other, and three discs near a line put the far side of the page off by a millimetre.
    """
    weight = 1 / 4  # a corner
    discs, seen = sights.discs[fit.is_used], sights.discs_seen[fit.is_used]
    points, points_seen = np.vstack([discs, sights.corners]), np.vstack([seen, sights.corners_seen])
    weights = np.concatenate([np.ones(len(discs)), np.full(len(sights.corners), weight)])
    leaning = _judge(sights, fit_affinity(points, points_seen, weights), options)
    is_better = leaning.code_miss_px < fit.code_miss_px and leaning.is_used[fit.is_used].all()
    return replace(leaning, is_used=leaning.is_used & fit.is_used) if is_better else fit


def _is_sound(sights: Sights, fit: PlaneFit, options: PlaneOptions) -> bool:
    """Whether the codes and all discs that are used agree."""
    limit_px = options.max_outlier_mm * PX_PER_MM
    return _fits_codes(fit, options) and _largest_surprise_px(sights, fit) <= limit_px


def _largest_surprise_px(sights: Sights, fit: PlaneFit) -> float:
    """How far a disc that is used is from where the others alone would put it, at most.

    A disc that lies pulls the plane towards itself; its own miss is divided by the share of it
    that the others bear (one minus the leverage of least squares). Of four discs none bears enough
    for that; there the miss counts twice.
    """
    discs = sights.discs[fit.is_used]
    if len(discs) <= LEAST_DISCS:
        return 0.0
    misses = fit.misses_px[fit.is_used]
    distances = np.hypot(misses[:, 0], misses[:, 1])
    if len(discs) == LEAST_DISCS + 1 or _spread_mm(discs) < 1.0:
        return float(2 * distances.max())
    # The leverage in closed form: no matrix has to be taken apart for it.
    x, y = (discs - discs.mean(axis=0)).T
    xx, yy, xy = float((x * x).sum()), float((y * y).sum()), float((x * y).sum())
    across = (x * x * yy - 2 * x * y * xy + y * y * xx) / (xx * yy - xy * xy)
    borne = 1 - 1 / len(discs) - across
    return float((distances / np.maximum(borne, 0.1)).max())


def _triples(count: int) -> Iterator[NDArray[np.bool_]]:
    for triple in combinations(range(count), LEAST_DISCS):
        chosen = np.zeros(count, dtype=bool)
        chosen[list(triple)] = True
        yield chosen


def _settle(sights: Sights, chosen: NDArray[np.bool_], options: PlaneOptions) -> PlaneFit:
    """Fit to some discs, then to all that agree with them."""
    agree = _judge(sights, _fit(sights, chosen, options), options).is_used
    if agree.sum() < LEAST_DISCS:
        agree = chosen
    fit = _judge(sights, _fit(sights, agree, options), options)
    # A disc that the fit did not rest on does not vouch for it.
    return replace(fit, is_used=fit.is_used & agree)


def _fits_codes(fit: PlaneFit, options: PlaneOptions) -> bool:
    return fit.code_miss_px <= options.max_code_miss_mm * PX_PER_MM


def _fit(sights: Sights, chosen: NDArray[np.bool_], options: PlaneOptions) -> Matrix:
    """Fit by least squares: an affinity, or a similarity where the discs lie on one line."""
    discs, seen = sights.discs[chosen], sights.discs_seen[chosen]
    if _spread_mm(discs) >= options.min_spread_mm:
        return fit_affinity(discs, seen, np.ones(len(discs)))
    points = np.vstack([discs, sights.corners])
    points_seen = np.vstack([seen, sights.corners_seen])
    weights = np.full(len(points), CORNER_WEIGHT)
    weights[: len(discs)] = 1.0
    if _spread_mm(points) >= options.min_spread_mm and len(sights.corners) > 4:  # noqa: PLR2004
        return fit_affinity(points, points_seen, weights)
    return fit_similarity(points, points_seen, weights)


def _spread_mm(points: Points) -> float:
    """Root mean square distance of points from the line they lie nearest to."""
    centred = points - points.mean(axis=0)
    xx, yy = float((centred[:, 0] ** 2).mean()), float((centred[:, 1] ** 2).mean())
    xy = float((centred[:, 0] * centred[:, 1]).mean())
    least = (xx + yy) / 2 - np.hypot((xx - yy) / 2, xy)
    return float(np.sqrt(max(least, 0.0))) / PX_PER_MM


def _judge(sights: Sights, matrix: Matrix, options: PlaneOptions) -> PlaneFit:
    back = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    misses = _apply(back, sights.discs_seen) - sights.discs
    distances = np.hypot(misses[:, 0], misses[:, 1])
    is_used = distances <= options.max_outlier_mm * PX_PER_MM
    used = distances[is_used]
    residual = float(np.sqrt((used**2).mean())) if len(used) else float("inf")
    code_misses = _apply(back, sights.corners_seen) - sights.corners
    middles = code_misses.reshape(-1, 4, 2).mean(axis=1)
    code_miss = float(np.hypot(middles[:, 0], middles[:, 1]).max(initial=0.0))
    return PlaneFit(matrix, is_used, misses, residual, code_miss)


def _bend(sights: Sights, fit: PlaneFit, options: PlaneOptions) -> PlaneFit:
    """Take a homography instead, where it explains what the affinity does not."""
    used = fit.is_used
    if used.sum() < _HOMOGRAPHY_DISCS or fit.residual_px < _RESIDUAL_AT_REST_PX:
        return fit
    matrix = np.asarray(cv2.findHomography(sights.discs[used], sights.discs_seen[used], 0)[0])
    if matrix.shape != (3, 3):  # OpenCV gives None where there is none
        return fit
    bent = _judge(sights, matrix.astype(np.float64), options)
    is_better = bent.residual_px < options.homography_gain * fit.residual_px
    return bent if is_better and bent.is_used[used].all() and _fits_codes(bent, options) else fit


def _apply(matrix: Matrix, points: Points) -> Points:
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], dtype=np.float64)


def mean_scale(matrix: Matrix) -> float:
    """Scan pixels a template pixel."""
    return float(np.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])))


def find_misshape(
    matrix: Matrix, size_px: tuple[int, int], dpi: float | None, options: PlaneOptions
) -> Message | None:
    """Say what paper on a scanner cannot do, if the plane does it.

    Args:
        matrix: (3, 3) from template pixels to scan pixels.
        size_px: (columns, rows) of the template page.
        dpi: Resolution that the scan claims, if any.
        options: The limits.

    Returns:
        What is wrong; None where nothing is.
    """
    columns, rows = size_px
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    seen = _apply(matrix, corners)
    sides = np.roll(seen, -1, axis=0) - seen
    turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1]
    turns -= sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    if (turns <= 0).any():
        return message("the page is a mirror image")
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    scales = lengths / np.array([columns, rows, columns, rows], dtype=np.float64)
    if scales.max() > options.max_stretch * scales.min():
        return message(
            "the page is stretched by {share:.1%} to one side",
            share=scales.max() / scales.min() - 1,
        )
    sines = np.abs((sides * np.roll(sides, -1, axis=0)).sum(axis=1))
    shear = float(np.degrees(np.arcsin((sines / (lengths * np.roll(lengths, -1))).max())))
    if shear > options.max_shear_deg:
        return message("the page is pulled out of square by {degrees:.1f}°", degrees=shear)
    if dpi is not None:
        size = float(scales.mean()) * BLANK_DPI / dpi
        if not options.scale_range[0] <= size <= options.scale_range[1]:
            return message("the page has {size:.0%} of the size it was printed with", size=size)
    return None
