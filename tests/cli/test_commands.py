"""Commands are loaded one by one."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.cli.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name):
    shown = CliRunner().invoke(app, [name, "--help"])

    assert shown.exit_code == 0
    assert f" {name} " in shown.stdout


def test_the_help_lists_every_command():
    shown = CliRunner().invoke(app, ["--help"]).stdout

    assert all(f"│ {name} " in shown for name in COMMANDS)


def test_a_mistyped_command_is_guessed():
    shown = CliRunner().invoke(app, ["cuont"])

    assert shown.exit_code == 2
    assert "'count'" in shown.stderr


def test_counting_loads_neither_the_web_server_nor_the_typesetter():
    script = (
        "import sys; import ballotscan.cli.app, ballotscan.cli.count;"
        "print(sorted({'starlette', 'uvicorn', 'typst', 'cryptography'} & set(sys.modules)))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert loaded.strip() == "[]"
