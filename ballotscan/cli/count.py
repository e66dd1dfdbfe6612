"""ballotscan count: from scans to totals."""

import datetime as dt
import hashlib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.display import Screen
from ballotscan.cli.options import (
    ElectionOption,
    PhotoOption,
    QuietOption,
    ResultsOption,
    WorkersOption,
)
from ballotscan.cli.rehearsal_record import refuse_rehearsed
from ballotscan.cli.results import AUDIT, write_results
from ballotscan.cli.speech import say
from ballotscan.cli.workspace import (
    PROGRAM,
    Workspace,
    canvass_ledger,
    open_workspace,
    prepare_output,
)
from ballotscan.count.batch import BatchReport, count_scans
from ballotscan.count.canvass import Canvass
from ballotscan.count.drawings import draw_what_changed
from ballotscan.count.engines import default_workers
from ballotscan.errors import ExitCode, ScanError
from ballotscan.export.tables import totals_document
from ballotscan.locale.message import message
from ballotscan.scan.reader import find_scans
from ballotscan.store.ledger import Ledger
from ballotscan.store.ledger_file import set_aside


def count(
    scans: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Scan files and folders: JPEG, PNG, TIFF, WebP, PDF.",
            show_default="scans in the election folder",
        ),
    ] = None,
    election: ElectionOption = Path(),
    output: ResultsOption = None,
    workers: WorkersOption = 0,
    quiet: QuietOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    fail_on_review: Annotated[
        bool, typer.Option("--fail-on-review", help="Exit with 10 while ballots wait for review.")
    ] = False,
    show_totals: Annotated[
        bool,
        typer.Option(
            "--show-totals", help="Show totals while ballots wait, also where the rules do not."
        ),
    ] = False,
    new_ledger: Annotated[
        bool, typer.Option("--new-ledger", help="Start a new count; the old ledger is kept.")
    ] = False,
    photo: PhotoOption = False,
) -> None:
    """Count scanned ballots.

    Pages counted before are not read again: run it again after every pile.
    """
    workspace = open_workspace(election)
    if show_totals:
        workspace = workspace.showing_totals()
    if photo:
        workspace = workspace.reading_photographs()
    results = output or workspace.folder.results
    prepare_output(results / AUDIT)
    if new_ledger:
        set_aside(workspace.folder.ledger)
    if not scans and not workspace.folder.scans.is_dir():
        msg = message(
            "{folder}: there is no such folder. Put all scans into it, or name the folder they are in:"
            " ballotscan count FOLDER",
            folder=workspace.folder.scans,
        )
        raise ScanError(msg)
    files = find_scans(scans or [workspace.folder.scans])
    refuse_rehearsed(files, workspace)
    screen = Screen(is_quiet=quiet or as_json)
    with workspace.open_ledger() as ledger:
        report, canvass = read_and_canvass(
            workspace, ledger, files, results, workers or default_workers(), screen
        )
        page = write_results(canvass, results)
        record_canvass(workspace, ledger, canvass)
    if as_json:
        typer.echo(json.dumps(totals_document(canvass), ensure_ascii=False, indent=2))
    screen.show_result(canvass, report, page)
    _exit(canvass, files, report, fail_on_review=fail_on_review)


def read_and_canvass(
    workspace: Workspace,
    ledger: Ledger,
    files: list[Path],
    results: Path,
    workers: int,
    screen: Screen,
) -> tuple[BatchReport, Canvass]:
    """Read what is new into the ledger, count all that is in it, and draw what has changed."""
    plan = workspace.plan(results / AUDIT)
    with screen.reading(len(files)) as progress:
        report = count_scans(
            files, workspace.folder, ledger, plan, workers=workers, progress=progress
        )
    canvass = canvass_ledger(workspace, ledger, report.damaged)
    with screen.drawing() as advance:
        draw_what_changed(canvass, report.scans, ledger, plan, workers=workers, advance=advance)
    return report, canvass


def record_canvass(workspace: Workspace, ledger: Ledger, canvass: Canvass) -> None:
    """Write into the ledger how this result was made."""
    document = json.dumps(totals_document(canvass), ensure_ascii=False, sort_keys=True)
    ledger.add_canvass(
        made_by=PROGRAM,
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        settings=workspace.describe_settings(),
        result_sha256=hashlib.sha256(document.encode()).hexdigest(),
    )


def _exit(
    canvass: Canvass, files: list[Path], report: BatchReport, *, fail_on_review: bool
) -> None:
    """Say what must not pass silently, and leave with its exit code."""
    for damaged in report.damaged:
        typer.secho(say("error: {what}", what=damaged.reason), fg=typer.colors.RED, err=True)
    if report.damaged:
        number = len(report.damaged)
        msg = message(
            "{number} of {count} files could not be read; all others are counted. Scan what was on them again, remove the bad files, and count again.",
            number=number,
            count=len(files),
        )
        raise ScanError(msg)
    if fail_on_review and canvass.counts.review:
        sys.exit(ExitCode.REVIEW)
