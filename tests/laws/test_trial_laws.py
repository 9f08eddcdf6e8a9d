"""What must hold in every trial: balance, monotone guesses, symmetric tests, losses that only grow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketworks.trial.allocation import blocks
from ketworks.trial.plan import SETTINGS
from ketworks.trial.responders import newcombe, probability_above, wilson
from ketworks.trial.settings import Setting, setting
from ketworks.trial.table import needed_to_treat
from ketworks.trial.unblinding import control_sd, expectancy_points, felt_effect, guess_probability

SHARES = st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple)


@given(SHARES, st.integers(1, 200), st.integers(0, 4), st.integers(0, 2**32))
def test_whole_blocks_hold_every_arm_by_its_share(shares: tuple[int, ...], count: int, times: int, seed: int) -> None:
    unit = sum(shares)
    found = blocks(shares, count, unit * times, np.random.default_rng(seed))
    assert len(found) == count
    size = unit * times or count // unit * unit
    for start in range(0, count - size + 1, size or count + 1):
        if times:
            held = np.bincount(found[start : start + size], minlength=len(shares))
            assert held.tolist() == [share * times for share in shares]
    whole = np.bincount(found, minlength=len(shares))
    assert (whole <= (count // unit + max(times, 1)) * np.array(shares)).all()


@given(st.floats(0, 92), st.floats(0, 92), st.sampled_from(SETTINGS))
def test_who_feels_more_guesses_drug_more_often(one: float, other: float, name: str) -> None:
    low, high = guess_probability(np.array(sorted((one, other))), setting(name))
    assert 0.0 < low <= high <= 1.0
    if name == "masked":
        assert low == high == 0.5


@given(st.floats(0, 92), st.floats(-60, 80), st.floats(0, 1))
def test_a_fall_of_pressure_is_not_felt_as_drug(dissociation: float, rise: float, weight: float) -> None:
    felt = felt_effect(np.array([dissociation]), np.array([rise]), weight)[0]
    assert felt >= dissociation
    assert felt == pytest.approx(dissociation + weight * max(rise, 0.0))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 20))
def test_expectancy_has_no_mean_where_what_is_won_is_held_already(share: float, control: float, points: float) -> None:
    """At probability p on the drug and r on the control, with h = p - r as against midazolam, the mean is 0."""
    right, wrong = (
        expectancy_points(np.array([guess]), np.array([control]), np.array([share - control]), 1.0, points)[0]
        for guess in (1.0, 0.0)
    )
    assert share * right + (1.0 - share) * wrong == pytest.approx(0.0, abs=1e-9)
    assert right - wrong == pytest.approx(points)
    nothing = expectancy_points(np.array([1.0]), np.array([control]), np.array([0.0]), 0.0, points)[0]
    assert nothing == 0.0


@given(st.floats(5, 15), st.floats(0, 4), st.floats(0, 8), st.floats(0, 1))
def test_the_terms_of_the_control_spread_as_published(sd: float, rating: float, points: float, share: float) -> None:
    own = Setting(0.0, sd, 1.0, 0.0, 0.0, 0.0)
    person = control_sd(own, rating, points, share * (1.0 - share))
    whole = person**2 + rating**2 + points**2 * share * (1.0 - share)
    assert whole == pytest.approx(max(sd**2, whole - person**2))


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_intervals_hold_their_estimate_and_turn_with_it(n_1: int, n_2: int, data: st.DataObject) -> None:
    hit_1, hit_2 = data.draw(st.integers(0, n_1)), data.draw(st.integers(0, n_2))
    low, high = wilson(hit_1, n_1)
    assert -1e-12 <= low <= hit_1 / n_1 + 1e-12
    assert hit_1 / n_1 - 1e-12 <= high <= 1.0 + 1e-12
    down, up = newcombe(hit_1, n_1, hit_2, n_2)
    assert down - 1e-9 <= hit_1 / n_1 - hit_2 / n_2 <= up + 1e-9
    assert newcombe(hit_2, n_2, hit_1, n_1) == pytest.approx((-up, -down))


@given(*(st.integers(1, 60) for _ in range(4)))
def test_one_of_two_rates_is_the_larger(a: int, b: int, c: int, d: int) -> None:
    above = probability_above((a, b), (c, d))
    assert above + probability_above((c, d), (a, b)) == pytest.approx(1.0, abs=1e-9)
    if (a, b) == (c, d):
        assert above == pytest.approx(0.5, abs=1e-9)
    assert probability_above((a + 1, b), (c, d)) >= above - 1e-9


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_number_needed_to_treat_has_the_sign_of_the_difference(
    hit_1: int, more_1: int, hit_2: int, more_2: int
) -> None:
    n_1, n_2 = hit_1 + more_1, hit_2 + more_2
    words = needed_to_treat(hit_1, n_1, hit_2, n_2)
    difference = hit_1 / n_1 - hit_2 / n_2
    if hit_1 * n_2 == hit_2 * n_1:
        assert words == "NNT -"
    else:
        assert words.startswith("NNT " if difference > 0 else "NNH ")
        assert -1e-9 <= int(words.split()[1]) - abs(1.0 / difference) < 1.0 + 1e-6  # a whole one is whole to rounding
