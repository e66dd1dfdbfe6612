import pytest

from ballotscan.election.example import example_definition, list_examples
from ballotscan.election.loading import load_election
from ballotscan.election.rules import list_rules, load_rules_of
from ballotscan.errors import ElectionError


def load_example(folder, preset, language):
    (folder / "election.toml").write_text(example_definition(preset, language), "utf-8")
    return load_election(folder)


def test_every_preset_has_an_example():
    assert list_examples() == list_rules()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("preset", list_examples())
def test_an_example_loads_as_it_stands(tmp_path, preset, language):
    election = load_example(tmp_path, preset, language)

    assert load_rules_of(election).id == preset
    assert election.language == language


@pytest.mark.parametrize("preset", list_examples())
def test_an_example_is_the_same_election_in_both_languages(tmp_path, preset):
    vi, en = (load_example(tmp_path, preset, language) for language in ("vi", "en"))

    assert [(c.seats, c.marking, len(c.candidates)) for c in vi.contests] == [
        (c.seats, c.marking, len(c.candidates)) for c in en.contests
    ]


@pytest.mark.parametrize("preset", list_examples())
def test_no_english_remark_is_left_in_a_vietnamese_example(preset):
    vi, en = (example_definition(preset, language).splitlines() for language in ("vi", "en"))
    remarks = {line.partition("# ")[2].strip() for line in en if "# " in line}

    left = {line for line in vi if line.partition("# ")[2].strip() in remarks - {""}}

    assert {
        line for line in left if " = " not in line.partition("# ")[2] and "  # " not in line
    } == set()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("preset", list_examples())
def test_the_numbers_in_remarks_load_too_once_they_are_no_remarks(tmp_path, preset, language):
    text = example_definition(preset, language)
    for key in ("convened", "present", "issued", "collected"):
        text = text.replace(f"# {key} =", f"{key} =")
    (tmp_path / "election.toml").write_text(text, "utf-8")

    assert load_election(tmp_path).attendance.collected


def test_a_preset_without_an_example_is_named():
    with pytest.raises(ElectionError, match="did you mean 'uk-x'"):
        example_definition("uk-xx", "en")
