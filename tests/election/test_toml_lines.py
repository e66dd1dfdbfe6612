import tomllib

import pytest

from ballotscan.election.toml_lines import find_lines, line_of

TEXT = '''\
# a comment with [brackets] and "quotes"
title = "a # no comment"
attendance.issued = 3

[place]
name = """two
lines [[contests]] = """
size = [
  1,  # one
  [2, 3],
]
"old key" = 1

[[contests]]
id = 'a'
candidates = [
  { name = "A, {B}", year = 1970 },
  { name = "C" },
]
[contests.more]
x = true
[[contests]]
[[contests.candidates]]
name = "D"
[[contests.candidates]]

name = 2020-01-01 # date
'''


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("title",), 2),
        (("attendance", "issued"), 3),
        (("place",), 5),
        (("place", "name"), 6),
        (("place", "size"), 8),
        (("place", "size", 1), 10),
        (("place", "old key"), 12),
        (("contests", 0), 14),
        (("contests", 0, "id"), 15),
        (("contests", 0, "candidates", 0, "name"), 17),
        (("contests", 0, "candidates", 0, "year"), 17),
        (("contests", 0, "candidates", 1, "name"), 18),
        (("contests", 0, "more", "x"), 21),
        (("contests", 1), 22),
        (("contests", 1, "candidates", 0, "name"), 24),
        (("contests", 1, "candidates", 1), 25),
        (("contests", 1, "candidates", 1, "name"), 27),
    ],
)
def test_a_key_is_found_on_its_line(location, line):
    assert tomllib.loads(TEXT)

    assert find_lines(TEXT)[location] == line


def test_a_missing_key_has_the_line_of_what_is_around_it():
    assert line_of(find_lines(TEXT), ("contests", 0, "candidates", 1, "unit")) == 18


def test_what_is_nowhere_has_no_line():
    assert line_of(find_lines(TEXT), ("rules",)) is None


@pytest.mark.parametrize("text", ["", "= 3", "[", "a = [", 'a = "', "\x00", "a = {b = 1", "]]"])
def test_text_that_is_no_toml_does_not_stop_the_scanner(text):
    assert isinstance(find_lines(text), dict)
