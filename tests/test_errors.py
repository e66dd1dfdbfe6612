"""The tree of errors as drawn is the tree as built."""

import ast
import re
from itertools import pairwise
from pathlib import Path

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


OURS = {kind.__name__ for kind in CLASSES}
PACKAGE = Path(errors.__file__).parent


def untranslated(tree):
    """Lines on which one of our errors gets a sentence that cannot be said in another language."""
    plain = (ast.JoinedStr, ast.Constant)
    for node in ast.walk(tree):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            for before, raised in pairwise(
                [None, *(statements if isinstance(statements, list) else [])]
            ):
                if not (isinstance(raised, ast.Raise) and isinstance(raised.exc, ast.Call)):
                    continue
                call = raised.exc
                if not (isinstance(call.func, ast.Name) and call.func.id in OURS and call.args):
                    continue
                what = call.args[0]
                if isinstance(what, ast.Name) and isinstance(before, ast.Assign):
                    what = before.value
                if isinstance(what, plain):
                    yield raised.lineno


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_what_stops_a_run_can_be_said_in_every_language(path):
    assert list(untranslated(ast.parse(path.read_text("utf-8")))) == []
