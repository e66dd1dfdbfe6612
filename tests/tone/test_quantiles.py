"""The quantile is numpy's."""

import numpy as np
import pytest

from ballotscan.tone.quantiles import quantile


@pytest.mark.parametrize("count", [1, 2, 3, 10, 997])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.7, 1.0])
def test_it_is_that_of_numpy(count, share):
    values = np.random.default_rng(count).random(count).astype(np.float32)

    assert quantile(values, share) == pytest.approx(np.quantile(values, share), abs=1e-6)
