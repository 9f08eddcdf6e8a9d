"""Noncompartmental analysis of measured levels: checks, what starts the curve, and the answer with its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from ketworks.errors import WrongUse, unknown
from ketworks.exposure.areas import Curve, Floats
from ketworks.exposure.dosing import Dosing
from ketworks.exposure.level import check_level_unit, to_milligrams
from ketworks.exposure.metric import Metric, metric
from ketworks.exposure.noncompartmental import answer
from ketworks.exposure.settings import How, settings_of
from ketworks.exposure.terminal import Terminal
from ketworks.quantity import to_number
from ketworks.time_points import LATEST

MUCH = 20.0  # % of the area extrapolated, above which it is said


@dataclass(frozen=True)
class Profile:
    """The metrics of one curve.

    Attributes:
        metrics: by name; one that could not be computed has no value and says why.
        terminal_times_min: times of the points behind the terminal phase; empty without one.
        notes: what was done to the levels, and what to mind.
    """

    metrics: Mapping[str, Metric]
    terminal_times_min: tuple[float, ...]
    notes: tuple[str, ...]

    def __getitem__(self, name: str) -> Metric:
        """One metric."""
        if name not in self.metrics:
            raise unknown("metric", name, self.metrics)
        return self.metrics[name]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "metrics": {
                name: {"value": one.value, "unit": one.unit, "why": one.why} for name, one in self.metrics.items()
            },
            "terminal_times_min": list(self.terminal_times_min),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        """One line a metric."""
        width = max(len(name) for name in self.metrics)
        lines = [
            f"{name:{width}}  " + (f"{one.value:.6g} {one.unit}" if one.value is not None else f"cannot say: {one.why}")
            for name, one in self.metrics.items()
        ]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])


def nca(
    times_min: Sequence[float] | Floats,
    levels: Sequence[float] | Floats,
    unit: str,
    dose: str | None = None,
    route: str | None = None,
    over: str = "0 min",
    **how: Unpack[How],
) -> Profile:
    """Noncompartmental analysis of one person's measured levels after one dose at time 0.

    Args:
        times_min: min since the start of the dose, rising.
        levels: levels in ``unit``; those below the limit of quantification as 0 or as measured.
        unit: ``"ng/mL"``, ``"umol/L"``, ...
        dose: ``"35 mg"`` of what the levels measure; without it there is no clearance and no volume.
        route: ``iv``, ``oral``, ``im``, ...; without it the curve starts at its first level.
        over: length of the dose, ``"40 min"`` for an infusion.
        how: ``window="0 to 24 h"``, ``above="100 ng/mL"``, ``quantifiable="1 ng/mL"``, ``points``, ``method``,
            ``time_unit``, as named in ``Settings``.

    Returns:
        The metrics, each with unit, or with the reason why there is none.

    Raises:
        WrongUse: times or levels that cannot be analysed, or an argument that cannot be read.
    """
    settings = settings_of(how)
    asked = settings.question(check_level_unit(unit), None)
    lasting = to_number(over, "min", "over", 0.0, LATEST)
    dosing = Dosing(
        "no dose was stated" if dose is None else to_milligrams(dose),
        0.5 * lasting if route is not None else "no route was stated",
        lasting,
        intravenous=_route(route) == "iv",
    )
    curve, notes = _started(_checked(times_min, levels, settings.method, asked.quantifiable), route, lasting)
    found, end = answer(curve, dosing, asked)
    metrics = {name: metric(name, one, unit, settings.time_unit) for name, one in found.items()}
    share = found["auc_extrapolated"]
    if not isinstance(share, str) and share > MUCH:
        notes = (*notes, f"more than {MUCH:g} % of the area to infinity lies beyond the last level")
    return Profile(metrics, tuple(end.times.tolist()) if isinstance(end, Terminal) else (), notes)


def _route(route: str | None) -> str | None:
    from ketworks.dose.route import ROUTES

    if route is not None and route not in ROUTES:
        raise unknown("route", route, ROUTES, "route='iv'")
    return route


def _checked(times_min: Sequence[float] | Floats, levels: Sequence[float] | Floats, method: str, limit: float) -> Curve:
    """The levels that count: 0 for those before the first that can be quantified, none for those between two."""
    times, found = (np.asarray(values, dtype=np.float64) for values in (times_min, levels))
    if times.ndim != 1 or times.shape != found.shape or len(times) == 0:
        raise WrongUse(f"{times.shape} times and {found.shape} levels", "as many levels as times, at least one")
    for what, values in (("time", times), ("level", found)):
        bad = np.flatnonzero(~np.isfinite(values) | (values < 0.0))
        if len(bad):
            raise WrongUse(
                f"{what} {bad[0] + 1} is {values[bad[0]]:g}", "finite numbers from 0 on; leave the point out"
            )
    order = np.flatnonzero(np.diff(times) <= 0.0)
    if len(order):
        k = int(order[0])
        raise WrongUse(f"times {times[k]:g} and {times[k + 1]:g} min follow each other", "rising times, each once")
    below = found < limit if limit > 0.0 else found <= 0.0
    quantified = np.flatnonzero(~below)
    if not len(quantified):
        return Curve(times, np.zeros_like(found), method)
    between = below & (np.arange(len(times)) > quantified[0]) & (np.arange(len(times)) < quantified[-1])
    return Curve(times[~between], np.where(below, 0.0, found)[~between], method)


def _started(curve: Curve, route: str | None, lasting: float) -> tuple[Curve, tuple[str, ...]]:
    """The curve from time 0 on, as far as the route tells how it starts."""
    first = float(curve.times[0])
    if first == 0.0:
        return curve, ()
    if route is None:
        return curve, ("the curve starts at its first level: state the route to start it at 0",)
    level = 0.0
    if route == "iv" and lasting == 0.0:
        level = float(curve.levels[0])
        if len(curve.levels) > 1 and curve.levels[0] > curve.levels[1] > 0.0:
            fall = np.log(curve.levels[0] / curve.levels[1]) / (curve.times[1] - first)
            level = float(curve.levels[0] * np.exp(fall * first))
        note = "the level at 0 was put on the exponential through the first two levels, or at the first if that rises"
    else:
        note = "the level at 0 was set to 0"
    return Curve(np.append(0.0, curve.times), np.append(level, curve.levels), curve.method), (note,)
