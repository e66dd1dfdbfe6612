import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def plan():
    """The makers of tests/planned_canvass.py; test files cannot import each other."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "planned_canvass.py")))


@pytest.fixture
def canvass(plan):
    return plan.make_small_canvass()
