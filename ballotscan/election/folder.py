"""The election folder: which file lies where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ElectionFolder:
    """One folder holds everything of one election, so that it can be copied and archived whole."""

    root: Path

    @property
    def definition(self) -> Path:
        """The election definition."""
        return self.root / "election.toml"

    @property
    def settings(self) -> Path:
        """Settings that may change after the paper is printed; need not be there."""
        return self.root / "ballotscan.toml"

    @property
    def ballots(self) -> Path:
        """A folder for each ballot: what was printed, its template and blank pages."""
        return self.root / "ballots"

    def ballot(self, ballot_id: str) -> Path:
        """The folder of one ballot."""
        return self.ballots / ballot_id

    def drawing(self, ballot_id: str) -> Path:
        """The template of a ballot of existing paper while it is being drawn."""
        return self.root / "drawings" / ballot_id

    @property
    def ledger(self) -> Path:
        """What was read from which page."""
        return self.root / "ledger.sqlite3"

    @property
    def results(self) -> Path:
        """Where totals, tables, audit images and the results page are written, unless told otherwise."""
        return self.root / "results"

    @property
    def minutes(self) -> Path:
        """Where the minutes are written, unless told otherwise."""
        return self.root / "minutes"

    @property
    def scans(self) -> Path:
        """Where scans are looked for when one asks how an election stands; they may lie elsewhere."""
        return self.root / "scans"

    @property
    def rehearsal(self) -> "ElectionFolder":
        """The folder of the rehearsal: an election folder of its own, with a ledger of its own."""
        return ElectionFolder(self.root / "rehearsal")

    @property
    def deck(self) -> Path:
        """The test deck to be printed, in the folder of a rehearsal."""
        return self.root / "deck.pdf"

    def name_source(self, path: Path) -> str:
        """How a scan file is named in the ledger and in tables.

        Relative to the election folder where it lies inside, so that a copied or moved election
        gives the same tables; with forward slashes on every system.
        """
        absolute = path.resolve()
        root = self.root.resolve()
        return (
            absolute.relative_to(root) if absolute.is_relative_to(root) else absolute
        ).as_posix()
