"""The pages on which a template of existing paper is drawn, tried and saved."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ballotscan.drawing.draft import MAX_SHAPES, Draft
from ballotscan.drawing.edits import (
    Task,
    add_alike,
    bind_draft,
    bind_from,
    propose_draft,
    snap_selected,
)
from ballotscan.drawing.trial import TrialPage
from ballotscan.election.template import PX_PER_MM
from ballotscan.errors import BallotscanError
from ballotscan.locale.catalogue import phrase
from ballotscan.locale.message import said
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.review.app import Part
from ballotscan.review.board import Board
from ballotscan.review.drawing_words import (
    MARKS,
    choice_value,
    describe_shape,
    list_meanings,
    say_gaps,
)
from ballotscan.review.visits import FormError, Visit, change, page

ENTRY = "/drawing"


class Edit(BaseModel):
    """What the page sends: the draft as it is there, and what is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draft: Draft
    task: Task = Task.KEEP
    selected: Annotated[tuple[int, ...], Field(max_length=MAX_SHAPES)] = ()
    contest_id: str = ""
    candidate: Annotated[int, Field(ge=1)] = 1


def drawing_part(board: Board) -> Part:
    """The pages of one template."""
    pages = DrawingPages(board)
    return Part(phrase("Draw the template"), ENTRY, pages.routes())


