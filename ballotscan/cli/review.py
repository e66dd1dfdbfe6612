"""ballotscan review: people decide in the browser what the program does not decide."""

from functools import partial
from pathlib import Path
from typing import Annotated

import segno
import typer

from ballotscan.cli.count import record_canvass
from ballotscan.cli.options import FolderArgument, NoBrowserOption, PortOption, ResultsOption
from ballotscan.cli.results import AUDIT, write_results
from ballotscan.cli.speech import say, spoken
from ballotscan.cli.workspace import Workspace, last_totals, open_workspace, prepare_output
from ballotscan.count.canvass import Canvass, canvass_ballots
from ballotscan.count.concluded import conclude_ballots
from ballotscan.count.drawings import draw_what_changed
from ballotscan.count.found_scans import FoundScans
from ballotscan.count.reading import DamagedFile, MachineReading, read_ballots
from ballotscan.election.records import PageRef
from ballotscan.review.desk import Desk, Source
from ballotscan.review.mishaps import LOG_NAME
from ballotscan.review.part import review_part
from ballotscan.review.pictures import Laid, Pictures
from ballotscan.review.serving import Door, serve
from ballotscan.review.workplace import Workplace
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger


def review(
    folder: FolderArgument = Path(),
    output: ResultsOption = None,
    port: PortOption = 0,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan", help="Let other machines in the room open the pages, over an encrypted line."
        ),
    ] = False,
    no_browser: NoBrowserOption = False,
) -> None:
    """Decide in the browser about everything that waits for people.

    The pages are for this machine alone, unless --lan is given. Every decision is on the disk before
    the next question is shown. Ctrl-C ends the program; the results are then written anew.
    """
    workspace = open_workspace(folder)
    results = output or workspace.folder.results
    prepare_output(results / AUDIT)
    with (
        Ledger.consult(workspace.folder.ledger, workspace.owner) as ledger,
        AdjudicationBook.open(workspace.folder.ledger, workspace.owner) as book,
    ):
        counter = ReviewedCount(workspace, ledger, book, results)
        desk = Desk(Source(counter.read, ledger.last_page), book)
        pictures = Pictures(counter.scans, workspace.templates, workspace.settings.count.reader)
        workplace = Workplace(
            desk, pictures, workspace.settings.canvass, counter.lay, counter.write
        )
        waiting = len(desk.items())
        typer.echo(say("Questions that wait: {number}", number=waiting))
        serve(
            [review_part(workplace, results)],
            language=spoken(),
            log=workspace.folder.root / LOG_NAME,
            announce=partial(_announce, is_lan=lan),
            port=port,
            is_lan=lan,
            opens_browser=not no_browser,
        )
        typer.echo(say("Writing the results ..."))
        page = counter.write()
        _show_end(desk, page)


class ReviewedCount:
    """Reads the ledger for the pages, and writes results from it."""

    def __init__(
        self, workspace: Workspace, ledger: Ledger, book: AdjudicationBook, results: Path
    ) -> None:
        self._workspace = workspace
        self._ledger = ledger
        self._book = book
        self._results = results
        self._places: dict[PageRef, Laid] = {}
        self._known = dict(ledger.scans())
        self.scans = FoundScans(workspace.folder.root, self._known, workspace.settings.count.reader)

    def read(self) -> MachineReading:
        """Everything that stands in the ledger now."""
        workspace = self._workspace
        entries = self._ledger.pages()
        self._known |= self._ledger.scans()
        self._places = {
            page.ref: Laid(page.ref, page.source, page.matrix, page.page_number) for page in entries
        }
        return read_ballots(
            entries,
            self._known,
            workspace.package,
            workspace.settings.canvass,
            self._damaged(),
        )

    def lay(self, ref: PageRef) -> Laid | None:
        """Where a page lies on its scan."""
        return self._places.get(ref)

    def write(self) -> Path:
        """Write the results as people have concluded; gives the results page."""
        reading = self.read()
        canvass = canvass_ballots(reading, conclude_ballots(reading, self._book.all()))
        page = write_results(canvass, self._results)
        record_canvass(self._workspace, self._ledger, canvass)
        self._draw(canvass)
        return page

    def _damaged(self) -> list[DamagedFile]:
        """Files that the last count could not read; they stay in the result until they are read."""
        totals = last_totals(self._workspace.folder)
        read = {scan.source for scan in self._known.values()}
        return [
            DamagedFile(str(one["file"]), str(one["reason"]))
            for one in (totals["damaged_files"] if totals else ())
            if one["file"] not in read
        ]

    def _draw(self, canvass: Canvass) -> None:
        """Draw the audit images of what people decided, in this process: there are few."""
        plan = self._workspace.plan(self._results / AUDIT)
        draw_what_changed(canvass, self.scans, self._ledger, plan, workers=1, advance=lambda: None)


def _announce(door: Door, *, is_lan: bool) -> None:
    typer.echo(say("Open in a browser on this machine:"))
    typer.echo(f"  {door.addresses[0]}")
    if is_lan:
        typer.secho(
            say(
                "OPEN TO THE LOCAL NETWORK. On the other machines open the address below; the"
                " browser warns, because no authority knows this certificate. Go on only where it"
                " shows this SHA-256 fingerprint:"
            ),
            bold=True,
        )
        typer.echo(f"  {door.fingerprint}")
        for address in door.addresses[1:]:
            typer.echo(f"  {address}")
            segno.make(address, micro=False).terminal(compact=True)
    typer.echo(say("Ctrl-C ends the program."))


def _show_end(desk: Desk, page: Path) -> None:
    typer.echo(say("Results page: {page}", page=page.resolve()))
    waiting = len(desk.items())
    if waiting:
        typer.echo(
            say(
                "Next: {number} questions still wait; go on with: ballotscan review", number=waiting
            )
        )
    else:
        typer.echo(
            say("Next: look at the totals, then make the minutes and sign them: ballotscan minutes")
        )
