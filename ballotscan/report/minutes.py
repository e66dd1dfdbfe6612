"""The minutes of one contest (biên bản kiểm phiếu), as a PDF to be signed.

What they contain, and in which order, is what the forms of Vietnamese bodies have in common: who
counted, attendance, ballots, votes in ballot order, the elected by votes, complaints, how the ballots
were sealed. What nobody has entered stays a dotted line. While anything is open they are a draft, and
say so on every page.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from ballotscan import __version__
from ballotscan.count.canvass import Canvass, ContestResult
from ballotscan.design.typesetting import FONT_FOLDER
from ballotscan.election.definition import Attendance, Marking
from ballotscan.election.minutes_facts import MinutesFacts
from ballotscan.locale.formats import format_date
from ballotscan.locale.words import in_words
from ballotscan.report.contest_view import make_contest_part, name_tied
from ballotscan.report.open_points import list_open
from ballotscan.report.speaker import Speaker
from ballotscan.tabulation.outcome import Remark
from ballotscan.tabulation.standings import Standing

_SOURCE = Path(__file__).with_name("minutes.typ")
_PARTY_RULES = {"vn-dang"}  # elections in the Party have its name at the top, not the state's
_FEWEST_LINES = 2  # of members, where none is named: room to write them

_OPEN = {Standing.OPEN, Standing.UNKNOWN, Standing.TIED}

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of one contest.

    Attributes:
        date: Of the election.
        warnings: Why they are only a draft; empty where they may be signed.
        document: The whole text as minutes.typ takes it.
    """

    contest_id: str
    date: dt.date
    warnings: tuple[str, ...]
    document: dict[str, Any]

    @property
    def is_draft(self) -> bool:
        """Something is still open: they must not be signed."""
        return bool(self.warnings)


def make_minutes(
    result: ContestResult, canvass: Canvass, facts: MinutesFacts, *, unread_files: int = 0
) -> Minutes:
    """Put the result of one contest into minutes.

    Args:
        result: One of `canvass.contests`.
        canvass: The whole count.
        facts: Who was there, and when what happened.
        unread_files: Scan files of the last count that could not be read.
    """
    return _Writer(result, canvass, facts, unread_files).write()


def print_minutes(minutes: Minutes) -> bytes:
    """The minutes as PDF; the same minutes give the same bytes."""
    compiler = typst.Compiler(
        input=str(_SOURCE),
        root=str(_SOURCE.parent),
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(FONT_FOLDER)],
        ),
        ignore_system_fonts=True,
        sys_inputs={"minutes": json.dumps(minutes.document, ensure_ascii=False)},
    )
    # The day of the election goes into the metadata: today would make other bytes each time.
    moment = dt.datetime.combine(minutes.date, dt.time(), tzinfo=dt.UTC)
    pdf = compiler.compile(format="pdf", timestamp=moment)
    if not isinstance(pdf, bytes):
        msg = "minutes.typ gave no single PDF"
        raise TypeError(msg)
    return pdf


