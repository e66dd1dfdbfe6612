"""What is on a page beside its marks: writing, the seal, streaks and folds, the colours of pens."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What was found; an outcome of measuring, never a judgement of the ballot."""

    WRITING = "writing"  # ink that belongs to no box, to no name and to no print
    SEAL = "seal"  # the round print of a stamp
    STREAK = "streak"  # a line across the page, along the scanner's feed
    FOLD = "fold"  # any other line across the page
    PRINT = "print"  # print that is another than the form's, or that is missing
    PEN = "pen"  # all ink of one colour: marks and writing, without print and seals


class InkColour(StrEnum):
    """The colour of ink, where it is sure."""

    BLACK = "black"
    BLUE = "blue"
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing on one page: the upright rectangle around it on the template, and what it is.

    Attributes:
        area_mm2: How much ink; of print that is another, all of the rectangle.
        colour: Of the ink; None where the scan has no colour or the colour is not sure.
        is_rising: For lines: from the lower left corner of the rectangle to the upper right one,
            rather than from the upper left to the lower right.
        at_mm: For lines: how far from the left edge of the scan, or from its upper edge where the
            line lies. Dust on the scanner's glass is always at the same place.
    """

    kind: FindingKind
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    area_mm2: float
    colour: InkColour | None = None
    is_rising: bool = False
    at_mm: float | None = None

    @property
    def right_mm(self) -> float:
        """Right edge of the rectangle."""
        return self.left_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """Lower edge of the rectangle."""
        return self.top_mm + self.height_mm
