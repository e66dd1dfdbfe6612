"""What no single key of an election definition can show to be wrong."""

from collections import Counter
from collections.abc import Mapping

from ballotscan.election.definition import Contest, Marking
from ballotscan.election.problems import Location

Problem = tuple[Location, str]


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
            text = f"is {contest.seats}, but there are only {len(contest.candidates)} candidates; correct the one or the other"
            problems.append(((*where, "seats"), text))
        problems += [((*where, "candidates", at, "name"), text) for at, text in _namesakes(contest)]
    return problems + _shared(contests)


def _foreign_keys(contest: Contest) -> list[tuple[str, str]]:
    """Keys that the way of marking does not know, or does not allow."""
    problems = []
    asked_by = {
        "votes_per_candidate": (contest.votes_per_candidate, Marking.POINTS),
        "list_cross": (contest.list_cross, Marking.POINTS),
        "ranks": (contest.ranks, Marking.RANK),
    }
    for key, (value, marking) in asked_by.items():
        if value is not None and contest.marking is not marking:
            text = f"is only for contests that are marked by {marking.value!r}; take it out"
            problems.append((key, text))
    if contest.marking is Marking.RANK and contest.seats != 1:
        text = f"is {contest.seats}, but where candidates are ranked one is elected; write 1"
        problems.append(("seats", text))
    names = [candidate.list for candidate in contest.candidates]
    if any(names) and not contest.list_cross:
        text = "candidates stand on lists; write true, or take 'list' out of the candidates"
        problems.append(("list_cross", text))
    # A list stands on the ballot as one block, with its box above it.
    blocks = [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
    if contest.list_cross and len(blocks) > len(contest.lists):
        text = "those of one list must stand one after the other"
        problems.append(("candidates", text))
    if contest.list_cross and any(names) and not all(names):
        text = "some candidates stand on no list; write 'list' for each, or for none"
        problems.append(("candidates", text))
    return problems


def _namesakes(contest: Contest) -> list[tuple[int, str]]:
    """Candidates whom neither the voter nor the minutes could tell apart."""
    seen: dict[tuple[str, int | None, str | None], int] = {}
    problems = []
    for at, candidate in enumerate(contest.candidates):
        unit = candidate.unit.casefold() if candidate.unit else None
        key = (" ".join(candidate.name.casefold().split()), candidate.birth_year, unit)
        first = seen.setdefault(key, at)
        if first != at:
            text = (
                f"{candidate.name!r} is candidate {first + 1} too; if they are two people, tell them "
                "apart by 'birth_year' or 'unit', else take one out"
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
            text = f"{contest.id!r} is the id of {times[contest.id]} contests; give each an id of its own"
            problems.append((("contests", index, "id"), text))
        seen.add(contest.id)
        first = first_of_sheet.setdefault(contest.ballot_id, contest)
        if first.round != contest.round:
            text = (
                f"is {contest.round}, but contest {first.id!r} on the same ballot {first.ballot_id!r} "
                f"has round {first.round}; give one of them another 'ballot', or both the same round"
            )
            problems.append((("contests", index, "round"), text))
        if first.paper != contest.paper:
            text = (
                f"is {contest.paper!r}, but contest {first.id!r} on the same ballot {first.ballot_id!r} "
                f"has {first.paper!r}; one sheet has one size"
            )
            problems.append((("contests", index, "paper"), text))
    return problems
