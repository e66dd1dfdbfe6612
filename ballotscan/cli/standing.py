"""ballotscan alone: where one stands, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from ballotscan.cli.rehearsal_record import load_record
from ballotscan.cli.speech import say, spoken
from ballotscan.cli.workspace import Workspace, last_totals, open_definition, open_workspace
from ballotscan.election.folder import ElectionFolder
from ballotscan.errors import LedgerBusyError, ScanError
from ballotscan.locale.formats import format_date
from ballotscan.scan.reader import ReaderOptions, find_scans, inspect_scan
from ballotscan.tabulation.outcome import DiscrepancyKind

_REHEARSE = "ballotscan rehearse"
_MAX_NAMED = 5  # elections in folders below that are named


def show_standing() -> None:
    """Say where the election in this folder stands; without one, how to begin.

    Raises:
        BallotscanError: Something in the folder is wrong.
    """
    folder = ElectionFolder(Path())
    if not folder.definition.is_file():
        _show_beginning()
        return
    _, election, _ = open_definition(folder.root)
    typer.secho(election.title, bold=True)
    typer.echo(f"{election.organisation}, {election.place}, {format_date(election.date, spoken())}")
    typer.echo()
    steps = list(_steps(folder))
    for step in steps:
        typer.echo(f"{'[x]' if step.is_done else '[ ]'} {step.text}")
    # Once counting has begun, a rehearsal that was left out is no longer what comes next.
    has_begun = any(step.is_counting for step in steps)
    following = next(
        (s for s in steps if not s.is_done and not (has_begun and s.command == _REHEARSE)), None
    )
    typer.echo()
    if following is None:
        typer.echo(say("All is done."))
        return
    typer.echo(say("Next: {advice}", advice=following.advice))
    if following.command:
        typer.echo(f"  {following.command}")


@dataclass(frozen=True, slots=True)
class _Step:
    is_done: bool
    text: str
    advice: str = ""
    command: str = ""
    is_counting: bool = False


def _show_beginning() -> None:
    typer.echo(say("There is no election in this folder, {folder}.", folder=Path.cwd()))
    typer.echo()
    typer.echo(say("To begin one, which makes a folder of its own:"))
    typer.echo("  ballotscan new my-election")
    try:
        below = sorted(path.parent for path in Path().glob("*/election.toml"))
    except OSError:
        below = []
    if below:
        typer.echo(say("To go on with one that is here, go into its folder first:"))
        for path in below[:_MAX_NAMED]:
            typer.echo(f'  cd "{path}"')
    else:
        typer.echo(say("To go on with one, go into its folder first: cd FOLDER"))
    typer.echo(say("All that the program can do:"))
    typer.echo("  ballotscan --help")


def _steps(folder: ElectionFolder) -> Iterator[_Step]:
    _, election, _ = open_definition(folder.root)
    missing = [name for name in election.ballots if not folder.ballot(name).is_dir()]
    yield _Step(
        not missing,
        say(
            "ballots designed: {made} of {all}",
            made=len(election.ballots) - len(missing),
            all=len(election.ballots),
        ),
        say("make the ballots and print them at 100 %:"),
        "ballotscan design",
    )
    if missing:
        yield _Step(False, say("rehearsal: not yet"))
        yield _Step(False, say("scans: not yet"))
        return
    workspace = open_workspace(folder.root)
    yield _rehearsal(workspace)
    yield from _counting(workspace)


def _rehearsal(workspace: Workspace) -> _Step:
    record = load_record(workspace.folder.rehearsal)
    advice, command = say("rehearse the count:"), _REHEARSE
    if record is None:
        return _Step(False, say("rehearsal: not yet"), advice, command)
    day = format_date(record.day, spoken())
    if not record.has_passed:
        return _Step(False, say("rehearsal: NOT passed, {day}", day=day), advice, command)
    if any(record.changed_since(workspace)):
        text = say("rehearsal: passed, {day}, but things have changed since", day=day)
        return _Step(False, text, advice, command)
    return _Step(True, say("rehearsal: passed, {day}", day=day))


def _counting(workspace: Workspace) -> Iterator[_Step]:
    folder = workspace.folder
    files = _find(folder)
    totals = last_totals(folder)
    new = _uncounted(files, workspace, totals)
    if new is None:
        text, advice = say("a count is running"), say("type ballotscan again when it is done")
        yield _Step(False, text, advice, is_counting=True)
        return
    command = "ballotscan count scans"
    if not files and totals is None:
        yield _Step(
            False,
            say("scans: none in the folder scans yet"),
            say("vote, scan all ballots into the folder scans at 200 dpi, and count them:"),
            command,
        )
        return
    yield _Step(
        not new,
        say(
            "scans: {files} files in the folder scans, not counted {new}",
            files=len(files),
            new=len(new),
        ),
        say("count them; what was counted is not counted twice:"),
        command,
        is_counting=True,
    )
    if totals is None:
        return
    counts = totals["ballots"]
    yield _Step(
        not counts["review"],
        say(
            "ballots {read}: valid {valid}, invalid {invalid}, waiting for people {review}",
            **counts,
        ),
        say("let the committee decide on the ballots that wait:"),
        "ballotscan review",
    )
    keys = sorted(
        {
            one["key"]
            for one in totals["discrepancies"]
            if one["kind"] == DiscrepancyKind.NOT_ENTERED.value and one["key"]
        }
    )
    yield _Step(
        not keys,
        say(
            "attendance entered: {state}",
            state=say("no: {keys}", keys=", ".join(keys)) if keys else say("yes"),
        ),
        say("write these numbers into [attendance] of election.toml, and count again:"),
        command,
    )
    stops = [one for one in totals["discrepancies"] if one["stops"] and one["key"] is None]
    if stops:
        yield _Step(
            False,
            say("numbers that do not agree: {number}", number=len(stops)),
            say("open {page}, which says what does not agree", page=folder.results / "index.html"),
        )
    yield _minutes(workspace)


def _minutes(workspace: Workspace) -> _Step:
    contests = workspace.election.contests
    made = sum((workspace.folder.minutes / f"{one.id}.pdf").is_file() for one in contests)
    return _Step(
        made == len(contests),
        say("minutes made: {made} of {all}", made=made, all=len(contests)),
        say("make the minutes, print and sign them:"),
        "ballotscan minutes",
    )


def _find(folder: ElectionFolder) -> list[Path]:
    if not folder.scans.is_dir():
        return []
    try:
        return find_scans([folder.scans])
    except ScanError:  # an empty folder
        return []


def _uncounted(
    files: list[Path], workspace: Workspace, totals: dict[str, Any] | None
) -> list[Path] | None:
    """The scans that the ledger does not have; None while it is in use."""
    if not workspace.folder.ledger.exists():
        return files
    try:
        with workspace.open_ledger() as ledger:
            scans = ledger.scans()
    except LedgerBusyError:
        return None
    known = {scan.source for scan in scans.values()}
    known |= {damaged["file"] for damaged in totals["damaged_files"]} if totals else set()
    return [
        path
        for path in files
        if workspace.folder.name_source(path) not in known
        and not _is_copy(path, set(scans), workspace.settings.count.reader)
    ]


def _is_copy(path: Path, known: set[str], options: ReaderOptions) -> bool:
    try:
        return inspect_scan(path, options).sha256 in known
    except ScanError:
        return False
