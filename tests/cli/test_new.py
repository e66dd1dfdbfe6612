"""new asks its questions where somebody is there to answer, and only there."""

import openpyxl
import pytest
from typer.testing import CliRunner

from ballotscan.cli import paper
from ballotscan.cli.app import app
from ballotscan.cli.dialogue import short_name
from ballotscan.election.definition import Marking
from ballotscan.election.loading import load_election
from ballotscan.election.rules import load_rules_of
from ballotscan.errors import ExitCode

HEAD = ["vn-dang", "Đại hội Đảng bộ", "Đảng bộ xã Tân Hòa", "Tân Hòa", "29/6/2026"]


@pytest.fixture
def answer(tmp_path, monkeypatch):
    """Run new at a terminal where these lines are typed."""
    monkeypatch.setattr(paper, "_is_terminal", lambda: True)

    def run(*lines, flags=("--language", "en")):
        command = [*flags, "new", str(tmp_path / "e")]
        return CliRunner().invoke(app, command, input="\n".join(lines) + "\n")

    return run


def test_the_answers_become_an_election_that_loads(answer, tmp_path):
    contest = ["Bầu Ban Chấp hành", "2", "Lê An", "Trần Bình", "Võ Chi", "", "", "n"]

    result = answer(*HEAD, *contest)

    assert result.exit_code == ExitCode.DONE, result.output
    election = load_election(tmp_path / "e")
    load_rules_of(election)
    assert (election.id, election.date.isoformat()) == ("dai-hoi-dang-bo", "2026-06-29")
    assert [one.name for one in election.contests[0].candidates] == ["Lê An", "Trần Bình", "Võ Chi"]
    assert election.contests[0].marking is Marking.STRIKE_OUT  # more names than seats


def test_names_may_come_from_a_list_that_is_then_kept_beside_the_definition(answer, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Họ và tên", "Năm sinh"])
    book.active.append(["Lê An", 1975])
    book.save(tmp_path / "danh sách.xlsx")

    result = answer(*HEAD, "Bầu Bí thư", "1", str(tmp_path / "danh sách.xlsx"), "", "n")

    assert result.exit_code == ExitCode.DONE, result.output
    (tmp_path / "danh sách.xlsx").unlink()
    assert load_election(tmp_path / "e").contests[0].candidates[0].birth_year == 1975


def test_a_wrong_answer_is_asked_again_with_the_reason(answer):
    head = [*HEAD[:4], "31/6/2026", "soon", HEAD[4]]

    result = answer(*head, "Bầu Bí thư", "0", "1", "", "Lê An", "Lê An", "", "", "perhaps", "n")

    assert result.exit_code == ExitCode.DONE, result.output
    assert result.output.count("There is no such day") == 2
    assert "a number from 1 to" in result.output
    assert "on the list already" in result.output
    assert "y for yes" in result.output


def test_fewer_names_than_seats_are_asked_again(answer, tmp_path):
    result = answer(*HEAD, "Bầu", "2", "Lê An", "", "Lê An", "Võ Chi", "", "", "n")

    assert "only 1 names" in result.output
    assert len(load_election(tmp_path / "e").contests[0].candidates) == 2


def test_stopping_in_the_middle_writes_nothing(answer, tmp_path):
    result = answer(*HEAD[:3])

    assert result.exit_code != ExitCode.DONE
    assert not (tmp_path / "e").exists()


def test_the_questions_are_asked_in_the_language_that_is_asked_for(answer, tmp_path):
    lines = [*HEAD, "Bầu Bí thư", "1", "Lê An", "", "", "k"]

    result = answer(*lines, flags=("--language", "vi"))

    assert result.exit_code == ExitCode.DONE, result.output
    assert load_election(tmp_path / "e").language == "vi"


def test_without_a_terminal_nothing_is_asked(tmp_path):
    result = CliRunner().invoke(app, ["new", str(tmp_path / "e")])

    assert result.exit_code == ExitCode.DONE
    assert load_election(tmp_path / "e").contests


@pytest.mark.usefixtures("answer")
def test_an_example_is_written_without_questions_where_it_is_asked_for(tmp_path):
    result = CliRunner().invoke(app, ["new", str(tmp_path / "e"), "--example"], input="")

    assert result.exit_code == ExitCode.DONE
    assert load_election(tmp_path / "e").contests


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Bầu Ban Chấp hành", (), "bau-ban-chap-hanh"),
        ("Đoàn đại biểu", (), "doan-dai-bieu"),
        ("Bầu Bí thư", ("bau-bi-thu", "bau-bi-thu-2"), "bau-bi-thu-3"),
        ("選挙", (), "election"),
        ("Bầu Ban Chấp hành Đảng bộ huyện Tân Phước", (), "bau-ban-chap-hanh"),
    ],
)
def test_ids_are_made_of_titles(title, taken, name):
    assert short_name(title, taken) == name
