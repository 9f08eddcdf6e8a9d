"""Which function does which analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ketworks.trial import continuous, relapse, responders
from ketworks.trial.conduct import Data
from ketworks.trial.estimate import Estimate
from ketworks.trial.plan import Analysis, Trial

_BY_KIND: Mapping[str, Callable[[Trial, Data, Analysis], Estimate]] = {
    "ancova": continuous.ancova,
    "t": continuous.t_test,
    "mmrm": continuous.mmrm,
    "crossover": continuous.crossover,
    "logistic": responders.logistic,
    "fisher": responders.fisher,
    "bayes": responders.bayes,
    "kaplan-meier": relapse.kaplan_meier,
    "cox": relapse.cox,
}


def analyse(trial: Trial, data: Data, analysis: Analysis) -> Estimate:
    """One analysis of one trial's data."""
    return _BY_KIND[analysis.kind](trial, data, analysis)
