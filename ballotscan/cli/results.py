"""What is written to the results folder, and by which exporter."""

from collections.abc import Callable
from pathlib import Path

from ballotscan.count.canvass import Canvass
from ballotscan.export.tables import write_ballots_csv, write_totals_csv, write_totals_json
from ballotscan.report.results import write_results_page

AUDIT = "audit"

Exporter = Callable[[Canvass, Path], None]

EXPORTERS: dict[str, Exporter] = {
    "totals.csv": write_totals_csv,
    "totals.json": write_totals_json,
    "ballots.csv": write_ballots_csv,
}


def write_results(canvass: Canvass, folder: Path) -> Path:
    """Write everything that is made from a canvass.

    Returns:
        The results page.

    Raises:
        OutputError: A file cannot be written.
    """
    for name, write in EXPORTERS.items():
        write(canvass, folder / name)
    return write_results_page(canvass, folder)
