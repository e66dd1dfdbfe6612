"""The printed QR code of a page: where it stands on the scan and what it says.

The code is looked for where it is expected first: a decoder that is shown 40 mm of paper instead of
a whole page needs a twentieth of the time. What is not found there is looked for everywhere, with
more and more patience.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from ballotscan.election.code import PageCode
from ballotscan.election.template import TemplatePage
from ballotscan.scan.mapping import Pixels, Points

BGR_RED = 2
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.uint8)
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class IdentityOptions:
    """How codes are looked for.

    Attributes:
        margin_mm: How far from its expected place a code is looked for first. A sheet that lies 3°
            askew in the feeder has its corner codes 8 mm away from where they belong.
        enough_px_per_mm: Scan pixels a millimetre above which a window is halved before it is
            decoded: 8.5 leaves a scan of 200 dpi alone and halves one of 300 dpi. zxing-cpp reads
            our codes (29 modules on 14 mm) down to 4 pixels a millimetre.
    """

    margin_mm: float = 13.0
    enough_px_per_mm: float = 8.5


@dataclass(frozen=True, slots=True, eq=False)
class FoundCode:
    """One code on a scan.

    Attributes:
        text: What it says.
        code: The same taken apart; None where the code is not one of ours.
        corners: (4, 2) corners (x, y) of the symbol in scan pixels, from the code's own top left
            clockwise as it is printed, good to about one pixel.
    """

    text: str
    code: PageCode | None
    corners: Points


@dataclass(frozen=True, slots=True)
class CodePlace:
    """Where a code is printed: its middle as a share of the page, and the sizes of both."""

    x_share: float
    y_share: float
    size_mm: float
    page_width_mm: float
    page_height_mm: float


def code_places(pages: Iterable[TemplatePage]) -> tuple[CodePlace, ...]:
    """Where the codes of these pages stand, each distinct place once."""
    places = (
        CodePlace(
            # Ballots of one election differ by a hair here; one window serves them all.
            x_share=round((rect.left_mm + rect.width_mm / 2) / page.width_mm, 2),
            y_share=round((rect.top_mm + rect.height_mm / 2) / page.height_mm, 2),
            size_mm=round(max(rect.width_mm, rect.height_mm)),
            page_width_mm=page.width_mm,
            page_height_mm=page.height_mm,
        )
        for page in pages
        for rect in page.codes
    )
    return tuple(dict.fromkeys(places))


def find_codes(
    pixels: Pixels, places: Sequence[CodePlace], options: IdentityOptions
) -> list[FoundCode]:
    """Find the codes of a page quickly: where they are expected, then on the whole page.

    Args:
        pixels: (rows, columns) grey or (rows, columns, 3) BGR scan, any way up.
        places: Where codes are expected, if anywhere.
        options: How to look.

    Returns:
        The codes that were found, ours first; it is no promise that all were. Empty where none of
        any kind was found.
    """
    foreign: list[FoundCode] = []
    for windows in (*_expected(pixels, places, options), *_whole_page(pixels)):
        found = _decode_all(pixels, windows)
        if any(each.code for each in found):
            return found
        foreign = foreign or found
    return foreign


def find_codes_patiently(pixels: Pixels) -> list[FoundCode]:
    """Find codes that are faint, blurred, torn at a finder pattern, or printed white on black.

    About thirty times as slow as `find_codes`: for pages that had no code.
    """
    rows, columns = pixels.shape[:2]
    whole = _Window(0, 0, columns, rows, 0)
    grey = _cut(pixels, whole)
    foreign: list[FoundCode] = []
    for image, scale in _prepared_patiently(grey):
        found = _read(image, whole, scale, is_patient=True)
        if any(each.code for each in found):
            return sorted(found, key=_is_foreign)
        foreign = foreign or found
    return foreign


def find_all_codes(pixels: Pixels) -> list[FoundCode]:
    """List the codes on a whole scan, whatever they say; for a scan that may show two sheets."""
    windows = [window for each in _whole_page(pixels) for window in each]
    return _decode_all(pixels, windows)


def read_code_at(pixels: Pixels, corners: Points, options: IdentityOptions) -> list[FoundCode]:
    """Read what stands at one place, where a code is known to be printed.

    Args:
        pixels: The scan.
        corners: (4, 2) expected corners of the symbol in scan pixels.
        options: How to look.
    """
    reach = float(np.linalg.norm(corners[1] - corners[0])) / 3
    left, top = corners.min(axis=0) - reach
    right, bottom = corners.max(axis=0) + reach
    px_per_mm = reach * 3 / 14.0  # rough: only for how far the window may be halved
    window = _clip(pixels, (left, top, right, bottom), _halvings(px_per_mm, options))
    return [] if window is None else _decode_all(pixels, [window])


@dataclass(frozen=True, slots=True)
class _Window:
    left: int
    top: int
    right: int
    bottom: int
    halvings: int


def _expected(
    pixels: Pixels, places: Sequence[CodePlace], options: IdentityOptions
) -> tuple[list[_Window], list[_Window]]:
    """Windows where codes stand if the scan is the whole page.

    Returns:
        Those for a page that lies as long as the scan does (either way up), then those for a page
        that lies across it.
    """
    rows, columns = pixels.shape[:2]
    along: dict[tuple[int, int], _Window] = {}
    across: dict[tuple[int, int], _Window] = {}
    for place in places:
        x, y = place.x_share, place.y_share
        is_turned = (columns > rows) != (place.page_width_mm > place.page_height_mm)
        for turn, share in enumerate(((x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x))):
            px_per_mm = max(columns, rows) / max(place.page_width_mm, place.page_height_mm)
            reach = (place.size_mm / 2 + options.margin_mm) * px_per_mm
            middle_x, middle_y = share[0] * columns, share[1] * rows
            window = _clip(
                pixels,
                (middle_x - reach, middle_y - reach, middle_x + reach, middle_y + reach),
                _halvings(px_per_mm, options),
            )
            # Codes near opposite corners fall on each other when the page is turned about.
            cell = (int(middle_x / reach), int(middle_y / reach))
            if window is not None:
                (across if is_turned == (turn % 2 == 0) else along).setdefault(cell, window)
    return list(along.values()), list(across.values())


def _whole_page(pixels: Pixels) -> list[list[_Window]]:
    rows, columns = pixels.shape[:2]
    largest = max(rows, columns)
    # 2600 px is A4 at 220 dpi: more pixels than that are halved, then tried as they are.
    most = 0 if largest < 1800 else 1 if largest < 2600 else 2  # noqa: PLR2004
    windows = (_clip(pixels, (0, 0, columns, rows), each) for each in range(most, -1, -1))
    return [[window] for window in windows if window is not None]


def _halvings(px_per_mm: float, options: IdentityOptions) -> int:
    halvings = 0
    while px_per_mm > options.enough_px_per_mm:
        px_per_mm /= 2
        halvings += 1
    return halvings


def _clip(pixels: Pixels, box: tuple[float, float, float, float], halvings: int) -> _Window | None:
    """Turn (left, top, right, bottom) into a window inside the scan whose sides halve evenly."""
    rows, columns = pixels.shape[:2]
    step = 1 << halvings
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right, bottom = min(columns, int(box[2])), min(rows, int(box[3]))
    right, bottom = right - (right - left) % step, bottom - (bottom - top) % step
    if right - left < step or bottom - top < step:
        return None
    return _Window(left, top, right, bottom, halvings)


def _cut(pixels: Pixels, window: _Window) -> Pixels:
    cut = pixels[window.top : window.bottom, window.left : window.right]
    if cut.ndim > 2:  # noqa: PLR2004
        # A red seal is bright in the red channel; what we print is black in all three.
        cut = cut[:, :, BGR_RED]
    cut = np.ascontiguousarray(cut)
    for _ in range(window.halvings):
        cut = np.asarray(cv2.resize(cut, None, fx=0.5, fy=0.5), dtype=np.uint8)
    return cut


def _decode_all(pixels: Pixels, windows: Sequence[_Window]) -> list[FoundCode]:
    found: list[FoundCode] = []
    for window in windows:
        scale = 1.0 / (1 << window.halvings)
        for each in _read(_cut(pixels, window), window, scale, is_patient=False):
            if not any(_is_same_place(each, other) for other in found):
                found.append(each)
    return sorted(found, key=_is_foreign)


def _is_foreign(found: FoundCode) -> bool:
    return found.code is None


def _is_same_place(one: FoundCode, other: FoundCode) -> bool:
    """Whether overlapping windows showed the same symbol twice."""
    apart = float(np.linalg.norm(one.corners.mean(axis=0) - other.corners.mean(axis=0)))
    return apart < float(np.linalg.norm(one.corners[1] - one.corners[0])) / 2


def _read(image: Pixels, window: _Window, scale: float, *, is_patient: bool) -> list[FoundCode]:
    """Decode one image that is `window` of the scan, `scale` times as large."""
    barcodes = zxingcpp.read_barcodes(
        image,
        formats=_QR,
        try_rotate=is_patient,
        try_downscale=is_patient,
        try_invert=is_patient,
        text_mode=zxingcpp.TextMode.Plain,
    )
    found = []
    for barcode in barcodes:
        place = barcode.position
        corners = np.array(
            [
                (corner.x, corner.y)
                for corner in (
                    place.top_left,
                    place.top_right,
                    place.bottom_right,
                    place.bottom_left,
                )
            ],
            dtype=np.float64,
        )
        # zxing counts from the edge of the first pixel, we count from its centre.
        corners = corners / scale + (window.left - 0.5, window.top - 0.5)
        found.append(FoundCode(barcode.text, PageCode.parse(barcode.text), corners))
    return found


def _prepared_patiently(grey: Pixels) -> list[tuple[Pixels, float]]:
    """The page as it is, softened, with thinner and thicker ink, and in other sizes.

    Returns:
        Each with its scale. Bilevel scans with a dark setting swell the modules until they run
        together, those with a light one starve them.
    """
    half = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5), dtype=np.uint8)
    images = [
        (grey, 1.0),
        (np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.2), dtype=np.uint8), 1.0),
        (np.asarray(cv2.dilate(grey, _CROSS), dtype=np.uint8), 1.0),
        (np.asarray(cv2.erode(grey, _CROSS), dtype=np.uint8), 1.0),
        (half, half.shape[1] / grey.shape[1]),
    ]
    if max(grey.shape) < 1800:  # noqa: PLR2004 - A4 below 150 dpi: too few pixels a module
        double = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        images.append((np.asarray(double, dtype=np.uint8), 2.0))
    return images
