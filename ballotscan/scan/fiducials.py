"""The printed registration marks: solid black discs, found where the printed code says they are.

A disc is used only if it is whole. One that is torn, punched, stamped over or written on would pull
the page to its side, and nobody would see it; so it is left out, and the others carry the page.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, Fiducial
from ballotscan.scan.identity import BGR_RED
from ballotscan.scan.mapping import Pixels, Points, template_px

# Weight of a corner of the code against a disc: a corner is good to a pixel, a disc to a seventh.
CORNER_WEIGHT = 0.02
_CORNERS_A_CODE = 4
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class FiducialOptions:
    """What a whole disc is.

    Chosen on drawn discs: what is cut off or written on at the edge and still passes moves the
    centre by at most 0.6 px at 200 dpi (0.08 mm).

    Attributes:
        reach_mm: How far from its predicted place a disc is looked for, near a known point.
        reach_per_mm: How much farther for each millimetre from the nearest known point: one code
            alone tells the direction to one pixel in a hundred (two codes, to a fourth of that).
        max_area_ratio: Area against the predicted area, and its inverse. Ink spreads by 0.1 mm.
        max_dent_mm: Largest departure of the edge from a circle, besides one pixel of the scan.
        min_fill: Share of the circle that is ink.
        min_contrast: Grey levels between the paper around and the disc.
    """

    reach_mm: float = 1.8
    reach_per_mm: float = 0.02
    max_area_ratio: float = 1.3
    max_dent_mm: float = 0.09
    min_fill: float = 0.93
    min_contrast: float = 50.0


@dataclass(frozen=True, slots=True)
class FoundDisc:
    """One whole disc on a scan.

    Attributes:
        index: Which fiducial of the template page it is, from 0.
        x_px: Centre on the scan.
        y_px: Likewise.
        area_ratio: Its area against the area predicted.
        dent_mm: Largest departure of its edge from a circle.
        fill: Share of the circle that is ink.
        contrast: Grey levels between the paper around and the disc.
    """

    index: int
    x_px: float
    y_px: float
    area_ratio: float
    dent_mm: float
    fill: float
    contrast: float


def fit_similarity(
    template_points: Points, scan_points: Points, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit turn, size and shift: the (3, 3) matrix from template to scan, by least squares.

    Args:
        template_points: (N, 2), at least two different points.
        scan_points: (N, 2).
        weights: (N,) one a point.
    """
    # A similarity is w = a * z + b in complex numbers; a mirrored page has none that fits. In plain
    # numbers: on so few of them numpy takes ten times as long.
    total = float(weights.sum())
    share = [weight / total for weight in weights.tolist()]
    z = [complex(x, y) for x, y in template_points.tolist()]
    w = [complex(x, y) for x, y in scan_points.tolist()]
    z0 = sum(s * at for s, at in zip(share, z, strict=True))
    w0 = sum(s * at for s, at in zip(share, w, strict=True))
    spread = sum(s * abs(at - z0) ** 2 for s, at in zip(share, z, strict=True))
    turned = sum(
        s * (seen - w0) * (at - z0).conjugate() for s, at, seen in zip(share, z, w, strict=True)
    )
    a = turned / spread
    b = w0 - a * z0
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag], [0.0, 0.0, 1.0]])


