"""ballotscan template: ballots that exist already."""

import typer

template = typer.Typer(help="Templates of existing paper.", no_args_is_help=True)
