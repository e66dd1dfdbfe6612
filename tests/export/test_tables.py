import csv
import dataclasses
import json

import pytest

from ballotscan.election.records import BallotStatus, Reason, RowState
from ballotscan.errors import OutputError
from ballotscan.export.tables import (
    reason_names,
    totals_document,
    write_ballots_csv,
    write_totals_csv,
    write_totals_json,
)

A, D = RowState.AGREE, RowState.DISAGREE


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_totals_have_a_line_for_each_candidate_in_ballot_order(canvass, tmp_path):
    write_totals_csv(canvass, tmp_path / "totals.csv")

    lines = read_csv(tmp_path / "totals.csv")
    assert [(line["number"], line["name"], line["votes"]) for line in lines] == [
        ("1", "Nguyễn Văn An", "2"),
        ("2", "Trần Thị Bích", "1"),
        ("3", "Lê Hoàng Ẩn", "0"),
    ]
    assert [(line["disagree"], line["not_counted"]) for line in lines] == [
        ("0", "0"),
        ("0", "1"),
        ("1", "1"),
    ]


def test_totals_repeat_the_numbers_of_the_contest_on_each_line(canvass, tmp_path):
    write_totals_csv(canvass, tmp_path / "totals.csv")

    for line in read_csv(tmp_path / "totals.csv"):
        assert (line["ballots"], line["valid"], line["invalid"], line["review"]) == (
            "3",
            "2",
            "1",
            "0",
        )
        assert line["base"] == "4"


def test_shares_are_written_as_in_the_language_of_the_election(canvass, tmp_path):
    write_totals_csv(canvass, tmp_path / "totals.csv")

    assert [line["share"] for line in read_csv(tmp_path / "totals.csv")] == [
        "50,00%",
        "25,00%",
        "0,00%",
    ]


def test_without_a_base_there_is_no_share(plan, tmp_path):
    election = plan.make_election(attendance={})
    ballot = plan.make_ballot(1, (A, A, D), BallotStatus.VALID)

    write_totals_csv(plan.make_canvass(election, [ballot]), tmp_path / "totals.csv")

    lines = read_csv(tmp_path / "totals.csv")
    assert {(line["base"], line["share"], line["standing"]) for line in lines} == {
        ("", "", "unknown")
    }


def test_ballots_have_a_line_each_in_the_order_of_the_scans(canvass, tmp_path):
    write_ballots_csv(canvass, tmp_path / "ballots.csv")

    lines = read_csv(tmp_path / "ballots.csv")
    assert [line["record"] for line in lines] == [
        "000000000001-1",
        "000000000002-1",
        "000000000003-1",
        "000000000004-2",
    ]
    assert [line["contest_status"] for line in lines] == ["valid", "valid", "invalid", ""]
    assert [line["votes"] for line in lines] == ["2", "1", "0", ""]


def test_ballots_say_the_state_of_every_row(canvass, tmp_path):
    write_ballots_csv(canvass, tmp_path / "ballots.csv")

    second = read_csv(tmp_path / "ballots.csv")[1]
    assert [second["row_1"], second["row_2"], second["row_3"]] == ["agree", "both", "neither"]


def test_a_ballot_that_nobody_could_identify_has_a_line_without_a_contest(canvass, tmp_path):
    write_ballots_csv(canvass, tmp_path / "ballots.csv")

    last = read_csv(tmp_path / "ballots.csv")[3]
    assert (last["ballot"], last["contest"], last["row_1"]) == ("", "", "")
    assert (last["ballot_status"], last["ballot_reasons"]) == ("review", "UNREADABLE")
    assert (last["files"], last["pages"], last["faults"]) == ("scans/b.pdf", "2", "no_fit")


def test_a_sheet_with_two_contests_has_a_line_for_each(plan, tmp_path):
    first = plan.make_election().contests[0]
    second = first.model_copy(
        update={"id": "uy-ban", "ballot": first.id, "candidates": first.candidates[:2]}
    )
    election = plan.make_election(contests=(first, second))
    one = plan.make_ballot(1, (A, A, D), BallotStatus.VALID)
    two = plan.make_ballot(1, (A, D), BallotStatus.INVALID, Reason.ADDED_TEXT).contests[0]
    sheet = type(one)(
        one.record_id,
        first.id,
        one.pages,
        BallotStatus.VALID,
        Reason.ADDED_TEXT,
        (*one.contests, dataclasses.replace(two, contest_id=second.id)),
    )

    write_ballots_csv(plan.make_canvass(election, [sheet]), tmp_path / "ballots.csv")

    lines = read_csv(tmp_path / "ballots.csv")
    assert [(line["record"], line["contest"]) for line in lines] == [
        (one.record_id, "ban-chap-hanh"),
        (one.record_id, "uy-ban"),
    ]
    assert [line["contest_reasons"] for line in lines] == ["", "ADDED_TEXT"]
    assert [line["row_3"] for line in lines] == ["disagree", ""]