class _Writer:
    """Writes in the language of the election."""

    def __init__(
        self, result: ContestResult, canvass: Canvass, facts: MinutesFacts, unread_files: int
    ) -> None:
        self._result = result
        self._canvass = canvass
        self._facts = facts
        self._unread_files = unread_files
        self._language = canvass.election.language
        self._speaker = Speaker(self._language)
        self._translate = self._speaker.translate
        self._attendance: Attendance = canvass.election.attendance_of(result.contest.id)

    def write(self) -> Minutes:
        _, election, contest = self._translate, self._canvass.election, self._result.contest
        warnings = tuple(
            dict.fromkeys(list_open(self._result, self._canvass, self._unread_files, self._speaker))
        )
        rules = self._canvass.rules
        document = {
            "language": self._language,
            "paper": "us-letter" if election.paper == "us-letter" else "a4",
            "author": election.organisation,
            "left": [election.organisation, election.title],
            "right": self._heading(),
            "dateline": f"{election.place}, {format_date(election.date, self._language)}",
            "heading": _("Minutes of the count"),
            "title": contest.title,
            "round": _("(round {round})").format(round=contest.round) if contest.round > 1 else "",
            "draft": _("DRAFT") if warnings else "",
            "warned": _("Draft. It must not be signed, because:"),
            "warnings": list(warnings),
            "parts": [
                {"head": head, "content": [part for part in content if part]}
                for head, content in self._parts()
            ],
            "closing": self._closing(),
            "signatures": self._signatures(),
            "sign": _("(signature and full name)"),
            "foot": _(
                "{contest} – counted with ballotscan {version} under the rules {rules}"
            ).format(
                contest=contest.title,
                version=__version__,
                rules=rules.title_vi if self._language == "vi" else rules.title_en,
            ),
        }
        return Minutes(contest.id, election.date, warnings, document)

    # --- the parts ---------------------------------------------------------------------------

    def _heading(self) -> list[str]:
        _, heading = self._translate, self._facts.heading
        if heading is None:
            is_party = self._canvass.rules.id in _PARTY_RULES
            heading = "party" if is_party else "state" if self._language == "vi" else "none"
        if self._language != "vi" and self._facts.heading is None:
            return []
        return {
            "party": [_("COMMUNIST PARTY OF VIETNAM")],
            "state": [_("SOCIALIST REPUBLIC OF VIETNAM"), _("Independence – Freedom – Happiness")],
            "none": [],
        }[heading]

    def _parts(self) -> Iterator[tuple[str, list[Part]]]:
        _ = self._translate
        yield _("The counting committee"), self._committee()
        yield _("Attendance"), self._present()
        yield _("The contest"), self._contest()
        yield _("Ballots"), self._ballots()
        if self._canvass.withholds_totals:
            words = _("The rules show no totals while ballots wait.")
            yield _("Votes, in the order of the ballot"), [{"kind": "words", "words": words}]
        else:
            yield _("Votes, in the order of the ballot"), self._votes()
            if self._result.contest.elects:
                yield _("Elected, most votes first"), self._elected()
        yield (
            _("Complaints, and how they were settled"),
            [{"kind": "blank", "words": self._facts.complaints}],
        )
        if self._facts.unsettled:
            yield (
                _("What could not be settled"),
                [{"kind": "words", "words": self._facts.unsettled}],
            )
        yield _("How the ballots were read"), self._how_read()

    def _committee(self) -> list[Part]:
        _, facts = self._translate, self._facts
        blank: tuple[str | None, ...] = (None,) * _FEWEST_LINES
        people = [{"name": facts.head, "duty": _("head")}]
        people += [{"name": name, "duty": _("member")} for name in (facts.members or blank)]
        people += [{"name": name, "duty": _("technical staff")} for name in facts.technicians]
        people += [{"name": name, "duty": _("witness")} for name in facts.witnesses]
        content: list[Part] = [{"kind": "people", "people": people}]
        if facts.area:
            content.insert(0, {"kind": "words", "words": facts.area})
        times = [
            (_("The empty box was looked at and sealed"), facts.box_sealed),
            (_("Voting ended"), facts.voting_closed),
        ]
        told = [[self._figure(label, time)] for label, time in times if time]
        if told:
            content.append({"kind": "figures", "rows": told})
        return content

    def _present(self) -> list[Part]:
        _, entered, outcome = self._translate, self._attendance, self._result.outcome
        absent = None
        if entered.convened is not None and entered.present is not None:
            absent = max(entered.convened - entered.present, 0)
        rows = [
            [
                self._figure(_("Convened"), entered.convened),
                self._figure(_("Present"), entered.present),
                self._figure(_("Absent"), absent),
            ]
        ]
        base = f"{_('Base of the percentage')} ({in_words(outcome.base_kind, _)})"
        rows.append([self._figure(base, outcome.base)])
        return [{"kind": "figures", "rows": rows}]

    def _contest(self) -> list[Part]:
        _, contest = self._translate, self._result.contest
        surplus = len(contest.candidates) - contest.seats
        rows = [
            [
                self._figure(_("To be elected"), contest.seats),
                self._figure(_("Candidates"), len(contest.candidates)),
                self._figure(_("Surplus"), max(surplus, 0)),
            ]
        ]
        return [
            {"kind": "figures", "rows": rows},
            {"kind": "words", "words": _("By secret ballot.")},
        ]

    def _ballots(self) -> list[Part]:
        _, entered, tally = self._translate, self._attendance, self._result.tally
        rows = [
            [
                self._figure(_("Ballots issued"), entered.issued),
                self._figure(_("Ballots collected"), entered.collected),
            ],
            [
                self._figure(_("Valid ballots"), self._with_share(tally.valid, tally.ballots)),
                self._figure(_("Invalid ballots"), self._with_share(tally.invalid, tally.ballots)),
            ],
        ]
        if tally.review:
            rows.append([self._figure(_("Waiting"), tally.review)])
        content: list[Part] = [{"kind": "figures", "rows": rows}]
        if tally.invalid_by_reason:
            reasons = [
                [in_words(reason, _), self._speaker.number(count)]
                for reason, count in tally.invalid_by_reason.items()
            ]
            columns = [_column(_("Why invalid"), wide=True), _column(_("Ballots"))]
            content.append({"kind": "table", "columns": columns, "rows": reasons})
        electing = [
            _("{people}: {ballots}").format(people=people, ballots=self._speaker.number(ballots))
            for people, ballots in enumerate(tally.electing)
            if ballots
        ]
        if electing and self._result.contest.marking in {Marking.CHOOSE, Marking.STRIKE_OUT}:
            words = _("Valid ballots by how many people each elects – {list}").format(
                list="; ".join(electing)
            )
            content.append({"kind": "words", "words": words})
        return content

    def _votes(self) -> list[Part]:
        """What is counted for each candidate, as on the results page."""
        _ = self._translate
        part = make_contest_part(self._result, self._canvass, self._speaker)
        columns = [_column(_("No.")), _column(_("Full name"), wide=True)]
        columns += [_column(head) for head in part.columns]
        rows = [[str(row.number), row.name, *row.values] for row in part.rows]
        if part.has_share:
            columns.append(_column("%"))
            rows = [[*cells, row.share] for cells, row in zip(rows, part.rows, strict=True)]
        content: list[Part] = [{"kind": "table", "columns": columns, "rows": rows}]
        if part.rounds is not None:
            columns = [_column(_("Full name"), wide=True), *map(_column, part.rounds.heads)]
            rows = [[name, *votes] for name, votes in part.rounds.rows]
            rows.append([_("Stands for nobody any more"), *part.rounds.exhausted])
            content.append({"kind": "table", "columns": columns, "rows": rows})
        return content

    def _elected(self) -> list[Part]:
        _, contest, outcome = self._translate, self._result.contest, self._result.outcome
        votes = {place.candidate: place.votes for place in outcome.candidates}
        content: list[Part] = []
        if outcome.elected:
            rows = [
                [
                    str(rank),
                    contest.candidates[number - 1].name,
                    self._speaker.number(votes[number]),
                    self._speaker.share(votes[number], outcome.base),
                ]
                for rank, number in enumerate(outcome.elected, start=1)
            ]
            columns = [
                _column(_("No.")), _column(_("Full name"), wide=True),
                _column(_("Votes")), _column("%"),
            ]  # fmt: skip
            content.append({"kind": "table", "columns": columns, "rows": rows})
        elif not any(
            one.standing in {Standing.OPEN, Standing.UNKNOWN} for one in outcome.candidates
        ):
            content.append({"kind": "words", "words": _("Nobody is elected.")})
        if Remark.TURNOUT_TOO_LOW in outcome.remarks:
            low = _("Not more than half of those called up took part: nobody is elected")
            again = _("The election has to be held again.")
            content.append({"kind": "words", "words": f"{low}. {again}"})
        if Remark.TIE in outcome.remarks:
            names = name_tied(self._result)
            tie = _("Equal votes at the last seat: {names}. Seats left for them: {count}.")
            content += [
                {"kind": "words", "words": tie.format(names=names, count=outcome.seats_tied)},
                {"kind": "blank", "words": None},
            ]
        if Remark.SEATS_LEFT in outcome.remarks:
            left = _("Seats not filled: {count}").format(count=contest.seats - len(outcome.elected))
            decides = _("Whether to vote again is for the congress to decide.")
            content.append({"kind": "words", "words": f"{left}. {decides}"})
        return content

    def _how_read(self) -> list[Part]:
        _, people, rules = self._translate, self._result.people, self._canvass.rules
        words = _(
            "The ballots were scanned and read by the program ballotscan {version}; people decided on"
            " {decided} of them (valid {accepted}, invalid {rejected}). Rules: {rules} ({source})."
        ).format(
            version=__version__,
            decided=self._speaker.number(people.decided),
            accepted=self._speaker.number(people.accepted),
            rejected=self._speaker.number(people.rejected),
            rules=rules.title_vi if self._language == "vi" else rules.title_en,
            source=rules.source,
        )
        return [{"kind": "words", "words": words}]

    def _closing(self) -> str:
        _, facts = self._translate, self._facts
        dots = "…………"
        return _(
            "Counting ended at {ended}. The ballots were sealed at {sealed} and handed to the"
            " presidium. These minutes are made in {copies} copies."
        ).format(
            ended=facts.counting_ended or dots,
            sealed=facts.ballots_sealed or dots,
            copies=facts.copies or "……",
        )

    def _signatures(self) -> list[dict[str, str | None]]:
        """Who signs; a signature itself is never filled in."""
        _, facts = self._translate, self._facts
        signatures = [
            {"duty": _("For the presidium"), "name": facts.presidium},
            {"duty": _("Head of the committee"), "name": facts.head},
            {"duty": _("Members"), "name": None},
        ]
        if facts.technicians:
            signatures.append({"duty": _("Technical staff"), "name": None})
        if facts.witnesses:
            signatures.append({"duty": _("Witnesses"), "name": None})
        return signatures

    def _with_share(self, part: int, whole: int) -> str:
        return f"{self._speaker.number(part)} ({self._speaker.share(part, whole)})"

    def _figure(self, label: str, value: int | str | None) -> dict[str, str | None]:
        return {
            "label": label,
            "value": self._speaker.number(value) if isinstance(value, int) else value,
        }


def _column(head: str, *, wide: bool = False) -> dict[str, Any]:
    return {"head": head, "wide": wide}
