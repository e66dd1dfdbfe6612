"""All boxes, or names, of a contest in the order of what was measured, and where the thresholds lie.

A wrong reading stands among others that look different: people who leaf through boxes in this order
find it sooner than they could find it ballot by ballot. (Seen at OpenCount and ClearBallot.)
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ballotscan.count.ballots import BallotStack
from ballotscan.count.reading import CanvassOptions
from ballotscan.election.template import NameField
from ballotscan.locale.catalogue import phrase
from ballotscan.marks.scoring import Feature
from ballotscan.marks.strokefeatures import StrokeFeature

BINS = 60
_WIDEST = 0.999  # of what was measured lies below the right end of the curve


class Kind(StrEnum):
    """What is looked at."""

    BOXES = "boxes"
    STROKES = "strokes"


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold: from this number on things are called something else.

    Attributes:
        name: What begins here, to be translated.
        place: How many boxes lie below it.
    """

    name: str
    value: float
    place: int


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of the curve: from which number on, how many, and the place of the first."""

    start: float
    count: int
    place: int


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The boxes, or names, of a contest, sorted by what was measured.

    Attributes:
        rows: (N,) ballots, as places in their stack.
        columns: (N,) columns of the ballot.
        numbers: (N,) score of a box, or length of the longest stroke on a name in mm; ascending.
        cuts: The thresholds, ascending.
        unread: How many could not be measured; they are not shown.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    numbers: NDArray[np.float32]
    cuts: tuple[Cut, ...]
    unread: int

    def curve(self) -> list[Bin]:
        """How many lie where, in `BINS` bars of one width; the last holds what lies farther right."""
        if not self.numbers.size:
            return []
        widest = float(np.quantile(self.numbers, _WIDEST))
        end = max(widest, 1.6 * self.cuts[-1].value)
        edges = np.linspace(0, end, BINS + 1)[:-1]
        places = np.searchsorted(self.numbers, edges.astype(np.float32))
        places[0] = 0
        counts = np.diff(np.append(places, self.numbers.size))
        return [
            Bin(start, count, place)
            for start, count, place in zip(
                edges.tolist(), counts.tolist(), places.tolist(), strict=True
            )
        ]


def make_gallery(
    stack: BallotStack,
    contest_id: str,
    kind: Kind,
    options: CanvassOptions,
    *,
    candidate: int | None = None,
) -> Gallery:
    """Sort the boxes, or names, of a contest.

    Args:
        stack: All ballots that it is on.
        contest_id: The contest.
        kind: Its boxes or its names.
        options: The thresholds.
        candidate: Only those of one candidate; None: of all.
    """
    wanted = np.array(
        [
            place
            for place, column in enumerate(stack.template.columns)
            if column.contest_id == contest_id
            and isinstance(column, NameField) == (kind is Kind.STROKES)
            and candidate in {None, column.candidate}
        ],
        dtype=np.intp,
    )
    feature = Feature.SCORE if kind is Kind.BOXES else StrokeFeature.SEEN_MM
    numbers = stack.features[:, wanted, feature]
    rows, places = np.nonzero(np.isfinite(numbers))
    known = numbers[rows, places]
    order = np.argsort(known, kind="stable")
    known = known[order]
    return Gallery(
        rows=rows[order],
        columns=wanted[places[order]],
        numbers=known,
        cuts=tuple(
            Cut(name, value, int(np.searchsorted(known, np.float32(value))))
            for name, value in _cuts(kind, options)
        ),
        unread=int(numbers.size - known.size),
    )


def _cuts(kind: Kind, options: CanvassOptions) -> tuple[tuple[str, float], ...]:
    if kind is Kind.BOXES:
        return (
            (phrase("doubtful from here on"), options.thresholds.marginal),
            (phrase("marked from here on"), options.thresholds.definite),
        )
    return (
        (phrase("not surely untouched from here on"), options.strikes.touched_mm),
        (phrase("long enough for a clear stroke from here on"), options.strikes.seen_mm),
    )
