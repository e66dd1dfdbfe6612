"""What no single key of an election definition can show to be wrong."""

from collections import Counter
from collections.abc import Mapping

from ballotscan.election.definition import Contest, Marking
from ballotscan.election.problems import Location
from ballotscan.locale.catalogue import phrase
from ballotscan.locale.message import Words, message

Problem = tuple[Location, Words]

# Keys that all contests of one sheet must have alike, and what is said where they have not.
_SAME_ON_A_SHEET = {
    "round": phrase(
        "is {round}, but contest {id!r} on the same ballot {ballot_id!r} has round {other}; give one of them another 'ballot', or both the same round"
    ),
    "paper": phrase(
        "is {paper!r}, but contest {id!r} on the same ballot {ballot_id!r} has {other!r}; one sheet has one size"
    ),
}


def find_nonsense(contests: Mapping[int, Contest]) -> list[Problem]:
    """Find what does not fit together.

    The attendance is not looked at: what people entered is held against the ballots after the count,
    where it stops the publication instead of the count (`tabulation.outcome.reconcile`).

    Args:
        contests: The contests that are sound each for itself, by their place in the definition.

    Returns:
        Where it is, and what is wrong in words.
    """
    problems: list[Problem] = []
    for index, contest in contests.items():
        where: Location = ("contests", index)
        problems += [((*where, key), text) for key, text in _foreign_keys(contest)]
        if contest.seats > len(contest.candidates) and contest.marking is not Marking.POINTS:
            text = message(
                "is {seats}, but there are only {count} candidates; correct the one or the other",
                seats=contest.seats,
                count=len(contest.candidates),
            )
            problems.append(((*where, "seats"), text))
        problems += [((*where, "candidates", at, "name"), text) for at, text in _namesakes(contest)]
    return problems + _shared(contests)


def _foreign_keys(contest: Contest) -> list[tuple[str, Words]]:
    """Keys that the way of marking does not know, or does not allow."""
    problems: list[tuple[str, Words]] = []
    asked_by = {
        "votes_per_candidate": (contest.votes_per_candidate, Marking.POINTS),
        "list_cross": (contest.list_cross, Marking.POINTS),
        "ranks": (contest.ranks, Marking.RANK),
    }
    for key, (value, marking) in asked_by.items():
        if value is not None and contest.marking is not marking:
            text = message(
                "is only for contests that are marked by {marking!r}; take it out",
                marking=marking.value,
            )
            problems.append((key, text))
    if contest.marking is Marking.RANK and contest.seats != 1:
        text = message(
            "is {seats}, but where candidates are ranked one is elected; write 1",
            seats=contest.seats,
        )
        problems.append(("seats", text))
    names = [candidate.list for candidate in contest.candidates]
    if any(names) and not contest.list_cross:
        text = message(
            "candidates stand on lists; write true, or take 'list' out of the candidates"
        )
        problems.append(("list_cross", text))
    # A list stands on the ballot as one block, with its box above it.
    blocks = [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
    if contest.list_cross and len(blocks) > len(contest.lists):
        text = message("those of one list must stand one after the other")
        problems.append(("candidates", text))
    if contest.list_cross and any(names) and not all(names):
        text = message("some candidates stand on no list; write 'list' for each, or for none")
        problems.append(("candidates", text))
    return problems


def _namesakes(contest: Contest) -> list[tuple[int, Words]]:
    """Candidates whom neither the voter nor the minutes could tell apart."""
    seen: dict[tuple[str, int | None, str | None], int] = {}
    problems: list[tuple[int, Words]] = []
    for at, candidate in enumerate(contest.candidates):
        unit = candidate.unit.casefold() if candidate.unit else None
        key = (" ".join(candidate.name.casefold().split()), candidate.birth_year, unit)
        first = seen.setdefault(key, at)
        if first != at:
            text = message(
                "{name!r} is candidate {number} too; if they are two people, tell them apart by 'birth_year' or 'unit', else take one out",
                name=candidate.name,
                number=first + 1,
            )
            problems.append((at, text))
    return problems


def _shared(contests: Mapping[int, Contest]) -> list[Problem]:
    """What contests must not, or must, have in common."""
    problems: list[Problem] = []
    times = Counter(contest.id for contest in contests.values())
    first_of_sheet: dict[str, Contest] = {}
    seen: set[str] = set()
    for index, contest in contests.items():
        if contest.id in seen:
            text = message(
                "{id!r} is the id of {times} contests; give each an id of its own",
                id=contest.id,
                times=times[contest.id],
            )
            problems.append((("contests", index, "id"), text))
        seen.add(contest.id)
        first = first_of_sheet.setdefault(contest.ballot_id, contest)
        for key, sentence in _SAME_ON_A_SHEET.items():
            here, other = getattr(contest, key), getattr(first, key)
            if here != other:
                fields = {key: here, "id": first.id, "ballot_id": first.ballot_id, "other": other}
                problems.append((("contests", index, key), message(sentence, **fields)))
    return problems
