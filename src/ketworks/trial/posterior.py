"""What a Bayesian reads from responders: the rate of each arm and how likely one is better by how much."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.conduct import Data
from ketworks.trial.grid import grid
from ketworks.trial.plan import Trial
from ketworks.trial.responders import counts, posterior, probability_above

MARGINS = (0.0, 0.1, 0.2)  # differences of rates


class Posterior(NamedTuple):
    """Posterior rates of both arms (mean, and 95 % credible interval), and P(first - second > margin) by margin."""

    analysis: str
    arms: tuple[str, str]
    hits: tuple[int, int]
    people: tuple[int, int]
    rates: tuple[tuple[float, float, float], ...]
    better_by: tuple[tuple[float, float], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**self._asdict(), "better_by": [{"margin": m, "probability": p} for m, p in self.better_by]}


def posteriors(trial: Trial, data: Data) -> list[Posterior]:
    """One for each analysis of kind ``bayes``, with uniform priors."""
    from scipy.stats import beta  # type: ignore[import-untyped]

    found = []
    for one in (each for each in trial.analyses if each.kind == "bayes"):
        hit_1, n_1, hit_2, n_2 = counts(trial, data, one)
        if not n_1 or not n_2:
            continue
        shapes = (posterior(hit_1, n_1), posterior(hit_2, n_2))
        ends = [beta.ppf([0.025, 0.975], a, b) for a, b in shapes]
        rates = tuple((a / (a + b), float(end[0]), float(end[1])) for (a, b), end in zip(shapes, ends, strict=True))
        better = tuple((by, probability_above(*shapes, by)) for by in MARGINS)
        found.append(Posterior(one.name, one.arms, (hit_1, hit_2), (n_1, n_2), rates, better))
    return found


def posterior_text(found: Posterior) -> str:
    """The table of one analysis."""
    rows: list[tuple[str, ...]] = [(found.analysis, "responders", "rate", "95 % credible")]
    for place, arm in enumerate(found.arms):
        rate, low, high = (f"{100.0 * value:.0f}" for value in found.rates[place])
        rows.append((f"  {arm}", f"{found.hits[place]}/{found.people[place]}", f"{rate} %", f"{low} to {high} %"))
    words = [
        f"{'better' if by == 0.0 else f'by {np.round(100 * by):.0f} points or more'} {probability:.3f}"
        for by, probability in found.better_by
    ]
    return f"{grid(rows)}\n  probability that {found.arms[0]} is {', '.join(words)}; uniform priors"
