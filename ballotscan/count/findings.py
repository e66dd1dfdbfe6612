"""What findings on paper mean for a ballot: what people must look at, and what may be the reason.

The program never decides such a thing alone. It shows what it found, suggests a reason, and the
ballot waits, as far as the rules have a word about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from ballotscan.election.findings import Finding, FindingKind, InkColour
from ballotscan.election.records import Reason
from ballotscan.election.rules import Verdict, VotingRules
from ballotscan.election.template import BallotTemplate, MarkBox, NameField, Rect, TemplatePage
from ballotscan.errors import SettingsError
from ballotscan.locale.message import message

Findings = Sequence[Finding]
PageFindings = tuple[int, Findings]  # number of the template page, what was found on it

_LEAST_SHEETS = 5  # from which what all of them lack is no chance
LINES = {FindingKind.STREAK, FindingKind.FOLD}
_ALWAYS_SHOWN = {FindingKind.SEAL, FindingKind.PRINT, *LINES}


@dataclass(frozen=True, slots=True)
class FindingThresholds:
    """From which size something is shown to people, and what it may be.

    Attributes:
        writing_mm2: Ink of writing. What a pen of 4 mm² leaves, where a thin or pale one is seen
            in part: of initials, signs and words of 4 mm² and more on simulated ballots, worn and
            sealed, nineteen in twenty are found so.
        pen_mm2: Ink of a colour. Less is the end of one stroke.
        sign_mm: Length and height up to which writing may be a sign rather than words.
        sign_mm2: Likewise its ink.
        name_mm: Length from which writing among the names, or below them, may be a name.
        below_mm: How far below a list it may stand.
    """

    writing_mm2: float = 2.5
    pen_mm2: float = 3.0
    sign_mm: float = 10.0
    sign_mm2: float = 12.0
    name_mm: float = 12.0
    below_mm: float = 20.0

    def __post_init__(self) -> None:
        """Refuse a size that is none.

        Raises:
            SettingsError: One is not above 0.
        """
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                msg = message(
                    "the size {name} is {size}; it must lie above 0",
                    name=field.name,
                    size=getattr(self, field.name),
                )
                raise SettingsError(msg)


def choose_shown(
    findings: Findings, rules: VotingRules, thresholds: FindingThresholds
) -> tuple[Finding, ...]:
    """What of a page people are shown: what the rules have a word about, and what disturbs reading."""
    asks_writing = rules.writing is Verdict.COMMITTEE
    asks_pens = rules.several_inks is Verdict.COMMITTEE and len(_pens([findings], thresholds)) > 1
    return tuple(
        finding
        for finding in findings
        if finding.kind in _ALWAYS_SHOWN
        or (
            finding.kind is FindingKind.WRITING
            and asks_writing
            and finding.area_mm2 >= thresholds.writing_mm2
        )
        or (
            finding.kind is FindingKind.PEN and asks_pens and finding.area_mm2 >= thresholds.pen_mm2
        )
    )


def suggest_reasons(
    pages: Sequence[PageFindings],
    template: BallotTemplate,
    rules: VotingRules,
    thresholds: FindingThresholds,
) -> Reason:
    """Why people must look at a ballot.

    Args:
        pages: What was found on each of its pages that could be read.
        template: Which ballot it is.
        rules: What is asked about at all.
        thresholds: From which size on.
    """
    reasons = Reason(0)
    if any(finding.kind is FindingKind.PRINT for _, findings in pages for finding in findings):
        # Another form, with other people's names perhaps: whatever the rules say.
        reasons |= Reason.NOT_ISSUED
    if rules.writing is Verdict.COMMITTEE:
        for number, findings in pages:
            page = next(page for page in template.pages if page.number == number)
            for finding in findings:
                if (
                    finding.kind is FindingKind.WRITING
                    and finding.area_mm2 >= thresholds.writing_mm2
                ):
                    reasons |= _name_writing(finding, page, thresholds)
    if rules.several_inks is Verdict.COMMITTEE:
        colours = _pens([findings for _, findings in pages], thresholds)
        reasons |= Reason.MULTI_INK if len(colours) > 1 else Reason(0)
    if rules.needs_seal and _lacks_seal(pages, template):
        reasons |= Reason.NO_SEAL
    return reasons


def _name_writing(finding: Finding, page: TemplatePage, thresholds: FindingThresholds) -> Reason:
    """A name outside the list, a sign, or anything else: by its place and size."""
    longest = max(finding.width_mm, finding.height_mm)
    if longest < thresholds.sign_mm and finding.area_mm2 < thresholds.sign_mm2:
        return Reason.ID_MARK
    middle_mm = finding.top_mm + finding.height_mm / 2
    in_list = any(
        top - thresholds.sign_mm <= middle_mm <= bottom + thresholds.below_mm
        for top, bottom in _lists(page)
    )
    if in_list and finding.width_mm >= thresholds.name_mm:
        return Reason.WRITE_IN
    return Reason.ADDED_TEXT


def _lists(page: TemplatePage) -> list[tuple[float, float]]:
    """Upper and lower end of the rows of each contest, in mm."""
    ends: dict[str | None, tuple[float, float]] = {}
    for column in page.columns:
        for rect in rects_of(column):
            top, bottom = ends.get(column.contest_id, (rect.top_mm, 0.0))
            lower = rect.top_mm + rect.height_mm
            ends[column.contest_id] = min(top, rect.top_mm), max(bottom, lower)
    return list(ends.values())


def rects_of(column: MarkBox | NameField) -> tuple[Rect, ...]:
    """Where a box, or the letters of a name, are."""
    return (column.rect,) if isinstance(column, MarkBox) else column.lines


def _pens(pages: Iterable[Findings], thresholds: FindingThresholds) -> set[InkColour]:
    """The colours that were written with."""
    areas: dict[InkColour, float] = {}
    for findings in pages:
        for finding in findings:
            if finding.kind is FindingKind.PEN and finding.colour is not None:
                areas[finding.colour] = areas.get(finding.colour, 0.0) + finding.area_mm2
    return {colour for colour, area in areas.items() if area >= thresholds.pen_mm2}


def _lacks_seal(pages: Sequence[PageFindings], template: BallotTemplate) -> bool:
    """Whether the page that the seal belongs on, or any where no space is left, is without one."""
    spaces = {page.number for page in template.pages if page.seal is not None}
    wanted = spaces or {page.number for page in template.pages}
    asked = [findings for number, findings in pages if number in wanted]
    return bool(asked) and not any(
        finding.kind is FindingKind.SEAL for findings in asked for finding in findings
    )


def count_unsealed(sheets: Sequence[Sequence[PageFindings]], template: BallotTemplate) -> int:
    """Sheets of a batch scanned without colour, where not one seal stands in the space left for it.

    A scanner that drops red loses the seals, and red pens with them; a single sheet cannot tell. Few
    sheets, or any colour on one of them, say nothing.

    Returns:
        How many sheets there are where all lack their seal; 0 where that is not so.
    """
    if len(sheets) < _LEAST_SHEETS or all(page.seal is None for page in template.pages):
        return 0
    found = [finding for pages in sheets for _, findings in pages for finding in findings]
    is_known = any(one.kind is FindingKind.SEAL or one.colour is not None for one in found)
    return 0 if is_known else len(sheets)


def bound_fields(page: TemplatePage) -> Rect:
    """The rectangle around all boxes and names of a page."""
    rects = [rect for column in page.columns for rect in rects_of(column)]
    if not rects:
        return Rect(0, 0, 0, 0)
    left, top = min(rect.left_mm for rect in rects), min(rect.top_mm for rect in rects)
    right = max(rect.left_mm + rect.width_mm for rect in rects)
    bottom = max(rect.top_mm + rect.height_mm for rect in rects)
    return Rect(left, top, right - left, bottom - top)


def hidden_columns(page: TemplatePage, bounds: Rect, findings: Findings) -> list[int]:
    """Boxes and names of a page whose mark may be something else: a seal, or a line.

    Args:
        page: The template page.
        bounds: From `bound_fields`.
        findings: What was found on it.

    Returns:
        Places among the page's boxes and names.
    """
    seals = [
        finding
        for finding in findings
        if finding.kind is FindingKind.SEAL
        and lies_over(finding, bounds)
        and not is_seen_through(finding, findings)
    ]
    lines = [finding for finding in findings if finding.kind in LINES] if page.names else []
    if not seals and not lines:
        return []
    hidden = []
    for place, column in enumerate(page.columns):
        rects = rects_of(column)
        under_seal = any(lies_over(seal, rect) for seal in seals for rect in rects)
        # A line through a box is known by its ink alone; one through a name is like a stroke.
        on_line = isinstance(column, NameField) and any(
            _runs_through(line, rect) for line in lines for rect in rects
        )
        if under_seal or on_line:
            hidden.append(place)
    return hidden


def is_seen_through(seal: Finding, findings: Findings) -> bool:
    """Whether pens under a seal are seen in red light: it is red, the page has pens, and none is."""
    pens = {finding.colour for finding in findings if finding.kind is FindingKind.PEN}
    return seal.colour is InkColour.RED and bool(pens) and InkColour.RED not in pens


def lies_over(seal: Finding, rect: Rect, around_mm: float = 0.0) -> bool:
    """Whether a round seal reaches into a rectangle, or into what is around it."""
    radius = seal.width_mm / 2 + around_mm
    x, y = seal.left_mm + seal.width_mm / 2, seal.top_mm + seal.height_mm / 2
    nearest_x = min(max(x, rect.left_mm), rect.left_mm + rect.width_mm)
    nearest_y = min(max(y, rect.top_mm), rect.top_mm + rect.height_mm)
    return (nearest_x - x) ** 2 + (nearest_y - y) ** 2 < radius**2


def _runs_through(line: Finding, rect: Rect) -> bool:
    """Whether a line from left to right crosses a printed line of letters."""
    if line.height_mm >= line.width_mm:
        return False
    share = (rect.left_mm + rect.width_mm / 2 - line.left_mm) / max(line.width_mm, 1.0)
    rise = (1 - share) if line.is_rising else share
    at_mm = line.top_mm + rise * line.height_mm
    return rect.top_mm - _BESIDE_MM <= at_mm <= rect.top_mm + rect.height_mm + _BESIDE_MM


_BESIDE_MM = 1.0  # a line so near to the letters may bend into them


def list_streaks(pages: Iterable[Findings]) -> list[tuple[float, int]]:
    """Places on the scanner's glass that leave a streak, and on how many pages.

    Returns:
        (mm from the edge of the scan, pages), most pages first.
    """
    places: list[tuple[float, int]] = []
    found = sorted(
        finding.at_mm
        for findings in pages
        for finding in findings
        if finding.kind is FindingKind.STREAK and finding.at_mm is not None
    )
    for at_mm in found:
        if places and at_mm - places[-1][0] <= _SAME_PLACE_MM:
            places[-1] = (at_mm, places[-1][1] + 1)
        else:
            places.append((at_mm, 1))
    return sorted(places, key=lambda place: -place[1])


_SAME_PLACE_MM = 2.0  # sheets lie a little differently on the glass
