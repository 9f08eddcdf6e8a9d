"""Analyses against closed forms, SciPy and hand-made likelihoods, on simulated trials."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, stats

from ketworks.trial.analyses import analyse
from ketworks.trial.conduct import Data
from ketworks.trial.endpoints import time_to_relapse
from ketworks.trial.plan import Analysis, Endpoint, Trial
from ketworks.trial.plan_file import from_toml
from ketworks.trial.responders import newcombe, probability_above

TRIAL = from_toml("""
name = "made"
setting = "midazolam"
visits = "1 d, 3 d, 7 d, 14 d"
people = {n = 60}
arm = [{name = "a", regimen = "0.5 mg/kg iv over 40 min"}, {name = "b"}]
endpoint = [
  {name = "change", kind = "change", at = "7 d"},
  {name = "response", kind = "response", at = "7 d"},
  {name = "lost", kind = "relapse", at = "1 d"},
]
""")
PAIR = ("a", "b")


@pytest.fixture(scope="module")
def data() -> Data:
    """Sixty people, arms alternating; the first gains 6 points more."""
    rng = np.random.default_rng(3)
    n, visits = 60, len(TRIAL.visits)
    arm = np.tile([0, 1], n // 2)
    baseline = rng.normal(33.0, 6.0, n)
    course = baseline[:, None] * 0.5 - 6.0 * (arm[:, None] == 0) + rng.normal(2.0, 6.0, (n, 1))
    score = np.clip(course + rng.normal(0.0, 4.0, (n, visits)) + np.linspace(0.0, 8.0, visits), 0.0, 60.0)
    seen = np.ones((n, 1, visits), bool)
    no = np.zeros(n, bool)
    zero = np.zeros(n, np.int64)
    whole = (np.arange(n), n, zero, arm[:, None], baseline[:, None], score[:, None, :], seen, no, no, no[:, None])
    return Data(*whole)


def done(data: Data, kind: str, endpoint: str, trial: Trial = TRIAL) -> tuple[float, float, float, float]:
    found = analyse(trial, data, Analysis(kind, kind, endpoint, PAIR))
    assert found.value is not None, found.note
    assert found.low is not None
    assert found.high is not None
    assert found.p is not None
    return found.value, found.low, found.high, found.p


def change(data: Data, visit: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values = data.score[:, 0, visit] - data.baseline[:, 0]
    return values, data.arm[:, 0] == 0, data.baseline[:, 0]


def test_the_t_test_is_scipys(data: Data) -> None:
    values, first, _ = change(data)
    scipys = stats.ttest_ind(values[first], values[~first])
    span = scipys.confidence_interval()
    expected = (values[first].mean() - values[~first].mean(), span.low, span.high, scipys.pvalue)
    assert done(data, "t", "change") == pytest.approx(expected)


def test_covariance_is_the_textbooks(data: Data) -> None:
    """Adjusted difference: that of the means, less the pooled within-arm slope times that of the baselines."""
    values, first, base = change(data)
    groups = [(values[k] - values[k].mean(), base[k] - base[k].mean()) for k in (first, ~first)]
    slope = sum(float(y @ x) for y, x in groups) / sum(float(x @ x) for _, x in groups)
    raw = values[first].mean() - values[~first].mean()
    apart = base[first].mean() - base[~first].mean()
    rest = sum(float((y - slope * x) @ (y - slope * x)) for y, x in groups) / (len(values) - 3)
    within = sum(float(x @ x) for _, x in groups)
    error = np.sqrt(rest * (1 / first.sum() + 1 / (~first).sum() + apart**2 / within))
    half = stats.t.ppf(0.975, len(values) - 3) * error
    value, low, high, p = done(data, "ancova", "change")
    assert value == pytest.approx(raw - slope * apart)
    assert (low, high) == pytest.approx((value - half, value + half))
    assert p == pytest.approx(2 * stats.t.sf(abs(value) / error, len(values) - 3))


def test_the_mixed_model_of_complete_data_has_the_estimate_of_its_last_visit(data: Data) -> None:
    """The same regressors at each visit: generalised least squares are then the least squares of each visit."""
    assert done(data, "mmrm", "change")[0] == pytest.approx(done(data, "ancova", "change")[0], abs=1e-6)


def test_the_mixed_model_uses_those_who_left(data: Data) -> None:
    """Its answer lies nearer to the complete one than that of the people who stayed: the worst left."""
    leave = data.score[:, 0, 1] > np.quantile(data.score[:, 0, 1], 0.6)
    seen = data.seen.copy()
    seen[leave, 0, 2:] = False
    thin = data._replace(seen=seen)
    whole = done(data, "mmrm", "change")[0]
    assert abs(done(thin, "mmrm", "change")[0] - whole) < abs(done(thin, "t", "change")[0] - whole)


def test_logistic_is_the_largest_likelihood(data: Data) -> None:
    _, first, base = change(data)
    hit = data.score[:, 0, 2] <= 0.5 * base
    design = np.column_stack([np.ones(len(hit)), first, base - base.mean()])

    def minus_log(beta: np.ndarray) -> float:
        eta = design @ beta
        return float(np.sum(np.logaddexp(0.0, eta) - hit * eta))

    best = optimize.minimize(minus_log, np.zeros(3), method="BFGS", options={"gtol": 1e-8}).x
    assert np.log(done(data, "logistic", "response")[0]) == pytest.approx(best[1], abs=1e-4)


def test_fisher_and_newcombe(data: Data) -> None:
    _, first, base = change(data)
    hit = data.score[:, 0, 2] <= 0.5 * base
    table = [[hit[k].sum(), (~hit[k]).sum()] for k in (first, ~first)]
    value, _, _, p = done(data, "fisher", "response")
    assert value == pytest.approx(hit[first].mean() - hit[~first].mean())
    assert p == pytest.approx(stats.fisher_exact(table).pvalue)
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=1e-4)  # Newcombe 1998, method 10


def test_bayes_is_what_draws_say() -> None:
    rng = np.random.default_rng(0)
    share = np.mean(rng.beta(8, 5, 400_000) > rng.beta(4, 9, 400_000))
    assert probability_above((8, 5), (4, 9)) == pytest.approx(share, abs=0.003)


def test_survival_by_hand(data: Data) -> None:
    """Product-limit estimate and log-rank test from their definitions; Cox from Efron's likelihood without ties."""
    times = time_to_relapse(TRIAL, data, TRIAL.endpoint("lost"))
    first = times.arm == 0
    shares = []
    for group in (first, ~first):
        days, event = times.days[group], times.event[group]
        shares.append(np.prod([1.0 - event[days == t].sum() / (days >= t).sum() for t in np.unique(days[event])]))
    observed = expected = variance = 0.0
    for t in np.unique(times.days[times.event]):
        risk, lost = times.days >= t, (times.days == t) & times.event
        n, d, share = risk.sum(), lost.sum(), (risk & first).sum() / risk.sum()
        observed += (lost & first).sum()
        expected += d * share
        variance += d * share * (1 - share) * (n - d) / max(n - 1, 1)
    value, _, _, p = done(data, "kaplan-meier", "lost")
    assert value == pytest.approx(shares[0] - shares[1])
    assert p == pytest.approx(stats.chi2.sf((observed - expected) ** 2 / variance, 1))


