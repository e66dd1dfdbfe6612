"""check says what is ready and refuses what would count wrongly."""

import json
import re
import shutil

import cv2
import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.cli.rehearsal_record import RehearsalRecord, save_record
from ballotscan.cli.workspace import open_workspace
from ballotscan.count.rehearsal_verdict import RehearsalVerdict
from ballotscan.errors import BallotscanError, ExitCode

DEFINITION = """\
id = "club"
title = "Club"
organisation = "Club"
place = "Hanoi"
date = 2026-11-20
language = "en"
rules = "us-nofm"
"""
CONTEST = """\
[[contests]]
id = "{0}"
title = "Chair {0}"
seats = 1
marking = "choose"
candidates = [{{ name = "Alice Moore" }}, {{ name = "Bob Stone" }}]
"""


def check(root):
    return CliRunner().invoke(app, ["--language", "en", "check", str(root)])


def test_a_designed_and_rehearsed_election_is_ready(printed_election, tmp_path):
    shutil.copytree(printed_election, tmp_path / "e")
    rehearse(tmp_path / "e")

    result = check(tmp_path / "e")

    assert result.exit_code == ExitCode.DONE
    assert "Ready" in result.stdout


def test_what_is_not_ready_is_all_that_is_printed_quietly(printed_election):
    result = CliRunner().invoke(app, ["--language", "en", "check", str(printed_election), "-q"])

    assert [line[:6] for line in result.stdout.splitlines()] == ["NOT OK"]


def test_the_same_is_said_as_json(printed_election):
    result = CliRunner().invoke(app, ["check", str(printed_election), "--json"])

    found = json.loads(result.stdout)
    assert not found["ready"]
    assert {point["point"] for point in found["points"] if not point["ok"]} == {"rehearsal"}


def test_an_election_without_printed_ballots_is_not(printed_election, tmp_path):
    shutil.copy(printed_election / "election.toml", tmp_path)

    result = check(tmp_path)

    assert isinstance(result.exception, BallotscanError)
    assert "ballotscan design" in str(result.exception)


def rehearse(root):
    """Put down a rehearsal that has passed, as the command does after a minute of work."""
    workspace = open_workspace(root)
    verdict = RehearsalVerdict(24, 96, (), (), (), (), ())
    workspace.folder.rehearsal.root.mkdir()
    save_record(RehearsalRecord.of(workspace, verdict), workspace.folder.rehearsal)


def write_forms(root, printed, words, size):
    """Forms of existing paper that differ by one word of a given size."""
    blank = cv2.imread(
        str(printed / "ballots" / "ban-chap-hanh" / "blank-1.png"), cv2.IMREAD_GRAYSCALE
    )
    text = DEFINITION + "".join(CONTEST.format(name) for name in words)
    (root / "election.toml").write_text(text, encoding="utf-8")
    picture, boxes = root / "blank.png", root / "boxes.csv"
    for name, word in words.items():
        boxes.write_text(
            "position_id,x,y,w,h,contest,candidate,role\n"
            f"1,300,700,50,50,{name},1,choose\n2,300,900,50,50,{name},2,choose\n"
        )
        drawn = cv2.putText(blank.copy(), word, (300, 1560), 0, size, 0, round(4 * size) or 1)
        picture.write_bytes(cv2.imencode(".png", drawn)[1].tobytes())
        command = ["template", "import", str(picture), "--boxes", str(boxes), "-e", str(root)]
        made = CliRunner().invoke(app, [*command, "--ballot", name, "--dpi", "200"])
        assert made.exit_code == ExitCode.DONE, made.exception


def test_forms_that_look_alike_are_refused_with_what_to_print(printed_election, tmp_path):
    write_forms(tmp_path, printed_election, {"north": "WARD", "south": "WARP"}, 0.4)

    result = check(tmp_path)

    assert result.exit_code == ExitCode.DEFINITION
    assert "'north' page 1 and 'south' page 1 look too much alike" in result.stdout


def test_forms_with_words_of_their_own_in_large_letters_are_told_apart(printed_election, tmp_path):
    write_forms(tmp_path, printed_election, {"north": "NORTHERN", "south": "SOUTH"}, 3.0)
    rehearse(tmp_path)

    result = check(tmp_path)

    assert result.exit_code == ExitCode.DONE
    assert "can be told from the others" in result.stdout


@pytest.mark.parametrize(
    ("preset", "wanted"),
    [
        ("vn-tinnhiem", "enter attendance.base"),
        ("vn-doan", "enter attendance.collected"),
        ("de-kumulieren", None),
        ("us-nofm", None),
    ],
)
def test_the_number_that_shares_are_taken_of_is_asked_for_where_people_enter_it(
    tmp_path, preset, wanted
):
    root = tmp_path / "e"
    for command in (
        ["new", str(root), "--example", "-p", preset, "-l", "en"],
        ["design", str(root)],
    ):
        assert CliRunner().invoke(app, ["--language", "en", *command]).exit_code == ExitCode.DONE
    definition = root / "election.toml"
    text = re.sub(
        r"^(convened|present|issued|collected|base) = ",
        r"# \g<0>",
        definition.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    definition.write_text(text, encoding="utf-8")

    result = check(root)

    assert result.exit_code == ExitCode.DEFINITION  # not rehearsed
    assert "NOT OK the count has not been rehearsed" in result.stdout
    if wanted is None:
        assert "enter attendance" not in result.stdout
    else:
        assert wanted in result.stdout
