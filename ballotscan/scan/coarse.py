"""Where a printed form lies on a scan, roughly: to a few millimetres, which `stretch` repairs.

Three ways, tried in order of cost; each gives a matrix from half template pixels (100 dpi) to
pixels of the ink image of the scan. None may be believed without the gate: a page of another form
often fits in a way that looks sane.

1. Four solid squares in the corners, where the blank has them.
2. Enhanced correlation (Evangelidis & Psarakis 2008) of the two pages at 12 dpi, from each way the
   page can lie in the scanner: right for whole pages, whatever is printed on them.
3. SIFT features (Lowe 2004) and a robust plane fit (MAGSAC++, Barath et al. 2020): for a page that
   covers a part of the picture only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.scan.mapping import Pixels, Points
from ballotscan.scan.paper import Matrix, reduce_page

# For correlation and for features every page and every blank is brought to one size, whatever its
# paper and its resolution. This one is 12 dpi on A4.
_TINY_LONG_SIDE_PX = 146
# Smoothing by 7 mm finds pages that are off by 20 mm, where 2 mm finds those off by 10 only;
# without the second, sharper look 1 in 20 stays beyond the reach of the local passes.
_FAR_BLUR_PX = 3.5
_NEAR_BLUR_PX = 1.1
_HALF_BLACK = 140  # of 255 of ink, a little more than half, because print swells on paper
_THIN_PX = 5
_LEAST_SIDE_PX, _LARGEST_SIDE_PX = 7, 60  # 2 to 12 mm at 100 to 150 dpi
_CORNERS = 4
_FEATURE_LONG_SIDE_PX = 820
_FEATURES = 800
_LEAST_FEATURES = 12
_LEAST_MATCHES = 8


@dataclass(frozen=True, slots=True, eq=False)
class CoarseReference:
    """What the coarse fits need of a blank.

    Attributes:
        size_px: (columns, rows) of the blank in half template pixels.
        blurred: Ink at 12 dpi, much smoothed.
        clear: Ink at 12 dpi, little smoothed.
        from_tiny: From pixels of these two to half template pixels.
        squares: (4, 2) centres of the corner squares (upper left, upper right, lower right, lower
            left) in half template pixels; None where the blank has no such four.
        square_side_px: Their side in half template pixels.
        points: (N, 2) places of the features in half template pixels.
        descriptors: (N, 128) of the features.
    """

    size_px: tuple[int, int]
    blurred: Pixels
    clear: Pixels
    from_tiny: Matrix
    squares: Points | None
    square_side_px: float
    points: Points
    descriptors: NDArray[np.float32]


def prepare_coarse(ink: Pixels) -> CoarseReference:
    """Take from a blank what the coarse fits need.

    Args:
        ink: (rows, columns) ink of the blank at 100 dpi.
    """
    tiny, from_tiny = _make_tiny(ink)
    found = _corner_squares(ink)
    points, descriptors = _features(ink)
    return CoarseReference(
        size_px=(ink.shape[1], ink.shape[0]),
        blurred=_blur(tiny, _FAR_BLUR_PX),
        clear=_blur(tiny, _NEAR_BLUR_PX),
        from_tiny=from_tiny,
        squares=None if found is None else found[0],
        square_side_px=0.0 if found is None else found[1],
        points=points,
        descriptors=descriptors,
    )


class CoarsePage:
    """A scan on which forms are looked for; what several forms need of it is computed once.

    Attributes:
        ink: (rows, columns) ink of the scan, of about the resolution of half template pixels if the
            whole paper is on it.
    """

    def __init__(self, ink: Pixels) -> None:
        self.ink = ink

    @cached_property
    def tiny(self) -> tuple[Pixels, Matrix]:
        """Ink at 12 dpi, and the matrix from its pixels to those of the scan."""
        return _make_tiny(self.ink)

    @cached_property
    def blurred(self) -> Pixels:
        """Ink at 12 dpi, much smoothed."""
        return _blur(self.tiny[0], _FAR_BLUR_PX)

    @cached_property
    def clear(self) -> Pixels:
        """Ink at 12 dpi, little smoothed."""
        return _blur(self.tiny[0], _NEAR_BLUR_PX)

    @cached_property
    def squares(self) -> NDArray[np.float64]:
        """Solid squares: (N, 3) x, y, side."""
        return _solid_squares(self.ink)

    @cached_property
    def features(self) -> tuple[Points, NDArray[np.float32]]:
        """Features at about 72 dpi: (N, 2) points and (N, 128) descriptors."""
        return _features(self.ink)


@dataclass(frozen=True, slots=True, eq=False)
class CoarseFit:
    """A place where a form may lie.

    Attributes:
        way: How it was found: squares, correlation or features.
        matrix: Half template pixels to pixels of the ink.
        likeness: Correlation of the two pages at 12 dpi, where that was measured; else 0.
    """

    way: str
    matrix: Matrix
    likeness: float = 0.0


def quick_fits(page: CoarsePage, reference: CoarseReference) -> Iterator[CoarseFit]:
    """Find where the form may lie by squares and by correlation, cheapest first, sane shapes only."""
    ways = (_fit_squares, _fit_correlation)
    fits = (fit for way in ways for fit in way(page, reference))
    scale = _expected_scale(page, reference)
    return (fit for fit in fits if is_sane(fit.matrix, reference.size_px, scale))


def feature_fit(page: CoarsePage, reference: CoarseReference) -> CoarseFit | None:
    """Find where the form may lie by its features; None where too few match, or in no sane shape."""
    matrix = _fit_features(page, reference)
    if matrix is None:
        return None
    is_fit = is_sane(matrix, reference.size_px, _expected_scale(page, reference))
    return CoarseFit("features", matrix) if is_fit else None


def _expected_scale(page: CoarsePage, reference: CoarseReference) -> float:
    """Scan pixels a half template pixel, if the scan shows the whole paper and nothing else."""
    scale: float = max(page.ink.shape) / max(reference.size_px)
    return scale


def is_sane(matrix: Matrix, size_px: tuple[int, int], scale: float) -> bool:
    """Say whether a sheet of paper can lie so: convex, not mirrored, corners nearly square.

    The limits (corners above 70 degrees, sides scaled alike within 1.3, by 0.45 to 1.6 of what is
    expected) bear a hand-held photograph and paper half as large as the scanner's glass; they turn
    away nearly every fit of features to another form.

    Args:
        matrix: Half template pixels to pixels of the scan.
        size_px: (columns, rows) of the form in half template pixels.
        scale: Scan pixels a half template pixel, if the scan shows the whole paper and no more.
    """
    columns, rows = size_px
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    ahead = matrix[2, :2].dot(corners.T) + matrix[2, 2]
    if not np.all(np.isfinite(matrix)) or np.any(ahead * np.sign(matrix[2, 2]) <= 0):
        return False
    there = cv2.perspectiveTransform(corners[None], matrix)[0]
    sides = np.roll(there, -1, axis=0) - there
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    scales = lengths / (columns, rows, columns, rows) / scale
    if scales.min() < 0.45 or scales.max() > 1.6 or scales.max() > 1.3 * scales.min():  # noqa: PLR2004
        return False
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    sines = turns / (lengths * np.roll(lengths, -1))
    return bool(sines.min() > np.sin(np.radians(70)))


def _make_tiny(ink: Pixels) -> tuple[Pixels, Matrix]:
    """Bring a page to a long side of 146 pixels; with the matrix back to its own."""
    scale = _TINY_LONG_SIDE_PX / max(ink.shape)
    # In two steps, of which the first is by a whole factor and fast.
    factor = max(1, int(0.5 / scale))
    closer = reduce_page(ink, factor)
    rows, columns = (side * factor for side in closer.shape)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    tiny = cv2.resize(closer, size, interpolation=cv2.INTER_AREA)
    x, y = columns / size[0], rows / size[1]
    back = np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])
    return np.asarray(tiny, dtype=np.uint8), back


def _blur(image: Pixels, sigma_px: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), dtype=np.uint8)


# --- 1. corner squares ---------------------------------------------------------------------------


def _solid_squares(ink: Pixels) -> NDArray[np.float64]:
    """Find solid black squares of 2 to 12 mm: (N, 3) x, y, side in pixels of `ink`."""
    solid = (ink > _HALF_BLACK).astype(np.uint8)
    # Eaten away by what is thinner than a square, a page of text leaves few components to label.
    thick = cv2.erode(solid, np.ones((_THIN_PX, _THIN_PX), dtype=np.uint8))
    _, _, stats, middles = cv2.connectedComponentsWithStats(thick, connectivity=4)
    width = stats[:, cv2.CC_STAT_WIDTH].astype(np.float64)
    height = stats[:, cv2.CC_STAT_HEIGHT]
    full = stats[:, cv2.CC_STAT_AREA] > 0.8 * width * height
    even = np.abs(width - height) <= 0.25 * np.maximum(width, height) + 2
    side = (width + height) / 2 + _THIN_PX - 1
    fits = full & even & (side >= _LEAST_SIDE_PX) & (side <= _LARGEST_SIDE_PX)
    fits[0] = False
    return np.column_stack([middles[fits], side[fits]])


def _outermost(squares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Choose the outermost square towards each corner: upper left, upper right, lower right, ..."""
    x, y = squares[:, 0], squares[:, 1]
    return np.array([np.argmin(x + y), np.argmax(x - y), np.argmax(x + y), np.argmin(x - y)])


