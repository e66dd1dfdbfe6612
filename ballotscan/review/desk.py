"""The desk where questions are handed out and answers are taken in.

One desk serves all browsers. It reads the ledger once, and again when a count has added pages; it
puts every answer on record before it is acknowledged, and keeps no answer of its own: what the desk
shows after a crash is what stands in the ledger.
"""

import threading
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from ballotscan.count.canvass import Canvass, canvass_ballots
from ballotscan.count.concluded import conclude_ballots, name_readings
from ballotscan.count.questions import Stage
from ballotscan.count.reading import MachineReading
from ballotscan.election.people import person_key
from ballotscan.election.records import Adjudication, Decision, Question, Reason
from ballotscan.review.items import Item, Weigher, items_of_sheet, list_items
from ballotscan.store.adjudications import AdjudicationBook

HOLD_SECONDS = 120.0  # how long a question is kept for the browser that was given it
USUAL_SECONDS = 8.0  # a decision takes so long until people have made enough to know better
_ENOUGH_DECISIONS = 5
_LAST_DECISIONS = 50
_ANSWERS_A_SORT = 20  # so often the piles are put in order anew
_PAUSE_SECONDS = 120.0  # a longer gap between two decisions of a person is a pause

Pile = tuple[bool, str | None, str | None]


class GoneError(Exception):
    """The question has been answered, or is no longer asked."""


class TakenError(Exception):
    """Somebody else is looking at the question now."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which questions somebody wants to see.

    Attributes:
        contest_id: Only of this contest; empty: all.
        reason: Only where this is among the reasons; 0: all.
    """

    contest_id: str = ""
    reason: Reason = Reason(0)  # noqa: RUF009 - a flag is a plain number

    def lets(self, item: Item, contests: Mapping[str, Sequence[str]]) -> bool:
        """Whether an item is wanted."""
        if self.reason and not self.reason & item.reasons:
            return False
        if not self.contest_id:
            return True
        if item.question.contest_id is not None:
            return item.question.contest_id == self.contest_id
        return item.ballot_id is None or self.contest_id in contests.get(item.ballot_id, ())


@dataclass(frozen=True, slots=True)
class Source:
    """Where the desk reads.

    Attributes:
        read: Reads everything that stands in the ledger.
        last_page: Grows whenever a count adds a page.
    """

    read: Callable[[], MachineReading]
    last_page: Callable[[], int]


