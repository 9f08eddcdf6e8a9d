"""Discrepancies against the definition written out one observation at a time, as the R package npde does it."""

from __future__ import annotations

import numpy as np
from scipy import stats

from ketworks.predictive.discrepancies import discrepancies

PEOPLE, EACH, REPLICATES = 6, 5, 300
PERSON = np.repeat(np.arange(PEOPLE), EACH)


def levels(seed: int, count: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    own = np.exp(0.4 * rng.standard_normal((count, PEOPLE, 1)))
    return (10.0 * own * np.exp(-0.3 * np.arange(EACH)) + rng.standard_normal((count, PEOPLE, EACH))).reshape(count, -1)


def by_definition(data: np.ndarray, own: np.ndarray, training: np.ndarray) -> np.ndarray:
    """One person: whitening with the inverse of R of cov = R' R, then counting."""
    mean = [float(np.mean(training[:, j])) for j in range(EACH)]
    upper = np.linalg.cholesky(np.cov(training.T)).T
    turn = np.linalg.inv(upper).T
    white = turn @ (data - mean)
    found = []
    for j in range(EACH):
        below = sum(float((turn @ (row - mean))[j] < white[j]) for row in own) / len(own)
        below = 0.5 / len(own) if below == 0 else 1.0 - 0.5 / len(own) if below == 1 else below
        found.append(float(stats.norm.ppf(below)))
    return np.array(found)


def test_the_same_replicates_for_both_are_the_package_s_own_way() -> None:
    data, own = levels(1, 1)[0], levels(2, REPLICATES)
    found = discrepancies(data, own, PERSON, apart=False)
    for number in range(PEOPLE):
        rows = number == PERSON
        expected = by_definition(data[rows], own[:, rows], own[:, rows])
        np.testing.assert_allclose(found.observed[rows], expected, atol=1e-6)


def test_halves_are_the_same_with_other_replicates_for_the_covariance() -> None:
    data, own = levels(1, 1)[0], levels(2, REPLICATES)
    found = discrepancies(data, own, PERSON)
    half = REPLICATES // 2
    for number in range(PEOPLE):
        rows = number == PERSON
        expected = by_definition(data[rows], own[half:, rows], own[:half, rows])
        np.testing.assert_allclose(found.observed[rows], expected, atol=1e-6)


def test_the_package_s_own_way_is_too_wide_where_people_have_many_samples() -> None:
    """60 samples a person and 200 replicates: the covariance fits those that rank, not the data."""
    rng = np.random.default_rng(3)
    people, each = 40, 60
    person = np.repeat(np.arange(people), each)
    data, own = rng.standard_normal(people * each), rng.standard_normal((200, people * each))
    shared = discrepancies(data, own, person, apart=False).observed.var()
    apart = discrepancies(data, own, person).observed.var()
    assert shared > 1.15
    assert abs(apart - 1.0) < 0.1


def test_without_decorrelation_it_is_the_share_below() -> None:
    data, own = levels(1, 1)[0], levels(2, REPLICATES)
    shares = [np.mean(own[REPLICATES // 2 :, j] < data[j]) for j in range(len(data))]
    edge = 0.5 / (REPLICATES // 2)
    expected = stats.norm.ppf(np.clip(shares, edge, 1.0 - edge))
    np.testing.assert_allclose(discrepancies(data, own, PERSON, decorrelated=False).observed, expected)
