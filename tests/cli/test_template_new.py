"""ballotscan template new: what is refused before a page is opened."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from ballotscan.cli import drawing
from ballotscan.cli.app import app
from ballotscan.drawing import documents
from ballotscan.election.folder import ElectionFolder
from ballotscan.errors import (
    DamagedScanError,
    ExitCode,
    MissingToolError,
    SettingsError,
    TemplateError,
)

WORD = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "word_ballot.py")))


@pytest.fixture
def folder(tmp_path):
    root = ElectionFolder(tmp_path)
    root.definition.write_text(WORD.DEFINITION, encoding="utf-8")
    (tmp_path / "blank.pdf").write_bytes(WORD.draw_table("pdf"))
    return root


@pytest.fixture
def opened(monkeypatch):
    """What would have been shown in the browser."""
    shown = []
    monkeypatch.setattr(drawing, "serve", lambda parts, **how: shown.append((parts, how)))
    return shown


def draw(folder, *words):
    return CliRunner().invoke(app, ["template", "new", *words, "-e", str(folder.root)])


def test_the_blank_is_opened_with_a_draft_that_is_on_the_disk_already(folder, opened):
    blank = str(folder.root / "blank.pdf")

    result = draw(folder, blank, "--ballot", "ban-chap-hanh", "--no-browser")

    assert result.exit_code == ExitCode.DONE, result.output
    assert (folder.drawing("ban-chap-hanh") / "drawing.json").is_file()
    ((parts, how),) = opened
    assert len(parts) == 1
    assert (how["language"], how["opens_browser"]) == ("vi", False)
    assert "chưa được lưu" in result.output


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        ((), SettingsError, "several ballots"),
        (("--ballot", "nobody"), SettingsError, "no such ballot"),
    ],
)
def test_which_ballot_it_is_must_be_known(folder, opened, words, error, says):
    result = draw(folder, str(folder.root / "blank.pdf"), *words)

    assert isinstance(result.exception, error)
    assert says in str(result.exception)
    assert opened == []


def test_a_file_that_is_no_picture_is_refused(folder, opened):
    (folder.root / "blank.pdf").write_bytes(b"%PDF-1.7 cut off")

    result = draw(folder, str(folder.root / "blank.pdf"), "--ballot", "ban-chap-hanh")

    assert isinstance(result.exception, DamagedScanError)
    assert opened == []


def test_a_blank_of_three_pages_is_refused(folder, opened):
    blank = str(folder.root / "blank.pdf")

    result = draw(folder, blank, blank, blank, "--ballot", "ban-chap-hanh")

    assert isinstance(result.exception, TemplateError)
    assert "3 pages" in str(result.exception)
    assert opened == []


def test_without_libreoffice_a_word_document_is_refused_with_the_way_out(
    folder, opened, monkeypatch
):
    monkeypatch.setattr(documents, "find_office", lambda: None)
    (folder.root / "phieu.docx").write_bytes(b"PK")

    result = draw(folder, str(folder.root / "phieu.docx"), "--ballot", "ban-chap-hanh")

    assert isinstance(result.exception, MissingToolError)
    assert "save the ballot as PDF" in str(result.exception)
    assert opened == []


def test_paper_that_was_printed_with_codes_is_not_drawn_over(election_folder, opened):
    blank = election_folder / "ballots" / "ban-chap-hanh" / "blank-1.png"

    result = draw(ElectionFolder(election_folder), str(blank))

    assert isinstance(result.exception, TemplateError)
    assert "designed and perhaps printed" in str(result.exception)
    assert opened == []
