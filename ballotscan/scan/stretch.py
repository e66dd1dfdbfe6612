"""What the paper and the feed did to a page: a mesh of local shifts, found on the print itself.

The blank gives anchors, one in each cell of 6 mm that holds print with corners; each is followed
from the blank onto the page laid flat by optical flow on a pyramid (Lucas & Kanade 1981, Bouguet
2000), forth and back. An anchor that does not come back to where it started says nothing. What the
others say is drawn together twice: a cubic over the page that outliers cannot pull (Cauchy
weights), then what is left of each, averaged over its neighbourhood. Handwriting, folds and
repeated boxes make single anchors wrong; they are outvoted, and what they still do to the page is
measured afterwards by the gate.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.field import AnchorGrid, Sighting, draw_field, place_anchors
from ballotscan.scan.mapping import MESH_PITCH_PX, PageMapping, Pixels, Points
from ballotscan.scan.paper import lay_flat

HALF_PX_PER_MM = 100 / 25.4
_CELL_PX = 24  # half template pixels, 6 mm
_WINDOW_PX = 25  # 6 mm: a few letters, so that it cannot be taken for its neighbour
# Least eigenvalue of the structure tensor, per pixel, of ink 0..1: less is a smooth ruling.
_LEAST_CORNER = 1e-3
_LINE_SHARE = 80  # percent of a line that is pulled by less
_MOST_ASTRAY_PX = 0.3  # after going there and back
_SAMPLE = 100  # anchors that are followed before all are


@dataclass(frozen=True, slots=True)
class StretchOptions:
    """How the local passes work.

    Attributes:
        far_mm: Where the first pass moved anything by more, it is made once more.
        first_reach_mm: Standard deviation of the neighbourhood averaged in the first pass.
        reach_mm: The same in each of the passes that follow.
        still_mm: The passes end when one moved nothing by more than this.
        max_strain: What is pulled by more than this, to a side or along, is not read: where a feed
            slips by a millimetre and more the bend that is drawn through it comes to 0.10 and more
            (0.08 at most on the photographs, 0.09 on the scans of a feeder that jumped by half a
            millimetre, of nine sets of real pages).
        max_strain_unseen: Likewise where a mark covers the box, which then stands on the bend alone. Of
            the 545 such boxes of those sets 2 lie on paper that is pulled by more; on drawn pages with
            slips boxes were off by 1.1 to 1.6 mm where it came to 0.085 and more.
        least_agreement: Share of the anchors that must agree within 0.25 mm; below it the coarse
            fit is given up.
        least_in_sample: Likewise of a hundred of them, before all are followed, which costs five
            times as much. On 274 coarse fits of drawn pages 177 of the 216 that all anchors gave
            up were given up so, and none of the 58 others.
    """

    far_mm: float = 1.5
    first_reach_mm: float = 10.0
    reach_mm: tuple[float, ...] = (6.0, 5.0, 4.0, 4.0)
    still_mm: float = 0.08
    least_agreement: float = 0.1
    least_in_sample: float = 0.03
    max_strain: float = 0.095
    max_strain_unseen: float = 0.075


@dataclass(frozen=True, slots=True, eq=False)
class StretchReference:
    """What the local passes need of a blank.

    Attributes:
        size_px: (columns, rows) in half template pixels.
        ink: Ink of the blank at 100 dpi, smoothed.
        anchors: (N, 2) points that can be followed, in half template pixels.
        grid: The anchors among the nodes of the mesh.
        sample: A hundred of them, likewise.
    """

    size_px: tuple[int, int]
    ink: Pixels
    anchors: NDArray[np.float32]
    grid: AnchorGrid
    sample: AnchorGrid


@dataclass(frozen=True, slots=True, eq=False)
class Bent:
    """A mapping with its mesh, and how well the anchors agree with it.

    Attributes:
        mapping: Template pixels to pixels of the page that was given.
        misses_px: (N,) distance of each anchor from the mesh in half template pixels, NaN where it
            was not seen.
    """

    mapping: PageMapping
    misses_px: NDArray[np.float32]


def prepare_stretch(ink: Pixels) -> StretchReference:
    """Choose the anchors of a blank.

    Args:
        ink: (rows, columns) ink of the blank at 100 dpi.
    """
    smooth = smooth_ink(ink)
    anchors = _choose_anchors(smooth)
    rows, columns = ink.shape
    few = anchors[:: max(1, len(anchors) // _SAMPLE)]
    return StretchReference(
        size_px=(columns, rows),
        ink=smooth,
        anchors=anchors,
        grid=place_anchors(anchors, (columns, rows)),
        sample=place_anchors(few, (columns, rows)),
    )


def smooth_ink(ink: Pixels) -> Pixels:
    """Smooth away dither and the steps of one-bit scans."""
    return np.asarray(cv2.GaussianBlur(ink, (5, 5), 1.0), dtype=np.uint8)


def _choose_anchors(ink: Pixels) -> NDArray[np.float32]:
    corner = np.asarray(
        cv2.cornerMinEigenVal(ink.astype(np.float32) / np.float32(255), _WINDOW_PX, ksize=3)
    )
    margin = _WINDOW_PX // 2
    corner[:margin] = corner[-margin:] = 0
    corner[:, :margin] = corner[:, -margin:] = 0
    rows, columns = (size // _CELL_PX for size in corner.shape)
    cells = corner[: rows * _CELL_PX, : columns * _CELL_PX]
    cells = cells.reshape(rows, _CELL_PX, columns, _CELL_PX).swapaxes(1, 2)
    cells = cells.reshape(rows * columns, _CELL_PX * _CELL_PX)
    best = cells.argmax(axis=1)
    x = np.arange(rows * columns) % columns * _CELL_PX + best % _CELL_PX
    y = np.arange(rows * columns) // columns * _CELL_PX + best // _CELL_PX
    is_sharp = cells.max(axis=1) > _LEAST_CORNER
    anchors: NDArray[np.float32] = np.column_stack([x, y])[is_sharp].astype(np.float32)
    return anchors


def see_anchors(page: Pixels, blank: Pixels, grid: AnchorGrid, *, levels: int) -> Sighting:
    """Follow anchors from the blank to the page.

    Args:
        page: (rows, columns) smoothed ink of the page, laid flat at 100 dpi.
        blank: That of the blank.
        grid: The anchors.
        levels: How often the pyramid halves the page: 3 finds shifts up to about 5 mm.
    """
    start = grid.anchors[:, None]
    there, found = _follow(blank, page, start, levels)
    back, returned = _follow(page, blank, there, levels)
    astray = np.abs(back - start).max(axis=(1, 2))
    return Sighting((there - start)[:, 0], found & returned & (astray < _MOST_ASTRAY_PX))


def _follow(
    here: Pixels, there: Pixels, points: NDArray[np.float32], levels: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        here,
        there,
        points,
        None,  # type: ignore[call-overload]
        winSize=(_WINDOW_PX, _WINDOW_PX),
        maxLevel=levels,
    )
    return np.asarray(moved, dtype=np.float32), np.asarray(found).ravel() > 0


def bend(mapping: PageMapping, mesh: NDArray[np.float32]) -> PageMapping:
    """Put a field seen on the page laid flat by `mapping` into the mapping.

    Args:
        mapping: Template pixels to pixels of any image.
        mesh: (rows, columns, 2) shifts in half template pixels.
    """
    shifts = mesh * np.float32(2)  # template pixels
    if mapping.mesh is None:
        return PageMapping(mapping.matrix, shifts)
    rows, columns = shifts.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    before = cv2.remap(
        mapping.mesh,
        x + shifts[..., 0] / MESH_PITCH_PX,
        y + shifts[..., 1] / MESH_PITCH_PX,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return PageMapping(mapping.matrix, shifts + before)


def follow_paper(
    page_ink: Pixels, mapping: PageMapping, reference: StretchReference, options: StretchOptions
) -> Bent | None:
    """Bend a coarse fit to what the paper did.

    Args:
        page_ink: (rows, columns) smoothed ink of the scan, at about 100 dpi.
        mapping: Template pixels to pixels of `page_ink`, right within a few millimetres.
        reference: The blank.
        options: When to end.

    Returns:
        The bent mapping, or None where the anchors do not agree on one.
    """
    if len(reference.anchors) == 0:
        return None
    still_px, far_px = options.still_mm * HALF_PX_PER_MM, options.far_mm * HALF_PX_PER_MM
    passes = [(True, options.first_reach_mm)] * 2 + [(False, reach) for reach in options.reach_mm]
    misses_px = np.zeros(0, dtype=np.float32)
    moved_px, few = np.inf, options.least_in_sample
    for is_wide, reach_mm in passes:
        if is_wide and moved_px < far_px:
            continue
        page = lay_flat(page_ink, mapping, reference.size_px, step_px=2, outside=0)
        if not np.isfinite(moved_px) and _share_of_sample(page, reference, reach_mm) < few:
            return None
        sighting = see_anchors(page, reference.ink, reference.grid, levels=3 if is_wide else 1)
        drawn = draw_field(sighting, reference.grid, reach_mm=reach_mm, is_wide=is_wide)
        mapping, misses_px = bend(mapping, drawn.mesh), drawn.misses_px
        if np.mean(misses_px < 1) < options.least_agreement:
            return None
        moved_px = float(np.abs(drawn.mesh).max())
        if not is_wide and moved_px < still_px:
            break
    return Bent(mapping, misses_px)


def _share_of_sample(page: Pixels, reference: StretchReference, reach_mm: float) -> float:
    """Share of the sample of anchors that agree on how the page lies."""
    sighting = see_anchors(page, reference.ink, reference.sample, levels=3)
    drawn = draw_field(sighting, reference.sample, reach_mm=reach_mm, is_wide=True)
    return float(np.mean(drawn.misses_px < 1))


def measure_strain(mapping: PageMapping, points: Points) -> NDArray[np.float32]:
    """How much the paper is pulled around each point, beyond what bends the page as a whole.

    A feed that slips pulls a whole line of the scan, so what the line shows elsewhere counts, too.

    Args:
        mapping: With its mesh.
        points: (N, 2) template points.

    Returns:
        (N,) change of the shift for each pixel, 0 without a mesh.
    """
    if mapping.mesh is None:
        return np.zeros(len(points), dtype=np.float32)
    rows, columns = mapping.mesh.shape[:2]
    y, x = (2 * np.mgrid[:rows, :columns] / np.array([rows - 1, columns - 1])[:, None, None]) - 1
    terms = np.stack([x**i * y**j for i in range(3) for j in range(3 - i)], axis=-1).reshape(-1, 6)
    shifts = mapping.mesh.reshape(-1, 2).astype(np.float64)
    whole = terms.dot(np.linalg.lstsq(terms, shifts, rcond=None)[0])
    rest = (shifts - whole).reshape(rows, columns, 2)
    strain = np.zeros((rows, columns))
    for axis in (0, 1):
        pulled = np.linalg.norm(np.diff(rest, axis=axis), axis=2) / MESH_PITCH_PX
        line = np.percentile(pulled, _LINE_SHARE, axis=1 - axis, keepdims=True)
        pulled = np.maximum(pulled, line)
        before = [(1, 0), (0, 0)] if axis == 0 else [(0, 0), (1, 0)]
        behind = [(0, 1), (0, 0)] if axis == 0 else [(0, 0), (0, 1)]
        strain = np.maximum.reduce([strain, np.pad(pulled, before), np.pad(pulled, behind)])
    nodes = np.rint(points / MESH_PITCH_PX).astype(np.intp)
    nodes = np.clip(nodes, 0, [columns - 1, rows - 1])
    near = cv2.dilate(strain.astype(np.float32), np.ones((3, 3), dtype=np.uint8))
    return np.asarray(near[nodes[:, 1], nodes[:, 0]], dtype=np.float32)
