"""The reading in words, beside the page: each contest, and what each row was taken for."""

from functools import lru_cache

from ballotscan.audit.canvas import Area, AuditImage, Colour, blank_image, fill, paste
from ballotscan.audit.lettering import (
    BOLD,
    REGULAR,
    coverage,
    load_font,
    printable,
    shorten,
    stain,
    wrap,
    write,
)
from ballotscan.audit.marking import (
    ALERT,
    BALLOT_COLOURS,
    BLUE,
    INK,
    PALE,
    QUIET,
    ROW_COLOURS,
    STYLES,
    outline,
)
from ballotscan.election.records import (
    BallotStatus,
    MarkStatus,
    PageFault,
    Reason,
    RowState,
)
from ballotscan.locale.catalogue import phrase, translator
from ballotscan.locale.message import Words, say_words
from ballotscan.locale.words import in_words, reasons_in_words

MARGIN_PX = 352  # width of the margin; a long Vietnamese name and its state stand on one line
ROW_PX = 18  # height of a row where there is room
_NUMBER_PX = 46
_INSET_PX = 10
_SIZE_PX = 13
_DOTS = {RowState.UNREAD: "?", RowState.UNCLEAR: "?"}

# What a row gives of its own, where a list can give more.
_OWN_VOTES = {
    RowState.NOT_CHOSEN: 0,
    RowState.VOTES_1: 1,
    RowState.VOTES_2: 2,
    RowState.VOTES_3: 3,
}

Line = tuple[str, str, int, Colour]  # text, font, size in pixels, colour


def _block(lines: list[Line], width_px: int) -> AuditImage:
    """Lines under one another, on white."""
    heights = [2 * (size * 3 // 4) for _, _, size, _ in lines]
    image = blank_image(sum(heights) + 10, width_px)
    top = 4
    for (text, font, size, colour), height in zip(lines, heights, strict=True):
        ink = coverage(text, height, image.width_px, _INSET_PX, (font, size))
        stain(image, ink, colour, top)
        top += height
    return image


def _paragraph(text: str, font: str, size: int, colour: Colour) -> list[Line]:
    lines = wrap(text, MARGIN_PX - 2 * _INSET_PX, font, size)
    return [(line, font, size, colour) for line in lines]


@lru_cache(maxsize=8192)
def draw_row(number: int, name: str, state: RowState, language: str, *, votes: int) -> AuditImage:
    """One candidate: number, name, what the voter did; a full dot where it is a vote.

    Votes that do not stand in the row itself, but come from a list that is crossed, are added in
    numbers.
    """
    image = blank_image(ROW_PX, MARGIN_PX)
    is_vote = votes > 0
    colour = BLUE if is_vote else ROW_COLOURS.get(state, QUIET)
    words = in_words(state, translator(language))
    if votes > _OWN_VOTES.get(state, votes):
        words = f"{words} \N{RIGHTWARDS ARROW} {votes}"
    font = BOLD if is_vote or state in ROW_COLOURS else REGULAR
    state_px = load_font(font, _SIZE_PX).getlength(words)
    name_px = MARGIN_PX - _NUMBER_PX - _INSET_PX - state_px - 8
    short = shorten(printable(name), name_px, REGULAR, _SIZE_PX)
    dot = "\N{BLACK CIRCLE}" if is_vote else _DOTS.get(state, "\N{WHITE CIRCLE}")
    pieces: tuple[tuple[str, float, str, Colour], ...] = (
        (dot, _INSET_PX, BOLD, colour),
        (
            str(number),
            _NUMBER_PX - 6 - load_font(REGULAR, _SIZE_PX).getlength(str(number)),
            REGULAR,
            QUIET,
        ),
        (short, _NUMBER_PX, REGULAR, INK),
        (words, MARGIN_PX - _INSET_PX - state_px, font, colour),
    )
    for text, left_px, face, tint in pieces:
        write(image, text, left_px, (face, _SIZE_PX), tint)
    return image


@lru_cache(maxsize=1024)
def draw_contest(
    title: str,
    status: BallotStatus,
    reasons: Reason,
    language: str,
    *,
    lists: tuple[str, ...] = (),
) -> AuditImage:
    """The head of a contest: its title, what it is worth, and why; lists that are crossed."""
    translate = translator(language)
    lines = _paragraph(title, BOLD, 14, INK)
    lines += _paragraph(in_words(status, translate), BOLD, 13, BALLOT_COLOURS[status])
    for sentence in reasons_in_words(reasons, translate):
        lines += _paragraph(f"– {sentence}", REGULAR, 13, BALLOT_COLOURS[status])
    for name in lists:
        crossed = translate(phrase("List crossed: {name}")).format(name=printable(name))
        lines += _paragraph(crossed, REGULAR, 13, BLUE)
    return _block(lines, MARGIN_PX)


def draw_fault(fault: PageFault | None, detail: Words, language: str) -> AuditImage:
    """Why a page could not be read, and what the program noted about it."""
    translate = translator(language)
    lines = _paragraph(in_words(fault or PageFault.DAMAGED, translate), BOLD, 16, ALERT)
    lines += _paragraph(say_words(detail, translate), REGULAR, 13, QUIET)
    return _block(lines, MARGIN_PX)


def draw_list(title: str, sentences: tuple[str, ...]) -> AuditImage:
    """A few sentences under a title."""
    lines = _paragraph(title, BOLD, 13, QUIET)
    for sentence in sentences:
        lines += _paragraph(sentence, REGULAR, 13, INK)
    return _block(lines, MARGIN_PX)


@lru_cache(maxsize=8)
def draw_legend(language: str) -> AuditImage:
    """What each kind of frame means."""
    translate = translator(language)
    image = blank_image(32 + 22 * len(STYLES), MARGIN_PX)
    fill(image, Area(8, _INSET_PX, 10, MARGIN_PX - _INSET_PX), PALE)
    caption = coverage(
        translate(phrase("Frames on the page")), 16, MARGIN_PX, _INSET_PX, (BOLD, 12)
    )
    stain(image, caption, QUIET, 14)
    order = (
        MarkStatus.MARKED,
        MarkStatus.EMPTY,
        MarkStatus.MARGINAL,
        MarkStatus.CANCELLED,
        MarkStatus.UNREAD,
    )
    for index, status in enumerate(order):
        sample = blank_image(22, 44)
        outline(sample, Area(8, 16, 16, 34), status)
        top = 32 + 22 * index
        paste(image, sample, top, 0)
        words = coverage(in_words(status, translate), 22, MARGIN_PX - 50, 0, (REGULAR, 12))
        stain(image, words, INK, top, 50)
    return image
