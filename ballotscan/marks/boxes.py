"""What the blank alone says about every mark box: where ink may be asked for, and where print hides it.

Made once for a template page and used for every scan of it. Nothing in here has seen a ballot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message
from ballotscan.marks.ink import Grey, ink_of_blank
from ballotscan.marks.sharpness import SoftPrint, SpreadTable, prepare_soft_print, tabulate_spread

Bits = NDArray[np.bool_]

HIDDEN, OWN, RING, OTHER = range(4)  # what a pixel of a patch is to its box

# A box with less white than this cannot hold a mark; the smallest real bubbles keep 1.2 mm².
LEAST_WHITE_MM2 = 0.5
SOLID_PRINT = 0.5  # ink of the blank from which print is certain to be black on the page
AROUND_PX = np.mgrid[-1:2, -1:2].reshape(2, -1)  # rows and columns around a pixel
BYTE_PX = 8  # pixels in a byte; rows are packed, and whole bytes are packed faster
TOGETHER = 200  # boxes in one array: enough to spare Python, few enough for the processor's cache
ENOUGH_SOLID_PX = 1000  # pixels of print that tell how black it is
BARE_PX = 64  # pixels beside the print of a box that tell the level of the paper there
FAINT_PRINT = 0.05  # ink of the blank up to which it is grain of paper, not shading
ALIKE_PX = 4  # boxes whose sizes differ by no more share one size of patch, hence one array


@dataclass(frozen=True, slots=True)
class ScoringOptions:
    """What counts as ink, as print, and as beside.

    The numbers come from a comparison of ten definitions of ink on nine sets of real scans
    (153 pages, 41,563 boxes); this one kept the lightest mark at twice the darkest empty box.

    Attributes:
        ink_level: Ink, in parts of printed black, from which a pixel counts. At 0.15 shadows and
            show-through counted; at 0.40 thin ball-pen crosses vanished.
        faint_level: The same for marks so faint that a person must look.
        print_level: Ink of the blank from which a pixel counts as print.
        hidden_mm: Width around print that is not asked.
        hidden_wide_mm: The same for boxes that even then keep `much_white`: table cells, whose
            rulings are so long that the least blur along them is as much ink as a cross.
        hidden_narrow_mm: The same for boxes that would otherwise keep less white than
            `enough_white`: bubbles with a letter in them.
        much_white: Share of the box that stays white in a table cell.
        enough_white: Share of the box that must stay white.
        largest_white_mm2: White area beyond which a larger box makes a mark no weaker.
        shift_px: Registration error that makes no ink, in template pixels (2 are 0.25 mm).
        beside_mm: Width of the ring around a box that counts as beside it.
        hidden_beside_mm: Width around print that is not asked in that ring.
        far_mm: How far from a box a hand that fills it in does not stray.
        ghost_mm: Width of strokes below which they may be print once more; rulings are 0.2 to 0.3 wide.
        ghost_share: Share of the white that such a ghost leaves below.
    """

    ink_level: float = 0.25
    faint_level: float = 0.15
    print_level: float = 0.25
    hidden_mm: float = 0.25
    hidden_wide_mm: float = 0.50
    hidden_narrow_mm: float = 0.13
    much_white: float = 0.75
    enough_white: float = 0.25
    largest_white_mm2: float = 8.0
    shift_px: int = 2
    beside_mm: float = 2.5
    hidden_beside_mm: float = 0.5
    far_mm: float = 1.5
    ghost_mm: float = 0.35
    ghost_share: float = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class BoxGroup:
    """Boxes whose patches have the same size.

    Attributes:
        places: (N,) places of these boxes in the list of boxes.
        region: (N, rows, columns) of the patch less `shift_px` on every side: what each pixel is,
            HIDDEN, OWN, RING or OTHER.
        owner: Of the same shape: place of the box that the pixel lies in, -1 where in none.
        far: Of the same shape: RING pixels that are at least `far_mm` away from the box.
        solid: (3, K) box of the group, row and column in the whole patch of pixels where the
            blank has solid print; an even choice where there are many.
        bare: (2, N, K) rows and columns in the whole patch of K pixels that print does not hide,
            spread over each box and its ring.
        shading: (N, rows, columns) of the whole patch: ink of the blank that is not print; None where it has none.
        soft: How the print in the whole patch looks on pages that are not sharp.
        white_px: (N,) pixels of the box that are asked.
        sides_px: (N, 2) height and width of each box.
        inner: Rows and columns of the whole patch that hold every box of the group.
        white: (N, inner rows, words) the pixels that are asked, a bit a pixel.
    """

    places: NDArray[np.intp]
    region: NDArray[np.uint8]
    owner: NDArray[np.int16]
    far: Bits
    solid: NDArray[np.intp]
    bare: NDArray[np.intp]
    shading: NDArray[np.float32] | None
    soft: SoftPrint
    white_px: NDArray[np.int64]
    sides_px: NDArray[np.int64]
    inner: tuple[slice, slice]
    white: NDArray[np.uint64]

    def box_in_frame(self, shift_px: int) -> tuple[slice, slice]:
        """Rows and columns of `region` that hold every box, with a rim of one pixel."""
        rows, columns = (slice(i.start - shift_px - 1, i.stop - shift_px + 1) for i in self.inner)
        return rows, columns


@dataclass(frozen=True, slots=True, eq=False)
class BoxReference:
    """What the blank says about every box of one template page.

    Attributes:
        corners_px: (P, 2) template point (x, y) of each patch's first pixel; whole numbers.
        sizes_px: (P, 2) columns and rows of each patch.
        groups: The boxes by size of their patch.
        spread: How their print looks on pages that are not sharp.
    """

    corners_px: NDArray[np.int64]
    sizes_px: NDArray[np.int64]
    groups: tuple[BoxGroup, ...]
    spread: SpreadTable
    options: ScoringOptions


def prepare_boxes(
    blank: Grey,
    rects_px: NDArray[np.floating],
    margin_px: int,
    options: ScoringOptions | None = None,
) -> BoxReference:
    """Find out from the blank what may be asked in and beside each box.

    Args:
        blank: (rows, columns) picture of the blank page at template resolution.
        rects_px: (P, 4) left, top, width and height of each box in template pixels.
        margin_px: Pixels of the page that every patch has around its box; the ring beside the box
            ends where they end.
        options: What counts as ink and as print.

    Raises:
        TemplateError: A box lies outside the page, or its print leaves no white to mark.
    """
    options = options or ScoringOptions()
    if margin_px <= options.shift_px:
        msg = f"margin_px is {margin_px}; it must be more than the shift of {options.shift_px} px"
        raise ValueError(msg)
    rects = np.asarray(rects_px, dtype=np.float64).reshape(-1, 4)
    first = np.round(rects[:, :2]).astype(np.int64)
    last = np.round(rects[:, :2] + rects[:, 2:]).astype(np.int64)
    _check_places(first, last, blank.shape)
    inner = np.apply_along_axis(_share_sizes, 0, last - first)
    sizes = inner + 2 * margin_px
    cutter = _Cutter(blank, first, last, margin_px, options)
    groups = []
    for size in np.unique(sizes, axis=0):
        places = np.flatnonzero(np.all(sizes == size, axis=1))
        groups += [
            _group(some, [cutter.cut(int(place), size) for place in some], cutter)
            for some in np.array_split(places, -(-len(places) // TOGETHER))
        ]
    spread = tabulate_spread([group.soft for group in groups])
    return BoxReference(first - margin_px, sizes, tuple(groups), spread, options)


def pack_rows(bits: Bits) -> NDArray[np.uint64]:
    """Pack (N, rows, columns) into words of 64 pixels: (N, rows, words)."""
    packed = np.packbits(bits, axis=-1)
    words = -(-packed.shape[-1] // 8)
    padded = np.zeros((*packed.shape[:-1], words * 8), dtype=np.uint8)
    padded[..., : packed.shape[-1]] = packed
    return padded.view(np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """One box with its surroundings, (rows, columns) of its patch."""

    region: NDArray[np.uint8]
    owner: NDArray[np.int16]
    far: Bits
    ink: NDArray[np.float32]
    shading: NDArray[np.float32]
    white: Bits


class _Cutter:
    """The blank page: what is print, what hides ink around it, and which box is where."""

    def __init__(
        self,
        blank: Grey,
        first: NDArray[np.int64],
        last: NDArray[np.int64],
        margin_px: int,
        options: ScoringOptions,
    ) -> None:
        self.margin_px = margin_px
        self.options = options
        # Patches of boxes near the edge leave the page, and some are larger than their box wants.
        border = margin_px + ALIKE_PX + BYTE_PX
        self.first, self.last, self.border = first + border, last + border, border
        ink = np.pad(ink_of_blank(blank, PX_PER_MM), border)
        print_ = (ink > options.print_level).astype(np.uint8)
        self.ink = ink
        self.hidden_wide = _grow(print_, options.hidden_wide_mm)
        self.hidden = _grow(print_, options.hidden_mm)
        self.hidden_narrow = _grow(print_, options.hidden_narrow_mm)
        self.hidden_beside = _grow(print_, options.hidden_beside_mm)
        # What lies beyond the edge of the page is no paper.
        self.hidden_beside[np.pad(np.zeros(blank.shape, bool), border, constant_values=True)] = True
        self.owner = np.full(ink.shape, -1, dtype=np.int16)
        for place, (start, end) in enumerate(zip(self.first, self.last, strict=True)):
            self.owner[start[1] : end[1], start[0] : end[0]] = place

    def cut(self, place: int, size_px: NDArray[np.int64]) -> _Cut:
        """Cut out one box with its surroundings."""
        left, top = (self.first[place] - self.margin_px).tolist()
        columns, rows = size_px.tolist()
        here = slice(top, top + rows), slice(left, left + columns)
        owner, ink = self.owner[here], self.ink[here]
        own = owner == place
        white = own & ~self._hidden(own, here)
        if white.sum() < LEAST_WHITE_MM2 * PX_PER_MM**2:
            msg = message(
                "the print of box {number} leaves no white to mark; check where the box lies on the blank",
                number=place + 1,
            )
            raise TemplateError(msg)
        region = np.zeros(own.shape, dtype=np.uint8)
        region[(owner >= 0) & ~self.hidden[here]] = OTHER
        region[self._near(place, here) & (owner < 0) & ~self.hidden_beside[here]] = RING
        is_far = self._distance(place, here) >= self.options.far_mm * PX_PER_MM
        region[own] = HIDDEN
        region[white] = OWN
        faint = (region != HIDDEN) & (ink > FAINT_PRINT) & (ink <= self.options.print_level)
        shading = np.where(faint, ink, 0.0).astype(np.float32)
        return _Cut(region, owner, (region == RING) & is_far, ink, shading, white)

    def _hidden(self, own: Bits, here: tuple[slice, slice]) -> Bits:
        """What print hides in this box: the more, the more white it keeps."""
        for hidden, share in (
            (self.hidden_wide[here], self.options.much_white),
            (self.hidden[here], self.options.enough_white),
        ):
            if np.count_nonzero(own & ~hidden) >= share * np.count_nonzero(own):
                return hidden
        return self.hidden_narrow[here]

    def _near(self, place: int, here: tuple[slice, slice]) -> Bits:
        """The box and the paper beside it, as far as no other box is nearer."""
        ring = self.options.beside_mm * PX_PER_MM
        ring = min(ring, self.margin_px - self.options.shift_px)
        away = self._distance(place, here)
        near = away <= ring
        reach = int(2 * ring) + 1
        start, end = self.first[place] - reach, self.last[place] + reach
        for other in np.flatnonzero(np.all((self.first < end) & (self.last > start), axis=1)):
            near &= away <= self._distance(int(other), here)
        return near

    def _distance(self, place: int, here: tuple[slice, slice]) -> NDArray[np.float64]:
        """How far each pixel of a patch lies outside a box."""
        (left, top), (right, bottom) = self.first[place], self.last[place] - 1
        rows, columns = np.ogrid[here]
        x = np.maximum(np.maximum(left - columns, columns - right), 0)
        y = np.maximum(np.maximum(top - rows, rows - bottom), 0)
        return np.asarray(np.hypot(x, y))


def _group(places: NDArray[np.intp], cuts: Sequence[_Cut], cutter: _Cutter) -> BoxGroup:
    shift, margin = cutter.options.shift_px, cutter.margin_px
    frame = slice(None), slice(shift, -shift or None), slice(shift, -shift or None)
    white = np.stack([cut.white for cut in cuts])
    shading = np.stack([cut.shading for cut in cuts])
    rows, columns = (slice(margin, size - margin) for size in white.shape[1:])
    ink = np.stack([cut.ink for cut in cuts])
    owner = np.stack([cut.owner for cut in cuts])
    solid = _choose(ink > SOLID_PRINT)
    return BoxGroup(
        places=places,
        region=np.stack([cut.region for cut in cuts])[frame],
        owner=owner[frame],
        far=np.stack([cut.far for cut in cuts])[frame],
        solid=solid,
        bare=np.stack([_spread(cut.region != HIDDEN) for cut in cuts], axis=1),
        shading=shading if shading.any() else None,
        soft=prepare_soft_print(ink, owner >= 0, solid, AROUND_PX),
        white_px=np.count_nonzero(white, axis=(1, 2)),
        sides_px=(cutter.last - cutter.first)[places, ::-1],
        inner=(rows, columns),
        white=pack_rows(white[:, rows, columns]),
    )


def _share_sizes(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Raise each size to the largest of those about as large, and that to whole bytes."""
    shared = sizes.copy()
    while (left := np.unique(sizes[sizes > 0])).size:
        alike = left[left <= left[0] + ALIKE_PX]
        shared[np.isin(sizes, alike)] = -(-alike[-1] // BYTE_PX) * BYTE_PX
        sizes = np.where(np.isin(sizes, alike), 0, sizes)
    return shared


def _choose(solid: Bits) -> NDArray[np.intp]:
    """Choose up to `ENOUGH_SOLID_PX` pixels, spread over all boxes, none on the edge of a patch."""
    solid[:, [0, -1]] = False
    solid[:, :, [0, -1]] = False
    places = np.stack(np.nonzero(solid))
    return places[:, :: places.shape[1] // ENOUGH_SOLID_PX + 1]


def _spread(bare: Bits) -> NDArray[np.intp]:
    """Rows and columns (2, K) of `BARE_PX` set pixels, spread evenly."""
    places = np.stack(np.nonzero(bare))
    return places[:, np.linspace(0, places.shape[1] - 1, BARE_PX).astype(np.intp)]


def _grow(bits: NDArray[np.uint8], radius_mm: float) -> Bits:
    radius = max(1, round(radius_mm * PX_PER_MM))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disc = (x * x + y * y <= radius**2).astype(np.uint8)
    return np.asarray(cv2.dilate(bits, disc), dtype=bool)


def _check_places(
    first: NDArray[np.int64], last: NDArray[np.int64], shape: tuple[int, ...]
) -> None:
    rows, columns = shape
    outside = np.any((first < 0) | (last > (columns, rows)) | (last <= first), axis=1)
    if outside.any():
        msg = message(
            "box {number} does not lie on the page; check its numbers and the resolution of the blank",
            number=np.argmax(outside) + 1,
        )
        raise TemplateError(msg)
