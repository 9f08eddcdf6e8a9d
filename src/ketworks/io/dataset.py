"""A simulation as ``xarray.Dataset`` and netCDF, with everything needed to make it again."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from ketworks.errors import WrongUse
from ketworks.evidence.cite import bibtex, sources_behind
from ketworks.io.whole_file import check_writable, write_whole

if TYPE_CHECKING:
    from ketworks.result import Simulation

FORMAT = "ketworks-simulation-1"
COVARIATE_UNITS = {"weight": "kg", "age": "y", "height": "cm", "male": "1"}
PACKAGES = ("ketworks", "jax", "numpy", "xarray")


def to_array(simulation: Simulation, name: str) -> xr.DataArray:
    """One signal: dims (time) for a person with coordinates ``low`` and ``high``, (person, time) for a cohort.

    Attributes on the array: ``units``, ``long_name``, ``grade``, ``limited_by``, ``sources``, ``kind``, ``color``,
    ``error``.
    """
    signal, graded = simulation.signal(name), simulation.grades[name]
    attrs: dict[str, Any] = {
        "units": signal.unit,
        "long_name": signal.label,
        "meaning": signal.meaning,
        "kind": signal.kind,
        "color": signal.color,
        "grade": graded.grade,
        "limited_by": " <- ".join(graded.chain),
        "sources": ", ".join(source.id for source in sources_behind([name], simulation.chain.stages)),
        "error": simulation.error(name),
        "neglected": simulation.neglected.get(name, 0.0),
    }
    time = ("time", simulation.times, {"units": "min", "long_name": "Time since the first dose"})
    if not simulation.has_typical:
        places = {"person": simulation.ids, "time": time, **_of_people(simulation)}
        return xr.DataArray(simulation.tables[name], dims=("person", "time"), coords=places, attrs=attrs, name=name)
    curve = simulation.curve(name)
    coords: dict[str, Any] = {"time": time}
    if curve.low is not None and curve.high is not None:
        coords |= {"low": ("time", curve.low), "high": ("time", curve.high)}
    return xr.DataArray(curve.center, dims=("time",), coords=coords, attrs=attrs, name=name)


def _of_people(simulation: Simulation) -> dict[str, Any]:
    """What each person of a cohort is, as coordinates: size, age and sex, and of the rest what is true of anybody.

    A covariate that is not known of everybody (the height of some child) is left out.
    """
    found = {}
    for name, values in simulation.covariates.items():
        if np.isfinite(values).all() and (name in COVARIATE_UNITS or values.any()):
            found[name] = ("person", values, {"units": COVARIATE_UNITS.get(name, "1")})
    return found


def to_dataset(simulation: Simulation) -> xr.Dataset:
    """All signals; for a person the band stands beside each as ``NAME.low`` and ``NAME.high``."""
    variables: dict[str, xr.DataArray] = {}
    for name in simulation.names:
        array = to_array(simulation, name)
        for edge in ("low", "high"):
            if edge in array.coords:
                variables[f"{name}.{edge}"] = (
                    array[edge].drop_vars(("low", "high")).assign_attrs(units=array.attrs["units"])
                )
        variables[name] = array.drop_vars(("low", "high"), errors="ignore")
    for name in simulation.sampled:
        variables[f"{name}.measured"] = _samples(simulation, name, variables[name])
    attrs = {
        "format": FORMAT,
        "title": f"{simulation.regimen} - {simulation.people}",
        "configuration": json.dumps(simulation.configuration()),
        "versions": json.dumps(
            {package: version(package) for package in PACKAGES} | {"python": platform.python_version()}
        ),
        "citations": bibtex(simulation.names, simulation.chain.stages),
        "disclaimer": "Research and teaching software. It never clears, doses or treats a real person.",
    }
    return xr.Dataset(variables, attrs=attrs)


def _samples(simulation: Simulation, name: str, levels: xr.DataArray) -> xr.DataArray:
    """Samples with residual error beside the levels of the same people."""
    table = simulation.measured(name)
    attrs = {"units": levels.attrs["units"], "long_name": f"{levels.attrs['long_name']}, samples"}
    return levels.copy(data=table[0] if simulation.has_typical else table).assign_attrs(attrs)


def save(simulation: Simulation, path: Path) -> Path:
    """Writes netCDF (h5netcdf)."""
    check_writable(path, (".nc",))
    # made in memory first: HDF5 can bring the whole process down when a disk fills up under an open file
    content = bytes(to_dataset(simulation).to_netcdf(engine="h5netcdf"))
    return write_whole(path, content)


def load(path: str | Path) -> xr.Dataset:
    """Reads a saved simulation whole into memory.

    Raises:
        WrongUse: no such file, not netCDF, or not written by ketworks.
    """
    if not Path(path).is_file():
        raise WrongUse(f"no file {str(path)!r}", "a .nc file that ketworks wrote")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            dataset = opened.load()
    except Exception as error:  # bytes that are damaged show up as almost any kind of error below
        raise WrongUse(f"{str(path)!r} is not netCDF", "a whole .nc file that ketworks wrote") from error
    if dataset.attrs.get("format") != FORMAT:
        raise WrongUse(f"{str(path)!r} was not written by this version of ketworks", f"format {FORMAT}")
    return dataset


def replay(path: str | Path) -> tuple[Simulation, float]:
    """Runs a saved simulation again.

    Returns:
        The new simulation, and the largest difference from the file over each signal's largest value (0 on the same
        machine and versions; infinite where the file holds what is not finite).

    Raises:
        WrongUse: as ``load``, or the file does not fit the configuration it carries.
    """
    from ketworks.configuration import from_configuration
    from ketworks.simulation import simulate

    dataset = load(path)
    again = simulate(**from_configuration(_stored(dataset, path)))
    fresh = to_dataset(again)
    if set(fresh.variables) != set(dataset.variables):
        odd = ", ".join(sorted({str(name) for name in set(fresh.variables) ^ set(dataset.variables)}))
        raise WrongUse(f"{str(path)!r}: the file and its configuration do not both hold {odd}", "the file as written")
    worst = 0.0
    for name in dataset.variables:
        if fresh[name].shape != dataset[name].shape:
            raise WrongUse(
                f"{name} has shape {dataset[name].shape} in the file, {fresh[name].shape} now", "the same version"
            )
        worst = max(worst, _difference(dataset[name].values, fresh[name].values))
    return again, worst


def _stored(dataset: xr.Dataset, path: str | Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(dataset.attrs["configuration"])
    except (KeyError, TypeError, ValueError) as error:
        raise WrongUse(f"{str(path)!r} holds no readable configuration", "the file as ketworks wrote it") from error
    return found


def _difference(old: Any, new: Any) -> float:
    if not np.isfinite(old).all():
        return float("inf")
    scale = max(float(np.max(np.abs(old), initial=0.0)), 1e-300)
    return float(np.max(np.abs(old - new), initial=0.0)) / scale
