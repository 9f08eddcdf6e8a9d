"""``run_trial``: a plan in; the trial that is shown, its analyses, power and comparison with reported numbers out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ketworks.errors import WrongUse
from ketworks.people.cohort import LARGEST as LARGEST_COHORT
from ketworks.trial.analyses import analyse
from ketworks.trial.conduct import Data, conduct, loss_draws
from ketworks.trial.course import is_course, pool_of, scores_of
from ketworks.trial.estimate import Estimate
from ketworks.trial.keep import Keep, at_once
from ketworks.trial.plan import Trial
from ketworks.trial.pool import Pool
from ketworks.trial.posterior import posteriors
from ketworks.trial.replicates import Replicates, replicate
from ketworks.trial.reported import Compared, compare
from ketworks.trial.scores import Scores
from ketworks.trial.size import Size, sizes
from ketworks.trial.summary import ArmSummary, carry_over, summarise

POOL = 2000  # people, and at least five times those of the trial
TIMES, TIMES_LONG = 5, 3  # a withdrawal trial enrols many and runs for a year or more
MOST_REPLICATES = 20_000


@dataclass(frozen=True)
class TrialResult:
    """What ``run_trial`` returns.

    Attributes:
        trial: the plan.
        pool: people from whom trials are drawn.
        scores: theirs under every arm.
        data: of the trial that is shown (replicate 0).
        arms: its table.
        estimates: its analyses.
        replicates: power and scatter over many trials; None when none were asked for.
        sizes: people an arm for 80 and 90 % power.
        compared: reported numbers against the replicates.
        null: whether every arm got what the control gets.
    """

    trial: Trial
    pool: Pool
    scores: Scores
    data: Data
    arms: list[ArmSummary]
    estimates: list[Estimate]
    replicates: Replicates | None
    sizes: list[Size]
    compared: list[Compared]
    null: bool

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of ``ketworks trial --json``."""
        from ketworks.trial.flow import flow

        told = [] if is_course(self.trial) else list(enumerate(self.trial.arms))
        guess = {arm.name: float(self.scores.guess[k].mean()) for k, arm in told}
        return {
            "trial": self.trial.name,
            "title": self.trial.title,
            "measure": self.trial.measure,
            "seed": self.trial.seed,
            "pool": len(self.pool.ids),
            "null": self.null,
            "flow": flow(self.trial, self.data).as_dict(),
            "arms": [one.as_dict() for one in self.arms],
            "estimates": [one.as_dict() for one in self.estimates],
            "posteriors": [one.as_dict() for one in posteriors(self.trial, self.data)],
            "carry_over": carry_over(self.trial, self.pool),
            "guess_drug": guess,
            "replicates": 0 if self.replicates is None else self.replicates.trials,
            "power": [] if self.replicates is None else [one.as_dict() for one in self.replicates.power],
            "sizes": [one.as_dict() for one in self.sizes],
            "reported": [one.as_dict() for one in self.compared],
        }


def run_trial(
    trial: Trial,
    replicates: int = 500,
    pool: int = 0,
    null: bool = False,
    progress: Callable[[str], None] | None = None,
    keep: Keep = at_once,
) -> TrialResult:
    """Simulates the pool, conducts the trial once, and then ``replicates`` times more.

    Args:
        trial: the plan.
        replicates: trials for power, type-I error and intervals of prediction; 0 for none.
        pool: people simulated; 0 takes 2,000, or five times the trial's people (three times those of a withdrawal
            trial) if that is more.
        null: every arm gets what the control gets: the share of differences found is the type-I error.
        progress: called with a word on what is being done.
        keep: makes each piece of the pool and each batch of trials, or knows it already; the result is the same.

    Raises:
        WrongUse: numbers out of range, or statsmodels is not installed.
        CannotSay: no evidence covers an arm's regimen; the pool holds too few who may be included.
    """
    from ketworks.trial.estimate import library

    if not 0 <= replicates <= MOST_REPLICATES:
        raise WrongUse(f"{replicates} replicates", f"0 to {MOST_REPLICATES}", paste="--replicates 500")
    size = pool_size(trial, pool)
    if trial.analyses:
        library()
    people = pool_of(trial, size, progress, keep)
    scores = scores_of(trial, people)
    bearable = loss_draws(trial, people)
    data = conduct(trial, people, scores, bearable, 0, null)
    many = replicate(trial, people, scores, bearable, replicates, null, progress, keep) if replicates else None
    return TrialResult(
        trial=trial,
        pool=people,
        scores=scores,
        data=data,
        arms=summarise(trial, data),
        estimates=[analyse(trial, data, one) for one in trial.analyses],
        replicates=many,
        sizes=sizes(trial, people, scores) if not null else [],
        compared=compare(trial, many) if many is not None and not null else [],
        null=null,
    )


def pool_size(trial: Trial, asked: int) -> int:
    """People to simulate: as many as asked for, or the usual number when that is 0.

    Raises:
        WrongUse: fewer than the trial has, or too many.
    """
    usual = max(POOL, (TIMES if trial.withdrawal is None else TIMES_LONG) * trial.who.n)
    size = asked or usual
    if not trial.who.n <= size <= LARGEST_COHORT:
        expected = f"{trial.who.n}, the people of the trial, to {LARGEST_COHORT}"
        raise WrongUse(f"a pool of {size}", expected, paste=f"--pool {usual}")
    return size