def _corner_squares(ink: Pixels) -> tuple[Points, float] | None:
    squares = _solid_squares(ink)
    if len(squares) < _CORNERS:
        return None
    corners = squares[_outermost(squares)]
    rows, columns = ink.shape
    spread = (corners[:, :2] / (columns, rows) - 0.5) * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    side = float(np.median(corners[:, 2]))
    alike = np.abs(corners[:, 2] - side).max() <= 0.2 * side + 1
    return (corners[:, :2], side) if alike and spread.min() > 0.3 else None  # noqa: PLR2004


def _fit_squares(page: CoarsePage, reference: CoarseReference) -> Iterator[CoarseFit]:
    if reference.squares is None:
        return
    squares = page.squares
    scale = max(page.ink.shape) / max(reference.size_px)
    ratio = squares[:, 2] / (reference.square_side_px * scale)
    # Paper half as large as the scanner's glass has squares half as large as expected.
    squares = squares[(ratio > 0.45) & (ratio < 1.6)]  # noqa: PLR2004
    if len(squares) < _CORNERS:
        return
    corners = squares[_outermost(squares), :2]
    if len(np.unique(corners, axis=0)) < _CORNERS:
        return
    down, up = np.linalg.inv(page.tiny[1]), reference.from_tiny
    turned = []
    for turn in range(_CORNERS):
        there = np.roll(corners, -turn, axis=0).astype(np.float32)
        matrix = np.asarray(
            cv2.getPerspectiveTransform(reference.squares.astype(np.float32), there), np.float64
        )
        if not is_sane(matrix, reference.size_px, _expected_scale(page, reference)):
            continue
        flat = cv2.warpPerspective(
            page.clear,
            down.dot(matrix).dot(up),
            reference.clear.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        likeness = float(cv2.matchTemplate(flat, reference.clear, cv2.TM_CCOEFF_NORMED)[0, 0])
        turned.append(CoarseFit("squares", matrix, likeness))
    yield from sorted(turned, key=lambda fit: -fit.likeness)[:2]


# --- 2. correlation ------------------------------------------------------------------------------


def _fit_correlation(page: CoarsePage, reference: CoarseReference) -> Iterator[CoarseFit]:
    far = [
        _correlate(reference.blurred, page.blurred, start, rounds=60)
        for start in _starts(reference.blurred.shape, page.blurred.shape)
    ]
    up, down = page.tiny[1], np.linalg.inv(reference.from_tiny)
    for _, start in sorted(far, key=lambda fit: -fit[0]):
        likeness, matrix = _correlate(reference.clear, page.clear, start, rounds=40)
        yield CoarseFit("correlation", up.dot(matrix).dot(down), likeness)


def _starts(blank: tuple[int, ...], page: tuple[int, ...]) -> Iterator[Matrix]:
    """Lay the blank's corners on the page's corners, in both ways the shape allows."""
    rows, columns = blank
    page_rows, page_columns = page
    here = np.array([[0, 0], [columns, 0], [columns, rows]], dtype=np.float32) - 0.5
    right, bottom = page_columns - 0.5, page_rows - 0.5
    there = np.array(
        [[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]], dtype=np.float32
    )
    lies_across = (rows > columns) != (page_rows > page_columns)
    for turn in (1, 3) if lies_across else (0, 2):
        matrix = np.eye(3)
        matrix[:2] = cv2.getAffineTransform(here, np.roll(there, -turn, axis=0)[:3])
        yield matrix


def _correlate(blank: Pixels, page: Pixels, start: Matrix, *, rounds: int) -> tuple[float, Matrix]:
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, rounds, 1e-4)
    first = start[:2].astype(np.float32)
    motion = cv2.MOTION_AFFINE
    try:
        likeness, found = cv2.findTransformECC(blank, page, first, motion, criteria, None, 1)  # type: ignore[call-overload]
    except cv2.error:  # it did not converge, or left the page
        return -1.0, start
    matrix = np.eye(3)
    matrix[:2] = found
    return float(likeness), matrix


