"""Lists: invalid ballots to confirm, what the committee has to decide, what was decided, rows to doubt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from ballotscan.count.questions import Stage
from ballotscan.count.wording import describe_subject
from ballotscan.election.people import clean_words
from ballotscan.election.records import BallotStatus, Decision, Question, Reason
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.review.choices import doubt, list_choices
from ballotscan.review.desk import GoneError, TakenError
from ballotscan.review.item_page import AnswerView, describe_item, view_answer
from ballotscan.review.items import Item, Kind
from ballotscan.review.sign_in import with_name
from ballotscan.review.visits import FormError, Page, Visit, change, page
from ballotscan.review.workplace import Workplace, address, question_in

BATCH = 12  # pictures on one page: people look at each of them
LAST_DECISIONS = 200

_Answer = Callable[[Visit, Workplace], Response]


def list_routes(workplace: Workplace) -> Iterator[Route]:
    """The pages with lists."""

    def on(answer: _Answer) -> Page:
        return with_name(lambda visit: answer(visit, workplace))

    yield page("/review/invalid", on(_invalid))
    yield change("/review/invalid", on(_confirm))
    yield page("/review/committee", on(_committee))
    yield page("/review/decided", on(_decided))
    yield page("/review/rows/{record}/{contest}/{candidate}", on(_rows))
    yield change("/review/doubt/{record}/{contest}/{candidate}", on(_doubt))


# --- invalid ballots, a batch of like pictures ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pile:
    """Invalid ballots of one contest with the same reasons."""

    id: str
    title: str
    why: str
    count: int


def _piles(workplace: Workplace, person: str) -> dict[tuple[str, Reason], list[Item]]:
    piles: dict[tuple[str, Reason], list[Item]] = {}
    for item in workplace.desk.waiting(person):
        if item.kind is Kind.CONFIRM and item.question.contest_id is not None:
            piles.setdefault((item.question.contest_id, item.reasons), []).append(item)
    return piles


def _invalid(visit: Visit, workplace: Workplace) -> Response:
    _ = visit.translate
    piles = _piles(workplace, visit.session.person)
    election = workplace.desk.reading().election
    named = {_pile_id(key): key for key in piles}
    chosen = visit.query.get("pile", "") or next(iter(named), "")
    key = named.get(chosen)
    items = piles[key][:BATCH] if key else []
    return visit.show(
        "invalid.html.jinja",
        piles=[
            Pile(
                _pile_id(one),
                election.contest(one[0]).title,
                "; ".join(reasons_in_words(one[1], _)),
                len(found),
            )
            for one, found in piles.items()
        ],
        chosen=chosen if key else "",
        title=election.contest(key[0]).title if key else "",
        why="; ".join(reasons_in_words(key[1], _)) if key else "",
        ballots=[
            (item.question.record_id, _picture(item, workplace), address(item.question))
            for item in items
        ],
    )


def _pile_id(key: tuple[str, Reason]) -> str:
    return f"{key[0]}.{int(key[1])}"


def _picture(item: Item, workplace: Workplace) -> str:
    """The page of a ballot on which the contest begins."""
    question = item.question
    for number, laid in enumerate(workplace.pages(question.record_id), start=1):
        if laid.number is None or item.ballot_id is None:
            continue
        form = workplace.pictures.template_page(item.ballot_id, laid.number)
        if any(column.contest_id == question.contest_id for column in form.columns):
            return f"/picture/sheet/{question.record_id}/{number}.jpg"
    return f"/picture/sheet/{question.record_id}/1.jpg"


def _confirm(visit: Visit, workplace: Workplace) -> Response:
    """Confirm those that were shown and left ticked, each with what the rules say of it."""
    _ = visit.translate
    ticked = set(visit.form().get("ballot", []))
    pile, reading = visit.field("pile"), workplace.desk.reading()
    answers = []
    for key, items in _piles(workplace, visit.session.person).items():
        for item in items if _pile_id(key) == pile else ():
            choices = list_choices(item, reading, _)
            same = (
                one
                for one in choices
                if one.status is BallotStatus.INVALID and one.reasons == item.reasons
            )
            choice = next(same, None)
            if item.question.record_id in ticked and choice is not None:
                answers.append(choice.by(visit.session.person))
    if not answers:
        raise FormError(_("No ballot is ticked, or all of them have been confirmed meanwhile."))
    try:
        workplace.desk.answer(visit.session.id, answers)
    except (GoneError, TakenError):
        notice = _("Somebody else has one of these ballots; nothing was recorded. Look again.")
    else:
        notice = _("Confirmed as invalid: {count}").format(count=visit.number(len(answers)))
    return visit.go("/review/invalid", notice)


# --- the committee, and what was decided ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One question in a list, with what was said about it."""

    path: str
    what: str
    answers: tuple[AnswerView, ...]
    picture: str


