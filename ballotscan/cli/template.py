"""ballotscan template: ballots that exist already."""

from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.drawing import new
from ballotscan.cli.options import BallotOption, DpiOption, ElectionOption, PhotoOption
from ballotscan.cli.speech import say
from ballotscan.cli.workspace import choose_ballot, open_definition
from ballotscan.count.existing_paper import FormDescription, import_template
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.records import ExpectedMark
from ballotscan.errors import SettingsError
from ballotscan.locale.message import message

template = typer.Typer(
    help="Templates of existing paper.", no_args_is_help=True, add_completion=False
)


@template.callback()
def _group() -> None:
    """Templates of existing paper."""


template.command("new")(new)


@template.command("import")
def import_(
    blanks: Annotated[
        list[Path],
        typer.Argument(
            metavar="BLANK...",
            help="Scan or PDF of the blank ballot, all pages.",
            show_default=False,
        ),
    ],
    boxes: Annotated[
        list[Path],
        typer.Option(
            "--boxes",
            "-b",
            help="CSV of a page's boxes: position_id,x,y,w,h in pixels of the blank; one for each page.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder, or template.json in it.",
            show_default="ballots/BALLOT in the election folder",
        ),
    ] = None,
    election: ElectionOption = Path(),
    ballot: BallotOption = None,
    mark: Annotated[
        ExpectedMark, typer.Option("--mark", help="The mark voters are told to make.")
    ] = ExpectedMark.ANY,
    photo: PhotoOption = False,
    dpi: DpiOption = None,
) -> None:
    """Take the template of existing paper from its blank and a list of its boxes."""
    definition = None
    ballot_id = ballot
    if ElectionFolder(election).definition.is_file():
        _, definition, _ = open_definition(election)
        ballot_id = choose_ballot(definition, ballot)
    if ballot_id is None:
        msg = message("there is no election here, so name the ballot: --ballot NAME")
        raise SettingsError(msg)
    folder = output or ElectionFolder(election).ballot(ballot_id)
    if folder.suffix == ".json":
        folder = folder.parent
    made = import_template(
        blanks, boxes, folder, FormDescription(ballot_id, mark, photo, dpi), definition
    )
    number = sum(len(page.boxes) for page in made.pages)
    bound = sum(box.contest_id is not None for page in made.pages for box in page.boxes)
    typer.echo(
        say(
            "{folder}: pages {pages}, boxes {boxes}, of them bound to contests {bound}",
            folder=folder,
            pages=len(made.pages),
            boxes=number,
            bound=bound,
        )
    )
    if bound < number:
        typer.echo(say("Boxes that are not bound are read, but they count for nobody."))
