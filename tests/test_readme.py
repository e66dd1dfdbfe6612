"""README tells the truth about commands, exit codes and settings."""

import dataclasses
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.election.rules import list_rules
from ballotscan.errors import ExitCode
from ballotscan.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_exit_codes_are_those_of_the_program():
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}

    assert told == {int(code) for code in ExitCode}


def test_every_settings_table_is_named():
    tables = set(re.search(r"tables (.*?) \|", README).group(1).replace("`", "").split(", "))
    settings = Settings()
    known = {
        f"[{field.name}]"
        for part in (settings.count, settings.canvass)
        for field in dataclasses.fields(part)
    }

    assert tables == known


@pytest.mark.parametrize(
    "line", re.findall(r"ballotscan ((?:new|design|count|template import)[^`\n]*)", README)
)
def test_every_flag_that_is_told_is_there(line):
    command = ["template", "import"] if line.startswith("template") else [line.split()[0]]
    text = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).stdout

    assert all(flag in text for flag in re.findall(r"(?<!\S)--?[a-z][a-z-]*", line))


def test_every_preset_is_told():
    assert all(f"`{preset}`" in README for preset in list_rules())


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(link):
    assert link.startswith("https://") or (ROOT / link).is_file()


@pytest.mark.parametrize("command", re.findall(r"^(scripts/\w+)$", README, re.MULTILINE))
def test_every_script_that_is_told_is_there(command):
    assert (ROOT / command).stat().st_mode & 0o100