def test_several_reasons_stand_in_fixed_order():
    assert reason_names(Reason.UNCLEAR | Reason.OVERVOTE) == ["OVERVOTE", "UNCLEAR"]
    assert reason_names(Reason(0)) == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_a_name_that_looks_like_a_formula_is_harmless_in_every_table(plan, tmp_path, sign):
    election = plan.make_election(names=(f"{sign}cmd|' /C calc'!A0", "An", "Bình"))
    source = f"{sign}1+1.jpg"
    ballot = plan.make_ballot(1, (A, A, D), BallotStatus.VALID, source=source)
    canvass = plan.make_canvass(election, [ballot])

    write_totals_csv(canvass, tmp_path / "totals.csv")
    write_ballots_csv(canvass, tmp_path / "ballots.csv")

    assert read_csv(tmp_path / "totals.csv")[0]["name"] == f"'{sign}cmd|' /C calc'!A0"
    assert read_csv(tmp_path / "ballots.csv")[0]["files"] == f"'{sign}1+1.jpg"


def test_the_same_count_gives_the_same_bytes(canvass, tmp_path):
    for folder in ("one", "two"):
        write_totals_csv(canvass, tmp_path / folder / "totals.csv")
        write_totals_json(canvass, tmp_path / folder / "totals.json")
        write_ballots_csv(canvass, tmp_path / folder / "ballots.csv")

    for name in ("totals.csv", "totals.json", "ballots.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_totals_json_is_plain_utf8_without_a_byte_order_mark(canvass, tmp_path):
    write_totals_json(canvass, tmp_path / "totals.json")

    content = (tmp_path / "totals.json").read_bytes()
    assert content.startswith(b"{")
    assert "Lê Hoàng Ẩn".encode() in content
    assert json.loads(content) == totals_document(canvass)


def test_totals_json_says_what_the_result_rests_on(canvass):
    document = totals_document(canvass)

    assert document["format"] == "ballotscan-totals/1"
    assert document["ballots"] == {
        "read": 4,
        "valid": 2,
        "invalid": 1,
        "review": 1,
        "unidentified": 1,
        "set_aside": 0,
        "decided": 0,
    }
    contest = document["contests"][0]
    assert contest["invalid_by_reason"] == {"OVERVOTE": 1}
    assert (contest["base_kind"], contest["base"], contest["needed"]) == ("convened", 4, 3)
    assert contest["is_final"] is False
    assert [one["votes"] for one in contest["candidates"]] == [2, 1, 0]
    assert document["damaged_files"] == [{"file": "scans/c.jpg", "reason": "the file is cut off"}]


def test_withheld_totals_say_nothing_of_whom_the_ballots_elect(canvass, tmp_path):
    object.__setattr__(canvass, "withholds_totals", True)
    write_totals_csv(canvass, tmp_path / "totals.csv")
    with (tmp_path / "totals.csv").open(encoding="utf-8-sig", newline="") as stream:
        line = next(csv.DictReader(stream))
    contest = totals_document(canvass)["contests"][0]

    told = ("votes", "disagree", "share", "standing", "standing_reason", "machine_votes")
    assert {line[name] for name in told} == {""}
    assert (line["valid"], line["invalid"], line["review"]) == ("2", "1", "0")
    assert contest["elected"] == []
    assert {one["votes"] for one in contest["candidates"]} == {None}
    assert contest["machine"]["votes"] is None


def test_discrepancies_are_in_totals_json(canvass):
    kinds = {one["kind"] for one in totals_document(canvass)["discrepancies"]}

    assert kinds == {"ballots-in-review", "read-below-collected"}


def test_a_table_that_cannot_be_written_is_an_output_error(canvass, tmp_path):
    (tmp_path / "results").write_text("a file", encoding="utf-8")

    with pytest.raises(OutputError, match=r"totals\.csv: cannot be written"):
        write_totals_csv(canvass, tmp_path / "results" / "totals.csv")
