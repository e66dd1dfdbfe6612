"""The commands by name, each loaded when it is run.

Reading pages needs neither the web server nor the typesetter: loading all of them would take longer
than reading twenty pages, in every worker anew.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from ballotscan.cli.help import translate_help
from ballotscan.cli.speech import spoken, translate
from ballotscan.locale.catalogue import SOURCE_LANGUAGE

# Where each command is, in the order of the help: the function, or the group, of its own name.
COMMANDS = {
    "new": "ballotscan.cli.paper",
    "design": "ballotscan.cli.paper",
    "check": "ballotscan.cli.check",
    "rehearse": "ballotscan.cli.rehearse",
    "count": "ballotscan.cli.count",
    "review": "ballotscan.cli.review",
    "minutes": "ballotscan.cli.minutes",
    "rules": "ballotscan.cli.rules",
    "template": "ballotscan.cli.template",
}


class Commands(TyperGroup):
    """The commands of the program."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - whatever typer gives
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name) for name in COMMANDS}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - typer's own click
        """Load a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        if isinstance(found, typer.Typer):
            command = get_command(found)
            command.name = cmd_name
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(found)
            command = get_command(alone)
        if spoken() != SOURCE_LANGUAGE:
            translate_help(command, translate())
        return command
