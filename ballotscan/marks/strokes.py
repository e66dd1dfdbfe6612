"""From the pixels of each printed name to numbers about the strokes through and around it.

Decides nothing. A stroke is what the template did not print: ink within and around the letters. It
is measured against the name: how much of its length it covers, at which height of the letters it
runs, how it slants, and what else is there.
"""

import numpy as np
from numpy.typing import NDArray

from ballotscan.marks.aside import measure_aside
from ballotscan.marks.ink import Grey, printed_black
from ballotscan.marks.letters import CELL_PX, Bits
from ballotscan.marks.names import BANDS, NameReference, to_cells
from ballotscan.marks.rulings import measure_rulings
from ballotscan.marks.sight import GREYS, Sight
from ballotscan.marks.strokefeatures import StrokeFeature
from ballotscan.marks.traces import NewInk, measure_strokes

Features = NDArray[np.float32]

PALE_TIMES = 2.5
LEAST_RAGGED = 0.1  # of the names of a page have less of their rims blackened

_ROWS_AROUND, _COLUMNS_AROUND = np.mgrid[-1:2, -1:2].reshape(2, -1)


def score_names(
    tiles: Grey,
    half_page: Grey,
    paper: NDArray[np.floating],
    reference: NameReference,
    sight: Sight = GREYS,
) -> Features:
    """Measure the strokes on every name of one page.

    Args:
        tiles: (T, rows, columns) grey pictures of the tiles, in template pixels, cut where
            `reference.rects_px` says, each moved by its own shift.
        half_page: (rows, columns) grey page laid flat, at half the template's resolution.
        paper: (T,) grey of the bare paper at each tile; NaN where there is no paper.
        reference: The names on the blank.
        sight: What the scan shows at all.

    Returns:
        (N, F) numbers, columns as in `StrokeFeature`. A row is NaN where the name has no paper, all
        of them where the page has no printed black.
    """
    features = np.full((reference.names, len(StrokeFeature)), np.nan, dtype=np.float32)
    levels = np.asarray(paper, dtype=np.float32)
    black, found = _find_print(tiles, levels, reference)
    if np.isnan(black):
        return features
    ink = _see_ink(tiles, np.nan_to_num(levels), black, reference, sight)
    features[:] = measure_strokes(ink, reference)
    features[:, StrokeFeature.FOUND] = found
    columns = [StrokeFeature[name] for name in ("ASIDE_MM2", "ASIDE_MM", "LOOSE_MM2", "LOOSE_MM")]
    features[:, columns] = measure_aside(half_page, levels, black, reference, sight)
    level = np.full(reference.names, np.inf, dtype=np.float32)
    np.minimum.at(
        level, reference.name_of_line[reference.line_of_tile], np.nan_to_num(levels, nan=np.inf)
    )
    features[:, StrokeFeature.RULING_MM] = measure_rulings(
        half_page, level, black, reference.rulings
    )
    features[:, StrokeFeature.CUT] = sight.cut
    features[:, StrokeFeature.RAGGED] = _measure_rims(tiles, levels, black, reference, sight)
    name_of_tile = reference.name_of_line[reference.line_of_tile]
    features[name_of_tile[np.isnan(levels)]] = np.nan
    return features


def _find_print(
    tiles: Grey, paper: NDArray[np.float32], reference: NameReference
) -> tuple[float, NDArray[np.float64]]:
    """How black the names are printed here, and the share of each that is found."""
    tile, row, column = reference.solid
    rows, columns = tiles.shape[1:]
    around = tiles[
        tile[:, None],
        np.clip(row[:, None] + _ROWS_AROUND, 0, rows - 1),
        np.clip(column[:, None] + _COLUMNS_AROUND, 0, columns - 1),
    ]
    # Thin print is pale where its line was missed by half a pixel: the darkest pixel around tells.
    black = printed_black(1.0 - around.min(axis=1) / paper[tile])
    name = reference.name_of_line[reference.line_of_tile[tile]]
    here = 1.0 - tiles[tile, row, column] / paper[tile]
    is_found = here >= black * reference.options.dark_level
    asked = np.bincount(name, minlength=reference.names)
    return black, np.bincount(name, is_found, reference.names) / np.maximum(asked, 1)


