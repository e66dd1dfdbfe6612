"""How well small pictures fit on larger ones, many at once.

The measure is the normalised correlation of what departs from the mean (`TM_CCOEFF_NORMED` of
OpenCV). The transforms of the small pictures, which are those of the blank, are made once; so this
takes a third of the time of OpenCV's `matchTemplate`, which makes them for every page anew.
Only the few places near the middle are wanted of each transform back: they, and the sums of each
place, are products with small matrices, as are transforms of short lines. At such lengths that is
several times faster than the fast transform.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Complexes = NDArray[np.complex64]

# Variance of a window, in grey levels squared, below which it shows nothing that could fit. Single
# precision leaves up to 0.003 where there is none.
_LEAST_VARIANCE = 0.05
_SHORT = 100  # lines up to this length are faster transformed by a matrix


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
    spectra: Complexes
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
    departures = windows.astype(np.float32)
    departures -= departures.mean(axis=(1, 2), keepdims=True)
    product = _transform(departures, prints.padded)
    product *= prints.spectra
    variances = _variances(departures, prints.size)
    sums = _transform_back(product, prints.padded[1], variances.shape[1:])
    area = prints.size[0] * prints.size[1]
    scale = prints.norms.astype(np.float32)[:, None, None] * np.sqrt(variances * np.float32(area))
    seen = variances >= _LEAST_VARIANCE
    fit: Floats = np.divide(sums, scale, out=np.zeros_like(sums), where=seen & (scale > 0))
    return fit


def _transform(pictures: Floats, padded: tuple[int, int]) -> Complexes:
    """(N, rows, columns / 2 + 1) transforms of pictures, as if they were padded with 0."""
    count, rows, columns = pictures.shape
    if padded[1] <= _SHORT:
        waves = _waves_along(columns, padded[1])
        along = (pictures.reshape(-1, columns) @ waves).view(np.complex64)
        along = along.reshape(count, rows, -1)
    else:
        along = np.fft.rfft(pictures, padded[1], axis=2).astype(np.complex64, copy=False)
    if padded[0] <= _SHORT:
        return np.asarray(_waves_down(padded[0])[:, :rows] @ along, dtype=np.complex64)
    return np.asarray(np.fft.fft(along, padded[0], axis=1), dtype=np.complex64)


def _transform_back(spectra: Complexes, columns: int, wanted: tuple[int, int]) -> Floats:
    """(N, rows, columns) the first of each transform of this many columns."""
    # The transform back of the rows is the conjugate of that there, by their number.
    along = np.conj(_waves_down(spectra.shape[1])[: wanted[0]]) @ spectra
    lines = np.ascontiguousarray(along).view(np.float32).reshape(-1, 2 * spectra.shape[2])
    sums: Floats = lines @ _waves_back(wanted[1], columns)
    sums /= np.float32(spectra.shape[1])
    return sums.reshape(len(spectra), *wanted)


def _variances(departures: Floats, size: tuple[int, int]) -> Floats:
    """Variance of the pixels under a picture of this size, at each of its places."""
    count, rows, columns = departures.shape
    down, along = _places(rows, size[0]), _places(columns, size[1]).T

    def mean(values: Floats) -> Floats:
        bands = (down @ values).reshape(-1, columns)
        means = (bands @ along).reshape(count, len(down), -1)
        return np.asarray(means / np.float32(size[0] * size[1]), dtype=np.float32)

    middle = mean(departures)
    variances: Floats = np.maximum(mean(departures**2) - middle**2, np.float32(0))
    return variances


@lru_cache
def _places(length: int, size: int) -> Floats:
    """(places, length) 1 where a picture lies, for each of its places on a line."""
    first, at = np.arange(length - size + 1)[:, None], np.arange(length)
    return ((at >= first) & (at < first + size)).astype(np.float32)


@lru_cache
def _waves_down(length: int) -> Complexes:
    """(length, length) the transform of lines of this length, as a matrix."""
    turns = np.outer(np.arange(length), np.arange(length)) % length
    waves: Complexes = np.exp(-2j * np.pi * turns / length).astype(np.complex64)
    return waves


@lru_cache
def _waves_along(known: int, length: int) -> Floats:
    """(known, length + 2 or so) the transform of real lines, real and imaginary by turns."""
    waves = np.ascontiguousarray(_waves_down(length)[:known, : length // 2 + 1])
    return waves.view(np.float32)


@lru_cache
def _waves_back(wanted: int, length: int) -> Floats:
    """(length + 2 or so, wanted) the first values of real lines from such a transform."""
    waves = np.conj(_waves_down(length)[:wanted, : length // 2 + 1])
    # All but the first, and the last of an even length, stand for their mirror image as well.
    waves[:, 1 : (length + 1) // 2] *= 2
    parts = np.stack([waves.real, -waves.imag], axis=-1).reshape(wanted, -1)
    return np.ascontiguousarray(parts.T / length, dtype=np.float32)


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
