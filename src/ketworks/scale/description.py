"""What a stored cohort says of itself: the run, the units and sources of its signals, and the times."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ketworks.io.dataset import COVARIATE_UNITS, to_dataset

if TYPE_CHECKING:
    from ketworks.scale.chunked_run import ChunkedRun

SOLVED = "solved"
_OF_ONE_RUN = ("error", "neglected")  # of those who were simulated: known of everybody only at the end


class Description(NamedTuple):
    """Plain JSON values but for the times.

    Attributes:
        attributes: format, title, configuration, versions, citations and disclaimer.
        signals: by name, what is true of a signal: units, label, grade, sources.
        covariates: by name, their units.
        time: units of the times.
        times: min, shape (times,).
    """

    attributes: dict[str, Any]
    signals: dict[str, dict[str, Any]]
    covariates: dict[str, dict[str, Any]]
    time: dict[str, Any]
    times: NDArray[np.float64]


def described(run: ChunkedRun) -> Description:
    """The description of a run, from a simulation of one of its people; it is the same at every start.

    Raises:
        KetworksError: as ``simulate``.
    """
    pilot = to_dataset(run.prepared.run(replace(run.cohort, only=(int(run.cohort.ids[0]),))))
    everybody = {"title": f"{run.prepared.plan} - {run.cohort}", "configuration": json.dumps(run.configuration)}
    attributes = _plain(pilot.attrs) | everybody
    signals = {str(name): _plain(array.attrs) for name, array in pilot.data_vars.items()}
    for words in signals.values():
        for name in _OF_ONE_RUN:
            words.pop(name)
    covariates = {name: {"units": COVARIATE_UNITS.get(name, "1")} for name in run.covariates}
    return Description(attributes, signals, covariates, _plain(pilot["time"].attrs), np.asarray(pilot["time"].values))


def _plain(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps({str(key): value for key, value in attributes.items()}, default=float)
    )
    return found
