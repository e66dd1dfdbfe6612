from importlib.resources import files

import pytest

from ballotscan.election.definition import Election, Marking
from ballotscan.election.rules import (
    Base,
    Threshold,
    Tie,
    Verdict,
    list_rules,
    load_rules,
    load_rules_of,
)
from ballotscan.errors import ElectionError


def an_election(rules, marking):
    return Election.model_validate(
        {
            "id": "e",
            "title": "E",
            "organisation": "O",
            "place": "P",
            "date": "2020-06-29",
            "rules": rules,
            "contests": [
                {"id": "c", "title": "C", "seats": 1, "marking": marking, "candidates": [{"name": "A"}]}
            ],
        }
    )  # fmt: skip


def test_every_preset_loads_under_its_own_name():
    presets = [load_rules(name) for name in list_rules()]

    assert {rules.id for rules in presets} == set(list_rules())
    assert {"vn-dang", "us-nofm", "uk-x"} <= set(list_rules())


def test_the_party_takes_half_of_those_convened_and_leaves_what_is_unsettled_to_people():
    rules = load_rules("vn-dang")

    assert (rules.base, rules.threshold, rules.tie) == (Base.CONVENED, Threshold.MORE_THAN_HALF, Tie.COMMITTEE)  # fmt: skip
    assert (rules.overvote, rules.none_chosen) == (Verdict.INVALID, Verdict.INVALID)
    assert {rules.none_agreed, rules.all_rows_void, rules.single_struck} == {Verdict.COMMITTEE}


@pytest.mark.parametrize("preset", list_rules())
def test_whoever_declares_a_ballot_invalid_finds_the_reasons_that_the_rules_name_themselves(preset):
    rules = load_rules(preset)
    decided = {
        ("SUM_OVER" if rules.markings == (Marking.POINTS,) else "OVERVOTE"): rules.overvote,
        "NONE_CHOSEN": rules.none_chosen,
        "ROW_BOTH": rules.row_both,
        "ROW_NEITHER": rules.row_neither,
        "ALL_ROWS_VOID": rules.all_rows_void,
        "SINGLE_BOTH": rules.single_both,
        "SINGLE_NEITHER": rules.single_neither,
    }

    assert {name for name, verdict in decided.items() if verdict == "invalid"} <= set(rules.invalid_reasons)  # fmt: skip


def test_no_rules_of_that_name():
    with pytest.raises(ElectionError, match="did you mean 'vn-dang'"):
        load_rules("vn-đang")


def own_rules(old="", new=""):
    """Rules of one's own: those of the party, with one place changed."""
    file = files("ballotscan.election") / "rules" / "vn-dang.toml"
    text = file.read_text("utf-8").replace('id = "vn-dang"', 'id = "ours"')
    assert old in text
    return text.replace(old, new)


def test_an_election_may_bring_its_own_rules(tmp_path):
    (tmp_path / "our.toml").write_text(own_rules('"convened"', '"present"'), "utf-8")

    rules = load_rules_of(an_election("our.toml", "strike-out"), tmp_path)

    assert rules.base is Base.PRESENT


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('overvote = "invalid"', 'overvote = "invald"', "line 18: key 'overvote': \"invald\" is not known; did you mean 'invalid'?"),
        ('overvote = "invalid"', 'over_vote = "invalid"', "did you mean 'overvote'?"),
        ('overvote = "invalid"', 'overvote = "valid"', "more chosen than seats cannot be valid"),
        ('base = "convened"', "", "key 'base': is missing"),
        ('"strike-out", "agree-disagree"', "", "key 'markings': is empty"),
        ('"ours"', '"us-nofm"', "key 'id': 'us-nofm' is a preset"),
        ("needs_seal = false", 'needs_seal = "no"', "key 'needs_seal': must be a valid boolean"),
        ('base = "convened"', "base = convened", "is not TOML"),
        ('"NONE_CHOSEN"', '"NONE_CHOSE"', "'NONE_CHOSE' is no reason; did you mean 'NONE_CHOSEN'?"),
        ('"NONE_CHOSEN"', '"OVERVOTE"', "'OVERVOTE' stands twice in 'invalid_reasons'"),
        ("two_people = true", "", "key 'two_people': is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_rules_is_named(tmp_path, old, new, words):
    (tmp_path / "our.toml").write_text(own_rules(old, new), "utf-8")

    with pytest.raises(ElectionError) as caught:
        load_rules("our.toml", tmp_path)

    assert words in str(caught.value)


def test_missing_rules_beside_the_election_are_named(tmp_path):
    with pytest.raises(ElectionError, match=r"our.toml: the rules cannot be read"):
        load_rules("our.toml", tmp_path)


def test_a_contest_marked_in_a_way_the_rules_do_not_know_is_refused():
    election = an_election("uk-x", Marking.STRIKE_OUT)

    with pytest.raises(ElectionError, match=r"contest 'c'.*use 'choose'"):
        load_rules_of(election)
