"""What the results page says, as finished words and numbers; how it looks stands in the template."""

from collections.abc import Iterator
from dataclasses import dataclass

from ballotscan.count.canvass import Canvass
from ballotscan.election.records import Reason
from ballotscan.locale.formats import format_date
from ballotscan.locale.message import say_words
from ballotscan.locale.words import in_words
from ballotscan.report.ballots import BallotList
from ballotscan.report.contest_view import ContestPart, Note, make_contest_part
from ballotscan.report.scan_notes import scan_notes
from ballotscan.report.speaker import Speaker, name_figure
from ballotscan.tabulation.outcome import Discrepancy, DiscrepancyKind

MAX_LINES = 30  # a longer list of files is cut; the whole of it is in totals.json


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number."""

    label: str
    value: str
    kind: str = ""
    remark: str = ""


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
    speaker = Speaker(election.language)
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
        contests=tuple(make_contest_part(result, canvass, speaker) for result in canvass.contests),
        reasons=_reasons(ballots, speaker),
        waiting=speaker.number(canvass.counts.review) if canvass.counts.review else "",
        made_by=made_by.format(version=version, rules=rules),
    )


def _page_notes(canvass: Canvass, speaker: Speaker) -> Iterator[Note]:
    _ = speaker.translate
    if canvass.damaged:
        shown = [
            f"{one.source} – {say_words(one.reason, _)}" for one in canvass.damaged[:MAX_LINES]
        ]
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
    about_scans = tuple(note.say(speaker.translate) for note in scan_notes(canvass))
    if about_scans:
        yield Note("wait", _("About the scans and the paper"), about_scans)
    if canvass.counts.review:
        count = speaker.number(canvass.counts.review)
        title = _("Not final; ballots that wait for the committee: {count}").format(count=count)
        yield Note("wait", title, (_("None of their votes is in the totals yet."),))
    yield from _people_notes(canvass, speaker)
    if not canvass.damaged and not stops and not missing and not canvass.counts.review:
        yield Note("good", _("The numbers agree and every ballot is judged"),
                   (_("The committee may look at the result and confirm it."),))  # fmt: skip


def _people_notes(canvass: Canvass, speaker: Speaker) -> Iterator[Note]:
    """What people decided, and what they still have to look at."""
    _ = speaker.translate
    unconfirmed = sum(result.people.unconfirmed for result in canvass.contests)
    if unconfirmed:
        title = _("Invalid ballots that nobody has confirmed yet: {count}")
        lines = (_("No ballot is invalid for good before people have seen it: ballotscan review"),)
        yield Note("wait", title.format(count=speaker.number(unconfirmed)), lines)
    if canvass.counts.set_aside:
        title = _("Sheets that people set aside: {count}")
        lines = (_("They are in no total. Make sure that each one to be scanned again has been."),)
        yield Note("wait", title.format(count=speaker.number(canvass.counts.set_aside)), lines)
    if canvass.counts.decided:
        title = _("Ballots about which people decided: {count}")
        lines = (
            _("ballots.csv says what the machine read and what was decided, by whom and when; the"
              " picture of each ballot shows both."),
        )  # fmt: skip
        yield Note("good", title.format(count=speaker.number(canvass.counts.decided)), lines)


def _discrepancy(one: Discrepancy, canvass: Canvass, speaker: Speaker) -> str:
    sentence = in_words(one.kind, speaker.translate)
    if one.kind is DiscrepancyKind.NOT_ENTERED:
        sentence = name_figure(one.key or "", speaker)
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


def _tiles(canvass: Canvass, speaker: Speaker) -> tuple[Tile, ...]:
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


def _reasons(ballots: BallotList, speaker: Speaker) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(
            words=in_words(reason, speaker.translate),
            invalid=speaker.number(ballots.invalid_by_reason[reason]),
            waiting=speaker.number(ballots.waiting_by_reason[reason]),
        )
        for reason in Reason
        if ballots.invalid_by_reason[reason] or ballots.waiting_by_reason[reason]
    )
