"""On which line of a TOML file a key stands; the standard library does not tell.

Only for error messages, and only for text that `tomllib` has accepted: so the scanner need not
check anything, and a form of TOML that it does not know costs a line number, nothing more.
"""

import re

from ballotscan.election.problems import Location

_KEY = re.compile(
    r"""[ \t]*(?:"(?P<basic>(?:[^"\\\n]|\\.)*)"|'(?P<literal>[^'\n]*)'|(?P<bare>[\w-]+))[ \t]*"""
)
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'",
    re.DOTALL,
)
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_PLAIN = re.compile(r"[^,\]}\n#]+")


def find_lines(text: str) -> dict[Location, int]:
    """Map the place of every table, list entry and key to its line, counted from 1."""
    return _Scanner(text).scan()


def line_of(lines: dict[Location, int], location: Location) -> int | None:
    """The line of a location, or of the innermost thing around it that has one."""
    while location:
        if location in lines:
            return lines[location]
        location = location[:-1]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Location, int] = {}
        self.entries: dict[Location, int] = {}  # lists of tables, and how many entries each has

    def scan(self) -> dict[Location, int]:
        table: Location = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            before = self.at
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
            if self.at == before:  # a form that is not known: no more lines are found
                break
        return self.lines

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()

    def _note(self, location: Location) -> None:
        self.lines.setdefault(location, self.text.count("\n", 0, self.at) + 1)

    def _keys(self) -> list[str]:
        """A key with its dots, as `contests.candidates`."""
        keys = []
        while found := _KEY.match(self.text, self.at):
            keys.append(found["basic"] or found["literal"] or found["bare"] or "")
            self.at = found.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return keys

    def _header(self) -> Location:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        start, self.at = self.at, self.at + brackets
        keys = self._keys()
        end, self.at = self.at + brackets, start
        location: Location = ()
        for depth, key in enumerate(keys, start=1):
            location = (*location, key)
            if depth == len(keys) and brackets == 2:  # noqa: PLR2004 - `[[` opens a new entry
                self.entries[location] = self.entries.get(location, 0) + 1
            self._note(location)
            if location in self.entries:
                location = (*location, self.entries[location] - 1)
        self._note(location)
        self.at = end
        return location

    def _pair(self, table: Location) -> None:
        start = self.at
        keys = self._keys()
        end, self.at = self.at, start
        location = table
        for key in keys:
            location = (*location, key)
            self._note(location)
        self.at = end
        if self.text.startswith("=", self.at):
            self.at += 1
            self._skip(_BLANK)
            self._value(location)

    def _value(self, location: Location) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening in {"[", "{"}:
            self.at += 1
            self._inside(location, closing="]" if opening == "[" else "}")
        elif opening in {'"', "'"}:
            self._skip(_STRING)
        else:
            self._skip(_PLAIN)

    def _inside(self, location: Location, closing: str) -> None:
        index = 0
        self._skip(_BLANK)
        while self.at < len(self.text) and self.text[self.at] != closing:
            before = self.at
            if closing == "]":
                self._note((*location, index))
                self._value((*location, index))
                index += 1
            else:
                self._pair(location)
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_BLANK)
            if self.at == before:
                return
        self.at += 1
