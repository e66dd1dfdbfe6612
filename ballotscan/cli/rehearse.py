"""ballotscan rehearse: planned votes on this very election's ballots, counted apart and compared."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ballotscan.cli.count import read_and_canvass, record_canvass
from ballotscan.cli.display import Screen
from ballotscan.cli.options import FolderArgument, QuietOption, WorkersOption
from ballotscan.cli.rehearsal_record import RehearsalRecord, save_record
from ballotscan.cli.results import AUDIT, write_results
from ballotscan.cli.speech import say, translate
from ballotscan.cli.workspace import (
    Workspace,
    open_workspace,
    prepare_output,
    rehearse_command,
)
from ballotscan.count.engines import default_workers
from ballotscan.count.rehearsal import judge_rehearsal
from ballotscan.count.rehearsal_plan import (
    RehearsedBallot,
    draw_rehearsed,
    draw_to_print,
    plan_rehearsal,
)
from ballotscan.count.rehearsal_verdict import RehearsalVerdict
from ballotscan.design.paper import Sheet
from ballotscan.design.scanfiles import encode_jpeg, encode_pdf
from ballotscan.election.definition import Attendance, Election
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.rules import load_rules_of
from ballotscan.election.writing import definition_text
from ballotscan.errors import ExitCode, OutputError, SettingsError
from ballotscan.locale.catalogue import phrase, translator
from ballotscan.locale.message import message
from ballotscan.locale.words import in_words
from ballotscan.scan.reader import find_scans

MAX_SHOWN = 10  # of the rows, or ballots, that a message lists
TITLE = phrase("REHEARSAL – {title}")


def rehearse(
    folder: FolderArgument = Path(),
    prints: Annotated[
        bool,
        typer.Option(
            "--print", help="Write the test deck as PDF, to be printed, and count nothing."
        ),
    ] = False,
    scans: Annotated[
        Path | None,
        typer.Option("--scans", help="Scans of the printed test deck: count these, and compare."),
    ] = None,
    workers: WorkersOption = 0,
    quiet: QuietOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
) -> None:
    """Rehearse the count: mark ballots of this election as planned, count them apart, compare.

    The ballots are drawn and scanned by a simulator, so no paper is needed. They are counted in the
    folder rehearsal, never in the ledger of the election.

    With paper: print the test deck (--print), scan it with the scanner of the day, and have its
    scans compared with the plan (--scans FOLDER).
    """
    workspace = open_workspace(folder)
    screen = Screen(is_quiet=quiet or as_json)
    ballots = plan_rehearsal(workspace.election, workspace.rules, workspace.templates)
    if prints:
        _print(ballots, workspace.folder, screen, is_quiet=quiet or as_json)
        return
    given = None if scans is None else _find_given(scans, workspace.folder.rehearsal)
    stage = _set_stage(workspace, ballots)
    if given is None:
        _scan(ballots, stage.folder, screen)
    else:
        _take(given, stage.folder)
    files = find_scans([stage.folder.scans])
    results = stage.folder.results
    with stage.open_ledger() as ledger:
        _, canvass = read_and_canvass(
            stage, ledger, files, results, workers or default_workers(), screen
        )
        page = write_results(canvass, results)
        record_canvass(stage, ledger, canvass)
    verdict = judge_rehearsal(ballots, canvass, is_printed=given is not None)
    save_record(RehearsalRecord.of(workspace, verdict, is_paper=given is not None), stage.folder)
    if as_json:
        typer.echo(json.dumps(_document(verdict), ensure_ascii=False, indent=2))
    elif not quiet:
        _show(verdict, workspace.election, page, folder)
    if not verdict.has_passed:
        if quiet:
            typer.echo(say("The rehearsal has NOT passed."), err=True)
        sys.exit(ExitCode.REHEARSAL)


def _find_given(scans: Path, stage: ElectionFolder) -> list[Path]:
    """The scans of the printed deck; never those that a rehearsal takes away when it begins."""
    files = find_scans([scans])
    if any(file.resolve().is_relative_to(stage.scans.resolve()) for file in files):
        msg = message(
            "{folder}: every rehearsal empties this folder. Move your scans into another one, and name"
            " that: --scans FOLDER",
            folder=stage.scans,
        )
        raise SettingsError(msg)
    return files


def _set_stage(workspace: Workspace, ballots: Sequence[RehearsedBallot]) -> Workspace:
    """An election folder of its own for the rehearsal, with the attendance of the planned pile."""
    folder = workspace.folder.rehearsal
    _clear(folder)
    prepare_output(folder.scans)
    prepare_output(folder.results / AUDIT)
    election = _rehearsed(workspace.election, ballots)
    try:
        shutil.copytree(workspace.folder.ballots, folder.ballots)
        if workspace.rules.id != election.rules:  # rules of its own: a file beside the definition
            shutil.copy(workspace.folder.root / election.rules, folder.root)
        if workspace.folder.settings.exists():
            shutil.copy(workspace.folder.settings, folder.settings)
        folder.definition.write_text(definition_text(election), encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(folder.root, error) from error
    load_rules_of(election, folder.root)
    return Workspace(folder, election, workspace.rules, workspace.templates, workspace.settings)


def _rehearsed(election: Election, ballots: Sequence[RehearsedBallot]) -> Election:
    """The same election under a title that nobody takes for the real one."""
    title = translator(election.language)(TITLE).format(title=election.title)

    def attendance(ballot_id: str) -> Attendance:
        pile = sum(ballot.template.ballot_id == ballot_id for ballot in ballots)
        return Attendance(convened=pile, present=pile, issued=pile, collected=pile)

    contests = tuple(
        contest.model_copy(update={"attendance": attendance(contest.ballot_id)})
        for contest in election.contests
    )
    return election.model_copy(
        update={"title": title[:200], "attendance": Attendance(), "contests": contests}
    )


def _clear(folder: ElectionFolder) -> None:
    """Take away the last rehearsal, and nothing else that may lie there."""
    try:
        for part in (folder.scans, folder.results, folder.ballots):
            if part.exists():
                shutil.rmtree(part)
        for file in folder.root.glob("ledger.sqlite3*"):
            file.unlink()
    except OSError as error:
        raise _unwritable(folder.root, error) from error


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        message(
            "{folder}: cannot be written ({reason}). Make room, close what is open of it in other"
            " programs, and rehearse again.",
            folder=folder,
            reason=error.strerror,
        )
    )


def _scan(ballots: Sequence[RehearsedBallot], folder: ElectionFolder, screen: Screen) -> None:
    with screen.working(say("Marking ballots"), len(ballots)) as advance:
        for ballot in ballots:
            scans = list(draw_rehearsed(ballot))
            is_one = len(scans) == 1
            path = folder.scans / f"{ballot.name}.{'jpg' if is_one else 'pdf'}"
            try:
                path.write_bytes(encode_jpeg(scans[0]) if is_one else encode_pdf(scans))
            except OSError as error:
                raise _unwritable(folder.root, error) from error
            advance()


def _take(files: Sequence[Path], folder: ElectionFolder) -> None:
    """Copy scans of the printed deck to where no count of the election takes them from."""
    for number, file in enumerate(files, start=1):
        try:
            shutil.copy(file, folder.scans / f"{number:04}{file.suffix.lower()}")
        except OSError as error:
            raise _unwritable(folder.root, error) from error


def _print(
    ballots: Sequence[RehearsedBallot], folder: ElectionFolder, screen: Screen, *, is_quiet: bool
) -> None:
    """Write the test deck, and say what is to be done with it."""
    root, folder = folder.root, folder.rehearsal
    prepare_output(folder.root)
    pages: list[Sheet] = []
    with screen.working(say("Marking ballots"), len(ballots)) as advance:
        for ballot in ballots:
            pages += draw_to_print(ballot)
            advance()
    try:
        folder.deck.write_bytes(encode_pdf(pages, quality=95))
    except OSError as error:
        raise _unwritable(folder.root, error) from error
    if is_quiet:
        return
    typer.echo(
        say("Test deck: {path}, {number} marked ballots", path=folder.deck, number=len(ballots))
    )
    typer.echo(
        say(
            "Next: print it at 100 % (both sides where ballots have two), scan all of it with the"
            " scanner of the day into a folder of its own, and compare:\n"
            "  {command} FOLDER",
            command=rehearse_command(root, "--scans"),
        )
    )
    typer.secho(
        say(
            "These are marked ballots: keep them away from the ballot box, and destroy them after."
        ),
        fg=typer.colors.YELLOW,
    )


def _show(verdict: RehearsalVerdict, election: Election, page: Path, root: Path) -> None:
    waiting = len(verdict.asked) + len(verdict.asked_besides)
    typer.echo(
        say(
            "Rehearsal: {ballots} ballots with {rows} rows were marked as planned and counted.",
            ballots=verdict.ballots,
            rows=verdict.rows,
        )
    )
    typer.echo(
        say(
            "- put to people: {waiting}, of these {planned} as planned",
            waiting=waiting,
            planned=len(verdict.asked),
        )
    )
    if verdict.asked_besides:
        names = ", ".join(verdict.asked_besides[:MAX_SHOWN])
        more = ", …" if len(verdict.asked_besides) > MAX_SHOWN else ""
        typer.echo(
            "    "
            + say(
                "beyond the plan, which is slow and not wrong: {names}; the results page shows them",
                names=names + more,
            )
        )
    typer.echo(
        say("- read otherwise than planned without a question: {number}", number=len(verdict.wrong))
    )
    for wrong in verdict.wrong[:MAX_SHOWN]:
        candidate = election.contest(wrong.contest_id).candidates[wrong.candidate - 1]
        planned, read = (in_words(state, translate()) for state in (wrong.planned, wrong.read))
        typer.echo(
            "    "
            + say(
                "{ballot}, {name}: planned {planned}, read {read}",
                ballot=wrong.ballot,
                name=candidate.name,
                planned=planned,
                read=read,
            )
        )
    if verdict.lost:
        names = ", ".join(verdict.lost[:MAX_SHOWN])
        typer.echo(
            say(
                "- not read as the ballot they are: {number} ({names})",
                number=len(verdict.lost),
                names=names,
            )
        )
    if verdict.surplus:
        typer.echo(
            say(
                "- ballots beyond those planned: {number}; a sheet was scanned twice, or does not"
                " belong to the deck",
                number=verdict.surplus,
            )
        )
    for contest_id in verdict.totals_differ:
        title = election.contest(contest_id).title
        typer.echo(say("- {title}: the totals are NOT those of the plan", title=title))
    if not verdict.totals_differ:
        typer.echo(say("- totals: as planned"))
    typer.echo()
    if verdict.has_passed:
        typer.secho(say("The rehearsal has passed."), fg=typer.colors.GREEN)
        typer.echo(say("Its results page: {page}", page=page))
        typer.echo(
            say(
                "Next: print the test deck with {command}, scan it with the scanner"
                " of the day and compare; then ballotscan check says whether all is ready.",
                command=rehearse_command(root, "--print"),
            )
        )
        return
    typer.secho(say("The rehearsal has NOT passed."), fg=typer.colors.RED)
    typer.echo(
        say(
            "Do not count this election yet. Look at the ballots named above on the results page,"
            " {page}; design the ballots again if their layout is at fault, and rehearse again.",
            page=page,
        )
    )


def _document(verdict: RehearsalVerdict) -> dict[str, Any]:
    return {
        "passed": verdict.has_passed,
        "ballots": verdict.ballots,
        "rows": verdict.rows,
        "wrong": [
            {
                "ballot": wrong.ballot,
                "contest": wrong.contest_id,
                "candidate": wrong.candidate,
                "planned": wrong.planned.name.lower(),
                "read": wrong.read.name.lower(),
            }
            for wrong in verdict.wrong
        ],
        "lost": list(verdict.lost),
        "asked": list(verdict.asked),
        "asked_besides": list(verdict.asked_besides),
        "totals_differ": list(verdict.totals_differ),
        "surplus": verdict.surplus,
    }
