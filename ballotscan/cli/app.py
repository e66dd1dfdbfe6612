"""The program: its commands, and the one place where errors become exit codes."""

import sys
from typing import Annotated

import typer

from ballotscan import __version__
from ballotscan.cli.check import check
from ballotscan.cli.count import count
from ballotscan.cli.paper import design, new
from ballotscan.cli.template import template
from ballotscan.errors import BallotscanError, ExitCode

app = typer.Typer(
    name="ballotscan",
    help="Reads scanned paper ballots and counts them; people decide what is unclear.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First time: ballotscan new my-election, then follow what it says.",
)
app.command()(new)
app.command()(design)
app.command()(check)
app.command()(count)
app.add_typer(template, name="template")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ballotscan {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Reads scanned paper ballots and counts them; people decide what is unclear."""


def main() -> None:
    """Run the command line; the one place where errors become exit codes."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may be set to a code page without Vietnamese letters.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except BallotscanError as error:
        typer.secho(f"error: {error}", fg=typer.colors.RED, err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.secho("stopped: what was read so far is kept; count again to go on.", err=True)
        sys.exit(ExitCode.INTERRUPTED)
