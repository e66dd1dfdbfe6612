"""Ink farther away from the printed names, in their rows and between them: pieces, and how large they are."""

import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM
from ballotscan.marks.ink import Grey
from ballotscan.marks.inkpoints import label_pixels
from ballotscan.marks.names import NameReference
from ballotscan.marks.sight import Sight

_PITCH_MM = 2 / PX_PER_MM


def measure_aside(
    half_page: Grey,
    paper: NDArray[np.float32],
    black: float,
    reference: NameReference,
    sight: Sight,
) -> NDArray[np.float64]:
    """Measure the pieces of ink around each name beyond its strip.

    Args:
        half_page: (rows, columns) grey page laid flat, at half the template's resolution.
        paper: (T,) grey of the bare paper at each tile; NaN where there is no paper.
        black: How black the names are printed, 0 to 1.
        reference: The names on the blank.
        sight: What the scan shows.

    Returns:
        (N, 4) mm² of the largest piece and mm of the longest, without what is dust by its place and
        size, and then the same of all pieces.
    """
    options = reference.options
    levels = (options.aside_level, options.aside_core)
    share, core = (options.bilevel_aside,) * 2 if sight.is_bilevel else levels
    name_of_tile = reference.name_of_line[reference.line_of_tile]
    level = np.full(reference.names, np.inf, dtype=np.float32)
    np.minimum.at(level, name_of_tile, np.nan_to_num(paper))
    here = half_page.ravel()[reference.aside_at]
    cut, cut_core = (
        np.floor(level * np.float32(1 - black * each)).astype(np.uint8) for each in (share, core)
    )
    is_ink = here <= cut[reference.aside_name]
    name, here = reference.aside_name[is_ink], here[is_ink]
    rows, columns = np.divmod(reference.aside_at[is_ink], half_page.shape[1])
    # Specks here and there are no stroke, however many and far apart they are.
    parts, piece = np.unique(
        name * half_page.size + label_pixels(rows, columns, half_page.shape), return_inverse=True
    )
    # What shines through the paper, or is stained, is pale all over.
    has_core = np.bincount(piece, here <= cut_core[name], len(parts)) > 0
    area = np.bincount(piece, minlength=len(parts)) * _PITCH_MM**2 * has_core
    longest = np.zeros(len(parts))
    for place in (rows, columns):
        first = np.full(len(parts), np.iinfo(np.int64).max)
        last = np.full(len(parts), -1)
        np.minimum.at(first, piece, place)
        np.maximum.at(last, piece, place)
        np.maximum(longest, (last - first + 1) * _PITCH_MM * has_core, out=longest)
    is_far = np.bincount(piece, ~reference.aside_far[is_ink], len(parts)) == 0
    is_dust = is_far & (area < options.far_mm2) & (longest < options.far_long_mm)
    owner = parts // half_page.size
    aside = np.zeros((reference.names, 4))
    for column, sizes in enumerate((area * ~is_dust, longest * ~is_dust, area, longest)):
        np.maximum.at(aside[:, column], owner, sizes)
    return aside
