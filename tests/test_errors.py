"""The tree of errors as drawn is the tree as built."""

import re

import pytest

from ballotscan import errors
from ballotscan.errors import BallotscanError, ExitCode

CLASSES = [
    e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, BallotscanError)
]


@pytest.mark.parametrize("error", CLASSES, ids=lambda e: e.__name__)
def test_every_error_stands_in_the_drawing(error):
    drawn = dict(re.findall(r"[*+-] (\w+Error) +(\d*)", errors.__doc__))

    assert error.__name__ in drawn
    if drawn[error.__name__]:
        assert int(drawn[error.__name__]) == error.exit_code


def test_branches_have_exit_codes_of_their_own():
    codes = [error.exit_code for error in BallotscanError.__subclasses__()]

    assert len(set(codes)) == len(codes)
    assert ExitCode.DONE not in codes