def fit_affinity(
    template_points: Points, scan_points: Points, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit the (3, 3) affine matrix from template to scan, by least squares.

    Args:
        template_points: (N, 2), at least three that lie on no line.
        scan_points: (N, 2).
        weights: (N,) one a point.
    """
    middle = template_points.mean(axis=0)
    root = np.sqrt(weights)[:, None]
    known = np.column_stack([template_points - middle, np.ones(len(template_points))])
    solution = np.linalg.lstsq(known * root, scan_points * root, rcond=None)[0]
    matrix = np.eye(3)
    matrix[:2, :2] = solution[:2].T
    matrix[:2, 2] = solution[2] - matrix[:2, :2].dot(middle)
    return matrix


@dataclass(frozen=True, slots=True)
class SoughtDisc:
    """Where on the scan a disc should be.

    Attributes:
        index: Which fiducial of the template page it is, from 0.
        x_px: Predicted centre on the scan.
        y_px: Likewise.
        radius_px: Predicted radius on the scan.
        reach_px: How far off the prediction may be.
        px_per_mm: Scan pixels a millimetre.
    """

    index: int
    x_px: float
    y_px: float
    radius_px: float
    reach_px: float
    px_per_mm: float


def find_discs(
    pixels: Pixels,
    fiducials: Sequence[Fiducial],
    template_corners: Points,
    scan_corners: Points,
    options: FiducialOptions,
) -> list[FoundDisc]:
    """Find the discs of a page, nearest to the codes first; each one sharpens the prediction.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) BGR scan.
        fiducials: The discs of the template page.
        template_corners: (N, 2) corners of the codes that were found, in template pixels.
        scan_corners: (N, 2) the same on the scan.
        options: What a whole disc is.

    Returns:
        The discs that are there and whole, in the order of the template.
    """
    places = disc_places(fiducials)
    found: dict[int, FoundDisc] = {}

    def seen_so_far() -> tuple[Points, Points, NDArray[np.float64]]:
        centres = [(disc.x_px, disc.y_px) for disc in found.values()]
        return (
            np.vstack([template_corners, places[list(found)]]),
            np.vstack([scan_corners, np.array(centres).reshape(-1, 2)]),
            np.append(np.full(len(template_corners), CORNER_WEIGHT), np.ones(len(found))),
        )

    matrix = fit_similarity(*seen_so_far())
    nearest = np.linalg.norm(places[:, None] - template_corners[None], axis=2).min(axis=1)
    distances: list[float] = nearest.tolist()
    # Two codes on a page tell where all discs are; one tells it near itself.
    is_sharpened = len(template_corners) <= _CORNERS_A_CODE
    slope = options.reach_per_mm / (1 if is_sharpened else 4)
    untried = set(range(len(fiducials)))
    while untried:
        index = min(untried, key=distances.__getitem__)
        untried.remove(index)
        reach_mm = options.reach_mm + slope * distances[index] / PX_PER_MM
        sought = _predict(matrix, index, places[index], fiducials[index].diameter_mm, reach_mm)
        disc = find_disc(pixels, sought, options)
        if disc is None:
            continue
        found[index] = disc
        if is_sharpened:
            matrix = fit_similarity(*seen_so_far())
            apart = np.linalg.norm(places - places[index], axis=1).tolist()
            distances = [min(pair) for pair in zip(distances, apart, strict=True)]
    missing = set(range(len(fiducials))) - set(found)
    if missing and len(found) >= 3:  # noqa: PLR2004
        # A page stretched to one side has its far discs where no similarity predicts them.
        matrix = fit_affinity(*seen_so_far())
        for index in missing:
            sought = _predict(
                matrix, index, places[index], fiducials[index].diameter_mm, options.reach_mm
            )
            disc = find_disc(pixels, sought, options)
            if disc is not None:
                found[index] = disc
    return [found[index] for index in sorted(found)]


def _predict(
    matrix: NDArray[np.float64], index: int, place: Points, diameter_mm: float, reach_mm: float
) -> SoughtDisc:
    # Plain numbers: on so few of them numpy takes ten times as long.
    (a, b, x0), (c, d, y0) = matrix[:2].tolist()
    u, v = place.tolist()
    x, y = a * u + b * v + x0, c * u + d * v + y0
    px_per_mm = PX_PER_MM * math.sqrt(abs(a * d - b * c))
    return SoughtDisc(index, x, y, diameter_mm / 2 * px_per_mm, reach_mm * px_per_mm, px_per_mm)


def disc_places(fiducials: Sequence[Fiducial]) -> Points:
    """(N, 2) centres (x, y) of the discs in template pixels."""
    places = [template_px(fiducial.x_mm, fiducial.y_mm) for fiducial in fiducials]
    return np.array(places, dtype=np.float64).reshape(-1, 2)


def find_disc(pixels: Pixels, sought: SoughtDisc, options: FiducialOptions) -> FoundDisc | None:
    """Find one disc near its predicted place; None where there is none, or it is not whole."""
    half = sought.radius_px + sought.reach_px + 2
    rows, columns = pixels.shape[:2]
    left, top = max(int(sought.x_px - half), 0), max(int(sought.y_px - half), 0)
    right, bottom = (
        min(int(sought.x_px + half) + 2, columns),
        min(int(sought.y_px + half) + 2, rows),
    )
    if min(right - left, bottom - top) < 2 * sought.radius_px:
        return None
    window = pixels[top:bottom, left:right]
    if window.ndim > 2:  # noqa: PLR2004
        window = np.ascontiguousarray(window[:, :, BGR_RED])
    _, dark = cv2.threshold(window, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=4)
    expected = math.pi * sought.radius_px**2
    wanted = []
    for label, (shape, centre) in enumerate(zip(stats.tolist(), centres.tolist(), strict=True)):
        ratio = shape[cv2.CC_STAT_AREA] / expected
        apart = math.hypot(centre[0] + left - sought.x_px, centre[1] + top - sought.y_px)
        is_like = 1 / options.max_area_ratio < ratio < options.max_area_ratio
        if label and is_like and apart < sought.reach_px:  # 0 is the paper
            wanted.append((apart, label, shape[:4]))
    for _, label, (x, y, width, height) in sorted(wanted):
        x0, y0 = max(x - 2, 0), max(y - 2, 0)
        box = slice(y0, y + height + 2), slice(x0, x + width + 2)
        disc = _judge_disc(window[box], labels[box] == label, sought, options)
        if disc is not None:
            return replace(disc, x_px=disc.x_px + left + x0, y_px=disc.y_px + top + y0)
    return None


def _judge_disc(
    grey: Pixels,
    shape: NDArray[np.bool_],
    sought: SoughtDisc,
    options: FiducialOptions,
) -> FoundDisc | None:
    """Measure one dark shape; None where it is not a whole disc."""
    mask = shape.astype(np.uint8)
    near = cv2.dilate(mask, _CROSS, iterations=2)
    paper = cv2.mean(grey, 1 - near)[0]
    black = cv2.mean(grey, cv2.erode(mask, _CROSS, iterations=2))[0]
    contrast = paper - black
    if contrast < options.min_contrast:
        return None
    # Grey edge pixels count by how dark they are: that is what makes the centre sub-pixel.
    ink = (np.float32(paper) - grey) * np.float32(255.0 / contrast)
    np.clip(ink, 0, 255, out=ink)
    ink *= near
    moments = cv2.moments(ink)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    edge = max(contours, key=len).reshape(-1, 2)
    distances = np.hypot(edge[:, 0] - x, edge[:, 1] - y)
    # The outermost pixels' centres lie half a pixel inside.
    radius = float(distances.sum()) / len(distances) + 0.5
    nearest, farthest = float(distances.min()) + 0.5, float(distances.max()) + 0.5
    dent = max(0.0, max(radius - nearest, farthest - radius) - 1.0) / sought.px_per_mm
    fill = moments["m00"] / 255 / (math.pi * radius**2)
    if dent > options.max_dent_mm or fill < options.min_fill:
        return None
    area = moments["m00"] / 255 / (math.pi * sought.radius_px**2)
    return FoundDisc(sought.index, x, y, area, dent, fill, contrast)
