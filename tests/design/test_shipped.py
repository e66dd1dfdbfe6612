"""The designs in templates/ are those that this program makes."""

from pathlib import Path

import numpy as np
import pytest

from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.election.blanks import load_blank
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.rules import load_rules_of
from ballotscan.election.template_files import load_template

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = (
    "committee-agree-disagree",
    "confidence-three-levels",
    "delegates-strike-out",
    "secretary-direct",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_design_is_what_its_definition_gives(name, tmp_path):
    folder = ElectionFolder(TEMPLATES / name)
    election = load_election(folder.root)
    rules = load_rules_of(election, folder.root)
    for ballot_id, contests in election.ballots.items():
        shipped = load_template(folder.ballot(ballot_id))

        printed = design_ballot(contests, election, seal_space=rules.seal_space)
        made = write_ballot(printed, tmp_path / ballot_id)

        assert (folder.ballot(ballot_id) / "ballot.pdf").read_bytes().startswith(b"%PDF")
        for page, other in zip(shipped.pages, made.pages, strict=True):
            assert (page.boxes, page.names, page.codes) == (other.boxes, other.names, other.codes)
            blank, again = (load_blank(t, page.number).astype(int) for t in (shipped, made))
            # Another edition of Typst may print the edition, and so the code, anew; no more.
            assert np.mean(np.abs(blank - again) > 64) < 0.005
