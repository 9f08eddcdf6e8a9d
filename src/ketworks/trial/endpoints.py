"""Endpoints from a trial's data: change, response, remission, and time to a lost response."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.trial.conduct import Data
from ketworks.trial.measures import fall, measure, remission
from ketworks.trial.plan import Endpoint, Trial
from ketworks.trial.pool import Floats

_DAY = 1440.0


class Values(NamedTuple):
    """One endpoint: values, and which of them count, shape (people, periods)."""

    value: Floats
    counts: NDArray[np.bool_]


class Times(NamedTuple):
    """Time from the endpoint's visit to a lost response or the end of watching, days: those who had responded."""

    days: Floats
    event: NDArray[np.bool_]
    arm: NDArray[np.int64]
    baseline: Floats


def change(trial: Trial, data: Data, endpoint: Endpoint, missing: str = "observed") -> Values:
    """Score minus baseline at the visit; ``last`` carries the last rating forward, ``observed`` leaves out.

    Who is not of the endpoint's group does not count, here and below.
    """
    at = trial.visit(endpoint)
    score, counts = data.score[:, :, at], np.asarray(data.seen[:, :, at])
    if missing == "last":
        upto = data.seen[:, :, : at + 1]
        place = at - np.argmax(upto[:, :, ::-1], axis=2)
        score = np.take_along_axis(data.score, place[:, :, None], axis=2)[:, :, 0]
        counts = np.asarray(np.any(upto, axis=2))
    return Values(score - data.baseline, counts & belongs(trial, data, endpoint)[:, None])


def belongs(trial: Trial, data: Data, endpoint: Endpoint) -> NDArray[np.bool_]:
    """Who is of the endpoint's group, shape (people,); everybody where it names none."""
    if not endpoint.group:
        return np.ones(len(data.ids), bool)
    return np.asarray(data.stratum == trial.stratum(endpoint.group))


def reached(trial: Trial, data: Data, endpoint: Endpoint) -> Values:
    """1 where response or remission is there at the visit; who was not seen failed, or is left out."""
    at = trial.visit(endpoint)
    hit = _hit(trial, data, endpoint)[:, :, at]
    counts = data.seen[:, :, at]
    own = np.broadcast_to(belongs(trial, data, endpoint)[:, None], counts.shape)
    if endpoint.missing == "failure":
        return Values(np.where(counts, hit, 0.0), own)
    return Values(hit, counts & own)


def _hit(trial: Trial, data: Data, endpoint: Endpoint) -> Floats:
    """Response or remission at every visit, 0 or 1, by the definitions of the outcome stage."""
    import jax.numpy as jnp

    from ketworks.outcome.severity import remitted, responded

    people = len(data.ids)
    spare = ((0, max(trial.who.n - people, 0)), (0, 0), (0, 0))  # one shape, so that nothing is compiled twice
    score, baseline = jnp.asarray(np.pad(data.score, spare)), jnp.asarray(np.pad(data.baseline[:, :, None], spare))
    if endpoint.kind == "remission":
        limit = remission(trial, endpoint.threshold)
        return np.asarray(remitted(score, jnp.asarray(limit)))[:people]
    if endpoint.lost == "threshold" and endpoint.fraction is None:
        return np.ones_like(data.score)  # nothing is asked of the fall
    return np.asarray(responded(score, baseline, jnp.asarray(fall(trial, endpoint.fraction))))[:people]


def time_to_relapse(trial: Trial, data: Data, endpoint: Endpoint) -> Times:
    """Days from the endpoint's visit to the first visit at which the response is lost.

    A response is lost when the score is at or above the relapse threshold (``threshold`` of the endpoint) or, unless
    ``lost`` says threshold alone, less than the response fraction below baseline; ``confirm`` visits running must show
    it, and the first of them dates it. Those who had responded are watched, in a withdrawal trial all who were
    randomised. Who is not seen any more is censored at the last visit seen.
    """
    at = trial.visit(endpoint)
    own = measure(trial.measure).relapse if endpoint.threshold is None else endpoint.threshold
    limit = np.inf if own is None else own
    hit = _hit(trial, data, endpoint)[:, 0] > 0.5
    seen, score = data.seen[:, 0], data.score[:, 0]
    entered = seen[:, at] & belongs(trial, data, endpoint)
    who = np.flatnonzero(entered if trial.withdrawal is not None else entered & hit[:, at])
    bad = score >= limit if endpoint.lost == "threshold" else ~hit | (score >= limit)
    lost = _running((bad & seen)[who, at + 1 :], endpoint.confirm)
    watched = seen[who, at + 1 :]
    later = (np.asarray(trial.visits)[at + 1 :] - trial.visits[at]) / _DAY
    event = np.asarray(np.any(lost, axis=1))
    ends = np.where(watched, later, 0.0).max(axis=1, initial=0.0)
    days = np.where(event, later[np.argmax(lost, axis=1)], ends) if lost.shape[1] else ends
    return Times(days, event, data.arm[who, 0], data.baseline[who, 0])


def _running(bad: NDArray[np.bool_], confirm: int) -> NDArray[np.bool_]:
    """Where a run of ``confirm`` visits begins, shape (people, visits)."""
    begins = bad.copy()
    for later in range(1, confirm):
        begins[:, :-later] &= bad[:, later:]
        begins[:, bad.shape[1] - later :] = False
    return begins
