"""What the printed QR code of a page says: which election, ballot, round, page and edition.

The text keeps to the alphanumeric mode of QR codes (ISO/IEC 18004: digits, capitals and a few
signs), which needs a third less room than bytes:

    BS1:DAI-HOI-2020:BAN-CHAP-HANH:1:1:7F3KQ2M9XA4T
"""

import re
from dataclasses import dataclass
from typing import Self

MARK = "BS1"  # ballotscan, first form of the text; another form gets another number

_ID = r"[A-Z0-9]+(?:-[A-Z0-9]+)*"
_TEXT = re.compile(
    rf"{MARK}:(?P<election>{_ID}):(?P<ballot>{_ID})"
    r":(?P<round>[1-9][0-9]?):(?P<page>[1-9][0-9]?):(?P<fingerprint>[A-Z0-9]{12})",
    re.ASCII,
)
_MAX_ID = 24  # as in election.definition


@dataclass(frozen=True, slots=True)
class PageCode:
    """What one printed code says.

    Attributes:
        election_id: As in the election definition, in small letters.
        ballot_id: Likewise.
        round: Round of voting, from 1.
        page: Number of the template page, from 1.
        fingerprint: Fingerprint of the ballot template, 12 capitals and digits.
    """

    election_id: str
    ballot_id: str
    round: int
    page: int
    fingerprint: str

    def to_text(self) -> str:
        """The text to print.

        Raises:
            ValueError: If a part does not fit the form, so that it could not be read back.
        """
        text = ":".join(
            (
                MARK,
                self.election_id.upper(),
                self.ballot_id.upper(),
                str(self.round),
                str(self.page),
                self.fingerprint,
            )
        )
        if self.parse(text) != self:
            msg = f"{text!r} cannot be printed as a page code: a part of it has the wrong form"
            raise ValueError(msg)
        return text

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read the text of a code; None where it is not one of ours."""
        match = _TEXT.fullmatch(text)
        if match is None or max(len(match["election"]), len(match["ballot"])) > _MAX_ID:
            return None
        return cls(
            election_id=match["election"].lower(),
            ballot_id=match["ballot"].lower(),
            round=int(match["round"]),
            page=int(match["page"]),
            fingerprint=match["fingerprint"],
        )
