"""Make the shipped ballot designs: `templates/<name>/ballots/` from `templates/<name>/election.toml`.

Run it after a change of the designs or of ballotscan.design: `python scripts/make_templates.py`.
The same definitions give the same files, byte by byte, as long as Typst and Pillow are the same.
"""

from pathlib import Path

from ballotscan.design.printing import design_ballot, write_ballot
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import load_election
from ballotscan.election.rules import load_rules_of

TEMPLATES = Path(__file__).parents[1] / "templates"


def main() -> None:
    """Make all of them, and say what was made."""
    for definition in sorted(TEMPLATES.glob("*/election.toml")):
        folder = ElectionFolder(definition.parent)
        election = load_election(folder.root)
        rules = load_rules_of(election, folder.root)
        for ballot_id, contests in election.ballots.items():
            printed = design_ballot(contests, election, seal_space=rules.seal_space)
            template = write_ballot(printed, folder.ballot(ballot_id))
            print(f"{folder.root.name}: {ballot_id} {template.fingerprint}")


if __name__ == "__main__":
    main()
