"""What the results page says of one contest, as finished words and numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from ballotscan.count.canvass import Canvass, ContestResult
from ballotscan.election.definition import Marking
from ballotscan.election.records import RowState
from ballotscan.election.rules import Base
from ballotscan.locale.words import in_words
from ballotscan.report.speaker import Speaker, name_figure
from ballotscan.tabulation.outcome import CandidateOutcome, Outcome, Remark
from ballotscan.tabulation.rounds import RunOff
from ballotscan.tabulation.standings import Standing
from ballotscan.tabulation.three_levels import LEVELS

_KINDS = {
    Standing.ELECTED: "elected",
    Standing.NOT_ELECTED: "not",
    Standing.TIED: "tie",
    Standing.OPEN: "open",
    Standing.UNKNOWN: "unknown",
    Standing.RATED: "rated",
}


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
class Fact:
    """One number in a line of them."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate.

    Attributes:
        kind: `elected`, `not`, `tie`, `open`, `unknown` or `rated`.
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
class RoundsTable:
    """The rounds of a ranked contest.

    Attributes:
        heads: One for each round.
        rows: Name of each candidate and what each round gave; "" from the round on that was without
            the candidate.
        exhausted: Ballots that stood for nobody any more, in each round.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    exhausted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContestPart:
    """One contest.

    Attributes:
        line: Where half of the base lies on the bars, in per cent; None without a threshold.
        has_share: Whether one share a candidate says something.
        rounds: Of ranked contests; None in others.
    """

    title: str
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    caption: str
    columns: tuple[str, ...]
    line: float | None
    has_share: bool
    rows: tuple[CandidateRow, ...]
    rounds: RoundsTable | None


def make_contest_part(result: ContestResult, canvass: Canvass, speaker: Speaker) -> ContestPart:
    """Put one contest into words."""
    if canvass.withholds_totals:
        return _withheld(result, canvass, speaker)
    _, tally, outcome = speaker.translate, result.tally, result.outcome
    values = _values(result, speaker)
    scale = max(1, outcome.base or 0, tally.ballots, *_bars(result))
    if outcome.base_kind is Base.VOTES:
        scale = max(1, *tally.votes)
    has_threshold = outcome.base is not None and Remark.BASE_NOT_ENTERED not in outcome.remarks
    is_half = has_threshold and outcome.needed is not None and outcome.needed > 1
    half = round(50 * (outcome.base or 0) / scale, 2)
    caption = _("In the order of the ballot.")
    if is_half:
        line = _("The line on the bars is half of the base; a candidate must pass it.")
        caption = f"{caption} {line}"
    if not result.contest.elects:
        caption = f"{caption} {_('The bars show high confidence.')}"
    return ContestPart(
        title=result.contest.title,
        facts=tuple(_facts(result, canvass, speaker)),
        notes=tuple(_contest_notes(result, speaker)),
        caption=caption,
        columns=_columns(result.contest.marking, speaker),
        line=half if is_half else None,
        has_share=result.contest.elects,
        rows=tuple(
            _candidate(result, place, scale, speaker, values[place.candidate - 1])
            for place in outcome.candidates
        ),
        rounds=None if outcome.rounds is None else _rounds(outcome.rounds, result, speaker),
    )


def _withheld(result: ContestResult, canvass: Canvass, speaker: Speaker) -> ContestPart:
    """A contest without anything that says whom the ballots elect so far."""
    _ = speaker.translate
    return ContestPart(
        title=result.contest.title,
        facts=tuple(_facts(result, canvass, speaker)),
        notes=(Note("wait", _("By the rules no totals are shown while ballots wait.")),),
        caption="",
        columns=(),
        line=None,
        has_share=False,
        rows=(),
        rounds=None,
    )


def _columns(marking: Marking, speaker: Speaker) -> tuple[str, ...]:
    """What is counted for each candidate."""
    _ = speaker.translate
    match marking:
        case Marking.AGREE_DISAGREE:
            return _("Agree"), _("Disagree"), _("Not counted")
        case Marking.ONE_OF_THREE:
            return _("High confidence"), _("Confidence"), _("Low confidence"), _("Not counted")
        case Marking.RANK:
            return (_("First choices"),)
        case _:
            return (_("Votes"),)


def _values(result: ContestResult, speaker: Speaker) -> list[tuple[str, ...]]:
    """The values of each candidate, one for each column."""
    tally = result.tally
    counted: list[tuple[int, ...]] = [tally.votes]
    match result.contest.marking:
        case Marking.AGREE_DISAGREE:
            counted += [tally.disagree, tally.not_counted]
        case Marking.ONE_OF_THREE:
            levels = [_level(result, level) for level in LEVELS]
            return [
                (*(_with_share(count, result, speaker) for count in row), speaker.number(void))
                for *row, void in zip(*levels, tally.not_counted, strict=True)
            ]
    return [tuple(speaker.number(value) for value in row) for row in zip(*counted, strict=True)]


def _level(result: ContestResult, level: RowState) -> tuple[int, ...]:
    """How many gave each person one level of confidence."""
    return result.tally.states.get(level, (0,) * len(result.contest.candidates))


def _with_share(count: int, result: ContestResult, speaker: Speaker) -> str:
    number = speaker.number(count)
    base = result.outcome.base
    return f"{number} ({speaker.share(count, base)})" if base else number


def _bars(result: ContestResult) -> tuple[int, ...]:
    """What the bars show."""
    return result.tally.votes if result.contest.elects else _level(result, RowState.HIGH)


def _rounds(rounds: RunOff, result: ContestResult, speaker: Speaker) -> RoundsTable:
    _ = speaker.translate
    gone: set[int] = set()
    columns = []
    for one in rounds.rounds:
        columns.append(
            tuple(
                "" if number in gone else speaker.number(votes)
                for number, votes in enumerate(one.votes, start=1)
            )
        )
        gone |= set(one.left)
    names = [candidate.name for candidate in result.contest.candidates]
    return RoundsTable(
        heads=tuple(_("Round {number}").format(number=n + 1) for n in range(len(columns))),
        rows=tuple(zip(names, zip(*columns, strict=True), strict=True)),
        exhausted=tuple(speaker.number(one.exhausted) for one in rounds.rounds),
    )


def _facts(result: ContestResult, canvass: Canvass, speaker: Speaker) -> Iterator[Fact]:
    _, tally, outcome = speaker.translate, result.tally, result.outcome
    if result.contest.elects:
        yield Fact(_("To be elected"), speaker.number(result.contest.seats))
    yield Fact(_("Candidates"), speaker.number(len(result.contest.candidates)))
    attendance = canvass.election.attendance_of(result.contest.id)
    for key in ("convened", "present", "issued", "collected"):
        entered = getattr(attendance, key)
        if entered is not None:
            yield Fact(name_figure(key, speaker), speaker.number(entered))
    yield Fact(_("Ballots read"), speaker.number(tally.ballots))
    yield Fact(_("Valid"), speaker.number(tally.valid))
    yield Fact(_("Invalid"), speaker.number(tally.invalid))
    if tally.review:
        yield Fact(_("Waiting"), speaker.number(tally.review))
    if result.people.decided:
        yield Fact(_("Decided by people"), speaker.number(result.people.decided))
    if outcome.base is not None:
        base = f"{speaker.number(outcome.base)} ({in_words(outcome.base_kind, speaker.translate)})"
        yield Fact(_("Base of the percentage"), base)
    if outcome.needed is not None:
        yield Fact(_("Votes needed"), speaker.number(outcome.needed))


def _contest_notes(result: ContestResult, speaker: Speaker) -> Iterator[Note]:
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
    if Remark.TURNOUT_TOO_LOW in outcome.remarks:
        title = _("Not more than half of those called up took part: nobody is elected")
        yield Note("bad", title, (_("The election has to be held again."),))
    for key in outcome.to_enter:
        title = _("The result cannot be said yet: enter the number “{figure}”")
        yield Note("wait", title.format(figure=name_figure(key, speaker)))


def name_tied(result: ContestResult) -> str:
    """Those with equal votes, with their years of birth where known: some rules take the older."""
    return ", ".join(
        f"{candidate.name} ({candidate.birth_year})" if candidate.birth_year else candidate.name
        for candidate in (result.contest.candidates[number - 1] for number in result.outcome.tied)
    )


def _tie(outcome: Outcome, result: ContestResult, speaker: Speaker) -> str:
    _ = speaker.translate
    names = name_tied(result)
    rules = {
        "committee": _("People decide; the program does not pick."),
        "lot": _("The lot decides; the program does not draw it."),
        "older": _("The older person is elected; people conclude."),
    }
    if outcome.rounds is not None:
        one = _("{names}. One of them leaves the count, or wins: nobody but people can say who.")
        return f"{one.format(names=names)} {rules[outcome.tie.value]}"
    seats = _("{names}. Seats left for them: {count}.")
    return f"{seats.format(names=names, count=outcome.seats_tied)} {rules[outcome.tie.value]}"


def _candidate(
    result: ContestResult,
    place: CandidateOutcome,
    scale: int,
    speaker: Speaker,
    values: tuple[str, ...],
) -> CandidateRow:
    outcome, at = result.outcome, place.candidate - 1
    shown = _bars(result)[at]
    is_open = place.standing is Standing.OPEN
    more = max(0, min(outcome.pending, scale - shown)) if is_open else 0
    says_why = place.standing in {Standing.NOT_ELECTED, Standing.OPEN}
    return CandidateRow(
        number=place.candidate,
        name=result.contest.candidates[at].name,
        kind=_KINDS[place.standing],
        bar=round(100 * shown / scale, 2),
        more=round(100 * more / scale, 2),
        values=values,
        share=speaker.share(place.votes, outcome.base) if result.contest.elects else "",
        outcome=in_words(place.standing, speaker.translate),
        why=in_words(place.reason, speaker.translate) if says_why else "",
    )
