"""Who is at which browser: kept in memory for as long as the program runs.

A session begins with the token in the address that the program printed. It holds a name once the
person has given one; nothing is decided without a name.
"""

import secrets
import threading
from dataclasses import dataclass, field

from ballotscan.election.records import Question


@dataclass(slots=True)
class Session:
    """One browser.

    Attributes:
        id: Secret; only in the cookie of that browser.
        language: Of the pages it is shown.
        person: Who sits there; empty until they have said so.
        notice: A sentence for the next page, already in words; shown once.
        later: Questions that the person wants to see after all others.
    """

    id: str
    language: str
    person: str = ""
    notice: str = ""
    later: set[Question] = field(default_factory=set)

    def take_notice(self) -> str:
        """The sentence for this page; it is not shown again."""
        notice, self.notice = self.notice, ""
        return notice


class Sessions:
    """All browsers that have come with the token."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._by_id: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self) -> Session:
        """A new browser has shown the token."""
        session = Session(secrets.token_urlsafe(32), self._language)
        with self._lock:
            self._by_id[session.id] = session
        return session

    def find(self, session_id: str | None) -> Session | None:
        """The browser with this cookie; None where it is not known."""
        return self._by_id.get(session_id or "")
