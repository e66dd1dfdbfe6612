"""ballotscan rules: which presets of voting rules there are, and what makes a ballot valid."""

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from ballotscan.cli.speech import Language, ask_for, say, spoken, translate
from ballotscan.election.explaining import explain_rules
from ballotscan.election.rules import VotingRules, list_rules, load_rules

_WIDTH = 96  # of a line on the screen

rules = typer.Typer(
    help="Voting rules: list the presets, explain one of them.", invoke_without_command=True
)


@rules.callback()
def list_presets(context: typer.Context) -> None:
    """List the presets of voting rules."""
    if context.invoked_subcommand is not None:
        return
    presets = [load_rules(name) for name in list_rules()]
    width = max(len(preset.id) for preset in presets)
    for preset in presets:
        typer.echo(f"{preset.id:<{width}}  {_title(preset)}")
    typer.echo()
    typer.echo(say("What makes a ballot valid:"))
    typer.echo("  ballotscan rules explain vn-dang")


@rules.command()
def explain(
    name: Annotated[
        str, typer.Argument(help="A preset, or a file of your own rules that ends in .toml.")
    ],
    language: Annotated[
        Language | None,
        typer.Option("--language", "-l", help="Of the explanation.", show_default="as spoken"),
    ] = None,
) -> None:
    """Say in words what makes a ballot valid under some rules."""
    if language is not None:
        ask_for(language)
    found = load_rules(name, Path())
    typer.secho(f"{_title(found)} ({found.id})", bold=True)
    typer.echo(_wrapped(say("Source: {source}", source=found.source), ""))
    for part in explain_rules(found, translate()):
        typer.echo()
        typer.secho(part.title, bold=True)
        for sentence in part.sentences:
            typer.echo(_wrapped(sentence, "- "))


def _title(found: VotingRules) -> str:
    return found.title_vi if spoken() == "vi" else found.title_en


def _wrapped(sentence: str, before: str) -> str:
    return textwrap.fill(
        sentence, _WIDTH, initial_indent=before, subsequent_indent=" " * len(before)
    )
