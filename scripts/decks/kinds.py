"""What a box may hold, and what is to be read there.

A label says what a box holds: a mark, no mark, or something that people must look at. Nothing here
knows what the reader can read: sizes come from pens, paper and voters.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.design.scanner import ColourMode
from ballotscan.election.template import MarkBox, TemplatePage

MM_PER_INCH = 25.4


class Label(StrEnum):
    """What a box truly holds."""

    MARK = "mark"
    NONE = "no mark"
    DOUBT = "to be asked"


CROSS, TICK, LIGHT, EMPTY = "cross", "tick", "light pencil cross", "empty box"
LINE = "line of 1 mm across the box"
HESITATION, REST, PARTIAL, SINGLE = "hesitation dot", "full stop", "part of a stroke", "single straight stroke"  # fmt: skip
TAILED, TAIL = "tick that runs into the neighbour", "tail of the neighbour's tick"
ERASED, SPECKS = "erased pencil cross", "specks of toner"
CANCELLED, ASIDE, BESIDE = "cross scribbled out", "cross over the edge", "cross beside the box"
FILLED, SCRIBBLED, RINGED = "shaded box", "zigzag in the box", "ring around the box"
BEYOND = "neighbour of a mark that leaves its box"
FLAWED = "flaw in print"
SPRAY = "spray of toner"
STRUCK = "filled in, and struck out again"
COVERED = "cross under correction fluid"

LABELS = {
    EMPTY: Label.NONE,
    CROSS: Label.MARK,
    TICK: Label.MARK,
    LIGHT: Label.MARK,
    LINE: Label.MARK,
    HESITATION: Label.NONE,
    REST: Label.DOUBT,
    PARTIAL: Label.DOUBT,
    SINGLE: Label.DOUBT,
    TAILED: Label.MARK,
    TAIL: Label.NONE,
    ERASED: Label.NONE,
    SPECKS: Label.NONE,
    CANCELLED: Label.DOUBT,
    ASIDE: Label.DOUBT,
    BESIDE: Label.DOUBT,
    FILLED: Label.DOUBT,
    SCRIBBLED: Label.DOUBT,
    RINGED: Label.DOUBT,
    FLAWED: Label.NONE,
    COVERED: Label.NONE,
    SPRAY: Label.NONE,
    STRUCK: Label.DOUBT,
}
# Where boxes are to be filled in, filling in is the mark, and so is every other clear one; what a
# single stroke, or a part of one, means there nobody can say: with a felt pen it is a line of 1 mm.
LABELS_TO_FILL: dict[str, Label | None] = {
    **LABELS,
    FILLED: Label.MARK,
    SCRIBBLED: Label.MARK,
    SINGLE: None,
    PARTIAL: None,
}
SHARES = {
    EMPTY: 0.19,
    CROSS: 0.15,
    TICK: 0.06,
    LIGHT: 0.05,
    LINE: 0.07,
    HESITATION: 0.09,
    REST: 0.03,
    PARTIAL: 0.05,
    SINGLE: 0.03,
    TAILED: 0.05,
    ERASED: 0.07,
    SPECKS: 0.05,
    CANCELLED: 0.04,
    ASIDE: 0.02,
    BESIDE: 0.01,
    FILLED: 0.015,
    SCRIBBLED: 0.015,
    RINGED: 0.01,
    COVERED: 0.02,
    SPRAY: 0.03,
}
SHARES_TO_FILL = {
    EMPTY: 0.36,
    FILLED: 0.33,
    HESITATION: 0.06,
    REST: 0.02,
    PARTIAL: 0.03,
    ERASED: 0.03,
    SPECKS: 0.03,
    SPRAY: 0.03,
    STRUCK: 0.05,
    RINGED: 0.01,
    COVERED: 0.02,
}
PLAIN = {EMPTY: 0.6, CROSS: 0.3, TICK: 0.1}
PLAIN_TO_FILL = {EMPTY: 0.7, FILLED: 0.3}
# How voters mark boxes that are to be filled in: each of them in one way.
WAYS_TO_FILL = {FILLED: 0.5, SCRIBBLED: 0.15, CROSS: 0.15, TICK: 0.1, LINE: 0.1}
_LEAVES_ITS_BOX = {ASIDE, BESIDE, RINGED, TAILED, STRUCK}
_NEAR_MM = 16.0  # a mark that leaves its box may come so far

BALL_PENS = ("ball-blue", "ball-black", "gel-blue", "gel-black", "thin-blue", "pencil", "ball-red", "felt-black")  # fmt: skip
PEN_SHARES = (0.25, 0.2, 0.15, 0.1, 0.1, 0.1, 0.05, 0.05)


def middle_of(box: MarkBox) -> NDArray[np.float64]:
    """The middle of a box, in mm."""
    rect = box.rect
    return np.array([rect.left_mm + rect.width_mm / 2, rect.top_mm + rect.height_mm / 2])


def choose_kinds(
    page: TemplatePage, shares: dict[str, float], mode: ColourMode, rng: np.random.Generator
) -> list[str]:
    """What each box shall hold."""
    middles = np.array([middle_of(box) for box in page.boxes])
    kinds: list[str] = [""] * len(page.boxes)
    for at in rng.permutation(len(page.boxes)).tolist():
        if kinds[at]:
            continue
        kind = str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))  # fmt: skip
        if kind == LIGHT and mode is ColourMode.BILEVEL:
            kind = CROSS  # a scan in black and white does not show it to anybody
        near = np.flatnonzero(np.hypot(*(middles - middles[at]).T) < _NEAR_MM)
        near = near[near != at]
        if kind in _LEAVES_ITS_BOX:
            if any(kinds[other] for other in near):
                kind = FILLED if STRUCK in shares else CROSS
            elif kind == TAILED:
                kind = TAILED if len(near) else TICK
                for other in near:
                    kinds[other] = BEYOND
                if len(near):
                    kinds[near[0]] = TAIL
            else:
                for other in near:
                    kinds[other] = BEYOND
        kinds[at] = kind
    return kinds
