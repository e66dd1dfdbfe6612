"""ballotscan template new: draw the template of existing paper in the browser."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.options import (
    BallotOption,
    DpiOption,
    ElectionOption,
    NoBrowserOption,
    PortOption,
)
from ballotscan.cli.speech import say
from ballotscan.cli.workspace import choose_ballot, open_definition
from ballotscan.count.existing_paper import BlankPage, read_blanks
from ballotscan.drawing.documents import convert_document, is_document
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.template import Identity
from ballotscan.election.template_files import load_template
from ballotscan.election.template_problems import FILE_NAME, MAX_PAGES
from ballotscan.errors import TemplateError
from ballotscan.locale.message import message
from ballotscan.review.board import Board
from ballotscan.review.drawing_pages import drawing_part
from ballotscan.review.mishaps import LOG_NAME
from ballotscan.review.serving import Door, serve
from ballotscan.settings import load_settings


def new(
    blanks: Annotated[
        list[Path],
        typer.Argument(
            metavar="BLANK...",
            help="The blank ballot, all pages: a scan, a PDF, or a DOCX where LibreOffice is installed.",
            show_default=False,
        ),
    ],
    election: ElectionOption = Path(),
    ballot: BallotOption = None,
    scans: Annotated[
        list[Path] | None,
        typer.Option(
            "--scans",
            "-s",
            help="Marked ballots to try the template on: files or folders.",
            show_default="scans in the election folder",
        ),
    ] = None,
    dpi: DpiOption = None,
    port: PortOption = 0,
    no_browser: NoBrowserOption = False,
) -> None:
    """Draw the template of existing paper: boxes and names are proposed, you correct and save."""
    folder, definition, rules = open_definition(election)
    ballot_id = choose_ballot(definition, ballot)
    where = folder.ballot(ballot_id)
    _refuse_printed(where)
    pages = read_pages(blanks, dpi)
    settings = load_settings(folder.settings)
    board = Board(
        [page.pixels for page in pages],
        ballot_id=ballot_id,
        election=definition,
        rules=rules,
        draft_folder=folder.drawing(ballot_id),
        template_folder=where,
        scans=scans or _own_scans(folder),
        settings=settings,
    )
    serve(
        [drawing_part(board)],
        language=definition.language,
        log=folder.root / LOG_NAME,
        announce=_announce,
        port=port,
        opens_browser=not no_browser,
    )
    if (where / FILE_NAME).is_file():
        typer.echo(say("{where}: the template is there. Next: ballotscan check", where=where))
    else:
        typer.echo(say("The template is not saved yet; go on with the same command."))


def read_pages(blanks: Sequence[Path], dpi: float | None) -> list[BlankPage]:
    """Read the blank, text documents included.

    Raises:
        ScanError: A file cannot be read.
        TemplateError: The scale is not known, or there are more pages than a sheet has.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        pictures = []
        for number, blank in enumerate(blanks):
            if is_document(blank):
                typer.echo(
                    say(
                        "{blank} is drawn by LibreOffice. Print the ballots from that PDF too, or give"
                        " a scan of the printed blank: Word may set the lines differently.",
                        blank=blank,
                    )
                )
                pictures.append(convert_document(blank, Path(folder) / str(number)))
            else:
                pictures.append(blank)
        pages = read_blanks(pictures, dpi)
    if len(pages) > MAX_PAGES:
        what = message(
            "the blank has {number} pages; a ballot is one sheet, front and back", number=len(pages)
        )
        raise TemplateError(what)
    return pages


def _refuse_printed(where: Path) -> None:
    """Our own paper is never drawn over: its layout stands on what was printed."""
    if not (where / FILE_NAME).is_file():
        return
    if load_template(where).identity is Identity.CODE:
        what = message(
            "{where}: this ballot was designed and perhaps printed by ballotscan; move that folder away"
            " first if the committee uses other paper",
            where=where,
        )
        raise TemplateError(what)


def _own_scans(folder: ElectionFolder) -> list[Path]:
    return [folder.scans] if folder.scans.is_dir() else []


def _announce(door: Door) -> None:
    typer.echo(say("Draw the template in the browser: {address}", address=door.addresses[0]))
    typer.echo(say("Stop with Ctrl-C; the draft is kept."))
