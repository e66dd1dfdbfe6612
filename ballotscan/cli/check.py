"""ballotscan check: is this election ready to be counted?"""

import datetime as dt
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.options import FolderArgument
from ballotscan.cli.rehearsal_record import load_record
from ballotscan.cli.speech import say, spoken, translate
from ballotscan.cli.workspace import Workspace, open_workspace, rehearse_command
from ballotscan.count.plan import prepare_context
from ballotscan.election.rules import Base
from ballotscan.errors import ExitCode
from ballotscan.locale.catalogue import phrase
from ballotscan.locale.formats import format_date
from ballotscan.tabulation.outcome import base_key

# An audit image takes about 0.15 MB and the scan beside it about 0.5 MB; this is room for a
# thousand sheets and the ledger.
LEAST_FREE_MB = 1000


@dataclass(frozen=True, slots=True)
class CheckedPoint:
    """One thing that was looked at.

    Attributes:
        is_fine: False where the election must not be counted as it is.
        text: What was found and, where it is not fine, what to do.
    """

    name: str
    is_fine: bool
    text: str


def check(
    folder: FolderArgument = Path(),
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only what is not ready.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Say whether an election is ready to be counted.

    Looks at the definition, the printed ballots, forms that must be told apart, the rehearsal, the
    disk and the date.
    """
    workspace = open_workspace(folder)
    points = list(_points(workspace))
    is_ready = all(point.is_fine for point in points)
    if as_json:
        found = [{"point": p.name, "ok": p.is_fine, "text": p.text} for p in points]
        typer.echo(json.dumps({"ready": is_ready, "points": found}, ensure_ascii=False, indent=2))
    else:
        for point in points:
            if not point.is_fine or not quiet:
                state = say("ok    ") if point.is_fine else say("NOT OK")
                typer.secho(f"{state} {point.text}", fg=None if point.is_fine else "red")
    if not is_ready:
        sys.exit(ExitCode.DEFINITION)
    if not (quiet or as_json):
        typer.secho(say("Ready."), fg=typer.colors.GREEN)
        typer.echo(
            say(
                "Next: print the ballots at 100 %; before the vote, try the scanner of the day with the"
                " test deck: {command}",
                command=rehearse_command(folder, "--print"),
            )
        )


def _points(workspace: Workspace) -> Iterator[CheckedPoint]:
    path, title = workspace.folder.definition, workspace.election.title
    yield CheckedPoint("definition", True, f"{path}: {title}")
    for template in workspace.templates:
        boxes = sum(len(page.boxes) for page in template.pages)
        names = sum(len(page.names) for page in template.pages)
        text = say(
            "ballot {ballot!r}: pages {pages}, boxes {boxes}, names {names}, edition {edition}",
            ballot=template.ballot_id,
            pages=len(template.pages),
            boxes=boxes,
            names=names,
            edition=template.fingerprint,
        )
        yield CheckedPoint("ballot", True, text)
    yield from _forms(workspace)
    yield _rehearsal(workspace)
    yield from _attendance(workspace)
    yield _disk(workspace)
    yield _date(workspace)


def _forms(workspace: Workspace) -> Iterator[CheckedPoint]:
    """Forms without a code that differ by too little print to be told apart."""
    context = prepare_context(workspace.plan(audit_folder=None))
    forms = [context.references.by_print[n] for n in range(len(context.references.by_print))]
    pairs = context.references.printed.indistinct()
    for first, second in pairs:
        one, other = (
            say(
                "{ballot!r} page {page}",
                ballot=forms[number].template.ballot_id,
                page=forms[number].page.number,
            )
            for number in (first, second)
        )
        text = say(
            "{one} and {other} look too much alike to be told apart: print something different on"
            " each, such as its name in large letters, or design them with codes: ballotscan design",
            one=one,
            other=other,
        )
        yield CheckedPoint("forms", False, text)
    if forms and not pairs:
        text = say("every form without a code can be told from the others by its print")
        yield CheckedPoint("forms", True, text)


def _rehearsal(workspace: Workspace) -> CheckedPoint:
    record = load_record(workspace.folder.rehearsal)
    command = rehearse_command(workspace.folder.root)
    if record is None:
        text = say("the count has not been rehearsed: {command}", command=command)
        return CheckedPoint("rehearsal", False, text)
    day = format_date(record.day, spoken())
    if not record.has_passed:
        text = say(
            "the rehearsal of {day} has not passed: {command} says why", day=day, command=command
        )
        return CheckedPoint("rehearsal", False, text)
    changed = [what.say(translate()) for what in record.changed_since(workspace)]
    if changed:
        text = say(
            "the rehearsal of {day} passed, but since then these changed: {changed}. Rehearse again:"
            " {command}",
            day=day,
            command=command,
            changed=", ".join(changed),
        )
        return CheckedPoint("rehearsal", False, text)
    sentence = phrase("the rehearsal passed, {day}: ballots {ballots}, put to people {asked}")
    if record.is_paper:
        sentence = phrase(
            "the rehearsal with the printed test deck passed, {day}: ballots {ballots}, put to people {asked}"
        )
    text = say(sentence, day=day, ballots=record.ballots, asked=record.asked)
    return CheckedPoint("rehearsal", True, text)


def _attendance(workspace: Workspace) -> Iterator[CheckedPoint]:
    if workspace.rules.base in {Base.VALID, Base.VOTES}:  # counted, not entered
        return
    base = base_key(workspace.rules.base)
    for contest in workspace.election.contests:
        entered = workspace.election.attendance_of(contest.id)
        if getattr(entered, base) is None:
            text = say(
                "contest {contest!r}: enter attendance.{base} before the result is announced; shares"
                " are taken of it",
                contest=contest.id,
                base=base,
            )
            yield CheckedPoint("attendance", True, text)


def _disk(workspace: Workspace) -> CheckedPoint:
    root = workspace.folder.root.resolve()
    free_mb = shutil.disk_usage(root).free // 1_000_000
    text = say("{free} MB free on the disk of {folder}", free=free_mb, folder=root)
    if free_mb < LEAST_FREE_MB:
        text = say("{found}; make room for at least {least} MB", found=text, least=LEAST_FREE_MB)
    return CheckedPoint("disk", free_mb >= LEAST_FREE_MB, text)


def _date(workspace: Workspace) -> CheckedPoint:
    """A date long ago is most often that of the example, or of the election that was copied."""
    date = workspace.election.date
    days = (date - dt.datetime.now().astimezone().date()).days
    shown = format_date(date, spoken())
    if days == 0:
        return CheckedPoint("date", True, say("the election is today, {date}", date=shown))
    if days > 0:
        text = say("the election is on {date}, in {days} days", date=shown, days=days)
        return CheckedPoint("date", True, text)
    text = say(
        "the election was on {date}, {days} days ago; if that is wrong, correct 'date' in"
        " election.toml and design the ballots again",
        date=shown,
        days=-days,
    )
    return CheckedPoint("date", True, text)
