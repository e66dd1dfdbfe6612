"""The boxes of a page as they are looked at: their pixels, and what is asked of those only once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ballotscan.marks.boxes import AROUND_PX, BoxGroup, BoxReference
from ballotscan.marks.ink import Grey
from ballotscan.marks.sharpness import PagePrint, lightest_halo, measure_sharpness

Patches = Sequence[Grey]

WHITE = 254  # a JPEG makes this of 255 now and then
WHITE_SHARE = 0.8  # of the paper at a box: the rest may be a mark


@dataclass(frozen=True, slots=True, eq=False)
class BoxView:
    """N boxes of one group on a page.

    Attributes:
        group: The boxes on the blank.
        pages: (N, rows, columns) their patches.
        paper: (N,) grey of the bare paper; NaN where there is none.
        around: (N,) the same, or the middle grey of what print does not hide in and around each box
            where that is darker.
        is_white: (N,) whether that of nearly all of it is as white as a picture can be.
        solid_ink: (K,) ink where the blank has solid print, the pixels of `group.solid`.
    """

    group: BoxGroup
    pages: NDArray[np.uint8]
    paper: NDArray[np.float32]
    around: NDArray[np.float32]
    is_white: NDArray[np.bool_]
    solid_ink: NDArray[np.float32]

    def blank_in_frame(self, shift_px: int) -> NDArray[np.uint8]:
        """(N, rows, columns) of `group.region`: ink of the blank, 255 is black."""
        return self.group.soft.blank[:, shift_px:-shift_px, shift_px:-shift_px]

    def ink_of_print(self, reach_px: int) -> NDArray[np.float32]:
        """(K,) the same where print may lie beside its place by so much: the darkest around each."""
        box, row, column = self.group.solid
        rows, columns = self.pages.shape[1:]
        down, right = np.mgrid[-reach_px : reach_px + 1, -reach_px : reach_px + 1].reshape(2, -1)
        around = self.pages[
            box[:, None],
            np.clip(row[:, None] + down, 0, rows - 1),
            np.clip(column[:, None] + right, 0, columns - 1),
        ]
        ink: NDArray[np.float32] = 1 - around.min(axis=1) / self.paper[box]
        return ink


def view_boxes(
    patches: Patches, paper: NDArray[np.floating], reference: BoxReference
) -> list[BoxView]:
    """Look at the boxes of a page, a group at a time.

    Args:
        patches: P grey pictures of the boxes with their margin.
        paper: (P,) grey of the bare paper at each box; NaN where there is no paper.
        reference: The boxes on the blank.
    """
    levels = np.asarray(paper, dtype=np.float32)
    views = []
    for group in reference.groups:
        pages = np.stack([patches[place] for place in group.places])
        known = levels[group.places]
        bare = pages[np.arange(len(pages))[:, None], group.bare[0], group.bare[1]]
        # Thin print is pale where its line was missed by half a pixel: ask for the darkest of the
        # pixels around.
        box, row, column = group.solid
        print_ = pages[box[:, None], row[:, None] + AROUND_PX[0], column[:, None] + AROUND_PX[1]]
        views.append(
            BoxView(
                group=group,
                pages=pages,
                paper=known,
                around=np.fmin(known, np.median(bare, axis=1).astype(np.float32)),
                is_white=np.mean(bare >= WHITE, axis=1) >= WHITE_SHARE,
                solid_ink=1 - print_.min(axis=1) / known[box],
            )
        )
    return views


def measure_print(views: Sequence[BoxView], reference: BoxReference) -> PagePrint:
    """Say how dark and how sharp the page's own print is around its boxes.

    Args:
        views: The boxes of the page.
        reference: The boxes on the blank.
    """
    solid = [view.solid_ink for view in views]

    def halo(shift_px: int) -> list[NDArray[np.float32]]:
        return [
            1 - lightest_halo(view.pages, view.group.soft, shift_px) / view.around for view in views
        ]

    page = measure_sharpness(solid, halo(0), reference.spread)
    if page.step:
        page = measure_sharpness(solid, halo(reference.options.shift_px), reference.spread)
    return page
