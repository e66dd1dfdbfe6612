"""Ballots as somebody made them in Word."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest


@pytest.fixture(scope="session")
def word():
    """What tests/word_ballot.py draws; test files cannot import each other."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "word_ballot.py")))


@pytest.fixture(scope="session")
def table(word):
    """The ballot with four columns, in template pixels."""
    return cv2.imdecode(np.frombuffer(word.draw_table("png"), np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.fixture(scope="session")
def name_list(word):
    """The list to strike names out of, in template pixels."""
    return cv2.imdecode(np.frombuffer(word.draw_list("png"), np.uint8), cv2.IMREAD_GRAYSCALE)
