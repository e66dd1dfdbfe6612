"""Harm from a library that we did not write: Augraphy, where it is installed.

Augraphy (github.com/sparkfish/augraphy, MIT) makes printed pages look photocopied, faxed, stained
and badly lit. Only harm that moves nothing and draws no marks of its own is taken, so that the
truth of a page stays what it was. It is an extra (`decks`), because it brings scikit-learn, numba
and matplotlib with it.
"""

import random
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# Under 0.3 s a page of A5 at 200 dpi.
QUICK = (
    "BadPhotoCopy",
    "BindingsAndFasteners",
    "Brightness",
    "BrightnessTexturize",
    "ColorPaper",
    "DirtyDrum",
    "DirtyScreen",
    "Faxify",
    "Gamma",
    "InkBleed",
    "InkMottling",
    "Jpeg",
    "LightingGradient",
    "LowInkPeriodicLines",
    "LowInkRandomLines",
    "LowLightNoise",
    "NoiseTexturize",
    "Stains",
    "SubtleNoise",
    "WaterMark",
)
SLOW = (
    "BleedThrough",
    "Dithering",
    "Hollow",
    "Letterpress",
    "Moire",
    "ReflectedLight",
    "ShadowCast",
)
MISSING = "Augraphy is not installed (scripts/setup decks)"


def load_augraphy() -> ModuleType | None:
    """The library, or None where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("augraphy")  # an extra, and slow to load
    except ImportError:
        return None


def augraphy_version() -> str:
    """What is installed, in words."""
    try:
        return f"Augraphy {version('augraphy')}"
    except PackageNotFoundError:
        return "no Augraphy"


def degrader() -> Callable[[Pixels, str, int], Pixels] | None:
    """A function (page, name of the harm, seed) -> page; None where Augraphy is not there."""
    library = load_augraphy()
    if library is None:
        return None

    def degrade(page: Pixels, harm: str, seed: int) -> Pixels:
        """Harm a page; the same seed harms it in the same way."""
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - what Augraphy draws from
        cv2.setRNGSeed(seed)
        colour = page if page.ndim == 3 else cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)  # noqa: PLR2004
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = getattr(library, harm)(p=1)(colour.copy(), force=True)
        if made.shape[:2] != page.shape[:2]:
            msg = f"{harm} changed the size of the page"
            raise ValueError(msg)
        if page.ndim == made.ndim:
            return np.ascontiguousarray(made, dtype=np.uint8)
        # Some harm takes the colour away, some brings it.
        way = cv2.COLOR_BGR2GRAY if made.ndim > page.ndim else cv2.COLOR_GRAY2BGR
        return np.asarray(cv2.cvtColor(made, way), dtype=np.uint8)

    return degrade
