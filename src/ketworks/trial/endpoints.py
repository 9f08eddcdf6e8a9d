"""Endpoints from a trial's data: change, response, remission, and time to a lost response."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.trial.conduct import Data
from ketworks.trial.plan import Endpoint, Trial
from ketworks.trial.pool import Floats
from ketworks.trial.settings import numbers

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
    """Score minus baseline at the visit; ``last`` carries the last rating forward, ``observed`` leaves out."""
    at = trial.visit(endpoint)
    score, counts = data.score[:, :, at], np.asarray(data.seen[:, :, at])
    if missing == "last":
        upto = data.seen[:, :, : at + 1]
        place = at - np.argmax(upto[:, :, ::-1], axis=2)
        score = np.take_along_axis(data.score, place[:, :, None], axis=2)[:, :, 0]
        counts = np.asarray(np.any(upto, axis=2))
    return Values(score - data.baseline, counts)


def reached(trial: Trial, data: Data, endpoint: Endpoint) -> Values:
    """1 where response or remission is there at the visit; who was not seen failed, or is left out."""
    at = trial.visit(endpoint)
    hit = _hit(trial, data, endpoint)[:, :, at]
    counts = data.seen[:, :, at]
    if endpoint.missing == "failure":
        return Values(np.where(counts, hit, 0.0), np.ones_like(counts))
    return Values(hit, counts)


def _hit(trial: Trial, data: Data, endpoint: Endpoint) -> Floats:
    """Response or remission at every visit, 0 or 1, by the definitions of the outcome stage."""
    import jax.numpy as jnp

    from ketworks.outcome.severity import remitted, responded

    known = numbers()
    if endpoint.kind == "remission":
        limit = known.remission if endpoint.threshold is None else endpoint.threshold
        return np.asarray(remitted(jnp.asarray(data.score), jnp.asarray(limit)))
    fraction = known.response if endpoint.fraction is None else endpoint.fraction
    return np.asarray(responded(jnp.asarray(data.score), jnp.asarray(data.baseline[:, :, None]), jnp.asarray(fraction)))


def time_to_relapse(trial: Trial, data: Data, endpoint: Endpoint) -> Times:
    """Days from the endpoint's visit to the first visit at which the response is lost, among those who had it.

    A response is lost when the score is at or above the relapse threshold (``threshold`` of the endpoint) or less than
    the response fraction below baseline. Who is not seen any more is censored at the last visit seen.
    """
    at = trial.visit(endpoint)
    limit = numbers().relapse if endpoint.threshold is None else endpoint.threshold
    hit = _hit(trial, data, endpoint)[:, 0] > 0.5
    seen, score = data.seen[:, 0], data.score[:, 0]
    who = np.flatnonzero(hit[:, at] & seen[:, at])
    lost = ((~hit | (score >= limit)) & seen)[who, at + 1 :]
    watched = seen[who, at + 1 :]
    later = (np.asarray(trial.visits)[at + 1 :] - trial.visits[at]) / _DAY
    event = np.asarray(np.any(lost, axis=1))
    ends = np.where(watched, later, 0.0).max(axis=1, initial=0.0)
    days = np.where(event, later[np.argmax(lost, axis=1)], ends) if lost.shape[1] else ends
    return Times(days, event, data.arm[who, 0], data.baseline[who, 0])
