"""What the drawing page says about places and gaps, in the language of the browser."""

from collections.abc import Iterator, Sequence

from ballotscan.drawing.binding import Gaps, Meaning
from ballotscan.drawing.draft import Shape
from ballotscan.election.definition import Contest
from ballotscan.election.markings import ColumnKey, column_keys
from ballotscan.election.records import BoxRole, ExpectedMark
from ballotscan.locale.catalogue import Translate, phrase
from ballotscan.locale.words import in_words

MARKS = {
    ExpectedMark.ANY: phrase("any mark"),
    ExpectedMark.CROSS: phrase("a cross"),
    ExpectedMark.FILL: phrase("filled in"),
    ExpectedMark.STRIKE: phrase("struck out"),
}
_SHOWN = 6  # of one kind of gap; the rest is counted


def name_meaning(key: ColumnKey, contest: Contest, translate: Translate) -> str:
    """What a place stands for: `3. Lê Văn Chính: đồng ý`."""
    if key.role is BoxRole.LIST:
        who = contest.lists[key.candidate - 1] or str(key.candidate)
    else:
        who = f"{key.candidate}. {contest.candidates[key.candidate - 1].name}"
    what = translate("the printed name") if key.role is None else in_words(key.role, translate)
    number = "" if key.number is None else f" {key.number}"
    return f"{who}: {what}{number}"


def list_meanings(
    contests: Sequence[Contest], translate: Translate
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that places can stand for: contest title, then (value of the choice, words)."""
    return [
        (
            contest.title,
            [
                (choice_value(contest.id, key), name_meaning(key, contest, translate))
                for key in column_keys(contest)
            ],
        )
        for contest in contests
    ]


def choice_value(contest_id: str, key: ColumnKey) -> str:
    """How a meaning is named in a form: contest/candidate/role/number."""
    role = "" if key.role is None else key.role.value
    return f"{contest_id}/{key.candidate}/{role}/{key.number or ''}"


def describe_shape(shape: Shape, contests: Sequence[Contest], translate: Translate) -> str:
    """What a screen reader says of a place."""
    kind = translate("Box") if shape.kind == "box" else translate("Name")
    contest = next((one for one in contests if one.id == shape.contest_id), None)
    if contest is None or shape.key is None or shape.key not in column_keys(contest):
        return f"{kind} {shape.id}: {translate('stands for nothing yet')}"
    return f"{kind} {shape.id}: {name_meaning(shape.key, contest, translate)}"


def say_gaps(gaps: Gaps, contests: Sequence[Contest], translate: Translate) -> Iterator[str]:
    """Every gap in a sentence."""
    by_id = {contest.id: contest for contest in contests}

    def named(meanings: Sequence[Meaning]) -> str:
        words = [
            name_meaning(key, by_id[contest_id], translate) for contest_id, key in meanings[:_SHOWN]
        ]
        return _listed(words, len(meanings), translate)

    def numbered(shapes: Sequence[Shape]) -> str:
        return _listed([str(shape.id) for shape in shapes[:_SHOWN]], len(shapes), translate)

    if gaps.missing:
        yield translate("Has no place on the blank yet: {what}").format(what=named(gaps.missing))
    if gaps.doubled:
        yield translate("Has more than one box: {what}").format(what=named(gaps.doubled))
    if gaps.loose:
        yield translate("Stands for nothing; bind it or delete it: {what}").format(
            what=numbered(gaps.loose)
        )
    if gaps.strange:
        yield translate("Stands for something that the contests do not have: {what}").format(
            what=numbered(gaps.strange)
        )


def _listed(words: Sequence[str], total: int, translate: Translate) -> str:
    text = "; ".join(words)
    if total > len(words):
        text += " " + translate("and {number} more").format(number=total - len(words))
    return text
