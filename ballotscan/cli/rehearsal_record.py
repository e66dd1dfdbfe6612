"""What is written down of a rehearsal, and whether it still speaks of the election as it is now."""

import datetime as dt
import filecmp
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ballotscan.cli.workspace import PROGRAM, Workspace
from ballotscan.count.batch import work_key
from ballotscan.count.rehearsal_verdict import RehearsalVerdict
from ballotscan.election.definition import definition_fingerprint
from ballotscan.election.folder import ElectionFolder
from ballotscan.errors import ScanError
from ballotscan.locale.message import Message, message
from ballotscan.store.outputs import write_output

_NAME = "rehearsal.json"


@dataclass(frozen=True, slots=True)
class RehearsalRecord:
    """The last rehearsal.

    Attributes:
        made_at: When, in UTC, as ISO 8601.
        rests_on: What it was made with, each by its fingerprint.
        has_passed: Whether it came out as planned.
        ballots: How many ballots were planned.
        asked: How many of them were put to people.
        is_paper: They were printed, scanned on the scanner of the day, and counted.
    """

    made_at: str
    rests_on: dict[str, str]
    has_passed: bool
    ballots: int
    asked: int
    is_paper: bool = False

    @classmethod
    def of(cls, workspace: Workspace, verdict: RehearsalVerdict, *, is_paper: bool = False) -> Self:
        """The record of a rehearsal that was made just now."""
        return cls(
            made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            rests_on=fingerprints(workspace),
            has_passed=verdict.has_passed,
            ballots=verdict.ballots,
            asked=len(verdict.asked) + len(verdict.asked_besides),
            is_paper=is_paper,
        )

    @property
    def day(self) -> dt.date:
        """The day it was made, where this computer stands."""
        return dt.datetime.fromisoformat(self.made_at).astimezone().date()

    def changed_since(self, workspace: Workspace) -> Iterator[Message]:
        """What the count rests on now and did not then."""
        now = fingerprints(workspace)
        for key, what in _CHANGES.items():
            if self.rests_on.get(key) != now[key]:
                yield what


_CHANGES = {
    "definition": message("the definition of the election"),
    "rules": message("the rules"),
    "work": message("the printed ballots, or what they are read with"),
    "settings": message("the settings in ballotscan.toml"),
    "program": message("the version of the program"),
}


def fingerprints(workspace: Workspace) -> dict[str, str]:
    """Everything that decides how a ballot is read and judged, each as a short fingerprint."""
    settings = workspace.settings
    return {
        "definition": definition_fingerprint(workspace.election)[:16],
        "rules": _hash(workspace.rules.model_dump_json()),
        "work": work_key(settings.count, workspace.templates),
        "settings": _hash(repr(settings.canvass)),
        "program": PROGRAM,
    }


def save_record(record: RehearsalRecord, folder: ElectionFolder) -> Path:
    """Write the record into the folder of the rehearsal.

    Raises:
        OutputError: It cannot be written.
    """
    path = folder.root / _NAME
    fields = {name: getattr(record, name) for name in RehearsalRecord.__slots__}
    write_output(path, (json.dumps(fields, indent=2) + "\n").encode("utf-8"))
    return path


def load_record(folder: ElectionFolder) -> RehearsalRecord | None:
    """The record in the folder of a rehearsal; None where there is none that can be read."""
    try:
        fields = json.loads((folder.root / _NAME).read_text(encoding="utf-8"))
        return RehearsalRecord(**fields)
    except (OSError, ValueError, TypeError):
        # Without a record that can be read, the rehearsal has to be made again: the safe side.
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_rehearsed(files: Sequence[Path], workspace: Workspace) -> None:
    """Keep the scans of a rehearsal out of the ledger of the election, wherever they were copied to.

    Raises:
        ScanError: One of the files is one of them.
    """
    rehearsed = workspace.folder.rehearsal.scans
    if not rehearsed.is_dir():
        return
    sizes: dict[int, list[Path]] = {}
    for path in rehearsed.iterdir():
        sizes.setdefault(path.stat().st_size, []).append(path)
    for file in files:
        for path in sizes.get(file.stat().st_size, []) if file.is_file() else []:
            if filecmp.cmp(file, path, shallow=False):
                msg = message(
                    "{file}: this is a ballot of the rehearsal; it must not be counted with those of"
                    " the election. Take the rehearsal's scans out of the folder you count, or name"
                    " the folder of the real scans.",
                    file=file,
                )
                raise ScanError(msg)
