"""One side of the paper: its size, and what stands at the same place on every ballot.

Registration marks stand at the edges, two on the top, right, bottom and left each (the one in the
bottom right corner counts for two sides), so that no three of them lie in a line and any three fix
the page. The top left corner is free: there the committee's seal goes, often red and over the edge
of its space. The printed code stands twice, in two corners that a fold or a stamp rarely takes
together.
"""

from dataclasses import dataclass

from ballotscan.election.template import Fiducial, Rect

SIZES_MM: dict[str, tuple[float, float]] = {
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "us-letter": (215.9, 279.4),
}

DISC_MM = 4.5
CODE_MM = 15.0
SEAL_MM = 38.0
BOX_MM = 6.0
OVAL_MM = (7.0, 4.6)  # width and height of an oval to be filled in
BOX_GAP_MM = 5.0  # from one box to the next and to any letter: crosses run over the edge

_EDGE_MM = 9.5  # from the paper's edge to a disc's centre; printers leave about 5 mm white
_CODE_EDGE_MM = 10.0
_SEAL_EDGE_MM = 10.0
_TEXT_EDGE_MM = 15.0  # clear of the discs and of 3 mm around them
_QUIET_MM = 3.0  # white around a code; the standard asks for 4 modules, here 1.8 mm

# Share of the width or height at which each disc stands on its side. Found by random search: the
# flattest triangle of three discs is 28 mm high on A4, and turned by 180 degrees no disc comes
# nearer than 37 mm to another.
_TOP = (0.39, 0.75)
_RIGHT = 0.35
_BOTTOM = 0.39
_LEFT = (0.43, 0.79)


@dataclass(frozen=True, slots=True)
class Side:
    """The places on one side of the paper, in mm from its top left corner.

    Attributes:
        seal: Space of the seal, on the front; None where none is left.
        letterhead: Space beside the seal, between it and the upper code.
        front: Where contests may stand on the front: beneath seal and code.
        back: Likewise on the back: beneath the code.
        running: The running title of the back, beside the upper code.
        foot: The strip between the lower code and the corner.
    """

    width_mm: float
    height_mm: float
    fiducials: tuple[Fiducial, ...]
    codes: tuple[Rect, Rect]
    seal: Rect | None
    letterhead: Rect
    front: Rect
    back: Rect
    running: Rect
    foot: Rect


def lay_side(paper: str, *, seal_space: bool) -> Side:
    """Lay out what stands on every ballot of this size of paper."""
    width, height = SIZES_MM[paper]
    right, bottom = width - _EDGE_MM, height - _EDGE_MM
    centres = (
        *((share * width, _EDGE_MM) for share in _TOP),
        (right, _RIGHT * height),
        (right, bottom),
        (_BOTTOM * width, bottom),
        *((_EDGE_MM, share * height) for share in _LEFT),
    )
    upper = Rect(width - _CODE_EDGE_MM - CODE_MM, _CODE_EDGE_MM, CODE_MM, CODE_MM)
    lower = Rect(_CODE_EDGE_MM, height - _CODE_EDGE_MM - CODE_MM, CODE_MM, CODE_MM)
    seal = Rect(_SEAL_EDGE_MM, _SEAL_EDGE_MM, SEAL_MM, SEAL_MM) if seal_space else None
    head_right = upper.left_mm - _QUIET_MM
    head_left = _SEAL_EDGE_MM + SEAL_MM + _QUIET_MM if seal_space else width - head_right
    head_top = _EDGE_MM + DISC_MM / 2 + _QUIET_MM
    code_end = upper.top_mm + CODE_MM + _QUIET_MM
    front_top = _SEAL_EDGE_MM + SEAL_MM + 1 if seal_space else code_end
    text_width = width - 2 * _TEXT_EDGE_MM
    end = lower.top_mm - _QUIET_MM
    foot_left = lower.left_mm + CODE_MM + _QUIET_MM
    return Side(
        width_mm=width,
        height_mm=height,
        fiducials=tuple(Fiducial(x, y, DISC_MM) for x, y in centres),
        codes=(upper, lower),
        seal=seal,
        letterhead=Rect(head_left, head_top, head_right - head_left, front_top - head_top),
        front=Rect(_TEXT_EDGE_MM, front_top, text_width, end - front_top),
        back=Rect(_TEXT_EDGE_MM, code_end, text_width, end - code_end),
        running=Rect(_TEXT_EDGE_MM, head_top, head_right - _TEXT_EDGE_MM, code_end - head_top),
        foot=Rect(foot_left, lower.top_mm, width - 2 * foot_left, CODE_MM),
    )
