"""Discrepancies and their tests: definitions, ties, extremes, and power against wrong mean, spread and shape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ketworks.errors import WrongUse
from ketworks.predictive.discrepancies import Discrepancies, discrepancies
from ketworks.predictive.goodness import criteria, one_sided, two_sided

PEOPLE, EACH, REPLICATES = 30, 6, 400
PERSON = np.repeat(np.arange(PEOPLE), EACH)


def draw(seed: int, count: int, mean: float = 0.0, spread: float = 1.0) -> np.ndarray:
    """Log-normal levels of people who differ, with error: correlated within a person."""
    rng = np.random.default_rng(seed)
    own = mean + 0.3 * spread * rng.standard_normal((count, PEOPLE, 1))
    return np.exp(own + 0.1 * spread * rng.standard_normal((count, PEOPLE, EACH))).reshape(count, -1)


def found(data: np.ndarray, decorrelated: bool = True) -> Discrepancies:
    return discrepancies(data, draw(2, REPLICATES), PERSON, decorrelated)


def test_below_and_above_everything_is_half_a_replicate_from_the_end() -> None:
    simulated = np.random.default_rng(1).standard_normal((REPLICATES, 2))
    both = discrepancies(np.array([-99.0, 99.0]), simulated, np.array([0, 1]))
    edge = stats.norm.ppf(0.5 / (REPLICATES // 2))
    np.testing.assert_allclose(both.observed, [edge, -edge])


def test_ties_count_half() -> None:
    simulated = np.tile([[0.0], [1.0]], (200, 1))
    one = discrepancies(np.array([1.0]), simulated, np.array([0]), decorrelated=False)
    assert one.observed[0] == pytest.approx(stats.norm.ppf(0.75))


def test_what_never_varies_is_zero_where_it_is_met_and_extreme_where_not() -> None:
    simulated = np.column_stack([np.zeros(400), np.random.default_rng(1).standard_normal(400)])
    met = discrepancies(np.array([0.0, 0.1]), simulated, np.array([0, 0]))
    missed = discrepancies(np.array([0.1, 0.1]), simulated, np.array([0, 0]))
    assert met.observed[0] == 0.0
    assert missed.observed[0] > 2.5


def test_decorrelation_takes_away_what_one_person_shares() -> None:
    def shared(values: np.ndarray) -> float:
        table = values.reshape(-1, EACH)
        return float(np.corrcoef(table[:, 0], table[:, -1])[0, 1])

    npd, npde = found(draw(1, 1)[0], False), found(draw(1, 1)[0])
    assert shared(npd.simulated) > 0.8
    assert abs(shared(npde.simulated)) < 0.1
    assert shared(npd.observed) > 0.8


def test_people_need_not_stand_together() -> None:
    data = draw(1, 1)[0]
    order = np.random.default_rng(3).permutation(len(data))
    shuffled = discrepancies(data[order], draw(2, REPLICATES)[:, order], PERSON[order])
    together = found(data).observed[order]
    assert np.mean(np.abs(shuffled.observed - together)) < 0.9  # another order of samples is another Cholesky factor
    kept = discrepancies(data, draw(2, REPLICATES), PERSON)
    np.testing.assert_array_equal(kept.observed, found(data).observed)


@pytest.mark.parametrize(
    ("data", "name"),
    [(draw(1, 1, mean=0.4)[0], "mean"), (draw(1, 1, spread=2.0)[0], "variance")],
)
def test_wrong_mean_and_spread_are_named(data: np.ndarray, name: str) -> None:
    by_name = {one.name: one for one in criteria(found(data))}
    assert by_name[name].p < 0.02
    assert by_name["global"].p < 0.05


def test_a_wrong_shape_is_named() -> None:
    rng = np.random.default_rng(4)
    data = rng.choice([-1.0, 1.0], 200) + 0.01 * rng.standard_normal(200)  # mean 0, variance 1, two heaps
    simulated = rng.standard_normal((400, 200))
    shape = criteria(discrepancies(data, simulated, np.arange(200)))[2]
    assert shape.name == "normality"
    assert max(shape.p, shape.textbook) < 0.02


def test_the_true_model_passes() -> None:
    assert criteria(found(draw(11, 1)[0]))[-1].p > 0.05


def test_textbook_values_are_those_of_scipy() -> None:
    data = found(draw(1, 1)[0]).observed
    mean, variance, normality, together = criteria(found(draw(1, 1)[0]))
    assert mean.textbook == stats.wilcoxon(data).pvalue
    assert criteria(found(draw(1, 1)[0]), "t")[0].textbook == stats.ttest_1samp(data, 0.0).pvalue
    free = len(data) - 1
    tail = stats.chi2(free).cdf(free * data.var(ddof=1))
    assert variance.textbook == pytest.approx(2.0 * min(tail, 1.0 - tail))
    assert normality.textbook == stats.shapiro(data).pvalue
    assert together.textbook == min(1.0, 3.0 * min(mean.textbook, variance.textbook, normality.textbook))


@pytest.mark.slow
def test_too_many_numbers_for_the_textbook_leave_it_unsaid() -> None:
    rng = np.random.default_rng(5)
    many = criteria(discrepancies(rng.standard_normal(5001), rng.standard_normal((200, 5001)), np.arange(5001)))
    assert np.isnan(many[2].textbook)
    assert np.isfinite(many[3].textbook)
    assert many[3].p > 0.05


def test_shares_count_the_data_with_the_replicates() -> None:
    own = np.arange(99.0)
    assert one_sided(98.5, own) == 0.01
    assert one_sided(-1.0, own) == 1.0
    assert two_sided(98.5, own) == 0.02
    assert two_sided(-0.5, own) == 0.02


def test_too_few_replicates_are_refused() -> None:
    with pytest.raises(WrongUse, match="199 replicates"):
        discrepancies(np.zeros(1), np.zeros((199, 1)), np.zeros(1, dtype=int))
    with pytest.raises(WrongUse, match="120 observations of one person"):
        discrepancies(np.zeros(120), np.zeros((200, 120)), np.zeros(120, dtype=int))


def test_the_mean_test_is_one_of_two() -> None:
    with pytest.raises(WrongUse, match="wilcoxon"):
        criteria(found(draw(1, 1)[0]), "wilcox")
