"""What is fixed before any paper is scanned, together."""

from dataclasses import dataclass

from ballotscan.election.definition import Election
from ballotscan.election.rules import VotingRules
from ballotscan.election.template import BallotTemplate


@dataclass(frozen=True, slots=True)
class ElectionPackage:
    """Everything about an election that a count goes by.

    Attributes:
        election: The definition, with the attendance as entered.
        rules: How marks become votes.
        templates: Every ballot of the election.
    """

    election: Election
    rules: VotingRules
    templates: tuple[BallotTemplate, ...]
