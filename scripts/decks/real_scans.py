"""The real scans with known truth, read by scripts/read_dataset and scored by the scorer beside them."""

import subprocess
import sys
import tempfile
from pathlib import Path

from decks.report import Claim, Section, Table, count_of

TITLE = "Real scans"
_SCRIPTS = Path(__file__).resolve().parents[1]
SHARED = _SCRIPTS.parents[1] / "shared"
_SMALL = ("ptyx_exam", "quexf", "vn_two_columns")
_HEADS = (
    "set",
    "pages",
    "refused",
    "boxes",
    "missed",
    "false",
    "review",
    "marginal asked / decided",
)


def read_real_scans(made: str, *, is_quick: bool, workers: int) -> Section:
    """Read and score every set."""
    scorer, data = SHARED / "score_real.py", SHARED / "data"
    if not scorer.is_file() or not data.is_dir():
        why = (
            "the real scans are not here; they are looked for in `data` of a folder `shared` beside "
            "the checkout, with the scorer `score_real.py`"
        )
        return Section(TITLE, made, skipped=why)
    sets = sorted(path for path in data.iterdir() if (path / "truth.csv").is_file())
    if is_quick:
        sets = [path for path in sets if path.name in _SMALL]
    with tempfile.TemporaryDirectory() as work:
        pairs = []
        refused = []
        for path in sets:
            read = Path(work) / f"{path.name}.csv"
            command = [sys.executable, str(_SCRIPTS / "read_dataset.py"), str(path)]
            command += ["-o", str(read), "-w", str(workers)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            refused += [f"{path.name}: {line}" for line in done.stderr.splitlines() if line]
            pairs += [str(read), str(path)]
        # It ends with 1 where anything was wrong; the table says so as well.
        scored = subprocess.run(
            [sys.executable, str(scorer), *pairs], check=False, capture_output=True, text=True
        )
    rows = [tuple(line.split()) for line in scored.stdout.splitlines()[1:]]
    *_, (_, _, _, boxes, missed, false, _, marginal) = rows
    wrong = int(missed) + int(false)
    decided = int(marginal.partition("/")[2])
    return Section(
        TITLE,
        made,
        text=(
            (
                "Public scans of ballots and forms that this project did not make, each set with its own "
                "blanks and truth, read through the stages that count. A scan may be one side of a ballot, so "
                "one without any ink on a form to be filled in passes for blank; `count` asks about a whole "
                "ballot without any. Not in this table: `count` also asks about pages printed otherwise than "
                "their blank."
            ),
        ),
        claims=(
            Claim("no box is wrong in silence", count_of(wrong, int(boxes)), wrong == 0),
            Claim("no marginal box is decided", f"{decided} decided", decided == 0),
        ),
        tables=(Table(_HEADS, tuple(rows)),),
        findings=tuple(refused),
    )
