"""ballotscan new and ballotscan design: paper before the election."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.workspace import open_definition, prepare_output
from ballotscan.design.printing import PDF_NAME, design_ballot, write_ballot
from ballotscan.election.example import example_definition
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.rules import list_rules
from ballotscan.errors import OutputError, SettingsError


class Language(StrEnum):
    """A language that ballots can be printed in."""

    VI = "vi"
    EN = "en"


def new(
    folder: Annotated[
        Path, typer.Argument(help="Folder to make; it must not hold an election yet.")
    ],
    preset: Annotated[
        str, typer.Option("--preset", "-p", help=f"Voting rules: {', '.join(list_rules())}.")
    ] = "vn-dang",
    language: Annotated[
        Language | None,
        typer.Option(
            "--language", "-l", help="Of ballots and results.", show_default="that of the country"
        ),
    ] = None,
) -> None:
    """Begin an election: a folder with a commented election.toml that counts as it stands."""
    if preset not in list_rules():
        msg = f"there is no preset {preset!r}; choose one of: {', '.join(list_rules())}"
        raise SettingsError(msg)
    target = ElectionFolder(folder)
    if target.definition.exists():
        msg = f"{target.definition}: there is an election here already. Choose another folder."
        raise OutputError(msg)
    is_vietnamese = preset.startswith("vn-") if language is None else language is Language.VI
    prepare_output(folder)
    target.definition.write_text(
        example_definition(preset, "vi" if is_vietnamese else "en"), encoding="utf-8", newline="\n"
    )
    typer.echo(f"Made {target.definition}.")
    typer.echo("Next: write your election into it, then print the ballots with:")
    typer.echo(f"  ballotscan design {folder}")


def design(
    folder: Annotated[
        Path, typer.Argument(help="Folder of the election.", show_default="this folder")
    ] = Path(),
) -> None:
    """Design the ballots: a PDF to print and what reading them needs, from election.toml."""
    place, definition, rules = open_definition(folder)
    for ballot_id, contests in definition.ballots.items():
        printed = design_ballot(contests, definition, seal_space=rules.seal_space)
        template = write_ballot(printed, place.ballot(ballot_id))
        sides = len(template.pages)
        typer.echo(
            f"{place.ballot(ballot_id) / PDF_NAME}: {sides} page{'s' if sides > 1 else ''},"
            f" edition {template.fingerprint}"
        )
    typer.echo(
        "Next: print these PDFs at 100 % (not 'fit to page'), and test-scan one before the vote."
    )
    typer.echo("After the vote, scan all ballots into one folder and count them:")
    typer.echo("  ballotscan count ./scans")
