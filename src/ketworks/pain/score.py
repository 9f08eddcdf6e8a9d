"""The score that is reported: baseline, less what drug and placebo take away."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def own_baseline(mean: Array, sd: Array, top: Array, eta: Array) -> Array:
    """Pain of one person before treatment, points, shape (people,).

    Equation:  B_i = B + s eta, held within 0 and the top of the scale
    Symbols:   B mean, s standard deviation between people - points; eta standard-normal draw - 1
    Source:    rows ``*.baseline``
    Leaves out: that trials admit nobody below a limit; days that are better or worse.
    """
    return jnp.clip(mean + sd * eta, 0.0, top)


def placebo_course(times: Array, relief: Array, visit: Array, responds: Array) -> Array:
    """Share of pain that placebo takes away, shape (people, times).

    Equation:  P_i(t) = r_p x min(t / t_p, 1)
    Symbols:   r_p 1 for those who respond to placebo - 1; x their relief - 1; t time, t_p end of the course - min
    Source:    x derived from the placebo arm at week 1 (Sigtermans 2009); the line before and the constant after are
               assumptions
    Leaves out: how long it lasts.
    """
    return responds[:, None] * relief * jnp.minimum(times / visit, 1.0)[None, :]


def relieved(acute: Array, slow: Array, placebo: Array) -> Array:
    """Share of pain that is gone.

    Equation:  G = 1 - (1 - A) (1 - max(Z, P)),  A = a A_exp
    Symbols:   A_exp acute relief of experimental pain, a what chronic pain has of it, Z slow relief, P relief under
               placebo - 1
    Source:    A_exp Simons 2022, a assumed; shares that act apart, and the larger of drug and placebo, are
               assumptions: the chance that was printed for the drug holds those whom placebo would have helped
    Leaves out: pain that returns worse than it was.
    """
    return 1.0 - (1.0 - acute) * (1.0 - jnp.maximum(slow, placebo))


def reported(baseline: Array, gone: Array) -> Array:
    """Pain as reported.

    Equation:  S = B (1 - G)
    Symbols:   B baseline - points; G share of pain that is gone - 1
    Source:    definition
    Leaves out: whole numbers of the scale and error of the rating; samples with reading error hold the latter.
    """
    return baseline * (1.0 - gone)


def mean_reported(
    baseline: Array, acute: Array, slow: Array, placebo: Array, responders: Array, placebo_responders: Array
) -> Array:
    """Mean score over people who respond and people who do not.

    Equation:  S = B (1 - A) (1 - p_p max(Z, P) - (p - p_p) Z)
    Symbols:   B mean baseline - points; A acute relief, Z slow relief of a responder, P relief under placebo of whom it
               helps, p chance of response to the drug, p_p of that to placebo - 1
    Source:    the mixture itself
    Leaves out: the spread of C50 and of baseline between people (a cohort holds them); p_p above p.
    """
    either = placebo_responders * jnp.maximum(slow, placebo)
    return baseline * (1.0 - acute) * (1.0 - either - (responders - placebo_responders) * slow)
