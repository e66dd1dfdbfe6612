"""Names that are struck out: the deck of scripts/accuracy_strikes.py, as it prints."""

import subprocess
import sys
from pathlib import Path

from decks.report import Section

TITLE = "Struck-out names"
_SCRIPT = Path(__file__).resolve().parents[1] / "accuracy_strikes.py"
_QUICK = ("--pages", "10")


def read_struck_names(made: str, *, is_quick: bool) -> Section:
    """Run the deck of struck names."""
    if not _SCRIPT.is_file() or "__main__" not in _SCRIPT.read_text("utf-8"):
        return Section(TITLE, made, skipped="scripts/accuracy_strikes.py is not finished")
    command = [sys.executable, str(_SCRIPT), *(_QUICK if is_quick else ())]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not done.stdout.strip():
        return Section(TITLE, made, skipped=f"it ended with {done.stderr.strip()[-300:]!r}")
    return Section(TITLE, made, printed=done.stdout)
