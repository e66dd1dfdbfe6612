"""The program: its commands, and the one place where errors become exit codes."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from ballotscan import __version__
from ballotscan.cli.commands import Commands
from ballotscan.cli.help import speak_as_typer, translate_help
from ballotscan.cli.speech import (
    Language,
    ask_for,
    asked_language,
    follow,
    say,
    spoken,
    translate,
)
from ballotscan.cli.standing import show_standing
from ballotscan.cli.usage import explain_usage
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import guess_language
from ballotscan.errors import BallotscanError, ExitCode
from ballotscan.locale.catalogue import SOURCE_LANGUAGE

app = typer.Typer(
    name="ballotscan",
    cls=Commands,
    help="Reads scanned paper ballots and counts them; people decide what is unclear.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First time: ballotscan new my-election, then follow what it says."
    " In the folder of an election, ballotscan alone says where one stands.",
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ballotscan {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    language: Annotated[
        Language | None,
        typer.Option(
            "--language",
            help="What the program speaks.",
            show_default="that of the election, else of this computer",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Reads scanned paper ballots and counts them; people decide what is unclear."""
    _choose_language(language)
    if context.invoked_subcommand is None:
        show_standing()


def _choose_language(asked: str | None) -> None:
    """Speak what was asked for, else the language of an election in this folder."""
    ask_for(asked)
    follow(guess_language(ElectionFolder(Path()).definition))


def main() -> None:
    """Run the command line; the one place where errors become exit codes."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may be set to a code page without Vietnamese letters.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    _choose_language(asked_language(sys.argv[1:]))
    command = get_command(app)
    if spoken() != SOURCE_LANGUAGE:
        speak_as_typer(spoken())
        translate_help(command, translate())
    try:
        exit_code = command(standalone_mode=False) or 0
    except BallotscanError as error:
        _complain(say("error: {what}", what=error.say(translate())))
        sys.exit(error.exit_code)
    except typer.TyperException as error:
        _complain(explain_usage(error))
        sys.exit(error.exit_code)
    except typer.Abort:  # at a question
        _complain(say("stopped."))
        sys.exit(ExitCode.INTERRUPTED)
    if exit_code == ExitCode.INTERRUPTED:  # typer makes this of Ctrl-C
        _complain(
            say("stopped: what was done so far is kept; give the same command again to go on.")
        )
    sys.exit(exit_code)


def _complain(sentence: str) -> None:
    if sentence:
        typer.secho(sentence, fg=typer.colors.RED, err=True)
