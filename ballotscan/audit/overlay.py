"""The audit image: the page as it was scanned, and on it how it was read.

Whoever doubts a number opens the picture of the ballot and sees every box framed with the status it
was given, and beside it, in words, what each row was taken for. The page itself is never retouched;
frames stand outside of the boxes and let darker ink through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.audit.beside import draw_findings, mark_findings
from ballotscan.audit.canvas import (
    Area,
    AuditImage,
    Picture,
    blank_image,
    even,
    fill,
    paste,
    paste_scan,
)
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
from ballotscan.audit.margin import (
    MARGIN_PX,
    ROW_PX,
    draw_contest,
    draw_fault,
    draw_legend,
    draw_row,
)
from ballotscan.audit.marking import BALLOT_COLOURS, INK, PALE, outline
from ballotscan.election.definition import Contest, Election
from ballotscan.election.records import (
    BallotStatus,
    BoxRole,
    CastVoteRecord,
    MarkStatus,
    PageRecord,
    Reason,
    RowRecord,
)
from ballotscan.election.template import MarkBox, NameField, Rect, TemplatePage
from ballotscan.locale.catalogue import phrase, translator
from ballotscan.locale.words import in_words, reasons_in_words

BANNER_PX = 64
CAPTION_PX = 22
GAP_PX = 12  # between the two sides of a sheet
NO_SCAN_PX = (200, 828)  # rows, columns of the grey field where there are no pixels
MAX_SCAN_PX = (1170, 828)  # rows, columns: A4 at 100 dpi; larger unread scans are reduced to it
_TAG_PX = 11


@dataclass(frozen=True, slots=True, eq=False)
class ReadPage:
    """One page of a ballot that was read.

    Attributes:
        record: Which page it is.
        image: The registered page, (rows, columns) grey or (rows, columns, 3) BGR, at any
            resolution; its width and height are those of the template page.
        template: The template page that it was read as.
        statuses: (boxes + names,) `MarkStatus` of every box and then of every name of the
            template page.
    """

    record: PageRecord
    image: Picture
    template: TemplatePage
    statuses: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class UnreadPage:
    """One page of a ballot that could not be read.

    Attributes:
        record: Which page it is, and why.
        image: The scan as it is, grey or BGR, of any size; None where there are no pixels.
    """

    record: PageRecord
    image: Picture | None


AuditPage = ReadPage | UnreadPage


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
    panels = [_draw_panel(page, record, election) for page in pages]
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
        paste(image, panel, top, left)
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


def _draw_panel(page: AuditPage, record: CastVoteRecord, election: Election) -> AuditImage:
    match page:
        case ReadPage():
            return _draw_read(page, record, election)
        case UnreadPage():
            return _draw_unread(page, election.language)


def _reduced(scan: Picture) -> Picture:
    rows, columns = scan.shape[:2]
    scale = min(MAX_SCAN_PX[0] / rows, MAX_SCAN_PX[1] / columns)
    if scale >= 1:
        return scan
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return np.asarray(cv2.resize(scan, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _new_panel(scan: Picture, margin_height_px: int, page: PageRecord, language: str) -> AuditImage:
    rows, columns = scan.shape[:2]
    width = columns + columns % 2
    height = max(rows, margin_height_px)
    panel = blank_image(CAPTION_PX + height, width + MARGIN_PX)
    word = translator(language)(phrase("page"))
    where = f"{page.source}   {word} {page.ref.page_in_file}"
    caption = typeset(where, CAPTION_PX, 100_000, REGULAR, 12)[:, -(width + MARGIN_PX - 4) :]
    panel.luma[:CAPTION_PX, 4 : 4 + caption.shape[1]] = caption
    paste_scan(panel, scan, CAPTION_PX, 0)
    return panel


def _rule(panel: AuditImage) -> None:
    left = panel.width_px - MARGIN_PX
    fill(panel, Area(CAPTION_PX, left, panel.height_px, left + 2), PALE)


def _draw_unread(page: UnreadPage, language: str) -> AuditImage:
    why = draw_fault(page.record.fault, page.record.detail, language)
    scan = np.full(NO_SCAN_PX, PALE.luma, np.uint8) if page.image is None else page.image
    panel = _new_panel(_reduced(scan), why.height_px, page.record, language)
    paste(panel, why, CAPTION_PX, panel.width_px - MARGIN_PX)
    _rule(panel)
    return panel


def _draw_read(page: ReadPage, record: CastVoteRecord, election: Election) -> AuditImage:
    boxes, names = page.template.boxes, page.template.names
    scale = page.image.shape[1] / page.template.width_mm
    readings = _place_readings(page.template, scale, record, election)
    bottom = max((top + sprite.height_px for top, sprite in readings), default=0)
    if page.record.findings:
        readings.append((bottom + GAP_PX, draw_findings(page.record.findings, election.language)))
        bottom = readings[-1][0] + readings[-1][1].height_px
    legend = draw_legend(election.language)
    panel = _new_panel(page.image, bottom + legend.height_px, page.record, election.language)
    left = panel.width_px - MARGIN_PX
    for top, sprite in readings:
        paste(panel, sprite, CAPTION_PX + top, left)
    paste(panel, legend, panel.height_px - legend.height_px, left)
    _rule(panel)
    mark_findings(panel, page.record.findings, scale, CAPTION_PX)
    statuses = [MarkStatus(status) for status in page.statuses.tolist()]
    fields: tuple[MarkBox | NameField, ...] = (*boxes, *names)
    for field, status in zip(fields, statuses, strict=True):
        if isinstance(field, MarkBox):
            area = _area(field.rect, scale)
            outline(panel, area, status)
            if field.number in {None, 1}:  # of several boxes beside one another only the first
                _tag(panel, str(field.candidate or field.position), area, before=True)
        else:
            for line in field.lines:
                outline(panel, _area(line, scale), status)
            area = _area(field.lines[0], scale)
            _tag(panel, str(field.candidate), area, before=False)
    return panel


def _area(rect: Rect, scale: float) -> Area:
    return Area(
        top=CAPTION_PX + even(rect.top_mm * scale),
        left=even(rect.left_mm * scale),
        bottom=CAPTION_PX + even((rect.top_mm + rect.height_mm) * scale),
        right=even((rect.left_mm + rect.width_mm) * scale),
    )


def _tag(panel: AuditImage, text: str, area: Area, *, before: bool) -> None:
    """Print a small number beside a field; what is darker stays visible."""
    sprite = label(text, BOLD, _TAG_PX, INK).luma
    rows, columns = sprite.shape
    top = max((area.top + area.bottom - rows) // 2, 0)
    left = max(area.left - 8 - columns if before else area.right + 8, 0)
    region = panel.luma[top : top + rows, left : left + columns]
    if region.shape == sprite.shape:
        np.minimum(region, sprite, out=region)


def _place_readings(
    template: TemplatePage, scale: float, record: CastVoteRecord, election: Election
) -> list[tuple[int, AuditImage]]:
    """Say how every row of the page was read, beside the row where the rows stand in one column.

    Returns:
        Top of each piece, under the caption, and the piece.
    """
    heights = _row_heights_mm(template)
    pieces: list[tuple[float, AuditImage]] = []
    for reading in record.contests:
        rows = [row for row in reading.rows if (reading.contest_id, row.candidate) in heights]
        if not rows:
            continue
        contest = election.contest(reading.contest_id)
        lists = tuple(contest.lists[number - 1] or str(number) for number in reading.lists)
        head = draw_contest(
            contest.title, reading.status, reading.reasons, election.language, lists=lists
        )
        centres = [heights[reading.contest_id, row.candidate] * scale for row in rows]
        pieces.append((centres[0] - ROW_PX / 2 - head.height_px, head))
        for row, centre in zip(rows, centres, strict=True):
            pieces.append((centre - ROW_PX / 2, _row_sprite(row, contest, election.language)))
    wanted = [top for top, _ in pieces]
    beside = stacked(wanted, [piece.height_px for _, piece in pieces])
    # Rows in several columns, or closer than the letters are high: a plain list from the top.
    if any(abs(top - want) > ROW_PX for top, want in zip(beside, wanted, strict=True)):
        beside = stacked([0.0] * len(pieces), [piece.height_px for _, piece in pieces])
    return [(top, piece) for top, (_, piece) in zip(beside, pieces, strict=True)]


def stacked(wanted_px: Sequence[float], heights_px: Sequence[int]) -> list[int]:
    """Even tops as near under the wanted ones as pieces that must not overlap can be."""
    tops: list[int] = []
    free = 0
    for want, height in zip(wanted_px, heights_px, strict=True):
        tops.append(max(free, even(want)))
        free = tops[-1] + height
    return tops


def _row_heights_mm(template: TemplatePage) -> dict[tuple[str, int], float]:
    """Middle of every row of the page, from its top."""
    heights: dict[tuple[str, int], float] = {}
    fields: tuple[MarkBox | NameField, ...] = (*template.boxes, *template.names)
    for field in fields:
        if field.contest_id is None or field.candidate is None:
            continue
        if isinstance(field, MarkBox) and field.role is BoxRole.LIST:
            continue  # it is nobody's row
        rect = field.rect if isinstance(field, MarkBox) else field.lines[0]
        heights.setdefault((field.contest_id, field.candidate), rect.top_mm + rect.height_mm / 2)
    return heights


def _row_sprite(row: RowRecord, contest: Contest, language: str) -> AuditImage:
    name = contest.candidates[row.candidate - 1].name
    return draw_row(row.candidate, name, row.state, language, votes=row.votes)
