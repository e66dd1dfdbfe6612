"""The few questions that ballotscan new asks: one at a time, each asked again until it is answered."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

import typer

from ballotscan.cli.speech import say, spoken, translate
from ballotscan.election.candidates import read_candidates
from ballotscan.election.definition import (
    MAX_CANDIDATES,
    MAX_ID,
    Candidate,
    Contest,
    Election,
    Marking,
)
from ballotscan.election.rules import VotingRules, list_rules, load_rules
from ballotscan.errors import ElectionError

Answer = TypeVar("Answer")

_MAX_LINE = 200
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
)
_LISTS = (".csv", ".xlsx", ".xlsm", ".txt")
_YES, _NO = {"y", "yes", "c", "có", "co"}, {"n", "no", "k", "không", "khong"}


class _WrongAnswerError(Exception):
    """An answer that cannot be taken, and why; the question is asked again."""


def ask_election(preset: str | None) -> tuple[Election, dict[str, Path]]:
    """Ask for an election, question after question.

    Args:
        preset: The rules, where they are known already.

    Returns:
        The election, and the candidate lists it was filled from, by contest id.
    """
    typer.echo(say("A few questions. Ctrl+C stops, and nothing is written."))
    typer.echo()
    rules = load_rules(preset or _ask_preset())
    title = _ask(say("Title of the election, as it stands on the ballot"), _line)
    organisation = _ask(say("Organisation that elects"), _line)
    place = _ask(say("Place"), _line)
    date = _ask(say("Date of the election (day/month/year)"), _date)
    contests: list[Contest] = []
    lists: dict[str, Path] = {}
    is_more = True
    while is_more:
        typer.echo()
        typer.echo(say("Contest {number}", number=len(contests) + 1))
        contest, source = _ask_contest(rules, [contest.id for contest in contests])
        contests.append(contest)
        if source is not None:
            lists[contest.id] = source
        is_more = _ask(say("One more contest? (y/n)"), _yes_or_no, default=say("n"))
    election = Election(
        id=short_name(title, taken=()),
        title=title,
        organisation=organisation,
        place=place,
        date=date,
        language="vi" if spoken() == "vi" else "en",
        rules=rules.id,
        contests=tuple(contests),
    )
    return election, lists


def short_name(title: str, taken: Collection[str]) -> str:
    """An id of plain letters made from a title: `Bầu Ban Chấp hành` gives `bau-ban-chap-hanh`.

    Args:
        title: Any text.
        taken: Ids that are used already.
    """
    letters = unicodedata.normalize("NFD", title.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in letters if not unicodedata.combining(c)).lower()
    name = ""
    for word in re.findall(r"[a-z0-9]+", plain):
        longer = f"{name}-{word}" if name else word
        if len(longer) > MAX_ID - 3:  # room for a number behind it
            break
        name = longer
    name = name or "election"
    names = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)


def _ask(question: str, take: Callable[[str], Answer], *, default: str | None = None) -> Answer:
    """Ask until an answer can be taken."""
    while True:
        answer = typer.prompt(
            question, default=default, show_default=bool(default), prompt_suffix=": "
        )
        try:
            return take(unicodedata.normalize("NFC", str(answer)).strip())
        except _WrongAnswerError as error:
            typer.secho(f"  {error}", fg=typer.colors.RED)


def _ask_preset() -> str:
    presets = list_rules()
    typer.echo(say("Under which rules?"))
    for number, preset in enumerate(presets, start=1):
        rules = load_rules(preset)
        title = rules.title_vi if spoken() == "vi" else rules.title_en
        typer.echo(f"  {number}  {preset}: {title}")

    def take(answer: str) -> str:
        if answer in presets:
            return answer
        return presets[_whole(answer, len(presets)) - 1]

    return _ask(say("Number of the rules"), take, default="vn-dang")


def _ask_contest(rules: VotingRules, taken: Collection[str]) -> tuple[Contest, Path | None]:
    title = _ask(say("  Title of the contest, such as Election of the Committee"), _line)
    seats = _ask(say("  How many are to be elected"), lambda text: _whole(text, MAX_CANDIDATES))
    typer.echo(
        say(
            "  Names, one a line in the order of the ballot, an empty line at the end; or the name of"
            " a list, an Excel or CSV file:"
        )
    )
    candidates, source = _ask_names()
    while len(candidates) < seats:
        typer.secho(
            say(
                "  {seats} are to be elected, but there are only {names} names. Type all names again.",
                seats=seats,
                names=len(candidates),
            ),
            fg=typer.colors.RED,
        )
        candidates, source = _ask_names()
    contest = Contest(
        id=short_name(title, taken),
        title=title,
        seats=seats,
        marking=_ask_marking(rules, seats, len(candidates)),
        candidates=candidates,
    )
    return contest, source


def _ask_names() -> tuple[tuple[Candidate, ...], Path | None]:
    names: list[str] = []
    while True:
        text = _ask(f"  {len(names) + 1}", str.strip, default="")
        if not text and names:
            return tuple(Candidate(name=name) for name in names), None
        if text.lower().endswith(_LISTS) and not names:
            path = Path(text.strip("\"'")).expanduser()
            try:
                rows = read_candidates(path)
            except ElectionError as error:
                typer.secho(f"  {error.say(translate())}", fg=typer.colors.RED)
                continue
            typer.echo(say("  {number} names in {file}", number=len(rows), file=path.name))
            return tuple(Candidate.model_validate(row.fields) for row in rows), path
        if text in names:
            typer.secho(say("  {name} is on the list already.", name=text), fg=typer.colors.RED)
        elif len(text) > _MAX_LINE or len(names) >= MAX_CANDIDATES:
            typer.secho(
                say("  That is too long; at most {names} names.", names=MAX_CANDIDATES),
                fg=typer.colors.RED,
            )
        elif text:
            names.append(text)


def _ask_marking(rules: VotingRules, seats: int, candidates: int) -> Marking:
    """How voters mark; with a surplus of names Vietnamese ballots are struck out."""
    if len(rules.markings) == 1:
        return rules.markings[0]
    is_surplus = candidates > seats and Marking.STRIKE_OUT in rules.markings
    usual = Marking.STRIKE_OUT if is_surplus else rules.markings[0]
    if not is_surplus and Marking.AGREE_DISAGREE in rules.markings:
        usual = Marking.AGREE_DISAGREE
    words = {
        Marking.AGREE_DISAGREE: say("two boxes for each person: agree, disagree"),
        Marking.CHOOSE: say("one box for each person"),
        Marking.STRIKE_OUT: say("strike out the names that are not chosen"),
    }
    for number, marking in enumerate(rules.markings, start=1):
        typer.echo(f"    {number}  {words.get(marking, marking.value)}")
    return _ask(
        say("  How is it marked"),
        lambda text: rules.markings[_whole(text, len(rules.markings)) - 1],
        default=str(rules.markings.index(usual) + 1),
    )


def _line(text: str) -> str:
    if not 1 <= len(text) <= _MAX_LINE:
        raise _WrongAnswerError(say("Write 1 to {most} characters.", most=_MAX_LINE))
    return text


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise _WrongAnswerError(say("Write a number from 1 to {most}.", most=most))
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text.casefold() not in _YES | _NO:
        raise _WrongAnswerError(say("Write y for yes or n for no."))
    return text.casefold() in _YES


def _date(text: str) -> dt.date:
    found = next((match for pattern in _DATES if (match := pattern.fullmatch(text))), None)
    if found is not None:
        try:
            return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            pass  # the 31st of June
    raise _WrongAnswerError(say("There is no such day; write it as 29/6/2025."))
