"""Samples with residual error: the three published forms, never below zero, in the unit of the signal."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.engine.measured import measured
from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual

LEVEL = Signal("a.level", "ng/mL", "level", "#000000", "a level", molar_mass=200.0)
ROWS = {"p": (0.2, "1"), "l": (0.5, "1"), "molar": (0.05, "umol/L"), "mass": (3.0, "ng/mL")}
MANY = 40_000


def samples(level: float, residual: Residual) -> np.ndarray:
    levels = np.full((MANY, 1), level)
    return measured(levels, LEVEL, residual, ROWS, 1, np.arange(1, MANY + 1), np.array([40.0]))[:, 0]


def test_proportional_error_grows_with_the_level() -> None:
    for level in (10.0, 1000.0):
        found = samples(level, Residual(proportional="p"))
        assert found.mean() == pytest.approx(level, rel=0.01)
        assert found.std() == pytest.approx(0.2 * level, rel=0.02)


def test_additive_error_is_told_in_either_unit() -> None:
    assert samples(500.0, Residual(additive="molar")).std() == pytest.approx(0.05 * 200.0, rel=0.02)
    assert samples(500.0, Residual(additive="mass")).std() == pytest.approx(3.0, rel=0.02)


def test_both_together_are_independent() -> None:
    found = samples(100.0, Residual(proportional="p", additive="molar"))
    assert found.std() == pytest.approx(np.hypot(20.0, 10.0), rel=0.02)


def test_no_sample_is_below_zero() -> None:
    cut = samples(1.0, Residual(additive="mass"))
    assert cut.min() == 0.0
    assert (cut == 0.0).mean() == pytest.approx(0.369, abs=0.01)  # Phi(-1/3)
    logs = np.log(samples(1.0, Residual(log="l")))
    assert logs.std() == pytest.approx(0.5, rel=0.02)
    assert logs.mean() == pytest.approx(0.0, abs=0.01)


def test_a_sample_depends_on_person_signal_and_time_alone() -> None:
    times, ids = np.array([0.0, 10.0, 40.0]), np.array([4, 9])
    whole = measured(np.ones((2, 3)), LEVEL, Residual(log="l"), ROWS, 1, ids, times)
    part = measured(np.ones((1, 1)), LEVEL, Residual(log="l"), ROWS, 1, ids[1:], times[2:])
    assert part[0, 0] == whole[1, 2]
    assert len(np.unique(whole)) == whole.size
    other = LEVEL.__class__("a.other", "ng/mL", "level", "#000000", "a level")
    assert measured(np.ones((2, 3)), other, Residual(log="l"), ROWS, 1, ids, times)[0, 0] != whole[0, 0]