def test_an_arm_that_keeps_everybody_is_compared_and_has_no_ratio(data: Data) -> None:
    """All of the first arm stay as well as at the first visit: the log-rank test finds it, a ratio has no estimate."""
    first = data.arm[:, 0] == 0
    score = np.where(first[:, None, None], data.score[:, :, :1], data.score)
    kept = data._replace(score=score)
    times = time_to_relapse(TRIAL, kept, TRIAL.endpoint("lost"))
    other = times.arm == 1
    assert times.event[other].any()
    assert not times.event[~other].any()
    days, event = times.days[other], times.event[other]
    share = np.prod([1.0 - event[days == t].sum() / (days >= t).sum() for t in np.unique(days[event])])
    value, _, high, p = done(kept, "kaplan-meier", "lost")
    assert value == pytest.approx(1.0 - share)
    assert high > value
    assert p < 0.05
    assert "nobody lost" in analyse(TRIAL, kept, Analysis("cox", "cox", "lost", PAIR)).note


def test_cox_is_the_largest_partial_likelihood(data: Data) -> None:
    times = time_to_relapse(TRIAL, data, TRIAL.endpoint("lost"))
    design = np.column_stack([times.arm == 0, times.baseline - times.baseline.mean()]).astype(float)

    def minus_log(beta: np.ndarray) -> float:
        score, total = np.exp(design @ beta), 0.0
        for t in np.unique(times.days[times.event]):
            lost = (times.days == t) & times.event
            risk, tied = score[times.days >= t].sum(), score[lost].sum()
            total -= float(np.sum(design[lost] @ beta))
            total += sum(np.log(risk - k / lost.sum() * tied) for k in range(lost.sum()))  # Efron's ties
        return total

    best = optimize.minimize(minus_log, np.zeros(2), method="BFGS", options={"gtol": 1e-8}).x
    assert np.log(done(data, "cox", "lost")[0]) == pytest.approx(best[0], abs=1e-4)


def test_a_crossover_takes_the_people_as_their_own_controls(data: Data) -> None:
    """Complete pairs: half the difference between the sequences' mean period differences."""
    turned = np.column_stack([data.arm[:, 0], 1 - data.arm[:, 0]])
    more = np.random.default_rng(5).normal(3.0, 4.0, data.score.shape)
    score = np.concatenate([data.score, data.score + more + 5.0 * (turned[:, 1] == 0)[:, None, None]], axis=1)
    both = data._replace(
        arm=turned,
        baseline=np.repeat(data.baseline, 2, axis=1),
        score=score,
        seen=np.repeat(data.seen, 2, axis=1),
    )
    trial = replace(TRIAL, design="crossover")
    apart = score[:, 0, 2] - score[:, 1, 2]
    order = turned[:, 0] == 0
    expected = stats.ttest_ind(apart[order], apart[~order])
    value, _, _, p = done(both, "crossover", "change", trial)
    assert value == pytest.approx(0.5 * (apart[order].mean() - apart[~order].mean()))
    assert p == pytest.approx(expected.pvalue)


def test_an_arm_without_responders_is_told_and_not_guessed(data: Data) -> None:
    strict = replace(TRIAL, endpoints=(Endpoint("response", "response", TRIAL.visits[2], fraction=0.95),))
    found = analyse(strict, data, Analysis("logistic", "logistic", "response", PAIR))
    assert found.value is None
    assert "responders" in found.note
