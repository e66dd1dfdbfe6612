import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def load_plan():
    """The makers of a file beside the rooms; test files cannot import each other."""

    def load(name):
        return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / f"{name}.py")))

    return load
