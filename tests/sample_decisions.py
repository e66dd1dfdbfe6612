"""How tests decide as a list of decisions says, through the desk and its answers."""

import csv
from pathlib import Path

from ballotscan.election.records import Question
from ballotscan.locale.catalogue import translator
from ballotscan.review.choices import list_choices

SAY = translator("en")


def read_decisions(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def decide_all(desk, decisions, people=("Lê Văn Ất", "Trần Thị Bính")):
    """Two people decide what the list says, each line on its own question.

    Returns:
        How many questions were asked that the list has no answer to.
    """
    records = {
        (Path(page.source).name, str(page.ref.page_in_file)): sheet.record_id
        for sheet in desk.reading().sheets
        for page in sheet.pages
    }
    for line in decisions:
        record = records[line["file"], line["page"]]
        row = int(line["row"]) if line["row"] else None
        question = Question(record, line["contest"] or None, row)
        for person in people:
            answer(desk, question, line, person)
    return len(desk.items())


def answer(desk, question, line, person):
    item = desk.find(question)
    assert item is not None, f"{line} is not asked"
    choices = {code_of(choice): choice for choice in list_choices(item, desk.reading(), SAY)}
    desk.answer(person, [choices[line["decision"]].by(person, words=line["words"])])


def code_of(choice):
    """A choice as the list names it."""
    rows = {
        "marks-31": "agree", "marks-13": "disagree", "marks-33": "both", "marks-11": "neither",
    }  # fmt: skip
    if choice.id in rows:
        return rows[choice.id]
    kind, _, rest = choice.id.partition("-")
    if kind == "valid":
        return f"read {rest}" if rest else "valid"
    is_sheet = choice.question.contest_id is None
    return f"invalid {rest}" if kind == "invalid" and not is_sheet else choice.id
