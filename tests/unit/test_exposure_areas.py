"""Areas, moments, crossings and the terminal line, against integrals in closed form."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from ketworks.exposure.areas import METHODS, Curve, area, between, level_at, moment, time_above
from ketworks.exposure.terminal import FEW, Terminal, terminal

FALL = Curve(np.array([0.0, 3.0, 10.0, 40.0]), 7.0 * np.exp(-0.05 * np.array([0.0, 3.0, 10.0, 40.0])))


def test_a_falling_exponential_is_integrated_exactly() -> None:
    assert area(FALL) == pytest.approx(7.0 / 0.05 * (1.0 - math.exp(-2.0)), rel=1e-14)
    exact = 7.0 / 0.05**2 * (1.0 - 3.0 * math.exp(-2.0))
    assert moment(FALL) == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize("ratio", [1e-9, 1e-6, 0.9e-4, 1.1e-4, 1e-2, 30.0])
def test_nearly_flat_and_steep_steps_keep_their_digits(ratio: float) -> None:
    """Both sides of the place where the series takes over."""
    k = ratio / 5.0
    curve = Curve(np.array([2.0, 7.0]), np.array([3.0, 3.0 * math.exp(-ratio)]))
    assert area(curve) == pytest.approx(3.0 * -math.expm1(-ratio) / k, rel=1e-8)
    t = np.linspace(2.0, 7.0, 200_001)
    fine = t * 3.0 * np.exp(-k * (t - 2.0))
    assert moment(curve) == pytest.approx(float(np.sum(np.diff(t) * (fine[1:] + fine[:-1]) / 2.0)), rel=1e-7)


def test_linear_is_the_trapezoid_everywhere() -> None:
    curve = Curve(np.array([0.0, 1.0, 3.0]), np.array([0.0, 4.0, 1.0]), "linear")
    assert area(curve) == 2.0 + 5.0
    assert moment(curve) == pytest.approx(0.5 * 4.0 + 1.0 * (4.0 + 3.0))
    assert area(curve._replace(method=METHODS[0])) == pytest.approx(2.0 + 2.0 * 3.0 / math.log(4.0))


def test_a_fall_to_zero_is_a_straight_line() -> None:
    assert area(Curve(np.array([0.0, 2.0]), np.array([4.0, 0.0]))) == 4.0


@pytest.mark.parametrize("method", METHODS)
def test_parts_add_up(method: str) -> None:
    curve = Curve(np.array([0.0, 1.0, 3.0, 9.0]), np.array([0.0, 4.0, 1.0, 0.2]), method)
    cuts = [0.0, 0.4, 1.0, 2.2, 5.0, 9.0]
    parts = [area(between(curve, a, b)) for a, b in itertools.pairwise(cuts)]
    assert sum(parts) == pytest.approx(area(curve), rel=1e-13)


def test_between_two_points_the_level_lies_on_the_curve_whose_area_is_taken() -> None:
    assert level_at(FALL, 20.0) == pytest.approx(7.0 * math.exp(-1.0), rel=1e-13)
    rise = Curve(np.array([0.0, 2.0]), np.array([0.0, 4.0]))
    assert level_at(rise, 0.5) == 1.0
    assert level_at(FALL, 10.0) == FALL.levels[2]


def test_time_above_has_its_crossings_on_the_curve() -> None:
    curve = Curve(np.array([0.0, 2.0, 12.0]), np.array([0.0, 8.0, 8.0 * math.exp(-1.0)]))
    assert time_above(curve, 4.0) == pytest.approx(1.0 + 10.0 * math.log(2.0), rel=1e-13)
    assert time_above(curve, 9.0) == 0.0
    assert time_above(curve, 0.0) == 12.0
    assert time_above(curve._replace(method="linear"), 4.0) == pytest.approx(1.0 + 10.0 * 4.0 / (8.0 - curve.levels[2]))


def test_a_level_that_is_touched_and_held_is_not_above() -> None:
    curve = Curve(np.array([0.0, 1.0, 2.0, 3.0]), np.array([4.0, 4.0, 4.0, 4.0]))
    assert time_above(curve, 4.0) == 0.0
    assert time_above(curve, 3.9) == 3.0


def test_terminal_rate_of_an_exponential() -> None:
    found = terminal(FALL, 0.0, "best")
    assert isinstance(found, Terminal)
    assert found.rate == pytest.approx(0.05, rel=1e-12)
    assert found.half_life == pytest.approx(math.log(2.0) / 0.05)
    assert found.adjusted_r2 == pytest.approx(1.0)
    assert found.times.tolist() == [3.0, 10.0, 40.0], "the peak is not part of the terminal phase"


def test_the_best_line_is_the_longest_of_those_as_good() -> None:
    t = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    two_phases = np.where(t < 3.5, 100.0 * np.exp(-1.0 * t), 100.0 * np.exp(-3.5 - 0.1 * (t - 3.5)))
    found = terminal(Curve(t, two_phases), 0.0, "best")
    assert isinstance(found, Terminal)
    assert found.times.tolist() == [4.0, 5.0, 6.0, 7.0, 8.0]
    last = terminal(Curve(t, two_phases), 0.0, "last")
    assert isinstance(last, Terminal)
    assert last.times.tolist() == [6.0, 7.0, 8.0]
    chosen = terminal(Curve(t, two_phases), 0.0, (1.0, 3.0))
    assert isinstance(chosen, Terminal)
    assert chosen.rate == pytest.approx(1.0)


def test_adjusted_r2_against_polyfit() -> None:
    t, y = np.array([0.0, 1.0, 2.0, 4.0, 7.0]), np.array([9.0, 5.0, 3.9, 1.4, 0.6])
    found = terminal(Curve(t, y), 0.0, (1.0, 7.0))
    assert isinstance(found, Terminal)
    slope, start = np.polyfit(t[1:], np.log(y[1:]), 1)
    rest = np.log(y[1:]) - start - slope * t[1:]
    r2 = 1.0 - rest @ rest / np.sum((np.log(y[1:]) - np.log(y[1:]).mean()) ** 2)
    assert found.rate == pytest.approx(-slope)
    assert found.adjusted_r2 == pytest.approx(1.0 - (1.0 - r2) * 3.0 / 2.0)


def test_no_terminal_phase_says_why() -> None:
    t = np.array([0.0, 1.0, 2.0, 3.0])
    assert terminal(Curve(t, np.array([1.0, 5.0, 4.0, 3.0])), 0.0, "best") == FEW
    assert terminal(FALL, 5.0, "best") == FEW
    assert terminal(Curve(np.arange(5.0), np.array([9.0, 1.0, 2.0, 3.0, 4.0])), 0.0, "best") == (
        "the curve does not fall at its end"
    )