def _measure_rims(
    tiles: Grey, paper: NDArray[np.float32], black: float, reference: NameReference, sight: Sight
) -> float:
    """How much of the rims around letters is black, on the names of a page where least of it is.

    Strokes blacken rims too, but not those of every name, nor those of all bands of a name; print
    that has spread or is torn does.
    """
    tile, row, column = reference.rim
    if not len(tile):
        return 0.0
    ink = 1.0 - tiles[tile, row, column] / paper[tile]
    options = reference.options
    level = options.bilevel_level if sight.is_bilevel else options.light_level
    is_black = ink >= black * level
    bands = reference.names * BANDS
    asked = np.bincount(reference.rim_band, minlength=bands)
    share = np.bincount(reference.rim_band, is_black, bands) / np.maximum(asked, 1)
    of_names = share.reshape(-1, BANDS).min(axis=1)
    return float(np.quantile(of_names, LEAST_RAGGED))


def _see_ink(
    tiles: Grey, paper: NDArray[np.float32], black: float, reference: NameReference, sight: Sight
) -> NewInk:
    """Look at every tile in all settings, and lay what is seen into strips of cells."""
    options = reference.options

    def darker(level: float) -> Bits:
        cut = np.floor(paper * np.float32(1 - black * level)).astype(np.uint8)
        return np.asarray(tiles <= cut[:, None, None])

    pale, asked_pale = None, reference.asked_pale_cells
    is_pale = np.zeros(len(reference.letters), dtype=bool)
    pales = np.zeros(len(reference.letters), dtype=np.int64)
    if sight.is_bilevel:
        # Between two pixels, black and white, there is no paler ink: half of it is the edge.
        sure = darker(options.bilevel_level) & ~reference.hidden_light
        seen, asked = to_cells(sure), reference.asked_cells
    else:
        sure = darker(options.dark_level) & ~reference.hidden_dark
        seen = to_cells((darker(options.light_level) & ~reference.hidden_light) | sure)
        asked = reference.asked_cells
        pale = to_cells(darker(options.pale_level) & ~reference.hidden_pale)
    line = reference.line_of_tile
    counts = np.bincount(line, np.count_nonzero(seen, axis=(1, 2)), len(reference.letters))
    has_ink = counts > 0
    if pale is not None:
        # A line on which the pale setting sees far more than the others is struck in pencil, if at
        # all.
        pales += np.bincount(
            line, np.count_nonzero(pale, axis=(1, 2)), len(reference.letters)
        ).astype(np.int64)
        is_pale = pales > PALE_TIMES * counts
        has_ink |= pales > 0
        of_pale = is_pale[line, None, None]
        seen = np.where(of_pale, pale, seen)
        asked = np.where(of_pale, asked_pale, asked)
    has_ink[0] |= not has_ink.any()
    lines = np.flatnonzero(has_ink)
    chosen = np.flatnonzero(has_ink[line])
    place = np.searchsorted(lines, line[chosen])
    rows, columns = reference.strip_cells
    width = tiles.shape[2] // CELL_PX

    def lay(cells: Bits) -> Bits:
        strips = np.zeros((len(lines), columns // width, rows, width), dtype=bool)
        strips[place, reference.place_of_tile[chosen]] = cells
        return strips.transpose(0, 2, 1, 3).reshape(len(lines), rows, columns)

    laid = lay(seen[chosen])
    return NewInk(
        lines,
        laid,
        lay(to_cells(sure[chosen])),
        lay(asked[chosen]) & ~laid,
        is_pale[lines],
        pales[lines],
    )
