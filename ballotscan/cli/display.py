"""What is seen while ballots are counted, and when they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ballotscan.cli.speech import say, spoken, translate
from ballotscan.count.batch import BatchReport
from ballotscan.count.canvass import Canvass, ContestResult
from ballotscan.count.findings import list_streaks
from ballotscan.count.plan import PageResult
from ballotscan.locale.catalogue import phrase
from ballotscan.locale.formats import format_count, format_share
from ballotscan.locale.words import in_words
from ballotscan.report.scan_notes import scan_notes
from ballotscan.tabulation.standings import Standing
from ballotscan.tabulation.three_levels import LEVELS

_STYLES = {
    Standing.ELECTED: "bold green",
    Standing.NOT_ELECTED: "dim",
    Standing.TIED: "bold yellow",
    Standing.OPEN: "yellow",
    Standing.UNKNOWN: "yellow",
    Standing.RATED: "",
}


class _RateColumn(ProgressColumn):
    """Pages a minute."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """The rate since the start."""
        pages = task.fields.get("pages", 0)
        if not task.elapsed or not pages:
            return Text("")
        return Text(f"{pages / task.elapsed * 60:.0f} {self._unit}")


class ReadingProgress:
    """The progress bar of a batch, with what was found so far."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task
        self._pages = 0
        self._unread = 0

    def advance(self, files: float, result: PageResult | None) -> None:
        """Some of the files are done."""
        if result is not None:
            self._pages += 1
            self._unread += result.entry is None or result.entry.fault is not None
        found = say(
            "read {pages}, not readable {unread}",
            pages=self._pages - self._unread,
            unread=self._unread,
        )
        self._bar.update(self._task, advance=files, pages=self._pages, found=found)


class Screen:
    """Where things are shown: progress on stderr, the result on stdout, nothing where it is quiet."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._out = Console(quiet=is_quiet, highlight=False)
        self._err = Console(stderr=True, quiet=is_quiet, highlight=False)

    @contextmanager
    def reading(self, files: int) -> Iterator[ReadingProgress]:
        """Show how the reading goes on."""
        with Progress(
            SpinnerColumn(),
            TextColumn(say("Reading ballots")),
            BarColumn(),
            MofNCompleteColumn(),
            _RateColumn(say("pages/min")),
            TimeRemainingColumn(),
            TextColumn("{task.fields[found]}"),
            console=self._err,
            disable=self._err.quiet or not self._err.is_terminal,
            transient=True,
        ) as bar:
            task = bar.add_task("", total=files, found="", pages=0)
            yield ReadingProgress(bar, task)

    @contextmanager
    def drawing(self) -> Iterator[Callable[[], None]]:
        """Show that audit images are being drawn."""
        with self._err.status(say("Drawing audit images")):
            yield lambda: None

    @contextmanager
    def working(self, what: str, number: int) -> Iterator[Callable[[], None]]:
        """Show how something that is done `number` times goes on."""
        with Progress(
            SpinnerColumn(),
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._err,
            disable=self._err.quiet or not self._err.is_terminal,
            transient=True,
        ) as bar:
            task = bar.add_task("", total=number)
            yield lambda: bar.advance(task)

    def show_result(self, canvass: Canvass, report: BatchReport, page: Path) -> None:
        """Show totals, what waits, and what to do next."""
        for result in canvass.contests:
            if canvass.withholds_totals:
                self._out.print(result.contest.title, style="bold")
            else:
                self._out.print(self._contest_table(result))
            self._out.print(self._contest_line(result))
            self._out.print()
        if canvass.withholds_totals:
            self._out.print(
                say(
                    "By the rules no totals are shown while ballots wait. --show-totals shows them."
                )
            )
        self._show_counts(canvass, report)
        self._show_next_steps(canvass, page)

    def _contest_table(self, result: ContestResult) -> Table:
        language = spoken()
        table = Table(title=result.contest.title, title_justify="left", title_style="bold")
        table.add_column(say("No."), justify="right")
        table.add_column(say("Full name"))
        if result.contest.elects:
            table.add_column(say("Votes"), justify="right")
            table.add_column("%", justify="right")
        else:
            for level in LEVELS:
                table.add_column(in_words(level, translate()), justify="right")
        table.add_column(say("Result"))
        for candidate, place in zip(
            result.contest.candidates, result.outcome.candidates, strict=True
        ):
            base = result.outcome.base
            figures = [
                format_count(place.votes, language),
                format_share(place.votes, base, language) if base else "",
            ]
            if not result.contest.elects:
                states, at = result.tally.states, place.candidate - 1
                figures = [
                    format_count(states[level][at] if level in states else 0, language)
                    for level in LEVELS
                ]
            table.add_row(
                str(place.candidate),
                candidate.name,
                *figures,
                Text(in_words(place.standing, translate()), style=_STYLES[place.standing]),
            )
        return table

    def _contest_line(self, result: ContestResult) -> str:
        tally, outcome = result.tally, result.outcome
        parts = [
            say(
                "ballots {ballots}: valid {valid}, invalid {invalid}, waiting {waiting}",
                ballots=tally.ballots,
                valid=tally.valid,
                invalid=tally.invalid,
                waiting=tally.review,
            ),
        ]
        if result.contest.elects:
            parts.append(say("seats {seats}", seats=outcome.seats))
        if outcome.needed is not None and outcome.base is not None:
            parts.append(say("needed {needed} of {base}", needed=outcome.needed, base=outcome.base))
        parts += [
            say("enter attendance.{key} in election.toml", key=key) for key in outcome.to_enter
        ]
        return "; ".join(parts)

    def _show_counts(self, canvass: Canvass, report: BatchReport) -> None:
        counts = canvass.counts
        self._out.print(
            say(
                "Sheets {read}: valid {valid}, invalid {invalid}, waiting for people {review}"
                " (of these not identified {unidentified})",
                read=counts.read,
                valid=counts.valid,
                invalid=counts.invalid,
                review=counts.review,
                unidentified=counts.unidentified,
            ),
            style="bold",
        )
        notes = [
            (report.known, phrase("{number} pages were counted before and are not counted again")),
            (len(report.copies), phrase("{number} files are copies of others and count once")),
            (len(report.damaged), phrase("{number} files could not be read and are NOT counted")),
        ]
        for number, text in notes:
            if number:
                self._out.print("- " + say(text, number=number))
        pages = [page.findings for sheet in canvass.sheets for page in sheet.pages]
        for at_mm, number in list_streaks(pages):
            self._out.print(
                "- "
                + say(
                    "{number} pages have a streak {mm} mm from the edge of the scan: clean the"
                    " scanner glass there",
                    number=number,
                    mm=round(at_mm),
                )
            )

        for note in scan_notes(canvass):
            self._out.print("- " + note.say(translate()), style="yellow")

    def _show_next_steps(self, canvass: Canvass, page: Path) -> None:
        self._out.print()
        self._out.print(say("Results page: {page}", page=page.resolve()), soft_wrap=True)
        if canvass.counts.review:
            self._out.print(
                say(
                    "Next: {number} ballots wait; let the committee conclude on each of them with:"
                    " ballotscan review",
                    number=canvass.counts.review,
                )
            )
        elif any(result.people.unconfirmed for result in canvass.contests):
            self._out.print(
                say(
                    "Next: let the committee look at the invalid ballots and confirm them with:"
                    " ballotscan review"
                )
            )
        elif canvass.counts.read:
            self._out.print(
                say(
                    "Next: look at the totals, then make the minutes and sign them: ballotscan minutes"
                )
            )
        else:
            self._out.print(
                say("No ballot was found. Put the scans into the folder and count again.")
            )
