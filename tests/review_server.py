"""A real server over planned ballots, to be killed: review_server.py LEDGER BALLOTS PEOPLE.

Prints its address. Each ballot asks one question, which one or two PEOPLE decide; decisions go into
the ledger at LEDGER.
"""

import runpy
import sys
from pathlib import Path

from ballotscan.count.reading import CanvassOptions
from ballotscan.election.rules import load_rules
from ballotscan.review.desk import Desk, Source
from ballotscan.review.part import review_part
from ballotscan.review.pictures import Laid, Pictures
from ballotscan.review.serving import serve
from ballotscan.review.workplace import Workplace
from ballotscan.scan.reader import ReaderOptions
from ballotscan.store.adjudications import AdjudicationBook
from ballotscan.store.ledger import Ledger
from ballotscan.store.ledger_file import LedgerOwner

OWNER = LedgerOwner("dai-hoi", "F1NGER", "ballotscan 0")


def main(ledger, ballots, people):
    plan = runpy.run_path(str(Path(__file__).with_name("review_plan.py")))
    rules = load_rules("vn-dang").model_copy(update={"two_people": people == 2})
    reading = plan["plan_reading"](["a?d"] * ballots, rules=rules)
    template = reading.stacks[plan["CONTEST"]].template
    if not ledger.exists():
        with Ledger.open(ledger, OWNER):
            pass
    with AdjudicationBook.open(ledger, OWNER) as book:
        workplace = Workplace(
            Desk(Source(lambda: reading, lambda: 1), book),
            Pictures({}, [template], ReaderOptions()),
            CanvassOptions(),
            lambda ref: Laid(ref, "scans/x.jpg", None, 1),
            lambda: Path("index.html"),
        )
        serve(
            [review_part(workplace, ledger.parent)],
            language="en",
            log=ledger.with_name("errors.log"),
            announce=lambda door: print(door.addresses[0], flush=True),  # noqa: T201
            opens_browser=False,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
