"""How many boxes of real blanks are proposed: found, missed, and proposed where there is none.

usage: measure_proposals.py DATA     DATA: a folder of data sets; in each, blanks with a list of boxes
`<stem>_boxes.csv` beside them (position_id,x,y,w,h; centre and size in pixels of the blank).
"""

import csv
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.existing_paper import read_blanks
from ballotscan.drawing.proposals import propose_boxes

SAME = 0.6  # intersection over union from which a proposal is the box
PICTURES = {".png", ".jpg", ".jpeg", ".tif"}

Rects = NDArray[np.float64]  # (N, 4) left, top, width, height in mm


def listed_boxes(path: Path, px_per_mm: float) -> Rects:
    """The boxes of a list."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [[float(row[key]) for key in "xywh"] for row in csv.DictReader(stream)]
    rects = np.array(rows, dtype=np.float64).reshape(-1, 4)
    rects[:, :2] -= rects[:, 2:] / 2
    return rects / px_per_mm


def common_shares(some: Rects, others: Rects) -> NDArray[np.float64]:
    """Intersection over union of each with each."""
    one, other = some[:, None], others[None]
    shared = np.minimum(one[..., :2] + one[..., 2:], other[..., :2] + other[..., 2:])
    shared = np.maximum(shared - np.maximum(one[..., :2], other[..., :2]), 0).prod(axis=2)
    whole = one[..., 2:].prod(axis=2) + other[..., 2:].prod(axis=2) - shared
    return np.asarray(shared / whole)


def measure(listed: Path) -> tuple[int, int, int]:
    """Boxes of one blank: all, found, and places proposed that are none."""
    stem = listed.name.removesuffix("_boxes.csv")
    picture = next(file for file in listed.parent.glob(f"{stem}.*") if file.suffix in PICTURES)
    (page,) = read_blanks([picture])
    truth = listed_boxes(listed, page.px_per_mm)
    rects = [box.rect for box in propose_boxes(page.pixels)]
    proposed = np.array(
        [[rect.left_mm, rect.top_mm, rect.width_mm, rect.height_mm] for rect in rects]
    ).reshape(-1, 4)
    if not len(proposed):
        return len(truth), 0, 0
    shares = common_shares(truth, proposed)
    found = int((shares.max(axis=1) >= SAME).sum())
    return len(truth), found, int((shares.max(axis=0) < SAME).sum())


def main() -> int:
    """Print a line for each data set, and their sum."""
    data = Path(sys.argv[1])
    total = np.zeros(4, dtype=np.int64)
    print("| set | blanks | boxes | found | missed | other places |\n|---|---|---|---|---|---|")
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        counts = [(1, *measure(path)) for path in sorted(folder.glob("**/*_boxes.csv"))]
        if counts:
            blanks, boxes, found, others = np.sum(counts, axis=0).tolist()
            total += [blanks, boxes, found, others]
            print(f"| {folder.name} | {blanks} | {boxes} | {found} | {boxes - found} | {others} |")
    blanks, boxes, found, others = total.tolist()
    print(f"| all | {blanks} | {boxes} | {found} | {boxes - found} | {others} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
