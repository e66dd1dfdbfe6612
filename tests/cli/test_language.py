"""The command line speaks the language asked for, of the election, or of the computer."""

import locale
import os
import shutil
import subprocess
import sys
from importlib.resources import files

import pytest
import typer.main
from babel.messages.pofile import read_po

from ballotscan.cli.app import app
from ballotscan.cli.help import list_help
from ballotscan.cli.speech import ask_for, asked_language, spoken


def run(*words, cwd, machine="C.UTF-8"):
    """The program as people start it, on a computer that is set up in some language."""
    environment = {k: v for k, v in os.environ.items() if k not in {"LANGUAGE", "LC_ALL"}}
    return subprocess.run(
        [sys.executable, "-m", "ballotscan", *words],
        cwd=cwd, capture_output=True, encoding="utf-8", check=False,
        env=environment | {"LC_ALL": machine, "COLUMNS": "200"},
    )  # fmt: skip


@pytest.mark.parametrize("words", [("--language", "vi", "count", "-h"), ("--language=vi", "-h")])
def test_help_is_in_the_language_that_is_asked_for(tmp_path, words):
    said = run(*words, cwd=tmp_path).stdout

    assert "Tùy chọn" in said
    assert "Options" not in said


def test_help_is_in_the_language_of_the_election(tmp_path):
    (tmp_path / "election.toml").write_text('language = "vi"\n', encoding="utf-8")

    assert "Kiểm các phiếu đã quét." in run("count", "-h", cwd=tmp_path).stdout


def test_without_being_asked_help_is_english_on_an_english_computer(tmp_path):
    assert "Count scanned ballots." in run("count", "-h", cwd=tmp_path).stdout


def test_an_error_is_in_the_language_of_the_election(printed_election, tmp_path):
    shutil.copytree(printed_election, tmp_path / "e")

    done = run("count", "nowhere", cwd=tmp_path / "e")

    assert done.returncode == 3
    assert "lỗi: 'nowhere': không có tệp hay thư mục này" in done.stderr


def test_a_definition_that_cannot_be_read_still_says_its_language(tmp_path):
    (tmp_path / "election.toml").write_text('language = "vi"\nid = "x\n', encoding="utf-8")

    assert "sai cú pháp TOML" in run(cwd=tmp_path).stderr


def test_what_is_asked_for_goes_before_the_language_of_the_election(printed_election):
    done = run("--language", "en", "minutes", cwd=printed_election)

    assert "nothing has been counted yet" in done.stderr


def test_many_problems_are_all_said_in_one_language(tmp_path):
    (tmp_path / "election.toml").write_text(
        'language = "vi"\nid = "Đại hội"\ntitle = ""\nseats = 3\n', encoding="utf-8"
    )

    said = run("design", cwd=tmp_path).stderr

    assert "dòng 2: khóa 'id': phải là chữ thường không dấu" in said
    assert "còn thiếu; hãy thêm vào" in said
    assert "must be" not in said
    assert "missing" not in said


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["--language", "vi", "count"], "vi"),
        (["--language=en"], "en"),
        (["new", "e", "--language", "vi"], "vi"),
        (["--language", "fr"], None),
        (["count"], None),
    ],
)
def test_the_language_is_known_before_options_are_read(words, language):
    assert asked_language(words) == language


def test_help_is_gathered_in_english_whatever_is_spoken():
    ask_for("vi")
    try:
        assert "Count scanned ballots." in list_help(typer.main.get_command(app))
    finally:
        ask_for(None)


def test_every_paragraph_of_help_has_a_translation():
    with files("ballotscan.locale").joinpath("vi/LC_MESSAGES/ballotscan.po").open("rb") as stream:
        known = read_po(stream)

    texts = list_help(typer.main.get_command(app))

    assert [text for text in texts if not (known.get(text) and known.get(text).string)] == []


def test_a_machine_whose_language_has_no_name_in_python_is_spoken_to_in_english(monkeypatch):
    def unknown():  # what Windows gives where country and language are not a usual pair
        msg = "unknown locale: en-DE"
        raise ValueError(msg)

    monkeypatch.setattr(locale, "getlocale", unknown)
    ask_for(None)

    assert spoken() == "en"
