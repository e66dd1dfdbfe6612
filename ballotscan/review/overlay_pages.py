"""The pages that show all sheets of a layout on one another, and which sheet is the stranger."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from starlette.responses import Response
from starlette.routing import Route

from ballotscan.count.reading import MachineReading
from ballotscan.election.blanks import load_blank
from ballotscan.election.records import Question
from ballotscan.election.template import BallotTemplate, TemplatePage
from ballotscan.errors import BallotscanError, OutputError
from ballotscan.locale.catalogue import phrase
from ballotscan.review.choices import doubt
from ballotscan.review.desk import GoneError, TakenError
from ballotscan.review.overlays import (
    Grey,
    Overlay,
    begin_overlay,
    find_strangers,
    load_overlay,
    save_overlay,
)
from ballotscan.review.pictures import Laid, lay_half
from ballotscan.review.sign_in import with_name
from ballotscan.review.visits import FormError, Page, Visit, change, page
from ballotscan.review.workplace import Workplace
from ballotscan.tone.paper import darkest_channel

ENTRY = "/review/overlay"
_SAVED_EVERY = 500  # sheets

_SHOWN = {
    "darkest": phrase("Darkest: every mark and every word that is on any sheet"),
    "lightest": phrase("Lightest: what all sheets have in common"),
}
_Answer = Callable[["Overlays", Visit], Response]
Layout = tuple[str, int]  # ballot id and page


@dataclass(slots=True)
class _Work:
    """One overlay while it is made, and afterwards."""

    overlay: Overlay
    total: int
    is_running: bool = True
    missing: int = 0
    problem: BallotscanError | None = None


class Overlays:
    """Makes overlays in the background, one at a time, and keeps them on the disk."""

    def __init__(self, workplace: Workplace, folder: Path) -> None:
        self.workplace = workplace
        self._folder = folder
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._work: dict[Layout, _Work] = {}

    def layouts(self) -> dict[Layout, tuple[BallotTemplate, TemplatePage]]:
        """Every page of every ballot."""
        reading = self.workplace.desk.reading()
        return {
            (ballot_id, form.number): (stack.template, form)
            for ballot_id, stack in reading.stacks.items()
            for form in stack.template.pages
        }

    def find(self, layout: Layout) -> _Work | None:
        """An overlay that is made, or being made; None where nobody has asked for it."""
        with self._lock:
            return self._work.get(layout)

    def make(self, layout: Layout) -> None:
        """Begin to make an overlay, or to add the sheets that came since."""
        template, form = self.layouts()[layout]
        pages = _pages(self.workplace, self.workplace.desk.reading(), layout)
        with self._lock:
            known = self._work.get(layout)
            if known is not None and known.is_running:
                return
            work = _Work(begin_overlay(form), len(pages))
            self._work[layout] = work
        threading.Thread(
            target=self._run, args=(layout, work, template, form, pages), daemon=True
        ).start()

    def _run(
        self,
        layout: Layout,
        work: _Work,
        template: BallotTemplate,
        form: TemplatePage,
        pages: Mapping[str, Laid],
    ) -> None:
        path = self._folder / f"{layout[0]}-{layout[1]}.npz"
        key = f"{template.fingerprint}-{form.number}"
        with self._turn:
            kept = load_overlay(path, key)
            if kept is not None and set(kept.sheets) <= pages.keys():
                work.overlay = kept
            try:
                self._add(work, pages, path, key)
            except OutputError as error:  # the disk is full: what was made is still shown
                work.problem = error
            finally:
                work.is_running = False

    def _add(self, work: _Work, pages: Mapping[str, Laid], path: Path, key: str) -> None:
        there = set(work.overlay.sheets)
        added = 0
        for record_id, laid in pages.items():
            if record_id in there:
                continue
            pixels = self.workplace.pictures.read(laid)
            if pixels is None or laid.matrix is None:
                work.missing += 1
                continue
            size = work.overlay.darkest.shape
            work.overlay.add(record_id, lay_half(darkest_channel(pixels), laid.matrix, size))
            added += 1
            if added % _SAVED_EVERY == 0:
                save_overlay(work.overlay, path, key)
        if added:
            save_overlay(work.overlay, path, key)


def _pages(workplace: Workplace, reading: MachineReading, layout: Layout) -> dict[str, Laid]:
    """The page of this layout on each sheet that has it, by record id."""
    ballot_id, number = layout
    found = {}
    for sheet in reading.sheets:
        if sheet.ballot_id != ballot_id:
            continue
        for record in sheet.pages:
            laid = workplace.lay(record.ref) if record.number == number else None
            if laid is not None and laid.matrix is not None:
                found[sheet.record_id] = laid
    return found


def overlay_routes(workplace: Workplace, folder: Path) -> Iterator[Route]:
    """The addresses of the overlays.

    Args:
        workplace: What the pages work on.
        folder: Where overlays are kept.
    """
    overlays = Overlays(workplace, folder)

    def on(answer: _Answer) -> Page:
        return with_name(partial(answer, overlays))

    place = "{ballot}/{number:int}"
    yield page(ENTRY, on(_choose))
    yield page(f"{ENTRY}/{place}", on(_show))
    yield change(f"{ENTRY}/{place}/make", on(_make))
    yield change(f"{ENTRY}/ask", on(_ask))
    yield page(f"/picture/overlay/{place}/{{which}}.png", partial(_picture, overlays))


def _choose(overlays: Overlays, visit: Visit) -> Response:
    """Every page of every ballot."""
    election = overlays.workplace.desk.reading().election
    found = [
        (" + ".join(contest.title for contest in election.ballots[ballot_id]), number, f"{ENTRY}/{ballot_id}/{number}")
        for ballot_id, number in overlays.layouts()
    ]  # fmt: skip
    return visit.show("overlays.html.jinja", layouts=found)


def _layout(overlays: Overlays, visit: Visit) -> Layout:
    layout = str(visit.place["ballot"]), int(visit.place["number"])
    if layout not in overlays.layouts():
        raise FormError(visit.translate("There is no such page here."))
    return layout


def _show(overlays: Overlays, visit: Visit) -> Response:
    """One overlay: how far it is, what it shows, and whose ink it is."""
    layout = _layout(overlays, visit)
    template, form = overlays.layouts()[layout]
    work = overlays.find(layout)
    which = visit.query.get("which", "darkest")
    which = which if which in _SHOWN else "darkest"
    strangers = []
    if work is not None and not work.is_running:
        try:
            blank = _blank(template, form, work.overlay)
            strangers = find_strangers(work.overlay, blank, form)
        except BallotscanError as error:
            work.problem = error
    shown = work is not None and bool(work.overlay.sheets)
    return visit.show(
        "overlay.html.jinja",
        title=" + ".join(
            one.title for one in overlays.workplace.desk.reading().election.ballots[layout[0]]
        ),
        page_number=layout[1],
        base=f"{ENTRY}/{layout[0]}/{layout[1]}",
        picture=f"/picture/overlay/{layout[0]}/{layout[1]}/{which}.png",
        work=work,
        done=0 if work is None else len(work.overlay.sheets),
        shown=shown,
        which=which,
        ways=[(name, visit.translate(words)) for name, words in _SHOWN.items()],
        strangers=[
            (one.record_id, f"{one.dark_mm2:.0f}", f"{one.light_mm2:.0f}") for one in strangers
        ],
        pointed=_pointed(work, which, visit) if shown and work is not None else "",
        layout_page=layout[1],
    )


def _pointed(work: _Work, which: str, visit: Visit) -> str:
    """The sheet that is darkest, or lightest, where somebody clicked."""
    x, y = visit.query.get("at.x", ""), visit.query.get("at.y", "")
    if not (x.isdecimal() and y.isdecimal() and len(x) < 6 and len(y) < 6):  # noqa: PLR2004
        return ""
    numbers = work.overlay.darkest_of if which == "darkest" else work.overlay.lightest_of
    row, column = int(y), int(x)
    if row >= numbers.shape[0] or column >= numbers.shape[1] or numbers[row, column] < 0:
        return ""
    return work.overlay.sheets[int(numbers[row, column])]


def _make(overlays: Overlays, visit: Visit) -> Response:
    layout = _layout(overlays, visit)
    overlays.make(layout)
    return visit.go(f"{ENTRY}/{layout[0]}/{layout[1]}")


def _ask(overlays: Overlays, visit: Visit) -> Response:
    """Have a whole sheet looked at."""
    record_id = visit.field("record")
    workplace = overlays.workplace
    if workplace.sheet(record_id) is None:
        raise FormError(visit.translate("There is no such ballot."))
    words = visit.translate("Seen in the overlay")
    try:
        workplace.desk.answer(
            visit.session.id, [doubt(Question(record_id), visit.session.person, words)]
        )
    except (GoneError, TakenError):
        notice = visit.translate("Somebody else is looking at this row now; nothing was recorded.")
    else:
        notice = visit.translate("Sent to review: {row}").format(row=record_id)
    back = visit.field("back")
    return visit.go(back if back.startswith(f"{ENTRY}/") else ENTRY, notice)


def _picture(overlays: Overlays, visit: Visit) -> Response:
    work = overlays.find((str(visit.place["ballot"]), int(visit.place["number"])))
    which = str(visit.place["which"])
    if work is None or which not in _SHOWN:
        return visit.sorry(visit.translate("There is no such picture."), 404)
    pixels = work.overlay.darkest if which == "darkest" else work.overlay.lightest
    return Response(cv2.imencode(".png", pixels)[1].tobytes(), media_type="image/png")


def _blank(template: BallotTemplate, form: TemplatePage, overlay: Overlay) -> Grey:
    """The blank at the size of the overlay."""
    rows, columns = overlay.darkest.shape
    blank = load_blank(template, form.number)
    half = cv2.resize(blank, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(half, dtype=np.uint8)
