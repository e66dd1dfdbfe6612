"""All sheets of a layout laid on one another: what is darkest anywhere, and what is lightest.

The darkest shows every mark and every word that is on any of them, the lightest what all of them
have in common; a sheet that does not belong there shows in both. With each point goes the sheet that
it comes from, so that a stranger is found among thousands at one glance. (The idea is OpenCount's.)

Sheets are added one by one and only the picture so far is kept, so memory does not grow with them;
what has been added is known, so that the next pile is added to it.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.election.template import PX_PER_MM, TemplatePage
from ballotscan.store.outputs import write_output

Grey = NDArray[np.uint8]

SHRINK = 2  # the overlay has half the resolution of the template: 100 dpi
_APART_MM = 0.5  # sheets lie on one another to within this
_BESIDE_MM = (
    1.0  # print is not asked this near to where the blank has some: sheets lie so far apart
)
_NEW_INK = 90  # darker than the blank by so much (of 255): somebody's ink
_PRINT = 100  # grey of print that is solid on the blank
_PAPER = 190  # grey of bare paper


@dataclass(slots=True, eq=False)
class Overlay:
    """The sheets of one layout so far.

    Attributes:
        darkest: (rows, columns) the darkest grey at each point.
        lightest: Likewise the lightest; of each sheet the darkest within `_APART_MM` is taken, because
            no two sheets lie on one another to the pixel.
        darkest_of: (rows, columns) which sheet it is, by its place in `sheets`.
        lightest_of: Likewise.
        sheets: Record ids of the sheets that are in it, in the order in which they were added.
    """

    darkest: Grey
    lightest: Grey
    darkest_of: NDArray[np.int32]
    lightest_of: NDArray[np.int32]
    sheets: list[str]

    def add(self, record_id: str, page: Grey) -> None:
        """Lay one more sheet on the others.

        Args:
            record_id: Its name.
            page: (rows, columns) the page laid on the template, of the size of the overlay.
        """
        number = np.int32(len(self.sheets))
        reach = 2 * round(_APART_MM * PX_PER_MM / SHRINK) + 1
        thick = np.asarray(cv2.erode(page, np.ones((reach, reach), np.uint8)), dtype=np.uint8)
        darker, lighter = page < self.darkest, thick > self.lightest
        np.minimum(self.darkest, page, out=self.darkest)
        np.maximum(self.lightest, thick, out=self.lightest)
        self.darkest_of[darker] = number
        self.lightest_of[lighter] = number
        self.sheets.append(record_id)


def begin_overlay(page: TemplatePage) -> Overlay:
    """An overlay of no sheets yet."""
    rows = round(page.height_mm * PX_PER_MM / SHRINK)
    columns = round(page.width_mm * PX_PER_MM / SHRINK)
    return Overlay(
        np.full((rows, columns), 255, np.uint8),
        np.zeros((rows, columns), np.uint8),
        np.full((rows, columns), -1, np.int32),
        np.full((rows, columns), -1, np.int32),
        [],
    )


@dataclass(frozen=True, slots=True)
class Stranger:
    """A sheet that differs from the others, and by how much.

    Attributes:
        dark_mm2: Where it alone is dark, away from print and boxes.
        light_mm2: Where print is missing on it that all others have.
    """

    record_id: str
    dark_mm2: float
    light_mm2: float


def find_strangers(
    overlay: Overlay, blank: Grey, page: TemplatePage, most: int = 12
) -> list[Stranger]:
    """The sheets that have most ink where none is printed, or lack most print.

    Args:
        overlay: All sheets of the layout.
        blank: (rows, columns) the blank, of the size of the overlay.
        page: Where its boxes and names are; marks in them are no difference.
        most: How many are wanted.
    """
    if not overlay.sheets:
        return []
    asked = _bare_paper(blank, page)
    is_dark = asked & (overlay.darkest.astype(np.int16) < blank.astype(np.int16) - _NEW_INK)
    is_light = (overlay.lightest > _PAPER) & (blank < _PRINT)
    count = len(overlay.sheets)
    mm2 = (SHRINK / PX_PER_MM) ** 2
    dark = np.bincount(_known(overlay.darkest_of[is_dark]), minlength=count) * mm2
    light = np.bincount(_known(overlay.lightest_of[is_light]), minlength=count) * mm2
    order = np.argsort(-(dark + light), kind="stable")[:most]
    return [
        Stranger(overlay.sheets[place], float(dark[place]), float(light[place]))
        for place in order.tolist()
        if dark[place] + light[place] > 0
    ]


def _known(numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    known: NDArray[np.int32] = numbers[numbers >= 0]
    return known


def _bare_paper(blank: Grey, page: TemplatePage) -> NDArray[np.bool_]:
    """(rows, columns) where nothing is printed near, and nobody is asked to mark."""
    reach = 2 * round(_BESIDE_MM * PX_PER_MM / SHRINK) + 1
    darkest_near = cv2.erode(blank, np.ones((reach, reach), np.uint8))
    is_bare: NDArray[np.bool_] = darkest_near > _PAPER
    scale = PX_PER_MM / SHRINK
    margin = 3.0  # mm; marks reach over their boxes
    rects = [box.rect for box in page.boxes] + [line for name in page.names for line in name.lines]
    for rect in rects:
        top, left = ((side - margin) * scale for side in (rect.top_mm, rect.left_mm))
        bottom = (rect.top_mm + rect.height_mm + margin) * scale
        right = (rect.left_mm + rect.width_mm + margin) * scale
        is_bare[max(int(top), 0) : int(bottom) + 1, max(int(left), 0) : int(right) + 1] = False
    edge = round(5 * scale)  # shadows of the edge of the paper
    is_bare[:edge] = is_bare[-edge:] = False
    is_bare[:, :edge] = is_bare[:, -edge:] = False
    return is_bare


def save_overlay(overlay: Overlay, path: Path, key: str) -> None:
    """Keep an overlay; a program that is killed meanwhile leaves the last one.

    Raises:
        OutputError: It cannot be written.
    """
    archive = io.BytesIO()
    np.savez_compressed(
        archive,
        darkest=overlay.darkest,
        lightest=overlay.lightest,
        darkest_of=overlay.darkest_of,
        lightest_of=overlay.lightest_of,
        sheets=np.array(overlay.sheets, dtype=np.str_),
        key=np.array(key),
    )
    write_output(path, archive.getvalue())


def load_overlay(path: Path, key: str) -> Overlay | None:
    """The overlay that was kept; None where there is none, or it is of another layout or damaged."""
    try:
        # From memory: of a damaged archive numpy would leave the file open.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                return None
            return Overlay(
                kept["darkest"],
                kept["lightest"],
                kept["darkest_of"],
                kept["lightest_of"],
                [str(one) for one in kept["sheets"]],
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