def _committee(visit: Visit, workplace: Workplace) -> Response:
    lines = [
        Line(
            address(item.question),
            describe_item(item, workplace, visit.translate),
            tuple(
                view_answer(one, workplace, visit.translate)
                for one in (item.conclusion.answers if item.conclusion else ())
            ),
            _row_picture(item.question, workplace),
        )
        for item in workplace.desk.left_to_committee()
    ]
    return visit.show("committee.html.jinja", lines=lines)


def _row_picture(question: Question, workplace: Workplace) -> str:
    sheet = workplace.sheet(question.record_id)
    if question.candidate is None or sheet is None or sheet.ballot_id is None:
        return f"/picture/sheet/{question.record_id}/1.jpg"
    return f"/picture/row/{question.record_id}/{question.contest_id}/{question.candidate}.jpg"


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision on record."""

    number: int
    what: str
    answer: AnswerView
    path: str
    is_settled: bool


def _decided(visit: Visit, workplace: Workplace) -> Response:
    """The last decisions; those of others only where the question is settled."""
    desk, _ = workplace.desk, visit.translate
    election = desk.reading().election
    conclusions = desk.canvass().ballots_concluded.conclusions
    lines: list[DecisionLine] = []
    for one in reversed(desk.decisions()):
        conclusion = conclusions.get(one.question.record_id, {}).get(one.question)
        is_settled = conclusion is not None and conclusion.settled is not None
        is_open_to_all = conclusion is not None and conclusion.stage is Stage.COMMITTEE
        is_own = visit.session.person == one.person
        if not (is_settled or is_open_to_all or is_own):
            continue
        if len(lines) == LAST_DECISIONS:
            break
        subject = describe_subject(one.question, election, _)
        answer = view_answer(one, workplace, _)
        path = address(one.question, "doubt") if is_settled else ""
        is_last = conclusion is not None and one in conclusion.answers
        lines.append(DecisionLine(one.number, subject, answer, path if is_last else "", is_settled))
    return visit.show("decided.html.jinja", lines=lines)


# --- a person doubts what stands -----------------------------------------------------------------


def _rows(visit: Visit, workplace: Workplace) -> Response:
    """Every row of a contest on a ballot as it was read, each with a way to doubt it."""
    question, _ = question_in(visit), visit.translate
    sheet = workplace.sheet(question.record_id)
    reading = workplace.desk.reading()
    known = {contest.id: contest for contest in reading.election.contests}
    contest = known.get(question.contest_id or "")
    if sheet is None or contest is None or sheet.ballot_id != contest.ballot_id:
        return visit.sorry(_("There is no such ballot here."), 404)
    states = reading.record(sheet).contests
    record = next(one for one in states if one.contest_id == contest.id)
    rows = [
        (
            f"{row.candidate}. {contest.candidates[row.candidate - 1].name}",
            in_words(row.state, _),
            _row_picture(Question(question.record_id, contest.id, row.candidate), workplace),
            address(Question(question.record_id, contest.id, row.candidate), "doubt"),
        )
        for row in record.rows
    ]
    return visit.show(
        "rows.html.jinja", title=contest.title, rows=rows, back=address(question), words=""
    )


def _doubt(visit: Visit, workplace: Workplace) -> Response:
    """Ask anew about a row, a contest or a sheet; what stood stays on record."""
    question, _ = question_in(visit), visit.translate
    if not _is_there(question, workplace):
        return visit.sorry(_("There is no such ballot here."), 404)
    words = clean_words(visit.field("words"))
    if _was_decided(question, workplace) and not words:
        raise FormError(_("Say why it is to be decided again; the reason stays on record."))
    try:
        workplace.desk.answer(visit.session.id, [doubt(question, visit.session.person, words)])
    except (GoneError, TakenError):
        return visit.go("/review", _("Somebody else is looking at it."))
    item = workplace.desk.find(question)
    return visit.go(address(question) if item else "/review", _("To be looked at by people"))


def _is_there(question: Question, workplace: Workplace) -> bool:
    if workplace.sheet(question.record_id) is None:
        return False
    if question.contest_id is None:
        return question.candidate is None
    contests = {one.id: one for one in workplace.desk.reading().election.contests}
    contest = contests.get(question.contest_id)
    if contest is None:
        return False
    return question.candidate is None or 1 <= question.candidate <= len(contest.candidates)


def _was_decided(question: Question, workplace: Workplace) -> bool:
    return any(
        one.question == question and one.decision is not Decision.WITHDRAWN
        for one in workplace.desk.decisions(question.record_id)
    )
