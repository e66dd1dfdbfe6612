"""One template on the drawing board: the blank, the draft, and what it is tried on.

The pages of a browser work on it one after the other; the draft is written to the disk with every
change.
"""

import hashlib
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ballotscan.count.plan import CountPlan
from ballotscan.drawing.binding import Gaps, find_gaps
from ballotscan.drawing.draft import Draft, load_draft, save_draft, set_aside
from ballotscan.drawing.edits import propose_draft
from ballotscan.drawing.finishing import write_template
from ballotscan.drawing.trial import TrialPage, choose_scans, try_template
from ballotscan.election.definition import Contest, Election
from ballotscan.election.package import ElectionPackage
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import BallotTemplate
from ballotscan.settings import Settings


class Board:
    """The blank of one ballot and what has been drawn on it."""

    def __init__(  # noqa: PLR0913 - what is drawn, for whom, and where it goes
        self,
        blanks: Sequence[NDArray[np.uint8]],
        *,
        ballot_id: str,
        election: Election,
        rules: VotingRules,
        draft_folder: Path,
        template_folder: Path,
        scans: Sequence[Path] = (),
        settings: Settings | None = None,
    ) -> None:
        self.blanks = tuple(blanks)
        self.ballot_id = ballot_id
        self.election = election
        self.contests: tuple[Contest, ...] = election.ballots[ballot_id]
        self.template_folder = template_folder
        self.scans = tuple(scans)
        self.pictures = tuple(cv2.imencode(".png", blank)[1].tobytes() for blank in self.blanks)
        self.lock = threading.Lock()
        self._hashes = tuple(hashlib.sha256(picture).hexdigest() for picture in self.pictures)
        self._rules = rules
        self._draft_folder = draft_folder
        self._settings = settings or Settings()
        self._tried: tuple[Draft, list[TrialPage]] | None = None
        self.draft = self._resume() or self._begin()

    @property
    def gaps(self) -> Gaps:
        """What is missing before the template can count."""
        return find_gaps(self.draft.shapes, self.contests)

    def _resume(self) -> Draft | None:
        """The draft as it was left, where it was drawn on this very blank."""
        known = load_draft(self._draft_folder)
        if known is not None and known.blanks != self._hashes:
            set_aside(self._draft_folder)
            return None
        return known

    def _begin(self) -> Draft:
        draft = propose_draft(Draft(blanks=self._hashes), self.blanks, self.contests)
        self.keep(draft)
        return draft

    def keep(self, draft: Draft) -> None:
        """Take a new draft; it is on the disk when this returns.

        Raises:
            OutputError: It cannot be written.
        """
        self.draft = draft.model_copy(update={"blanks": self._hashes})
        save_draft(self.draft, self._draft_folder)

    def try_scans(self) -> list[TrialPage]:
        """Read some real scans with the draft as it is; the same draft is tried once.

        Raises:
            TemplateError: The draft is no template yet.
            ScanError: The scans are not there.
        """
        draft = self.draft
        if self._tried is None or self._tried[0] != draft:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                template = self._write(draft, Path(folder))
                self._tried = (
                    draft,
                    try_template(self._plan(template), choose_scans(self.scans)),
                )
        return self._tried[1]

    def finish(self) -> BallotTemplate:
        """Write the template into the election folder.

        Raises:
            TemplateError: The draft is no template yet.
            OutputError: It cannot be written.
        """
        return self._write(self.draft, self.template_folder)

    def _write(self, draft: Draft, folder: Path) -> BallotTemplate:
        return write_template(
            draft, self.blanks, folder, ballot_id=self.ballot_id, election=self.election
        )

    def _plan(self, template: BallotTemplate) -> CountPlan:
        """What trials measure with: what a count would."""
        package = ElectionPackage(self.election, self._rules, (template,))
        return self._settings.plan(package, audit_folder=None)
