"""What a voter may draw on a printed name, and what may be made of it under each kind of rules.

Nothing here knows what the reader can read: what a drawing may be taken for follows from the rules
of the body that votes and from where the drawing lies.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one name."""

    STRUCK = "struck"
    KEPT = "kept"
    ASKED = "asked"


UNTOUCHED, DOT = "untouched", "dot on the name"
LINE, DOUBLE, TWICE = "line through the middle", "double line", "struck twice"
WAVY, SLANTED = "wavy line", "slanted line"
CROSSED, ZIGZAG, UPRIGHT = "crossed from corner to corner", "zigzag", "upright strokes"
SCRIBBLED = "scribbled over"
HALF, FIRST_WORDS = "first half", "short stroke at the front"
FAMILY, GIVEN, LAST = "family name only", "given name only", "last part only"
TITLE, SECOND, MAIN = "title only", "second name only", "name without its second name"
ONE_LINE = "first of two lines"
BELOW, ABOVE = "line below", "line above"
BETWEEN = "line between two rows"
WIPED, HATCHED = "line, scribbled out", "line, hatched out"
RINGED, RING_OVER, RING_ALL = "ring around the letters", "ring over the letters", "ring around all lines"  # fmt: skip
BESIDE = "cross beside the name"
BLOCK_DIAGONAL, BLOCK_UPRIGHT = "one slanted stroke over rows", "one upright stroke over rows"
BLOCK_WAVE, BLOCK_BRACKET = "wave over rows", "bracket beside rows"

# How often each is drawn on a name; where it cannot be drawn, another one is.
SHARES = {
    UNTOUCHED: 0.27,
    DOT: 0.02,
    LINE: 0.20,
    DOUBLE: 0.04,
    TWICE: 0.03,
    WAVY: 0.025,
    SLANTED: 0.025,
    CROSSED: 0.025,
    ZIGZAG: 0.02,
    UPRIGHT: 0.02,
    SCRIBBLED: 0.02,
    HALF: 0.02,
    FIRST_WORDS: 0.02,
    FAMILY: 0.02,
    GIVEN: 0.02,
    LAST: 0.015,
    TITLE: 0.015,
    SECOND: 0.01,
    MAIN: 0.01,
    ONE_LINE: 0.01,
    BELOW: 0.03,
    ABOVE: 0.02,
    BETWEEN: 0.015,
    WIPED: 0.025,
    HATCHED: 0.015,
    RINGED: 0.025,
    RING_OVER: 0.015,
    RING_ALL: 0.01,
    BESIDE: 0.01,
}
LINES = frozenset({LINE, DOUBLE, TWICE})  # clear, where they run along all of the name

_STRUCK_OR_ASKED = frozenset({Outcome.STRUCK, Outcome.ASKED})
_KEPT_OR_ASKED = frozenset({Outcome.KEPT, Outcome.ASKED})
_ASKED = frozenset({Outcome.ASKED})

PARTY, ASSEMBLY, UNION = "party", "assembly", "union"
_WHOLE = {LINE, DOUBLE, TWICE, WAVY, SLANTED, MAIN}
_COVERING = {CROSSED, ZIGZAG, UPRIGHT, SCRIBBLED, BLOCK_WAVE}


def may_be(kind: str, rules: str, *, is_through: bool, touches_given: bool) -> frozenset[Outcome]:
    """What a drawing may be taken for; all else is wrong.

    Args:
        kind: What was drawn.
        rules: Whose rules: the party's want a line through the middle, the assembly's accept what
            covers the whole name, the union's do not count a line below the name, nor one that
            leaves the given name free.
        is_through: Whether ink runs through the middle of most of every word: what the party's rules
            want, whatever was meant to be drawn.
        touches_given: Whether any of it lies on the given name.
    """
    if kind in {UNTOUCHED, DOT, BETWEEN}:
        return _KEPT_OR_ASKED
    if kind in _WHOLE:
        return _STRUCK_OR_ASKED
    if is_through and kind in {*_COVERING, HALF, LAST}:
        return _STRUCK_OR_ASKED
    if kind in _COVERING and rules == ASSEMBLY:
        return _STRUCK_OR_ASKED
    is_nothing = kind in {HALF, FIRST_WORDS, FAMILY, TITLE, ONE_LINE} and not touches_given
    if rules == UNION and (kind == BELOW or is_nothing):
        return _KEPT_OR_ASKED
    return _ASKED
