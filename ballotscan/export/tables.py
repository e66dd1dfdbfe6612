"""The result as tables for other programs: totals.csv, totals.json, ballots.csv.

The columns and keys are public interface, described in docs/formats.md. The same count gives the
same bytes: nothing here looks at a clock.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ballotscan.count.canvass import Canvass, ConcludedBallot, ContestResult
from ballotscan.count.wording import describe_code, who_settled
from ballotscan.election.findings import Finding
from ballotscan.election.records import (
    BallotStatus,
    CastVoteRecord,
    ContestRecord,
    PageRecord,
    Reason,
    RowRecord,
    RowState,
)
from ballotscan.export.cells import Cell, csv_bytes
from ballotscan.locale.formats import format_share
from ballotscan.store.outputs import write_output
from ballotscan.tabulation.rounds import RunOff
from ballotscan.tabulation.three_levels import LEVELS

TOTALS_FORMAT = "ballotscan-totals/1"

_TOTALS_HEADER = (
    "contest", "title", "seats", "number", "name",
    "votes", "disagree", "not_counted", "base", "share", "standing", "standing_reason",
    "ballots", "valid", "invalid", "review",
    "high", "confidence", "low", "high_share", "confidence_share", "low_share",
    "machine_votes", "machine_valid", "machine_invalid", "machine_review",
    "decided", "accepted", "rejected", "unconfirmed", "set_aside",
)  # fmt: skip

_BALLOTS_HEADER = (
    "record", "ballot", "ballot_status", "ballot_reasons", "files", "pages", "faults", "findings",
    "contest", "contest_status", "contest_reasons", "votes", "lists", "ranking",
    "machine_status", "machine_reasons", "machine_votes", "machine_rows", "decisions", "decided_by",
    "decided_at",
)  # fmt: skip

# A bar cannot be in a file name on Windows, and hardly ever is elsewhere.
_BETWEEN = " | "


def write_totals_csv(canvass: Canvass, path: Path) -> None:
    """Write one line for each candidate of each contest.

    Raises:
        OutputError: The file cannot be written.
    """
    rows = [row for result in canvass.contests for row in _totals_rows(result, canvass)]
    write_output(path, csv_bytes(_TOTALS_HEADER, rows))


def write_totals_json(canvass: Canvass, path: Path) -> None:
    """Write the whole result without the single ballots.

    Raises:
        OutputError: The file cannot be written.
    """
    text = json.dumps(totals_document(canvass), ensure_ascii=False, indent=2)
    write_output(path, f"{text}\n".encode())


def write_ballots_csv(canvass: Canvass, path: Path) -> None:
    """Write one line for each ballot and each contest on it, in the order of the scans.

    A ballot that nobody could identify has one line without a contest.

    Raises:
        OutputError: The file cannot be written.
    """
    most = max(len(contest.candidates) for contest in canvass.election.contests)
    numbers = range(1, most + 1)
    header = (
        *_BALLOTS_HEADER,
        *(f"row_{number}" for number in numbers),
        *(f"certainty_{number}" for number in numbers),
    )
    rows = (row for ballot in canvass.ballots() for row in _ballot_rows(ballot, canvass, most))
    write_output(path, csv_bytes(header, rows))


def totals_document(canvass: Canvass) -> dict[str, Any]:
    """The result as plain values, in the shape of totals.json."""
    election = canvass.election
    return {
        "format": TOTALS_FORMAT,
        "election": {
            "id": election.id,
            "title": election.title,
            "organisation": election.organisation,
            "place": election.place,
            "date": election.date.isoformat(),
            "rules": canvass.rules.id,
        },
        "ballots": {
            "read": canvass.counts.read,
            "valid": canvass.counts.valid,
            "invalid": canvass.counts.invalid,
            "review": canvass.counts.review,
            "unidentified": canvass.counts.unidentified,
            "set_aside": canvass.counts.set_aside,
            "decided": canvass.counts.decided,
        },
        "withheld": canvass.withholds_totals,
        "contests": [_contest_document(result, canvass) for result in canvass.contests],
        "discrepancies": [
            {
                "kind": one.kind.value,
                "stops": one.stops,
                "contest": one.contest_id,
                "expected": one.expected,
                "found": one.found,
                "key": one.key,
            }
            for one in canvass.discrepancies
        ],
        "residue": [
            {
                "ballot": one.ballot_id,
                "page": one.page,
                "box": one.position,
                "left_mm": one.rect.left_mm,
                "top_mm": one.rect.top_mm,
                "width_mm": one.rect.width_mm,
                "height_mm": one.rect.height_mm,
                "sheets": one.sheets,
                "of_sheets": one.of_sheets,
                "is_print": one.is_print,
            }
            for one in canvass.residue
        ],
        "sheets_in_black_and_white": canvass.bilevel_sheets,
        "sheets_that_all_lack_a_seal": canvass.unsealed_sheets,
        "damaged_files": [
            {"file": damaged.source, "reason": str(damaged.reason)} for damaged in canvass.damaged
        ],
    }


def _totals_rows(result: ContestResult, canvass: Canvass) -> Iterator[tuple[Cell, ...]]:
    contest, tally, outcome = result.contest, result.tally, result.outcome
    for candidate, place in zip(contest.candidates, outcome.candidates, strict=True):
        at = place.candidate - 1
        levels = _levels(result, place.candidate)
        counted = place.votes if contest.elects else None
        machine = result.machine_tally
        counts = (
            tally.ballots, tally.valid, tally.invalid, tally.review,
        )  # fmt: skip
        people = result.people
        decided = (
            machine.valid, machine.invalid, machine.review,
            people.decided, people.accepted, people.rejected, people.unconfirmed,
            canvass.counts.set_aside,
        )  # fmt: skip
        if canvass.withholds_totals:
            known = (contest.id, contest.title, contest.seats if contest.elects else None)
            yield (
                *known, place.candidate, candidate.name,
                None, None, None, outcome.base, None, None, None,
                *counts, *((None,) * 6), None, *decided,
            )  # fmt: skip
            continue
        yield (
            contest.id, contest.title, contest.seats if contest.elects else None,
            place.candidate, candidate.name,
            counted, tally.disagree[at], tally.not_counted[at],
            outcome.base, _share(counted, result, canvass),
            place.standing.value, place.reason.value,
            *counts,
            *levels, *(_share(level, result, canvass) for level in levels),
            machine.votes[at] if contest.elects else None, *decided,
        )  # fmt: skip


def _levels(result: ContestResult, candidate: int) -> list[int | None]:
    """How many gave a person each level of confidence; None in contests that elect."""
    if result.contest.elects:
        return [None] * len(LEVELS)
    states = result.tally.states
    return [states[level][candidate - 1] if level in states else 0 for level in LEVELS]


def _share(count: int | None, result: ContestResult, canvass: Canvass) -> str | None:
    """A share of the base as it is printed."""
    if count is None or not result.outcome.base:
        return None
    return format_share(count, result.outcome.base, canvass.election.language)


def _contest_document(result: ContestResult, canvass: Canvass) -> dict[str, Any]:
    contest, tally, outcome = result.contest, result.tally, result.outcome
    attendance = canvass.election.attendance_of(contest.id)
    people, machine = result.people, result.machine_tally
    document = {
        "id": contest.id,
        "title": contest.title,
        "round": contest.round,
        "marking": contest.marking.value,
        "seats": contest.seats if contest.elects else None,
        "attendance": attendance.model_dump(),
        "ballots": tally.ballots,
        "valid": tally.valid,
        "invalid": tally.invalid,
        "review": tally.review,
        "pending": outcome.pending,
        "blank": tally.blank,
        "overvoted": tally.overvoted,
        "undervoted": tally.undervoted,
        "invalid_by_reason": {
            " ".join(reason_names(reason)): count
            for reason, count in tally.invalid_by_reason.items()
        },
        "valid_by_number_elected": list(tally.electing) if contest.elects else None,
        "base_kind": outcome.base_kind.value,
        "base": outcome.base,
        "needed": outcome.needed,
        "is_final": outcome.is_final,
        "remarks": [remark.value for remark in outcome.remarks],
        "elected": list(outcome.elected),
        "tied": list(outcome.tied),
        "seats_tied": outcome.seats_tied,
        "tie_rule": outcome.tie.value,
        "rounds": None if outcome.rounds is None else _rounds(outcome.rounds),
        "people": {
            "decided": people.decided,
            "accepted": people.accepted,
            "rejected": people.rejected,
            "unconfirmed": people.unconfirmed,
        },
        "machine": {
            "valid": machine.valid,
            "invalid": machine.invalid,
            "review": machine.review,
            "votes": list(machine.votes) if contest.elects else None,
        },
        "candidates": [
            {
                "number": place.candidate,
                "name": candidate.name,
                "votes": place.votes if contest.elects else None,
                "disagree": tally.disagree[place.candidate - 1],
                "not_counted": tally.not_counted[place.candidate - 1],
                **dict(
                    zip(
                        ("high", "confidence", "low"), _levels(result, place.candidate), strict=True
                    )
                ),
                "standing": place.standing.value,
                "standing_reason": place.reason.value,
            }
            for candidate, place in zip(contest.candidates, outcome.candidates, strict=True)
        ],
    }
    return _withhold(document) if canvass.withholds_totals else document


def _withhold(document: dict[str, Any]) -> dict[str, Any]:
    """A contest without anything that says whom the ballots elect so far."""
    told = {"number", "name"}
    return {
        **document,
        "elected": [],
        "tied": [],
        **dict.fromkeys(("valid_by_number_elected", "seats_tied", "rounds")),
        "machine": {**document["machine"], "votes": None},
        "candidates": [
            {key: value if key in told else None for key, value in candidate.items()}
            for candidate in document["candidates"]
        ],
    }


def _rounds(rounds: RunOff) -> list[dict[str, Any]]:
    return [
        {"votes": list(one.votes), "exhausted": one.exhausted, "left": list(one.left)}
        for one in rounds.rounds
    ]


def reason_names(reasons: Reason) -> list[str]:
    """The code of every reason, in fixed order."""
    return [reason.name for reason in Reason if reason in reasons and reason.name is not None]


def _ballot_rows(both: ConcludedBallot, canvass: Canvass, most: int) -> Iterator[tuple[Cell, ...]]:
    record = both.concluded
    ballot = (
        record.record_id,
        record.ballot_id,
        _STATUS_CODES[record.status],
        " ".join(reason_names(record.reasons)),
        _BETWEEN.join(page.source for page in record.pages),
        _BETWEEN.join(str(page.ref.page_in_file) for page in record.pages),
        _BETWEEN.join(page.fault.value for page in record.pages if page.fault is not None),
        _BETWEEN.join(
            _finding(page, finding) for page in record.pages for finding in page.findings
        ),
    )
    if not record.contests:
        machine = (_STATUS_CODES[both.machine.status], " ".join(reason_names(both.machine.reasons)))
        yield (
            *ballot, *((None,) * 6), *machine, None, None,
            *_decisions(both, None, canvass), *((None,) * (2 * most)),
        )  # fmt: skip
    read = {contest.contest_id: contest for contest in both.machine.contests}
    for contest in record.contests:
        states = {row.candidate: _STATE_CODES[row.state] for row in contest.rows}
        certainty = {row.candidate: _certainty(row) for row in contest.rows}
        yield (
            *ballot,
            contest.contest_id,
            _STATUS_CODES[contest.status],
            " ".join(reason_names(contest.reasons)),
            sum(row.votes for row in contest.rows),
            " ".join(map(str, contest.lists)),
            " ".join("=".join(map(str, rank)) or "-" for rank in contest.ranking),
            *_machine(read.get(contest.contest_id), both.machine),
            *_decisions(both, contest.contest_id, canvass),
            *(states.get(number) for number in range(1, most + 1)),
            *(certainty.get(number) for number in range(1, most + 1)),
        )


def _machine(contest: ContestRecord | None, ballot: CastVoteRecord) -> tuple[Cell, ...]:
    """What the machine and the rules alone made of a contest on a ballot."""
    if contest is None:
        return _STATUS_CODES[ballot.status], " ".join(reason_names(ballot.reasons)), 0, None
    return (
        _STATUS_CODES[contest.status],
        " ".join(reason_names(contest.reasons)),
        sum(row.votes for row in contest.rows),
        " ".join(_STATE_CODES[row.state] for row in contest.rows),
    )


def _decisions(
    both: ConcludedBallot, contest_id: str | None, canvass: Canvass
) -> tuple[Cell, Cell, Cell]:
    """What people settled about a contest on a ballot, who they were, and when the last one did."""
    settled = [
        (one, one.settled)
        for one in both.conclusions
        if one.settled is not None
        and (contest_id is None or one.question.contest_id in {None, contest_id})
    ]
    if not settled:
        return None, None, None
    ballot_id = both.concluded.ballot_id
    columns = {} if ballot_id is None else canvass.stacks[ballot_id].columns
    said = _BETWEEN.join(describe_code(one, columns, canvass.rules) for _, one in settled)
    people = dict.fromkeys(name for one, _ in settled for name in who_settled(one))
    return said, " + ".join(people), max(one.made_at for _, one in settled)


def _certainty(row: RowRecord) -> str | None:
    """That of the box of a row which came nearest to being asked about; None for names."""
    known = [mark.certainty for mark in row.marks if not math.isnan(mark.certainty)]
    return f"{min(known):.2f}" if known else None


def _finding(page: PageRecord, finding: Finding) -> str:
    """What was found, on which page of the template, where, how large, and how much ink it is."""
    what = finding.kind.value if finding.colour is None else f"{finding.colour} {finding.kind}"
    sides = (finding.left_mm, finding.top_mm, finding.width_mm, finding.height_mm)
    place = ",".join(f"{mm:g}" for mm in sides)
    return f"{what}: page {page.number} at {place} mm, {finding.area_mm2:g} mm2"


_STATUS_CODES = {
    BallotStatus.REVIEW: "review",
    BallotStatus.VALID: "valid",
    BallotStatus.INVALID: "invalid",
    BallotStatus.SET_ASIDE: "set-aside",
}
_STATE_CODES = {state: state.name.lower() for state in RowState}
