"""What minutes say besides the count: from a file that may be missing, and is checked."""

import tomllib

import pytest

from ballotscan.election.minutes_facts import MinutesFacts, example_facts, load_facts
from ballotscan.errors import ElectionError


def test_without_the_file_nothing_is_known(tmp_path):
    assert load_facts(tmp_path) == MinutesFacts()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_example_leaves_everything_out_and_is_sound_when_filled_in(tmp_path, language):
    text = example_facts(language)
    path = tmp_path / "minutes.toml"
    path.write_text(text, encoding="utf-8")
    assert load_facts(tmp_path) == MinutesFacts()

    lines = [line.removeprefix("# ") if " = " in line else line for line in text.splitlines()]
    path.write_text("\n".join(lines), encoding="utf-8")

    facts = load_facts(tmp_path)
    assert set(tomllib.loads("\n".join(lines))) == set(MinutesFacts.model_fields) - {"heading"}
    assert facts.copies == 3


def test_a_wrong_key_is_named_with_its_line(tmp_path):
    (tmp_path / "minutes.toml").write_text('head = "A"\nmembres = ["B"]\n', encoding="utf-8")

    with pytest.raises(ElectionError, match=r"line 2: key 'membres'.*did you mean 'members'"):
        load_facts(tmp_path)


def test_a_file_that_is_not_toml_is_named(tmp_path):
    (tmp_path / "minutes.toml").write_text('head = "A\n', encoding="utf-8")

    with pytest.raises(ElectionError, match=r"minutes\.toml: is not TOML"):
        load_facts(tmp_path)
