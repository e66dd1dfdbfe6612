"""The audit image: the page as it was scanned, and on it how it was read.

Whoever doubts a number opens the picture of the ballot and sees every box framed with the status it
was given, and beside it, in words, what each row was taken for. The page itself is never retouched;
frames stand outside of the boxes and let darker ink through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ballotscan.audit.canvas import Area, AuditImage, blank_image, fill, paste
from ballotscan.audit.lettering import (
    BOLD,
    REGULAR,
    coverage,
    label,
    printable,
    shorten,
    stain,
    typeset,
    wrap,
)
from ballotscan.audit.marking import BALLOT_COLOURS, INK
from ballotscan.audit.panel import AuditPage, draw_panel, lay_out
from ballotscan.election.definition import Election
from ballotscan.election.records import BallotStatus, CastVoteRecord, Reason
from ballotscan.locale.catalogue import phrase, translator
from ballotscan.locale.words import in_words, reasons_in_words

BANNER_PX = 64
GAP_PX = 12  # between the two sides of a sheet


@dataclass(frozen=True, slots=True)
class ShownConclusion:
    """What people concluded about a ballot.

    Attributes:
        status: What it counts as.
        reasons: Why, where it is not valid.
        sentences: Each decision: what, by whom and when.
    """

    status: BallotStatus
    reasons: Reason
    sentences: tuple[str, ...]


def draw_audit_image(
    record: CastVoteRecord,
    pages: Sequence[AuditPage],
    election: Election,
    concluded: ShownConclusion | None = None,
) -> AuditImage:
    """Draw one ballot: a banner, and under it each page with its reading beside it.

    What people concluded stands above the machine's reading, which stays as it was.

    Args:
        record: The ballot, as read.
        pages: Its pages, front first.
        election: Gives names, titles and the language.
        concluded: What people concluded; None where nothing is settled.

    Returns:
        A new picture; nothing of the arguments is changed.
    """
    panels = [lay_out(page, record, election) for page in pages]
    height = max(panel.height_px for panel in panels)
    width = sum(panel.width_px for panel in panels) + GAP_PX * (len(panels) - 1)
    strip = None if concluded is None else draw_conclusion(concluded, election.language, width)
    top = BANNER_PX + (0 if strip is None else strip.height_px)
    image = blank_image(top + height, width)
    _draw_banner(image, record, election)
    if strip is not None:
        paste(image, strip, BANNER_PX, 0)
    left = 0
    for panel in panels:
        part = image.part(top, left, panel.height_px, panel.width_px)
        draw_panel(part, panel, election.language)
        left += panel.width_px + GAP_PX
    return image


def _draw_banner(image: AuditImage, record: CastVoteRecord, election: Election) -> None:
    width = image.width_px
    paste(image, _banner_words(record.status, record.reasons, election.language, width), 0, 0)
    title = "?"
    if record.ballot_id is not None:
        contests = election.ballots.get(record.ballot_id, ())
        title = " + ".join(contest.title for contest in contests) or record.ballot_id
    line = typeset(f"{record.record_id}   {title}", 20, width - 36, REGULAR, 14)
    image.luma[36:56, 28 : 28 + line.shape[1]] = line


@lru_cache(maxsize=1024)
def _banner_words(
    status: BallotStatus, reasons: Reason, language: str, width_px: int
) -> AuditImage:
    translate = translator(language)
    image = blank_image(BANNER_PX, width_px)
    fill(image, Area(0, 0, BANNER_PX - 4, 16), BALLOT_COLOURS[status])
    fill(image, Area(BANNER_PX - 6, 0, BANNER_PX - 4, width_px), BALLOT_COLOURS[status])
    words = label(in_words(status, translate).upper(), BOLD, 22, BALLOT_COLOURS[status])
    paste(image, words, 2, 28)
    left = 28 + words.width_px + 16
    why = shorten("; ".join(reasons_in_words(reasons, translate)), width_px - left - 8, REGULAR, 16)
    stain(image, coverage(why, 32, image.width_px - left, 0, (REGULAR, 16)), INK, 2, left)
    return image


def draw_conclusion(concluded: ShownConclusion, language: str, width_px: int) -> AuditImage:
    """A strip that says what people concluded, by whom and when."""
    translate = translator(language)
    title = translate(phrase("Concluded by people")).upper()
    head = f"{title}: {in_words(concluded.status, translate).upper()}"
    lines = ["; ".join(reasons_in_words(concluded.reasons, translate))] if concluded.reasons else []
    wrapped = [
        line
        for sentence in (*lines, *concluded.sentences)
        for line in wrap(printable(sentence), width_px - 40, REGULAR, 14)
    ]
    colour = BALLOT_COLOURS[concluded.status]
    height = 30 + 20 * len(wrapped) + 8
    strip = blank_image(height, width_px)
    fill(strip, Area(0, 0, height - 4, 16), colour)
    fill(strip, Area(height - 6, 0, height - 4, width_px), colour)
    paste(strip, label(shorten(head, width_px - 40, BOLD, 18), BOLD, 18, colour), 2, 28)
    for number, line in enumerate(wrapped):
        ink = coverage(line, 20, width_px - 28, 0, (REGULAR, 14))
        stain(strip, ink, INK, 30 + 20 * number, 28)
    return strip
