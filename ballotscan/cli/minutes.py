"""ballotscan minutes: what the committee signs."""

from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.options import FolderArgument
from ballotscan.cli.speech import say
from ballotscan.cli.workspace import canvass_ledger, last_totals, open_workspace, prepare_output
from ballotscan.election.minutes_facts import FILE_NAME, example_facts, load_facts
from ballotscan.errors import LedgerError, SettingsError
from ballotscan.locale.message import message
from ballotscan.report.minutes import make_minutes, print_minutes
from ballotscan.store.outputs import remove_output, write_output


def minutes(
    folder: FolderArgument = Path(),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where the minutes go.",
            show_default="minutes in the election folder",
        ),
    ] = None,
    contest: Annotated[
        list[str] | None,
        typer.Option("--contest", "-c", help="Only of this contest.", show_default="all"),
    ] = None,
) -> None:
    """Make the minutes of the count to be printed and signed: a PDF for each contest.

    While ballots wait or numbers do not agree they are a draft, and say so. Names and times that
    they need stand in minutes.toml; an empty one is put there the first time.
    """
    workspace = open_workspace(folder)
    known = [one.id for one in workspace.election.contests]
    for one in contest or []:
        if one not in known:
            msg = message(
                "there is no contest {contest!r}; choose of: {known}",
                contest=one,
                known=", ".join(known),
            )
            raise SettingsError(msg)
    if not workspace.folder.ledger.exists():
        msg = message(
            "{path}: nothing has been counted yet. Count first: ballotscan count scans",
            path=workspace.folder.ledger,
        )
        raise LedgerError(msg)
    facts = load_facts(workspace.folder.root)
    totals = last_totals(workspace.folder)
    with workspace.open_ledger() as ledger:
        canvass = canvass_ledger(workspace, ledger)
    target = output or workspace.folder.minutes
    prepare_output(target)
    for result in canvass.contests:
        if contest and result.contest.id not in contest:
            continue
        made = make_minutes(
            result, canvass, facts, unread_files=len(totals["damaged_files"]) if totals else 0
        )
        draft, final = (target / f"{made.contest_id}{end}.pdf" for end in ("-draft", ""))
        path, other = (draft, final) if made.is_draft else (final, draft)
        write_output(path, print_minutes(made))
        remove_output(other)  # so that nobody signs the one that no longer holds
        typer.echo(str(path))
        for warning in made.warnings:
            typer.secho("  " + say("draft: {reason}", reason=warning), fg=typer.colors.YELLOW)
    facts_file = workspace.folder.root / FILE_NAME
    if not facts_file.exists():
        write_output(facts_file, example_facts(workspace.election.language).encode("utf-8"))
        typer.echo(
            say(
                "Names and times are dotted lines: fill them in by hand, or in {path}, and run this"
                " again.",
                path=facts_file,
            )
        )
