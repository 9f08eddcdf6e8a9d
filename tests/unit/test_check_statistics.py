"""Every statistic against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ketworks.check import statistics as st

TIMES = np.array([0.0, 10.0, 20.0, 40.0])
# two people; the mean curve is 100, 125, 120, 110
VALUES = np.array([[100.0, 140.0, 110.0, 100.0], [100.0, 110.0, 130.0, 120.0]])
BASE = VALUES[:, 0]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (st.value_at(TIMES, VALUES, BASE, 10.0), 125.0),
        (st.value_at(TIMES, VALUES, BASE, 30.0), 115.0),
        (st.change_at(TIMES, VALUES, BASE, 40.0), 10.0),
        (st.percent_change_at(TIMES, VALUES, np.array([100.0, 80.0]), 40.0), 0.5 * (0.0 + 50.0)),
        (st.peak(TIMES, VALUES, BASE), 125.0),
        (st.peak(TIMES, VALUES, BASE, (20.0, 40.0)), 120.0),
        (st.peak(TIMES, VALUES, BASE, (15.0, 40.0)), 122.5),
        (st.trough(TIMES, VALUES, BASE, (5.0, 40.0)), 110.0),
        (st.time_of_peak(TIMES, VALUES, BASE), 10.0),
        (st.peak_change(TIMES, VALUES, BASE), 25.0),
        (st.peak_change(TIMES, -VALUES, -BASE), -25.0),
        (st.percent_peak_change(TIMES, VALUES, np.array([50.0, 50.0])), 150.0),
        (st.mean_peak_change(TIMES, VALUES, BASE), 35.0),
        (st.mean_peak_change(TIMES, VALUES, BASE, (20.0, 40.0)), 20.0),
        (st.share_above(TIMES, VALUES, BASE, 135.0), 0.5),
        (st.share_change_above(TIMES, VALUES, np.array([100.0, 95.0]), 34.0), 1.0),
        (st.share_relapsed(TIMES, VALUES, np.array([290.0, 200.0]), 120.0, (10.0, 40.0)), 1.0),
        (st.share_relapsed(TIMES, VALUES, np.array([290.0, 290.0]), 135.0, (10.0, 40.0)), 0.5),
        (st.share_relapsed(TIMES, VALUES, np.array([290.0, 220.0]), 135.0, (20.0, 40.0)), 0.0),
        (st.ratio_over_window(TIMES, VALUES, BASE, (10.0, 40.0)), 110.0 / 125.0),
        (st.mean(TIMES, VALUES, BASE, at=20.0), 120.0),
        (st.mean(TIMES, VALUES, BASE), (1125.0 + 1225.0 + 2300.0) / 40.0),
        (st.mean(TIMES, VALUES, BASE, window=(10.0, 20.0)), 122.5),
        (st.sd(TIMES, VALUES, BASE, at=20.0), 200.0**0.5),
        (st.sd_over_mean_at(TIMES, VALUES, BASE, 20.0), 200.0**0.5 / 120.0),
        (st.cv_at(TIMES, VALUES, BASE, 20.0), 100.0 * 200.0**0.5 / 120.0),
        (st.exposure_over(TIMES, VALUES, BASE, TIMES, 2.0 * VALUES, (0.0, 40.0)), 0.5),
        (st.exposure_over(TIMES, VALUES, BASE, TIMES, np.full((2, 4), 10.0), (10.0, 20.0)), 12.25),
        (st.exposure_ratio(TIMES, VALUES, BASE, (TIMES, np.full((2, 4), 50.0)), (10.0, 20.0)), 2.45),
        (st.peak_ratio(TIMES, VALUES, BASE, (TIMES, np.full((2, 4), 50.0)), (0.0, 40.0)), 2.5),
        (
            st.exposure_over_ratio(
                TIMES, VALUES, BASE, TIMES, 2.0 * VALUES, (TIMES, VALUES), (TIMES, 8.0 * VALUES), (0.0, 40.0)
            ),
            4.0,
        ),
        (st.ratio_at(TIMES, VALUES, BASE, 20.0, TIMES, 2.0 * VALUES), 0.5),
        (st.correlation_at(TIMES, VALUES, BASE, 20.0, TIMES, 5.0 - VALUES), -1.0),
        (st.gmr(TIMES, VALUES, BASE, np.array([10.0, 40.0]), np.array([62.5, 220.0])), 1.0),
        (st.aafe(TIMES, VALUES, BASE, np.array([10.0, 40.0]), np.array([62.5, 220.0])), 2.0),
    ],
)
def test_statistic(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_correlation_with_what_is_the_same_for_all_is_not_a_number() -> None:
    assert np.isnan(st.correlation_at(TIMES, VALUES, BASE, 20.0, TIMES, np.ones_like(VALUES)))


def test_a_correlation_of_three_people() -> None:
    one, other = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [3.0], [2.0]])
    found = st.correlation_at(np.zeros(1), one, np.zeros(3), 0.0, np.zeros(1), other)
    assert found == pytest.approx(np.corrcoef([1.0, 2.0, 4.0], [1.0, 3.0, 2.0])[0, 1])


def test_the_three_summaries_of_a_rise_stay_in_order() -> None:
    at_end = st.change_at(TIMES, VALUES, BASE, 40.0)
    assert at_end < st.peak_change(TIMES, VALUES, BASE) < st.mean_peak_change(TIMES, VALUES, BASE)


@pytest.mark.parametrize(("flat", "expected"), [(0.0, "up"), (9.9, "up"), (10.0, "none")])
def test_sign(flat: float, expected: str) -> None:
    assert st.sign_at(TIMES, VALUES, BASE, 40.0, flat) == expected
    assert st.sign_at(TIMES, -VALUES, -BASE, 40.0, flat) == {"up": "down"}.get(expected, expected)


def test_outside_the_simulated_times_there_is_no_number() -> None:
    assert np.isnan(st.value_at(TIMES, VALUES, BASE, 41.0))
    assert st.sign_at(TIMES, VALUES, BASE, 41.0) is None
    assert np.isnan(st.aafe(TIMES, VALUES, BASE, np.array([41.0]), np.array([1.0])))


def test_a_fold_error_of_a_value_that_is_not_positive_is_no_number() -> None:
    assert np.isnan(st.gmr(TIMES, 0.0 * VALUES, BASE, np.array([10.0]), np.array([1.0])))
    assert np.isnan(st.gmr(TIMES, VALUES, BASE, np.array([10.0]), np.array([0.0])))


def test_repeated_times_at_the_end_change_nothing() -> None:
    padded_times = np.append(TIMES, [40.0, 40.0])
    padded = np.concatenate([VALUES, VALUES[:, -1:], VALUES[:, -1:]], axis=1)
    for window in (None, (10.0, 40.0)):
        assert st.mean(padded_times, padded, BASE, window=window) == st.mean(TIMES, VALUES, BASE, window=window)
        assert st.peak(padded_times, padded, BASE, window) == st.peak(TIMES, VALUES, BASE, window)
