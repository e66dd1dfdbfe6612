"""Every example election prints as it stands; the newer ways of marking are rehearsed to the end."""

import pytest
from typer.testing import CliRunner

from ballotscan.cli.app import app
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.rules import list_rules
from ballotscan.election.template_files import load_template
from ballotscan.tabulation.columns import contest_columns


def run(*words):
    result = CliRunner().invoke(app, list(map(str, words)))
    assert result.exit_code == 0, result.output
    return result


def begin(folder, preset, language):
    run("new", folder, "--preset", preset, "--language", language)
    run("design", folder)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("preset", list_rules())
def test_an_example_prints_every_box_that_its_count_asks_for(tmp_path, preset, language):
    begin(tmp_path / "election", preset, language)

    folder = ElectionFolder(tmp_path / "election")
    election = load_election(folder.root)
    found = [
        contest_id
        for ballot_id in election.ballots
        for contest_id in contest_columns(election, load_template(folder.ballot(ballot_id)))
    ]
    assert found == [contest.id for contest in election.contests]


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["de-kumulieren", "rcv-grid"])
def test_a_rehearsal_of_an_example_comes_out_as_planned(tmp_path, preset):
    begin(tmp_path / "election", preset, "en")

    run("rehearse", tmp_path / "election", "--workers", 1)
