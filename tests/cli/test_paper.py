"""From nothing to paper: new, design, and the definition counts as it stands."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.election.rules import list_rules
from ballotscan.election.template_files import load_template
from ballotscan.errors import BallotscanError, ExitCode


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("preset", list_rules())
def test_a_new_election_can_be_designed_and_counted_as_it_stands(tmp_path, preset):
    root = tmp_path / "Đại hội"
    (tmp_path / "scans").mkdir()

    assert run("new", root, "--preset", preset).exit_code == ExitCode.DONE
    assert run("design", root).exit_code == ExitCode.DONE
    assert run("count", tmp_path / "scans", "-e", root, "-q").exit_code == ExitCode.DONE
    assert (root / "results" / "index.html").is_file()


@pytest.mark.parametrize(("preset", "language"), [("vn-dang", "vi"), ("uk-x", "en")])
def test_a_new_election_speaks_the_language_of_its_country(tmp_path, preset, language):
    run("new", tmp_path / "e", "--preset", preset)

    assert f'language = "{language}"' in (tmp_path / "e" / "election.toml").read_text("utf-8")


def test_an_election_is_never_written_over(tmp_path):
    run("new", tmp_path)
    before = (tmp_path / "election.toml").read_bytes()

    result = run("new", tmp_path, "--preset", "uk-x")

    assert isinstance(result.exception, BallotscanError)
    assert result.exception.exit_code == ExitCode.OUTPUT
    assert (tmp_path / "election.toml").read_bytes() == before


def test_an_unknown_preset_is_answered_with_the_known_ones(tmp_path):
    result = run("new", tmp_path, "--preset", "vn-dnag")

    assert isinstance(result.exception, BallotscanError)
    assert "vn-dang" in str(result.exception)
    assert not (tmp_path / "election.toml").exists()


def test_design_says_where_the_paper_is_and_what_to_do_next(tmp_path):
    run("new", tmp_path)

    result = run("design", tmp_path)

    for ballot in (tmp_path / "ballots").iterdir():
        assert str(ballot / "ballot.pdf") in result.stdout
        assert load_template(ballot).fingerprint in result.stdout
    assert "100 %" in result.stdout


@pytest.mark.parametrize("command", [[], ["new"], ["design"], ["count"], ["template", "import"]])
def test_every_command_explains_itself(command):
    # In a process of its own: help that was once put into another language stays so in this one.
    spoken = [sys.executable, "-m", "ballotscan", "--language", "en", *command, "--help"]

    result = subprocess.run(spoken, capture_output=True, encoding="utf-8", check=False)

    assert result.returncode == ExitCode.DONE
    assert "Usage" in result.stdout


def test_the_version_is_told():
    assert run("--version").stdout.startswith("ballotscan 0.")
