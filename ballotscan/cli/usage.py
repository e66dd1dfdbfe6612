"""What is wrong with how a command was called, in the words of the catalogue.

typer makes these sentences itself, in English only. What it found is told from the kind of its
error; the few reasons why a value will not do are told from their words.
"""

import re
from collections.abc import Iterable
from typing import Any

from typer import TyperException

from ballotscan.cli.speech import say
from ballotscan.locale.catalogue import phrase
from ballotscan.locale.message import Message, Words, message

# Why a value will not do: what typer says, and what we say; the groups are the fields.
_REASONS = (
    (
        re.compile(r"(?P<value>'.*') is not one of (?P<known>.*)\.$"),
        phrase("write one of: {known}"),
    ),
    (re.compile(r"valid integer"), phrase("a whole number is wanted")),
    (re.compile(r"valid number"), phrase("a number is wanted")),
    (re.compile(r"greater than or equal to (?P<least>\S+)$"), phrase("at least {least} is wanted")),
    (re.compile(r"less than or equal to (?P<most>\S+)$"), phrase("at most {most} is possible")),
)
_MANY_WORDS = re.compile(r"extra argument\(s\) \((?P<words>.*)\)")
_QUOTED = re.compile(r"'.*?'")


def explain_usage(error: TyperException) -> str:
    """Say what is wrong, and where the help is, in the language that is spoken.

    Args:
        error: What typer raised before the command began.

    Returns:
        Some lines; none where typer has already shown the help.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    lines = [say("error: {what}", what=_problem(error))]
    context = getattr(error, "ctx", None)
    if context is not None:
        lines.append(say("What the command takes: {command} -h", command=context.command_path))
    return "\n".join(lines)


def _problem(error: Any) -> Words:  # noqa: ANN401 - the kinds of error are not public
    problem: Words = str(error.format_message())
    match type(error).__name__:  # typer hands out none of these classes but one
        case "NoSuchOption":
            unknown = message("there is no option {option}", option=error.option_name)
            problem = _with_near(unknown, error.possibilities or ())
        case "MissingParameter":
            problem = message("{name} is missing", name=error.param.get_error_hint())
        case "BadOptionUsage" if "requires" in error.message:
            problem = message("a value must follow {option}", option=error.option_name)
        case "BadOptionUsage":
            problem = message("no value can follow {option}", option=error.option_name)
        case "BadParameter":
            name, reason = error.param.get_error_hint(), _reason(error.message)
            problem = message("{name}: {problem}", name=name, problem=reason)
        case "UsageError" if _MANY_WORDS.search(error.message):
            words = _MANY_WORDS.findall(error.message)[0]
            problem = message("nothing can be done with these words: {words}", words=words)
        case "UsageError" if _QUOTED.search(error.message):
            name, *near = _QUOTED.findall(error.message)  # 'cont', and what is near it
            problem = _with_near(message("there is no command {name}", name=name), near)
    return problem


def _with_near(problem: Message, near: Iterable[str]) -> Message:
    names = ", ".join(sorted(near))
    if not names:
        return problem
    return message("{problem}; did you mean {near}?", problem=problem, near=names)


def _reason(said: str) -> Words:
    for pattern, sentence in _REASONS:
        found = pattern.search(said)
        if found:
            return Message(sentence, found.groupdict())
    return said
