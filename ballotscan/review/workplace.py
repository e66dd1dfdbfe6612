"""What the review pages work on: the desk, the pictures, and where results go."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ballotscan.count.reading import CanvassOptions, CountedSheet
from ballotscan.election.records import PageRef, Question
from ballotscan.review.desk import Desk
from ballotscan.review.pictures import Laid, Pictures
from ballotscan.review.visits import Visit

NONE = "-"  # in an address: no contest, or no row


@dataclass(frozen=True, slots=True, eq=False)
class Workplace:
    """Everything that the review pages need.

    Attributes:
        lay: Where a page lies on its scan, as the ledger has it.
        write_results: Writes the results anew and gives the results page.
    """

    desk: Desk
    pictures: Pictures
    options: CanvassOptions
    lay: Callable[[PageRef], Laid | None]
    write_results: Callable[[], Path]

    def sheet(self, record_id: str) -> CountedSheet | None:
        """A sheet as the machine read it; None where there is none of that name."""
        reading = self.desk.reading()
        place = reading.places.get(record_id)
        return None if place is None else reading.sheets[place]

    def pages(self, record_id: str) -> list[Laid]:
        """Where the pages of a ballot lie, front first."""
        sheet = self.sheet(record_id)
        found = [] if sheet is None else [self.lay(page.ref) for page in sheet.pages]
        return [laid for laid in found if laid is not None]


def address(question: Question, what: str = "item") -> str:
    """The address of a question."""
    contest = question.contest_id or NONE
    candidate = NONE if question.candidate is None else str(question.candidate)
    return f"/review/{what}/{question.record_id}/{contest}/{candidate}"


def question_in(visit: Visit) -> Question:
    """The question that an address names; it need not exist."""
    place = visit.place
    contest, candidate = place.get("contest", NONE), place.get("candidate", NONE)
    return Question(
        str(place["record"]),
        None if contest == NONE else str(contest),
        int(candidate) if str(candidate).isdecimal() else None,
    )
