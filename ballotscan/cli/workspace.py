"""Opens an election folder: definition, rules, printed ballots, settings, ledger."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ballotscan import __version__
from ballotscan.cli.speech import follow
from ballotscan.count.canvass import Canvass, canvass_ballots
from ballotscan.count.concluded import conclude_ballots
from ballotscan.count.plan import CountPlan
from ballotscan.count.reading import DamagedFile, read_ballots
from ballotscan.election.definition import Election, contests_fingerprint, definition_fingerprint
from ballotscan.election.folder import ElectionFolder
from ballotscan.election.loading import guess_language, load_election
from ballotscan.election.package import ElectionPackage
from ballotscan.election.records import Adjudication
from ballotscan.election.rules import VotingRules, load_rules_of
from ballotscan.election.template import BallotTemplate
from ballotscan.election.template_files import load_template
from ballotscan.errors import ElectionError, OutputError, SettingsError, TemplateError
from ballotscan.locale.message import message
from ballotscan.settings import Settings, load_settings
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger
from ballotscan.store.ledger_file import LedgerOwner

PROGRAM = f"ballotscan {__version__}"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An election that is ready to be counted."""

    folder: ElectionFolder
    election: Election
    rules: VotingRules
    templates: tuple[BallotTemplate, ...]
    settings: Settings

    @property
    def owner(self) -> LedgerOwner:
        """Whose the ledger is."""
        return LedgerOwner(self.election.id, definition_fingerprint(self.election), PROGRAM)

    @property
    def package(self) -> ElectionPackage:
        """What its count goes by."""
        return ElectionPackage(self.election, self.rules, self.templates)

    def plan(self, audit_folder: Path | None) -> CountPlan:
        """What its pages are measured with; audit images go to the folder, None draws none."""
        return self.settings.plan(self.package, audit_folder)

    def showing_totals(self) -> "Workspace":
        """The same election under rules that show totals while ballots wait."""
        rules = self.rules.model_copy(update={"totals_while_waiting": True})
        return replace(self, rules=rules)

    def reading_photographs(self) -> "Workspace":
        """The same election, whose pages are photographed and not scanned."""
        count = self.settings.count
        registration = replace(count.registration, is_photo=True)
        settings = replace(self.settings, count=replace(count, registration=registration))
        return replace(self, settings=settings)

    def open_ledger(self) -> Ledger:
        """Open its ledger, or begin it."""
        return Ledger.open(self.folder.ledger, self.owner)

    def adjudications(self) -> list[Adjudication]:
        """What people decided so far."""
        with AdjudicationBook.open(self.folder.ledger, self.owner) as book:
            return book.all()

    def describe_settings(self) -> str:
        """Everything that decided how this result was made, as JSON."""
        return json.dumps(
            {
                "settings": asdict(self.settings),
                "rules": self.rules.model_dump(mode="json"),
                "templates": {
                    template.ballot_id: template.fingerprint for template in self.templates
                },
            },
            ensure_ascii=False,
            sort_keys=True,
        )


def open_definition(root: Path) -> tuple[ElectionFolder, Election, VotingRules]:
    """Load what is fixed before anything is printed.

    Raises:
        ElectionError: There is no election here, or something in it is wrong.
    """
    folder = ElectionFolder(root)
    if not folder.definition.is_file():
        msg = message(
            "{definition}: there is no election here. Go to the folder of your election, or name it; a new one is made by: ballotscan new FOLDER",
            definition=folder.definition,
        )
        raise ElectionError(msg)
    follow(guess_language(folder.definition))
    election = load_election(folder.definition)
    follow(election.language)
    return folder, election, load_rules_of(election, root)


def choose_ballot(election: Election, ballot: str | None) -> str:
    """Which ballot of the election is meant.

    Raises:
        SettingsError: It is not said and there are several, or there is no such ballot.
    """
    known = " | ".join(election.ballots)
    if ballot is None and len(election.ballots) > 1:
        what = message(
            "the election has several ballots; say which one this is: --ballot {known}", known=known
        )
        raise SettingsError(what)
    if ballot is not None and ballot not in election.ballots:
        what = message(
            "--ballot {ballot}: the election has no such ballot, only {known}",
            ballot=ballot,
            known=known,
        )
        raise SettingsError(what)
    return ballot or next(iter(election.ballots))


def open_workspace(root: Path) -> Workspace:
    """Load everything that counting needs.

    Raises:
        DefinitionError: The definition, the rules or a template is missing or wrong.
        SettingsError: ballotscan.toml is wrong.
    """
    folder, election, rules = open_definition(root)
    templates = tuple(_load_ballot(folder, election, ballot_id) for ballot_id in election.ballots)
    return Workspace(folder, election, rules, templates, load_settings(folder.settings))


def _load_ballot(folder: ElectionFolder, election: Election, ballot_id: str) -> BallotTemplate:
    where = folder.ballot(ballot_id)
    if not where.is_dir():
        msg = message(
            "{where}: the ballot {ballot_id!r} has not been designed yet. Print it with: ballotscan design. For existing paper: ballotscan template new BLANK --ballot {ballot_id}",
            where=where,
            ballot_id=ballot_id,
        )
        raise TemplateError(msg)
    template = load_template(where)
    if template.ballot_id != ballot_id or template.election_id not in (None, election.id):
        msg = message(
            "{where}: this is the ballot {ballot_id!r} of the election {election_id!r}; {wanted!r} of {id!r} belongs here. Design it again.",
            where=where,
            ballot_id=template.ballot_id,
            election_id=template.election_id,
            wanted=ballot_id,
            id=election.id,
        )
        raise TemplateError(msg)
    if template.contests_sha256 and template.contests_sha256 != contests_fingerprint(
        election.ballots[ballot_id]
    ):
        msg = message(
            "{where}: election.toml has changed since this ballot was made: its rows may stand for others now. Put the definition back as it was printed; if nothing is printed yet, make the ballots again: ballotscan design",
            where=where,
        )
        raise TemplateError(msg)
    return template


def canvass_ledger(
    workspace: Workspace, ledger: Ledger, damaged: Sequence[DamagedFile] = ()
) -> Canvass:
    """Count everything that stands in an open ledger, with what people decided.

    Args:
        workspace: The election.
        ledger: Its ledger.
        damaged: Files of this run that could not be read.
    """
    reading = read_ballots(
        ledger.pages(), ledger.scans(), workspace.package, workspace.settings.canvass, damaged
    )
    return canvass_ballots(reading, conclude_ballots(reading, workspace.adjudications()))


def last_totals(folder: ElectionFolder) -> dict[str, Any] | None:
    """The totals.json of the last count; None where there is none that can be read."""
    try:
        document = json.loads((folder.results / "totals.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def prepare_output(folder: Path) -> None:
    """Make a folder for results.

    Raises:
        OutputError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = message(
            "{folder}: cannot be made ({reason}). Choose another folder that you may write to.",
            folder=folder,
            reason=error.strerror,
        )
        raise OutputError(msg) from error


def typed(path: Path) -> str:
    """A path as one types it."""
    text = str(path)
    return f'"{text}"' if " " in text else text


def rehearse_command(root: Path, *options: str) -> str:
    """What one types to rehearse the election of a folder."""
    where = [] if root == Path() else [typed(root)]
    return " ".join(["ballotscan rehearse", *where, *options])