# --- 3. features ---------------------------------------------------------------------------------


def _features(ink: Pixels) -> tuple[Points, NDArray[np.float32]]:
    # All pages are brought to one size, in which A4 and letter paper have 72 dpi: so a page's
    # features serve every form. The features themselves do not mind another scale.
    scale = _FEATURE_LONG_SIDE_PX / max(ink.shape)
    size = (round(ink.shape[1] * scale), round(ink.shape[0] * scale))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    found, descriptors = cv2.SIFT.create(nfeatures=_FEATURES).detectAndCompute(small, None)
    if not found:
        return np.empty((0, 2)), np.empty((0, 128), dtype=np.float32)
    points = np.array([feature.pt for feature in found], dtype=np.float64)
    back = np.array(ink.shape[::-1]) / size
    return (points + 0.5) * back - 0.5, np.asarray(descriptors, dtype=np.float32)


def _fit_features(page: CoarsePage, reference: CoarseReference) -> Matrix | None:
    points, descriptors = page.features
    if min(len(points), len(reference.points)) < _LEAST_FEATURES:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(reference.descriptors, descriptors, k=2)
    good = [first for first, second in pairs if first.distance < 0.8 * second.distance]
    if len(good) < _LEAST_MATCHES:
        return None
    here = reference.points[[match.queryIdx for match in good]]
    there = points[[match.trainIdx for match in good]]
    matrix, _ = cv2.findHomography(here, there, cv2.USAC_MAGSAC, 3.0)
    return None if matrix is None else np.asarray(matrix, dtype=np.float64)
