"""Bins of the horizontal axis."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.predictive.bins import bins

TIMES = np.tile([0.0, 1.0, 2.0, 4.0], 6)


def test_few_repeated_times_are_bins_of_their_own() -> None:
    made = bins(TIMES)
    assert made.center.tolist() == [0.0, 1.0, 2.0, 4.0]
    assert made.index.tolist() == [0, 1, 2, 3] * 6


def test_scattered_times_are_cut_into_equal_numbers() -> None:
    x = np.random.default_rng(1).uniform(0.0, 24.0, 300)
    made = bins(x)
    assert np.bincount(made.index).tolist() == [30] * 10
    assert (made.low[1:] > made.high[:-1]).all()


def test_equal_numbers_never_part_equal_times() -> None:
    made = bins(np.array([0.0] * 10 + [1.0] * 2), "4")
    assert made.index.tolist() == [0] * 10 + [1] * 2


def test_given_edges_hold_their_lower_end_and_the_last_both() -> None:
    made = bins(np.array([-1.0, 0.0, 0.9, 1.0, 2.0, 2.1]), "0,1,2")
    assert made.index.tolist() == [-1, 0, 0, 1, 1, -1]
    assert made.center.tolist() == [0.45, 1.5]


def test_empty_bins_are_dropped() -> None:
    made = bins(np.array([0.5, 5.5]), "0,1,2,3,6")
    assert made.index.tolist() == [0, 1]


@pytest.mark.parametrize("how", ["often", "0,x", "2,1", "0,0", "7", "0", "nan,1", "100,200"])
def test_what_cannot_be_bins_is_answered(how: str) -> None:
    with pytest.raises(WrongUse, match="bins"):
        bins(np.array([0.5, 1.5, 2.5]), how)
