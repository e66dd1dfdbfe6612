"""What the results page says, as finished words and numbers; how it looks stands in the template."""

from collections.abc import Iterator
from dataclasses import dataclass

from ballotscan.count.canvass import Canvass, ContestResult
from ballotscan.election.definition import Marking
from ballotscan.election.records import Reason
from ballotscan.locale.catalogue import Translate, translator
from ballotscan.locale.formats import format_count, format_date, format_share
from ballotscan.locale.words import in_words
from ballotscan.report.ballots import BallotList
from ballotscan.tabulation.outcome import (
    CandidateOutcome,
    Discrepancy,
    DiscrepancyKind,
    Outcome,
    Remark,
    Standing,
)

_KINDS = {
    Standing.ELECTED: "elected",
    Standing.NOT_ELECTED: "not",
    Standing.TIED: "tie",
    Standing.OPEN: "open",
    Standing.UNKNOWN: "unknown",
}
MAX_LINES = 30  # a longer list of files is cut; the whole of it is in totals.json


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the reader must know before the numbers.

    Attributes:
        kind: `bad`, `wait` or `good`.
    """

    kind: str
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number."""

    label: str
    value: str
    kind: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number in a line of them."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate.

    Attributes:
        kind: `elected`, `not`, `tie`, `open` or `unknown`.
        bar: Length of the bar, in per cent of the place for it.
        more: Length of what undecided ballots could add, likewise.
        values: One for each column of the contest.
    """

    number: int
    name: str
    kind: str
    bar: float
    more: float
    values: tuple[str, ...]
    share: str
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class ContestPart:
    """One contest.

    Attributes:
        line: Where half of the base lies on the bars, in per cent; None without a threshold.
    """

    title: str
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    caption: str
    columns: tuple[str, ...]
    line: float | None
    rows: tuple[CandidateRow, ...]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How many ballots are invalid, or wait, for one reason."""

    words: str
    invalid: str
    waiting: str


@dataclass(frozen=True, slots=True)
class ResultsView:
    """The whole page."""

    language: str
    organisation: str
    title: str
    place: str
    date: str
    notes: tuple[Note, ...]
    tiles: tuple[Tile, ...]
    contests: tuple[ContestPart, ...]
    reasons: tuple[ReasonRow, ...]
    waiting: str
    made_by: str


def make_view(canvass: Canvass, ballots: BallotList, version: str) -> ResultsView:
    """Put the result into words.

    Args:
        canvass: The count.
        ballots: Its ballots, gone through once.
        version: Of the program.
    """
    election = canvass.election
    speaker = _Speaker(election.language)
    _ = speaker.translate
    rules = canvass.rules.title_vi if election.language == "vi" else canvass.rules.title_en
    made_by = _("Counted by ballotscan {version} under the rules {rules}. Every ballot is in "
                "ballots.csv, its picture in the folder audit; people decide, not the program.")  # fmt: skip
    return ResultsView(
        language=election.language,
        organisation=election.organisation,
        title=election.title,
        place=election.place,
        date=format_date(election.date, election.language),
        notes=tuple(_page_notes(canvass, speaker)),
        tiles=_tiles(canvass, speaker),
        contests=tuple(_contest(result, canvass, speaker) for result in canvass.contests),
        reasons=_reasons(ballots, speaker),
        waiting=speaker.number(canvass.counts.review) if canvass.counts.review else "",
        made_by=made_by.format(version=version, rules=rules),
    )