class DrawingPages:
    """What is shown of a board, and what is changed on it."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def routes(self) -> list[Route]:
        """Every address of the group."""
        return [
            page(ENTRY, self.show),
            page(f"{ENTRY}/blank/{{number:int}}.png", self.show_blank),
            page(f"{ENTRY}/trial", self.show_trial),
            page(f"{ENTRY}/trial/{{number:int}}.jpg", self.show_tried),
            change(f"{ENTRY}/edit", self.edit),
            change(f"{ENTRY}/finish", self.finish),
        ]

    def show(self, visit: Visit) -> Response:
        """The blank with everything on it."""
        board = self._board
        sizes = [
            {"width": blank.shape[1] / PX_PER_MM, "height": blank.shape[0] / PX_PER_MM}
            for blank in board.blanks
        ]
        return visit.show(
            "drawing.html.jinja",
            ballot_id=board.ballot_id,
            title=" + ".join(contest.title for contest in board.contests),
            meanings=list_meanings(board.contests, visit.translate),
            marks=[(mark.value, visit.translate(words)) for mark, words in MARKS.items()],
            state=json.dumps(
                {**self._state(visit), "sizes": sizes, "says": _sentences(visit)},
                ensure_ascii=False,
            ),
            draft=board.draft,
            pages=range(1, len(board.blanks) + 1),
        )

    def show_blank(self, visit: Visit) -> Response:
        """The picture of one page."""
        number = int(visit.place["number"])
        if not 1 <= number <= len(self._board.pictures):
            return visit.sorry(visit.translate("There is no such page here."), 404)
        return Response(self._board.pictures[number - 1], media_type="image/png")

    def edit(self, visit: Visit) -> Response:
        """Take the draft as it is in the browser, do what is asked, and answer with what it is now."""
        try:
            asked = Edit.model_validate_json(visit.body)
        except ValidationError as error:
            raise FormError(visit.translate("The drawing could not be read.")) from error
        with self._board.lock:
            self._board.keep(self._do(asked))
            return JSONResponse(self._state(visit))

    def show_trial(self, visit: Visit) -> Response:
        """Some real scans, read with the draft."""
        problem = ""
        tried: list[dict[str, Any]] = []
        if not self._board.gaps.is_whole:
            problem = visit.translate("Bind every box and every name first.")
        elif not self._board.scans:
            problem = visit.translate(
                "There are no scans to try it on. Put a few marked ballots into the folder scans, or"
                " name them with --scans, and open this page again."
            )
        else:
            try:
                with self._board.lock:
                    tried = [
                        _shown(number, page_, visit)
                        for number, page_ in enumerate(self._board.try_scans(), start=1)
                    ]
            except BallotscanError as error:
                problem = error.say(visit.translate)
        return visit.show("drawing_trial.html.jinja", tried=tried, problem=problem)

    def show_tried(self, visit: Visit) -> Response:
        """The picture of one scan that was tried."""
        number = int(visit.place["number"])
        with self._board.lock:
            tried = self._board.try_scans() if self._board.gaps.is_whole else []
        if not 1 <= number <= len(tried) or not tried[number - 1].picture:
            return visit.sorry(visit.translate("There is no such page here."), 404)
        return Response(tried[number - 1].picture, media_type="image/jpeg")

    def finish(self, visit: Visit) -> Response:
        """Write the template, where it is whole."""
        with self._board.lock:
            if not self._board.gaps.is_whole:
                sentence = visit.translate("Bind every box and every name first.")
                return visit.sorry(sentence)
            try:
                template = self._board.finish()
            except BallotscanError as error:
                return visit.sorry(error.say(visit.translate))
        saved = visit.translate(
            "Saved in {folder}: {boxes} boxes, {names} names. Next: ballotscan check, then count a few"
            " ballots that you marked yourselves."
        )
        return visit.go(
            ENTRY,
            saved.format(
                folder=template.folder,
                boxes=visit.number(sum(len(side.boxes) for side in template.pages)),
                names=visit.number(sum(len(side.names) for side in template.pages)),
            ),
        )

    def _do(self, asked: Edit) -> Draft:
        board = self._board
        draft = asked.draft.model_copy(
            update={
                "shapes": tuple(
                    shape for shape in asked.draft.shapes if shape.page <= len(board.blanks)
                )
            }
        )
        by_id = {contest.id: contest for contest in board.contests}
        match asked.task:
            case Task.PROPOSE:
                draft = propose_draft(draft, board.blanks, board.contests)
            case Task.BIND:
                draft = bind_draft(draft, board.contests)
            case Task.BIND_FROM if asked.contest_id in by_id:
                contest = by_id[asked.contest_id]
                draft = bind_from(draft, asked.selected, contest, asked.candidate)
            case Task.ALIKE:
                draft = add_alike(draft, asked.selected, board.blanks)
            case Task.SNAP:
                draft = snap_selected(draft, asked.selected, board.blanks)
        return draft

    def _state(self, visit: Visit) -> dict[str, Any]:
        """What the script works on."""
        board = self._board
        gaps = board.gaps
        return {
            "draft": board.draft.model_dump(mode="json"),
            "labels": {
                str(shape.id): describe_shape(shape, board.contests, visit.translate)
                for shape in board.draft.shapes
            },
            "choices": {
                str(shape.id): choice_value(shape.contest_id or "", shape.key)
                for shape in board.draft.shapes
                if shape.key is not None
            },
            "gaps": list(say_gaps(gaps, board.contests, visit.translate)),
            "isWhole": gaps.is_whole,
        }


def _sentences(visit: Visit) -> dict[str, str]:
    """What the script says by itself."""
    say = visit.translate
    return {
        "whole": say("Every candidate has a place. Try it on real scans, then save it."),
        "saving": say("Saving…"),
        "saved": say("The draft is saved."),
        "failed": say("The draft could not be saved. Is the program still running?"),
        "working": say("One moment…"),
        "none": say("Nothing is selected."),
        "several": say("{number} are selected."),
    }


def _shown(number: int, tried: TrialPage, visit: Visit) -> dict[str, Any]:
    """What the page says of one scan."""
    record = tried.record
    fault = None if record is None else record.pages[0].fault
    says = "" if tried.problem is None else tried.problem.say(visit.translate)
    if record is not None and fault is not None:
        says = f"{in_words(fault, visit.translate)} {said(record.pages[0].detail, visit.translate)}"
    elif record is not None:
        reasons = "; ".join(reasons_in_words(record.reasons, visit.translate))
        says = in_words(record.status, visit.translate) + (f": {reasons}" if reasons else "")
    return {
        "number": number,
        "source": tried.source,
        "page": tried.page_in_file,
        "fits": record is not None and fault is None,
        "says": says,
        "has_picture": bool(tried.picture),
    }
