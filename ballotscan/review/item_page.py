"""One question on the screen: its pictures, what the machine saw, the rule, and the answers."""

from dataclasses import dataclass

from ballotscan.count.questions import Stage
from ballotscan.count.wording import describe_answer, describe_subject, local_time
from ballotscan.election.definition import Contest
from ballotscan.election.findings import FindingKind
from ballotscan.election.records import Adjudication, Question
from ballotscan.election.template import Rect
from ballotscan.locale.catalogue import Translate
from ballotscan.locale.words import in_words, reasons_in_words
from ballotscan.review.choices import Choice, list_choices, several_boxes
from ballotscan.review.explaining import explain_item, explain_rule
from ballotscan.review.items import Item, Kind
from ballotscan.review.pictures import place_of_boxes, place_of_row
from ballotscan.review.workplace import Workplace, address


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of the sheet.

    Attributes:
        picture: Address of its picture.
        width: In mm; 0 where the page could not be laid on a template. Likewise height.
        marked: The places to be shown on it, in mm.
    """

    picture: str
    width: float
    height: float
    marked: tuple[Rect, ...]
    source: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What somebody said before."""

    who: str
    when: str
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """Everything on the page of one question, in words."""

    path: str
    title: str
    subject: str
    asks: str
    saw: tuple[str, ...]
    rule: tuple[str, ...]
    row_picture: str
    boxes_picture: str
    pages: tuple[PageView, ...]
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]
    boxes: tuple[str, ...]
    whole: str
    rows: str
    answers: tuple[AnswerView, ...]
    stale: tuple[AnswerView, ...]
    is_for_committee: bool


def view_item(item: Item, workplace: Workplace, translate: Translate) -> ItemView:
    """Put a question on the screen.

    Args:
        item: The question.
        workplace: Where its pictures and reading are.
        translate: Into the language of the person.
    """
    reading = workplace.desk.reading()
    election, question = reading.election, item.question
    for_committee = item.stage is Stage.COMMITTEE
    choices = list_choices(item, reading, translate, for_committee=for_committee)
    general = {"rescan", "stray", "committee"}
    contest = None if question.contest_id is None else election.contest(question.contest_id)
    conclusion = item.conclusion
    row = _picture(item, workplace, "row")
    return ItemView(
        path=address(question),
        title=_title(item, contest, workplace, translate),
        subject=_subject(item, contest, translate),
        asks=_asks(item, translate),
        saw=tuple(explain_item(item, reading, workplace.options, translate)),
        rule=tuple(explain_rule(item, reading, translate)),
        row_picture=row,
        boxes_picture=_picture(item, workplace, "boxes") if row else "",
        pages=tuple(_pages(item, workplace)),
        choices=tuple(one for one in choices if one.decision.value not in general),
        more=tuple(one for one in choices if one.decision.value in general),
        boxes=tuple(several_boxes(item, reading, translate)),
        whole=address(Question(question.record_id, question.contest_id))
        if item.kind is Kind.ROW
        else "",
        rows=address(Question(question.record_id, question.contest_id), "rows")
        if contest is not None
        else "",
        answers=tuple(view_answer(one, workplace, translate) for one in conclusion.answers)
        if conclusion is not None and for_committee
        else (),
        stale=tuple(view_answer(one, workplace, translate) for one in conclusion.stale)
        if conclusion is not None
        else (),
        is_for_committee=for_committee,
    )


def _title(item: Item, contest: Contest | None, workplace: Workplace, translate: Translate) -> str:
    if contest is not None:
        return contest.title
    election = workplace.desk.reading().election
    contests = election.ballots.get(item.ballot_id or "", ())
    return " + ".join(one.title for one in contests) or translate("A sheet that is not known")


def _subject(item: Item, contest: Contest | None, translate: Translate) -> str:
    number = item.question.candidate
    if contest is None or number is None:
        return translate("The whole sheet") if contest is None else translate("The whole ballot")
    return f"{number}. {contest.candidates[number - 1].name}"


def _asks(item: Item, translate: Translate) -> str:
    match item.kind:
        case Kind.SHEET:
            return translate("What is to be done with this sheet?")
        case Kind.ROW:
            return translate("What did the voter do with this person?")
        case Kind.CONTEST:
            return translate("Does this ballot count?")
        case Kind.CONFIRM:
            sentence = translate("Invalid: {reasons}. Is that right?")
            return sentence.format(reasons="; ".join(reasons_in_words(item.reasons, translate)))


def _picture(item: Item, workplace: Workplace, what: str) -> str:
    """Address of the picture of a row; empty where the page of the row was not read."""
    question = item.question
    sheet = workplace.sheet(question.record_id)
    if sheet is None or sheet.ballot_id is None or question.candidate is None:
        return ""
    for laid in workplace.pages(question.record_id):
        if laid.number is None:
            continue
        form = workplace.pictures.template_page(sheet.ballot_id, laid.number)
        if place_of_row(form, question.contest_id or "", question.candidate) is not None:
            place = f"{question.record_id}/{question.contest_id}/{question.candidate}"
            return f"/picture/{what}/{place}.jpg"
    return ""


def _pages(item: Item, workplace: Workplace) -> list[PageView]:
    question = item.question
    sheet = workplace.sheet(question.record_id)
    views = []
    for number, laid in enumerate(workplace.pages(question.record_id), start=1):
        width = height = 0.0
        marked: list[Rect] = []
        if sheet is not None and sheet.ballot_id is not None and laid.number is not None:
            form = workplace.pictures.template_page(sheet.ballot_id, laid.number)
            width, height = form.width_mm, form.height_mm
            if question.contest_id is not None and question.candidate is not None:
                rect = place_of_boxes(form, question.contest_id, question.candidate)
                marked += [rect] if rect is not None else []
            else:
                marked += [
                    Rect(
                        found.left_mm - 1, found.top_mm - 1, found.width_mm + 2, found.height_mm + 2
                    )
                    for found in sheet.pages[number - 1].findings
                    if found.kind in {FindingKind.WRITING, FindingKind.PEN, FindingKind.PRINT}
                ]
        picture = f"/picture/sheet/{question.record_id}/{number}.jpg"
        views.append(PageView(picture, width, height, tuple(marked), laid.source))
    return views


def view_answer(one: Adjudication, workplace: Workplace, translate: Translate) -> AnswerView:
    """What somebody said, in words."""
    reading = workplace.desk.reading()
    contest_id = one.question.contest_id
    columns = {}
    if contest_id is not None:
        columns = dict(reading.stacks[reading.election.contest(contest_id).ballot_id].columns)
    what = describe_answer(one, reading.election, columns, reading.rules, translate)
    return AnswerView(one.person, local_time(one.made_at), what, one.words)


def describe_item(item: Item, workplace: Workplace, translate: Translate) -> str:
    """A question in a list."""
    election = workplace.desk.reading().election
    subject = describe_subject(item.question, election, translate)
    if item.state is not None:
        return f"{subject} – {in_words(item.state, translate)}"
    why = "; ".join(reasons_in_words(item.reasons, translate))
    return f"{subject} – {why}" if why else subject
