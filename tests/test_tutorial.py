"""The tutorials show what their script saw: every picture is there, every block is filled."""

import re
from pathlib import Path

import pytest

from ballotscan.cli.commands import COMMANDS

DOCS = Path(__file__).resolve().parents[1] / "docs"
ENGLISH, VIETNAMESE = DOCS / "first-election.md", DOCS / "vi" / "first-election.md"
BLOCK = re.compile(r"<!-- (\w+): begin -->\n(.*?)<!-- \1: end -->", re.DOTALL)


def blocks(document):
    return dict(BLOCK.findall(document.read_text("utf-8")))


@pytest.mark.parametrize("document", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_every_link_and_picture_is_there(document):
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8"))

    assert [link for link in links if not (document.parent / link).is_file()] == []


@pytest.mark.parametrize("document", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_every_block_is_filled(document):
    assert [name for name, text in blocks(document).items() if len(text) < 40] == []


@pytest.mark.parametrize("document", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_what_is_shown_went_well(document):
    shown = blocks(document)

    assert "minutes/" in shown["minutes"]
    assert "[ ]" not in shown["end"]
    assert "Traceback" not in document.read_text("utf-8")


def test_both_languages_tell_the_same_steps():
    def steps(document):
        text = document.read_text("utf-8")
        pictures = [Path(link).name for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)]
        return list(blocks(document)), pictures, len(re.findall(r"^## ", text, re.MULTILINE))

    assert steps(ENGLISH) == steps(VIETNAMESE)


@pytest.mark.parametrize("document", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_every_command_is_one_of_the_program(document):
    words = re.findall(r"`ballotscan ([a-z]+)", document.read_text("utf-8"))

    assert set(words) <= set(COMMANDS)