class _Speaker:
    """Words and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.translate: Translate = translator(language)

    def number(self, count: int) -> str:
        return format_count(count, self.language)

    def share(self, part: int, whole: int | None) -> str:
        return format_share(part, whole or 0, self.language)


def _page_notes(canvass: Canvass, speaker: _Speaker) -> Iterator[Note]:
    _ = speaker.translate
    if canvass.damaged:
        shown = [f"{one.source} – {one.reason}" for one in canvass.damaged[:MAX_LINES]]
        if len(canvass.damaged) > MAX_LINES:
            rest = speaker.number(len(canvass.damaged) - MAX_LINES)
            shown.append(_("further files: {count}").format(count=rest))
        yield Note(
            "bad", _("Files that could not be opened; what is on them is in no total"), tuple(shown)
        )
    # Ballots that wait are said once, below.
    others = [
        one for one in canvass.discrepancies if one.kind is not DiscrepancyKind.BALLOTS_IN_REVIEW
    ]
    missing = [one for one in others if one.kind is DiscrepancyKind.NOT_ENTERED]
    stops = [one for one in others if one.stops and one not in missing]
    looks = [one for one in others if not one.stops and one not in missing]
    for kind, title, found in (
        ("bad", _("The numbers do not agree"), stops),
        ("wait", _("Numbers to look at again"), looks),
        ("wait", _("Not entered in election.toml yet"), missing),
    ):
        if found:
            lines = list(dict.fromkeys(_discrepancy(one, canvass, speaker) for one in found))
            yield Note(kind, title, (", ".join(lines),) if found is missing else tuple(lines))
    if canvass.counts.review:
        count = speaker.number(canvass.counts.review)
        title = _("Not final; ballots that wait for the committee: {count}").format(count=count)
        yield Note("wait", title, (_("None of their votes is in the totals yet."),))
    if not canvass.damaged and not stops and not missing and not canvass.counts.review:
        yield Note("good", _("The numbers agree and every ballot is judged"),
                   (_("The committee may look at the result and confirm it."),))  # fmt: skip


def _discrepancy(one: Discrepancy, canvass: Canvass, speaker: _Speaker) -> str:
    sentence = in_words(one.kind, speaker.translate)
    if one.kind is DiscrepancyKind.NOT_ENTERED:
        sentence = _figure(one.key or "", speaker)
    else:
        _, unknown = speaker.translate, canvass.counts.unidentified
        if one.kind is DiscrepancyKind.READ_BELOW_COLLECTED and unknown:
            sentence = _(
                "Ballots collected: {expected}, identified so far: {found}; look at those not "
                "identified ({unknown}) first, then for sheets not scanned"
            )
        found, expected, others = (
            speaker.number(number or 0) for number in (one.found, one.expected, unknown)
        )
        sentence = sentence.format(found=found, expected=expected, unknown=others)
    if len(canvass.contests) == 1:
        return sentence
    return f"{canvass.election.contest(one.contest_id).title}: {sentence}"


def _figure(key: str, speaker: _Speaker) -> str:
    """What a number of `[attendance]` is called."""
    _ = speaker.translate
    names = {
        "convened": _("Convened"),
        "present": _("Present"),
        "issued": _("Ballots issued"),
        "collected": _("Ballots collected"),
    }
    return names.get(key, key)


def _tiles(canvass: Canvass, speaker: _Speaker) -> tuple[Tile, ...]:
    _, counts = speaker.translate, canvass.counts
    unknown = ""
    if counts.unidentified:
        number = speaker.number(counts.unidentified)
        unknown = _("not identified: {count}").format(count=number)
    return (
        Tile(_("Ballots read"), speaker.number(counts.read)),
        Tile(_("Valid ballots"), speaker.number(counts.valid)),
        Tile(_("Invalid ballots"), speaker.number(counts.invalid)),
        Tile(_("For the committee"), speaker.number(counts.review),
             "wait" if counts.review else "", unknown),
    )  # fmt: skip


def _contest(result: ContestResult, canvass: Canvass, speaker: _Speaker) -> ContestPart:
    _, tally, outcome = speaker.translate, result.tally, result.outcome
    has_two_boxes = result.contest.marking is Marking.AGREE_DISAGREE
    columns: tuple[str, ...] = (_("Votes"),)
    if has_two_boxes:
        columns = (_("Agree"), _("Disagree"), _("Not counted"))
    scale = max(1, outcome.base or 0, tally.ballots, *tally.votes)
    has_threshold = outcome.base is not None and Remark.BASE_NOT_ENTERED not in outcome.remarks
    is_half = has_threshold and outcome.needed is not None and outcome.needed > 1
    half = round(50 * (outcome.base or 0) / scale, 2)
    caption = _("In the order of the ballot.")
    if is_half:
        line = _("The line on the bars is half of the base; a candidate must pass it.")
        caption = f"{caption} {line}"
    return ContestPart(
        title=result.contest.title,
        facts=tuple(_facts(result, canvass, speaker)),
        notes=tuple(_contest_notes(result, speaker)),
        caption=caption,
        columns=columns,
        line=half if is_half else None,
        rows=tuple(
            _candidate(result, place, scale, speaker, has_two_boxes=has_two_boxes)
            for place in outcome.candidates
        ),
    )


def _facts(result: ContestResult, canvass: Canvass, speaker: _Speaker) -> Iterator[Fact]:
    _, tally, outcome = speaker.translate, result.tally, result.outcome
    yield Fact(_("To be elected"), speaker.number(result.contest.seats))
    yield Fact(_("Candidates"), speaker.number(len(result.contest.candidates)))
    attendance = canvass.election.attendance_of(result.contest.id)
    for key in ("convened", "present", "issued", "collected"):
        entered = getattr(attendance, key)
        if entered is not None:
            yield Fact(_figure(key, speaker), speaker.number(entered))
    yield Fact(_("Ballots read"), speaker.number(tally.ballots))
    yield Fact(_("Valid"), speaker.number(tally.valid))
    yield Fact(_("Invalid"), speaker.number(tally.invalid))
    if tally.review:
        yield Fact(_("Waiting"), speaker.number(tally.review))
    if outcome.base is not None:
        base = f"{speaker.number(outcome.base)} ({in_words(outcome.base_kind, speaker.translate)})"
        yield Fact(_("Base of the percentage"), base)
    if outcome.needed is not None:
        yield Fact(_("Votes needed"), speaker.number(outcome.needed))


def _contest_notes(result: ContestResult, speaker: _Speaker) -> Iterator[Note]:
    _, contest, outcome = speaker.translate, result.contest, result.outcome
    if outcome.elected:
        places = {place.candidate: place for place in outcome.candidates}
        names = [
            f"{contest.candidates[number - 1].name} ({speaker.number(places[number].votes)})"
            for number in outcome.elected
        ]
        title = _("Elected: {count} of {seats}, most votes first")
        if not outcome.is_final:
            title = _("Elected for certain so far: {count} of {seats}, most votes first")
        counts = {"count": len(names), "seats": contest.seats}
        yield Note("good", title.format(**counts), (", ".join(names),))
    if Remark.TIE in outcome.remarks:
        yield Note("wait", _("Equal votes at the last seat"), (_tie(outcome, result, speaker),))
    if Remark.SEATS_LEFT in outcome.remarks:
        left = contest.seats - len(outcome.elected)
        title = _("Seats not filled: {count}").format(count=speaker.number(left))
        yield Note("wait", title, (_("Whether to vote again is for the congress to decide."),))
    if Remark.BASE_NOT_ENTERED in outcome.remarks:
        figure = _figure(outcome.base_to_enter or "", speaker)
        title = _("Who is elected cannot be said yet: enter the number “{figure}”")
        yield Note("wait", title.format(figure=figure))


def _tie(outcome: Outcome, result: ContestResult, speaker: _Speaker) -> str:
    _ = speaker.translate
    names = ", ".join(
        f"{candidate.name} ({candidate.birth_year})" if candidate.birth_year else candidate.name
        for candidate in (result.contest.candidates[number - 1] for number in outcome.tied)
    )
    rules = {
        "committee": _("People decide; the program does not pick."),
        "lot": _("The lot decides; the program does not draw it."),
        "older": _("The older person is elected; people conclude."),
    }
    seats = _("{names}. Seats left for them: {count}.")
    return f"{seats.format(names=names, count=outcome.seats_tied)} {rules[outcome.tie.value]}"


def _candidate(
    result: ContestResult,
    place: CandidateOutcome,
    scale: int,
    speaker: _Speaker,
    *,
    has_two_boxes: bool,
) -> CandidateRow:
    tally, outcome, at = result.tally, result.outcome, place.candidate - 1
    values: tuple[int, ...] = (place.votes,)
    if has_two_boxes:
        values = (place.votes, tally.disagree[at], tally.not_counted[at])
    is_open = place.standing is Standing.OPEN
    more = min(outcome.pending, scale - place.votes) if is_open else 0
    says_why = place.standing in {Standing.NOT_ELECTED, Standing.OPEN}
    return CandidateRow(
        number=place.candidate,
        name=result.contest.candidates[at].name,
        kind=_KINDS[place.standing],
        bar=round(100 * place.votes / scale, 2),
        more=round(100 * more / scale, 2),
        values=tuple(speaker.number(value) for value in values),
        share=speaker.share(place.votes, outcome.base),
        outcome=in_words(place.standing, speaker.translate),
        why=in_words(place.reason, speaker.translate) if says_why else "",
    )


def _reasons(ballots: BallotList, speaker: _Speaker) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(
            words=in_words(reason, speaker.translate),
            invalid=speaker.number(ballots.invalid_by_reason[reason]),
            waiting=speaker.number(ballots.waiting_by_reason[reason]),
        )
        for reason in Reason
        if ballots.invalid_by_reason[reason] or ballots.waiting_by_reason[reason]
    )
