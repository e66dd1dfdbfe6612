"""ballotscan check: is this election ready to be counted?"""

import datetime as dt
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.workspace import Workspace, open_workspace
from ballotscan.count.plan import CountContext, CountPlan, prepare_context
from ballotscan.errors import ExitCode

# An audit image takes about 0.15 MB and the scan beside it about 0.5 MB; this is room for a
# thousand sheets and the ledger.
LEAST_FREE_MB = 1000

Finding = tuple[bool, str]  # fine or not, and what was found


def check(
    folder: Annotated[
        Path, typer.Argument(help="Folder of the election.", show_default="this folder")
    ] = Path(),
) -> None:
    """Say whether an election is ready: definition, ballots, forms that can be told apart, disk, date."""
    workspace = open_workspace(folder)
    typer.echo(f"ok     {workspace.folder.definition}: {workspace.election.title}")
    is_ready = True
    for is_fine, text in _findings(workspace):
        typer.secho(f"{'ok    ' if is_fine else 'NOT OK'} {text}", fg=None if is_fine else "red")
        is_ready &= is_fine
    if not is_ready:
        sys.exit(ExitCode.DEFINITION)
    typer.echo(
        "Ready. Before the vote, mark a few ballots by hand, scan and count them as a rehearsal."
    )


def _findings(workspace: Workspace) -> Iterator[Finding]:
    context = prepare_context(
        CountPlan(
            election=workspace.election,
            rules=workspace.rules,
            templates=workspace.templates,
            options=workspace.settings.count,
            thresholds=workspace.settings.canvass.thresholds,
            audit_folder=None,
        )
    )
    for template in workspace.templates:
        boxes = sum(len(page.boxes) for page in template.pages)
        names = sum(len(page.names) for page in template.pages)
        yield (
            True,
            (
                f"ballot {template.ballot_id!r}: {len(template.pages)} pages, {boxes} boxes, {names} names,"
                f" edition {template.fingerprint}"
            ),
        )
    yield from _alike(context)
    yield from _attendance(workspace)
    free_mb = shutil.disk_usage(workspace.folder.root).free // 1_000_000
    yield (
        free_mb >= LEAST_FREE_MB,
        f"{free_mb} MB free on the disk of {workspace.folder.root.resolve()}"
        + ("" if free_mb >= LEAST_FREE_MB else f"; make room for at least {LEAST_FREE_MB} MB"),
    )
    days = (workspace.election.date - dt.datetime.now().astimezone().date()).days
    yield True, f"the election is on {workspace.election.date}: {_when(days)}"


def _alike(context: CountContext) -> Iterator[Finding]:
    """Forms without a code that differ by too little print to be told apart."""
    forms = [context.references.by_print[n] for n in range(len(context.references.by_print))]
    pairs = context.references.printed.indistinct()
    for first, second in pairs:
        one, other = (
            f"{forms[number].template.ballot_id!r} page {forms[number].page.number}"
            for number in (first, second)
        )
        yield (
            False,
            (
                f"{one} and {other} look too much alike to be told apart: print something different on"
                " each, such as its name in large letters, or design them with codes: ballotscan design"
            ),
        )
    if forms and not pairs:
        yield True, "every form without a code can be told from the others by its print"


def _attendance(workspace: Workspace) -> Iterator[Finding]:
    base = workspace.rules.base.value
    for contest in workspace.election.contests:
        entered = workspace.election.attendance_of(contest.id)
        if base != "valid" and getattr(entered, base) is None:
            yield (
                True,
                (
                    f"contest {contest.id!r}: enter attendance.{base} before the result is announced;"
                    " shares are taken of it"
                ),
            )


def _when(days: int) -> str:
    if days == 0:
        return "today"
    return f"in {days} days" if days > 0 else f"{-days} days ago"
