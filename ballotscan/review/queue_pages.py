"""The queue: what waits, one question after another, and the way back."""

from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from ballotscan.count.questions import Stage
from ballotscan.election.people import clean_words
from ballotscan.election.records import Reason
from ballotscan.errors import LedgerError
from ballotscan.locale.words import in_words
from ballotscan.review.choices import Choice, choose_boxes, list_choices
from ballotscan.review.desk import USUAL_SECONDS, Filter, GoneError, TakenError
from ballotscan.review.item_page import view_item
from ballotscan.review.items import Item, Kind
from ballotscan.review.sign_in import with_name
from ballotscan.review.visits import FormError, Page, Visit, change, page
from ballotscan.review.workplace import Workplace, address, question_in

ENTRY = "/review"
_Answer = Callable[[Visit, Workplace], Response]
_PLACE = "/review/item/{record}/{contest}/{candidate}"


def queue_routes(workplace: Workplace) -> Iterator[Route]:
    """The pages of the queue."""

    def on(answer: _Answer) -> Page:
        return with_name(lambda visit: answer(visit, workplace))

    yield page(ENTRY, on(_overview))
    yield page("/review/next", on(_next))
    yield page(_PLACE, on(_show))
    yield change(_PLACE, on(_decide))
    yield change("/review/undo", on(_undo))
    yield change("/review/later/{record}/{contest}/{candidate}", on(_later))


def _overview(visit: Visit, workplace: Workplace) -> Response:
    desk, person = workplace.desk, visit.session.person
    desk.canvass()
    wanted, where = read_filter(visit)
    items = desk.items()
    election = desk.reading().election
    contests = Counter(item.question.contest_id or "" for item in items)
    reasons: Counter[Reason] = Counter()
    # Few sets of reasons occur: taking a set apart costs more than counting it.
    for together, count in Counter(int(item.reasons) for item in items).items():
        for reason in Reason(together):
            reasons[reason] += count
    _ = visit.translate
    seconds = desk.seconds_a_decision()
    return visit.show(
        "queue.html.jinja",
        waiting=len(items),
        mine=len(desk.waiting(person, wanted)),
        second=sum(item.stage is Stage.SECOND and not item.waits_for(person) for item in items),
        committee=sum(item.stage is Stage.COMMITTEE for item in items),
        confirm=sum(item.kind is Kind.CONFIRM for item in items),
        minutes=desk.minutes_left(),
        seconds=round(seconds),
        is_usual=seconds == USUAL_SECONDS,
        two_people=desk.reading().rules.two_people,
        contests=[
            (contest.id, contest.title, contests[contest.id]) for contest in election.contests
        ],
        unknown=contests[""],
        reasons=[
            (reason.name, in_words(reason, _), count) for reason, count in sorted(reasons.items())
        ],
        wanted=wanted,
        where=where,
    )


def _next(visit: Visit, workplace: Workplace) -> Response:
    wanted, where = read_filter(visit)
    session = visit.session
    item = workplace.desk.next_item(
        session.id, session.person, wanted, later=frozenset(session.later)
    )
    if item is None and session.later:
        session.later.clear()
        item = workplace.desk.next_item(session.id, session.person, wanted)
    if item is None:
        return visit.go(
            ENTRY + where, session.take_notice() or visit.translate("Nothing waits for you here.")
        )
    return visit.go(address(item.question) + where, session.take_notice())


def _show(visit: Visit, workplace: Workplace) -> Response:
    item = _item(visit, workplace)
    _wanted, where = read_filter(visit)
    if item is None:
        notice = visit.translate("This has been decided, or is not asked any more.")
        return visit.go(f"/review/next{where}", notice)
    desk, session = workplace.desk, visit.session
    try:
        desk.hold(session.id, item.question)
    except TakenError:
        return visit.go(f"/review/next{where}", visit.translate("Somebody else is looking at it."))
    if item.stage is Stage.SECOND and not item.waits_for(session.person):
        notice = visit.translate("You have decided this; another person decides it, too.")
        return visit.go(f"/review/next{where}", notice)
    return visit.show(
        "item.html.jinja",
        item=view_item(item, workplace, visit.translate),
        left=len(desk.waiting(session.person, read_filter(visit)[0])),
        where=where,
        problem="",
    )


def _item(visit: Visit, workplace: Workplace) -> Item | None:
    """The question that an address names: as it waits, or a contest whose rows wait."""
    question = question_in(visit)
    item = workplace.desk.find(question)
    if item is not None or question.candidate is not None or question.contest_id is None:
        return item
    rows = workplace.desk.find_rows(question)
    if not rows:
        return None
    return Item(question, Kind.CONTEST, rows[0].ballot_id, rows[0].reasons | Reason.UNREADABLE)


def _decide(visit: Visit, workplace: Workplace) -> Response:
    _wanted, where = read_filter(visit)
    _ = visit.translate
    item = _item(visit, workplace)
    if item is None:
        notice = _("Somebody else has decided this meanwhile; your answer was not taken.")
        return visit.go(f"/review/next{where}", notice)
    for_committee = item.stage is Stage.COMMITTEE
    choice = _chosen(visit, workplace, item, for_committee=for_committee)
    person, words = visit.session.person, clean_words(visit.field("words"))
    if for_committee:
        person = clean_words(visit.field("names"))
        if not person or not words:
            raise FormError(_("Write who is present and why the committee decides so."))
    answer = choice.by(person, words=words, is_committee=for_committee)
    try:
        workplace.desk.answer(visit.session.id, [answer])
    except GoneError:
        notice = _("Somebody else has decided this meanwhile; your answer was not taken.")
    except TakenError:
        notice = _("Somebody else is looking at it; your answer was not taken.")
    except LedgerError as error:
        return visit.sorry(f"{_('Your decision was NOT recorded.')} {error}", 503)
    else:
        notice = _("Recorded: {answer}").format(answer=choice.label)
    if for_committee:
        return visit.go("/review/committee", notice)
    return visit.go(f"/review/next{where}", notice)


def _chosen(visit: Visit, workplace: Workplace, item: Item, *, for_committee: bool) -> Choice:
    reading = workplace.desk.reading()
    offered = list_choices(item, reading, visit.translate, for_committee=for_committee)
    chosen = visit.field("choice")
    choice = next((one for one in offered if one.id == chosen), None)
    if chosen == "several":
        marked = visit.form().get("box", [])
        choice = choose_boxes(item, reading, marked, visit.translate)
    if choice is None:
        raise FormError(visit.translate("This answer is not among those of this question."))
    return choice


def _undo(visit: Visit, workplace: Workplace) -> Response:
    _wanted, where = read_filter(visit)
    _ = visit.translate
    session = visit.session
    last = workplace.desk.take_back(session.id, session.person)
    if last is None:
        return visit.go(
            f"/review/next{where}", _("You have decided nothing that could be taken back.")
        )
    item = workplace.desk.find(last.question)
    path = f"/review/next{where}" if item is None else address(item.question) + where
    return visit.go(path, _("Taken back; decide again."))


def _later(visit: Visit, _workplace: Workplace) -> Response:
    _wanted, where = read_filter(visit)
    visit.session.later.add(question_in(visit))
    return visit.go(f"/review/next{where}")


def read_filter(visit: Visit) -> tuple[Filter, str]:
    """Which questions are wanted, and how an address says so."""
    contest_id, name = visit.query.get("contest", ""), visit.query.get("reason", "")
    reason = Reason[name] if name in Reason.__members__ else Reason(0)
    chosen = {"contest": contest_id, "reason": name if reason else ""}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return Filter(contest_id, reason), f"?{query}" if query else ""
