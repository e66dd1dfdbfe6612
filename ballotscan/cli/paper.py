"""ballotscan new and ballotscan design: paper before the election."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.dialogue import ask_election
from ballotscan.cli.options import FolderArgument
from ballotscan.cli.speech import Language, ask_for, say
from ballotscan.cli.workspace import open_definition, prepare_output, rehearse_command, typed
from ballotscan.design.printing import PDF_NAME, design_ballot, write_ballot
from ballotscan.election.example import example_definition
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.rules import list_rules
from ballotscan.election.writing import definition_text
from ballotscan.errors import OutputError, SettingsError
from ballotscan.locale.message import message
from ballotscan.store.outputs import write_output


def new(
    folder: Annotated[
        Path, typer.Argument(help="Folder to make; it must not hold an election yet.")
    ],
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            "-p",
            help="Voting rules: the id of a preset.",
            show_default="vn-dang",
        ),
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(
            "--language", "-l", help="Of ballots and results.", show_default="that of the country"
        ),
    ] = None,
    example: Annotated[
        bool,
        typer.Option("--example", help="Ask nothing: write an example to change by hand."),
    ] = False,
) -> None:
    """Begin an election: a folder with an election.toml.

    At a terminal a few questions are asked. Elsewhere, and with --example, a commented example is
    written that counts as it stands.
    """
    if preset is not None and preset not in list_rules():
        msg = message(
            "there is no preset {preset!r}; choose one of: {known}",
            preset=preset,
            known=", ".join(list_rules()),
        )
        raise SettingsError(msg)
    target = ElectionFolder(folder)
    if target.definition.exists():
        msg = message(
            "{path}: there is an election here already. Choose another folder.",
            path=target.definition,
        )
        raise OutputError(msg)
    if language is not None:
        ask_for(language)
    if example or not _is_terminal():
        _write_example(target, preset or "vn-dang", language)
        typer.echo(say("Made {path}.", path=target.definition))
        typer.echo(say("Next: write your election into it, then print the ballots with:"))
    else:
        _write_asked(target, preset)
        typer.echo()
        typer.echo(say("Made {path}.", path=target.definition))
        typer.echo(say("Next: look it over in a text editor, then make the ballots with:"))
    typer.echo(f"  ballotscan design {typed(folder)}")


def _is_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _write_example(target: ElectionFolder, preset: str, language: Language | None) -> None:
    is_vietnamese = preset.startswith("vn-") if language is None else language is Language.VI
    _write(target, example_definition(preset, "vi" if is_vietnamese else "en"))


def _write_asked(target: ElectionFolder, preset: str | None) -> None:
    election, lists = ask_election(preset)
    prepare_output(target.root)
    copied: dict[str, Path] = {}
    for contest_id, source in lists.items():
        copied[contest_id] = target.root / f"{contest_id}{source.suffix.lower()}"
        try:
            shutil.copyfile(source, copied[contest_id])
        except shutil.SameFileError:
            pass  # it lies there under this name already
        except OSError as error:
            msg = message(
                "{path}: cannot be written ({reason}). Choose a folder that you may write to.",
                path=copied[contest_id],
                reason=error.strerror,
            )
            raise OutputError(msg) from error
    _write(target, definition_text(election, copied))
    load_election(target.definition)  # what the dialogue could not see, such as two of one name


def _write(target: ElectionFolder, text: str) -> None:
    prepare_output(target.root)
    write_output(target.definition, text.encode("utf-8"))


def design(
    folder: FolderArgument = Path(),
) -> None:
    """Design the ballots: a PDF to print and what reading them needs, from election.toml."""
    place, definition, rules = open_definition(folder)
    for ballot_id, contests in definition.ballots.items():
        printed = design_ballot(contests, definition, seal_space=rules.seal_space)
        template = write_ballot(printed, place.ballot(ballot_id))
        typer.echo(
            say(
                "{path}: pages {pages}, edition {edition}",
                path=place.ballot(ballot_id) / PDF_NAME,
                pages=len(template.pages),
                edition=template.fingerprint,
            )
        )
    typer.echo(say("Next: rehearse the count without any paper:"))
    typer.echo(f"  {rehearse_command(folder)}")
    typer.echo(
        say(
            "Then print these PDFs at 100 % (not 'fit to page'). After the vote, scan all ballots into"
            " the folder {scans} and count them.",
            scans=place.scans,
        )
    )
