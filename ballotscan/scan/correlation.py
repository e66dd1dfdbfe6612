"""How well small pictures fit on larger ones, many at once.

The measure is the normalised correlation of what departs from the mean (`TM_CCOEFF_NORMED` of
OpenCV). The transforms of the small pictures, which are those of the blank, are made once; so this
takes three fifths of the time of OpenCV's `matchTemplate`, which makes them for every page anew.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Variance of a window, in grey levels squared, below which it shows nothing that could fit.
_LEAST_VARIANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """N pictures of one size, to be found in windows of one size.

    Attributes:
        size: (rows, columns) of each.
        padded: (rows, columns) of the transforms; a window fits in them.
        spectra: (N, rows, columns / 2 + 1) conjugate transforms of what departs from the mean.
        norms: (N,) root of the sum of squares of that.
    """

    size: tuple[int, int]
    padded: tuple[int, int]
    spectra: NDArray[np.complex64]
    norms: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.norms)

    def only(self, which: NDArray[np.intp]) -> "Prints":
        """Some of the pictures."""
        return Prints(self.size, self.padded, self.spectra[which], self.norms[which])


def prepare_prints(pictures: Floats, window_size: tuple[int, int]) -> Prints:
    """Transform pictures that will be looked for.

    Args:
        pictures: (N, rows, columns).
        window_size: (rows, columns) of the windows, no smaller.
    """
    departures = pictures - pictures.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
    padded = _smooth(window_size[0]), _smooth(window_size[1])
    return Prints(
        size=(pictures.shape[1], pictures.shape[2]),
        padded=padded,
        spectra=np.conj(_transform(departures.astype(np.float32), padded)),
        norms=np.sqrt((departures**2).sum(axis=(1, 2))),
    )


def correlate(windows: NDArray[np.uint8], prints: Prints) -> Floats:
    """Say how well each picture fits on its window, wherever it may lie on it.

    Args:
        windows: (N, rows, columns).
        prints: N pictures.

    Returns:
        (N, rows, columns) correlations, as many as there are places; 0 where nothing is seen.
    """
    rows = windows.shape[1] - prints.size[0] + 1
    columns = windows.shape[2] - prints.size[1] + 1
    departures = windows.astype(np.float32)
    departures -= departures.mean(axis=(1, 2), keepdims=True)
    product = _transform(departures, prints.padded)
    product *= prints.spectra
    # Only the first rows and columns are wanted; in the others the picture leaves the window.
    wanted = np.fft.ifft(product, axis=1)[:, :rows]
    sums = np.fft.irfft(wanted, prints.padded[1], axis=2)[:, :, :columns]
    variances = _variances(windows, prints.size)
    scale = prints.norms[:, None, None] * np.sqrt(variances * (prints.size[0] * prints.size[1]))
    seen = variances >= _LEAST_VARIANCE
    return np.divide(sums, scale, out=np.zeros_like(sums), where=seen & (scale > 0))


def _transform(pictures: Floats, padded: tuple[int, int]) -> NDArray[np.complex64]:
    along = np.fft.rfft(pictures, padded[1], axis=2)
    return np.asarray(np.fft.fft(along, padded[0], axis=1), dtype=np.complex64)


def _variances(windows: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float64]:
    """Variance of the pixels under a picture of this size, at each of its places."""
    count, rows, columns = windows.shape
    # One summed-area table of all windows under one another.
    tables = cv2.integral2(windows.reshape(count * rows, columns), sqdepth=cv2.CV_64F)
    means, squares = (
        _sums(np.asarray(table, dtype=np.float64), count, size) / (size[0] * size[1])
        for table in tables
    )
    return np.maximum(squares - means * means, 0)


def _sums(table: NDArray[np.float64], count: int, size: tuple[int, int]) -> NDArray[np.float64]:
    rows = (len(table) - 1) // count
    above = table[:-1].reshape(count, rows, -1)[:, : rows - size[0] + 1]
    below = table[1:].reshape(count, rows, -1)[:, size[0] - 1 :]
    bands = below - above
    return bands[:, :, size[1] :] - bands[:, :, : -size[1]]


def _smooth(length: int) -> int:
    """The least length, from this one on, that has no prime factor above 5: fast to transform."""
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1
