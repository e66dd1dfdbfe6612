"""The page of all rules is made of their files, and every key there says where it comes from."""

import runpy
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from ballotscan.election.rules import KEYS_OF_MARKING, list_rules, load_rules

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "make_rules_table.py"))


def text_of(preset):
    return (files("ballotscan.election") / "rules" / f"{preset}.toml").read_text("utf-8")


def test_the_page_is_current():
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")

    assert page == SCRIPT["make_page"](), "run scripts/make_rules_table.py"


@pytest.mark.parametrize("preset", list_rules())
def test_every_key_says_where_it_comes_from(preset):
    text = text_of(preset)
    comments = SCRIPT["read_comments"](text)

    assert all(len(comments[key]) > 10 for key in tomllib.loads(text) if key not in SCRIPT["HEADS"])


@pytest.mark.parametrize("preset", list_rules())
def test_a_preset_answers_what_its_ways_of_marking_ask_and_nothing_else(preset):
    asked = {key for marking in load_rules(preset).markings for key in KEYS_OF_MARKING[marking]}
    known = {key for keys in KEYS_OF_MARKING.values() for key in keys}

    assert tomllib.loads(text_of(preset)).keys() & known == asked


@pytest.mark.parametrize("preset", list_rules())
def test_what_is_not_settled_is_left_to_people(preset):
    text = text_of(preset)
    comments = SCRIPT["read_comments"](text)
    answers = {"valid", "invalid", "row-not-counted", "disagree"}

    settled_anyway = [
        key
        for key, value in tomllib.loads(text).items()
        if comments.get(key, "").startswith(("Not settled", "Not read")) and str(value) in answers
    ]
    assert settled_anyway == []