class Desk:
    """Hands out questions and takes answers in; several threads may ask at once."""

    def __init__(
        self,
        source: Source,
        book: AdjudicationBook,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._book = book
        self._clock = clock
        self._lock = threading.RLock()
        self._held: dict[Question, tuple[str, float]] = {}
        self._made: list[Adjudication] = []
        self._names: dict[str, str] = {}
        self._page = -1
        self._answered = 0
        self._reading: MachineReading | None = None
        self._canvass: Canvass | None = None  # None: decisions came since it was made
        self._of_record: dict[str, list[Item]] = {}
        self._piles: dict[Pile, dict[Question, Item]] = {}
        self._order: list[Pile] = []

    # --- what stands -------------------------------------------------------------------------

    def reading(self) -> MachineReading:
        """What the machine read, with whatever a count has added meanwhile."""
        with self._lock:
            page = self._source.last_page()
            later = self._book.all(after=self._made[-1].number if self._made else 0)
            self._made += later
            if self._reading is None or page != self._page:
                self._page = page
                self._reading = self._source.read()
                self._names.clear()
                self._list_all(self._reading)
            else:
                for record_id in {one.question.record_id for one in later}:
                    self._list_again(record_id)
            return self._reading

    def canvass(self) -> Canvass:
        """The count as it stands now."""
        with self._lock:
            reading = self.reading()
            if self._canvass is None:
                self._name({one.question.record_id for one in self._made})
                concluded = conclude_ballots(reading, self._made, self._names)
                self._canvass = canvass_ballots(reading, concluded)
                self._sort()
            return self._canvass

    def items(self) -> list[Item]:
        """Everything that waits, most urgent first."""
        with self._lock:
            self.reading()
            return [item for pile in self._order for item in self._piles[pile].values()]

    def find(self, question: Question) -> Item | None:
        """The question as it waits now; None where it does not."""
        with self._lock:
            self.reading()
            items = self._of_record.get(question.record_id, ())
            return next((item for item in items if item.question == question), None)

    def find_rows(self, question: Question) -> list[Item]:
        """The rows that wait of a contest on a ballot."""
        with self._lock:
            self.reading()
            return [
                item
                for item in self._of_record.get(question.record_id, ())
                if item.question.contest_id == question.contest_id
                and item.question.candidate is not None
            ]

    def decisions(self, record_id: str = "") -> list[Adjudication]:
        """Every decision, or those about one ballot, the last one last."""
        with self._lock:
            self.reading()
            return [
                one for one in self._made if not record_id or one.question.record_id == record_id
            ]

    def _list_all(self, reading: MachineReading) -> None:
        """Find everything that waits."""
        self._name({one.question.record_id for one in self._made})
        concluded = conclude_ballots(reading, self._made, self._names)
        self._canvass = canvass_ballots(reading, concluded)
        self._of_record, self._piles = {}, {}
        for record_id, items in list_items(reading, concluded):
            self._put(record_id, items)
        self._sort()

    def _list_again(self, record_id: str) -> None:
        """Find anew what waits on one ballot; its neighbours are not touched."""
        self._canvass = None
        for item in self._of_record.pop(record_id, ()):
            self._piles[item.pile].pop(item.question, None)
        if self._reading is None or record_id not in self._reading.places:
            return
        alone = self._reading.only(record_id)
        self._name({record_id})
        made = [one for one in self._made if one.question.record_id == record_id]
        concluded = conclude_ballots(alone, made, self._names)
        self._put(record_id, list(items_of_sheet(concluded, concluded.sheets[0])))

    def _put(self, record_id: str, items: list[Item]) -> None:
        if items:
            self._of_record[record_id] = items
        for item in items:
            if item.pile not in self._piles:
                self._piles[item.pile] = {}
                self._order.append(item.pile)
            self._piles[item.pile][item.question] = item

    def _sort(self) -> None:
        if self._canvass is not None:
            weigher = Weigher(self._canvass)
            self._order = sorted(self._piles, key=weigher.weigh)

    def _name(self, record_ids: set[str]) -> None:
        if self._reading is not None:
            self._names |= name_readings(self._reading, record_ids - self._names.keys())

    # --- handing out -------------------------------------------------------------------------

    def next_item(
        self, holder: str, person: str, wanted: Filter, *, later: Container[Question] = ()
    ) -> Item | None:
        """Give somebody the next question that nobody else has; None where there is none.

        Args:
            holder: The browser that it is kept for.
            person: Who sits there.
            wanted: Which questions.
            later: Questions that are passed over.
        """
        with self._lock:
            contests = _contests_of(self.reading())
            self._sort_now_and_then()
            now = self._clock()
            self._held = {
                question: held for question, held in self._held.items()
                if held[0] != holder and held[1] > now
            }  # fmt: skip
            for item in self.items():
                if item.question in self._held or item.question in later:
                    continue
                if not item.waits_for(person):
                    continue
                if wanted.lets(item, contests):
                    self._held[item.question] = (holder, now + HOLD_SECONDS)
                    return item
            return None

    def hold(self, holder: str, question: Question) -> None:
        """Keep a question for somebody who has opened it.

        Raises:
            TakenError: Somebody else has it.
        """
        with self._lock:
            now = self._clock()
            holding, until = self._held.get(question, (holder, now))
            if holding != holder and until > now:
                raise TakenError
            self._held[question] = (holder, now + HOLD_SECONDS)

    def waiting(self, person: str, wanted: Filter | None = None) -> list[Item]:
        """What this person could answer."""
        with self._lock:
            contests = _contests_of(self.reading())
            chosen = wanted or Filter()
            return [
                item for item in self.items()
                if item.waits_for(person) and chosen.lets(item, contests)
            ]  # fmt: skip

    def left_to_committee(self) -> list[Item]:
        """What the whole committee has to decide."""
        return [item for item in self.items() if item.stage is Stage.COMMITTEE]

    # --- taking in ---------------------------------------------------------------------------

    def answer(self, holder: str, answers: Iterable[Adjudication]) -> list[Adjudication]:
        """Put answers on record, all of them or none; they are on the disk when this returns.

        Args:
            holder: Who sends them.
            answers: Without reading; that is named here.

        Raises:
            GoneError: One of the questions has been answered meanwhile, or is not asked.
            TakenError: Somebody else has one of them.
            LedgerError: They could not be written.
        """
        with self._lock:
            self.reading()
            named = []
            for one in answers:
                self.hold(holder, one.question)
                self._refuse_answered(one)
                named.append(replace(one, reading=self._reading_of(one.question.record_id)))
            added = self._book.add(named)
            self._made += added
            for one in added:
                self._held.pop(one.question, None)
            for record_id in {one.question.record_id for one in added}:
                self._list_again(record_id)
            self._answered += len(added)
            return added

    def _refuse_answered(self, one: Adjudication) -> None:
        """Refuse an answer to what is not asked, or asked of others."""
        question = one.question
        if one.decision is Decision.ASK:
            return  # whatever stands may be doubted
        of_record = self._of_record.get(question.record_id, [])
        item = next((item for item in of_record if item.question == question), None)
        if item is None:
            # A sheet may be set aside, or a contest called invalid, while rows are asked about.
            is_wider = question.candidate is None and any(
                question.contest_id in {None, other.question.contest_id} for other in of_record
            )
            if not is_wider:
                raise GoneError
        elif not one.is_committee and not item.waits_for(one.person):
            raise GoneError

    def _reading_of(self, record_id: str) -> str:
        self._name({record_id})
        if record_id not in self._names:
            raise GoneError
        return self._names[record_id]

    def _sort_now_and_then(self) -> None:
        """What can change the result first moves on as decisions are made, but not with each."""
        if self._answered >= _ANSWERS_A_SORT:
            self._answered = 0
            self.canvass()

    def take_back(self, holder: str, person: str) -> Adjudication | None:
        """Take back the last decision of a person that still stands; None where there is none."""
        with self._lock:
            self.reading()
            gone = {one.replaces for one in self._made if one.decision is Decision.WITHDRAWN}
            own = (
                one for one in reversed(self._made)
                if one.number not in gone
                and one.decision is not Decision.WITHDRAWN
                and not one.is_committee
                and person_key(one.person) == person_key(person)
            )  # fmt: skip
            last = next(own, None)
            if last is None:
                return None
            back = Adjudication(
                last.question, Decision.WITHDRAWN, person, last.reading, replaces=last.number
            )
            self._made += self._book.add([back])
            self._list_again(last.question.record_id)
            self._held[last.question] = (holder, self._clock() + HOLD_SECONDS)
            return last

    # --- how long ----------------------------------------------------------------------------

    def seconds_a_decision(self) -> float:
        """How long a decision takes: the median of the last ones, or the usual time before that."""
        last: dict[str, datetime] = {}
        gaps: list[float] = []
        for one in self.decisions()[-_LAST_DECISIONS:]:
            made_at = datetime.fromisoformat(one.made_at)
            before = last.get(person_key(one.person))
            if before is not None:
                gap = (made_at - before).total_seconds()
                if gap <= _PAUSE_SECONDS:
                    gaps.append(gap)
            last[person_key(one.person)] = made_at
        return max(1.0, median(gaps)) if len(gaps) >= _ENOUGH_DECISIONS else USUAL_SECONDS

    def minutes_left(self) -> int:
        """Minutes until everything that waits is decided, were one person to decide it."""
        two = self.reading().rules.two_people
        answers = sum(2 if two and item.stage is Stage.OPEN else 1 for item in self.items())
        return -int(-answers * self.seconds_a_decision() // 60)


def _contests_of(reading: MachineReading) -> dict[str, list[str]]:
    return {
        ballot_id: [contest.id for contest in contests]
        for ballot_id, contests in reading.election.ballots.items()
    }
