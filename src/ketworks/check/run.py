"""Runs every study through a simulator that is handed in, and judges each published point."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ketworks.check import statistics
from ketworks.check.row import ERROR, MISS, PASS, SKIPPED, CheckRow
from ketworks.check.statistics import Floats, after_dose
from ketworks.engine.units import signal_factor
from ketworks.errors import CannotSay, KetworksError, WrongUse
from ketworks.evidence.studies import (
    NEEDS_REFERENCE,
    NEEDS_SERIES,
    OBSERVATIONS,
    STATISTICS,
    Compare,
    Reference,
    Series,
    Study,
    series,
)

Curves = Mapping[str, tuple[Any, Any, str]]
Simulate = Callable[..., Curves]


class Asked(NamedTuple):
    """What one run of a study gives: values at times (None is the whole run), or the readings of many sessions."""

    times: tuple[float, ...] | None
    sessions: int = 0


_GRID_POINTS = 1441  # a day in minutes; a longer window is looked at in as many steps
_CHECKOUT_DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def data_folder() -> Path | None:
    """The folder of external data: ``KETWORKS_DATA``, else ``shared/data`` beside the source checkout, else none."""
    named = os.environ.get("KETWORKS_DATA")
    folder = Path(named) if named else _CHECKOUT_DATA
    return folder if folder.is_dir() else None


def run_check(
    simulate: Simulate,
    studies: Sequence[Study],
    data: Path | None = None,
    on_study: Callable[[Study], None] | None = None,
) -> list[CheckRow]:
    """Judges every point of every study.

    Args:
        simulate: ``(regimen, people, chain, outputs, times_min)`` to ``{signal: (times_min (T,), values (people, T),
            unit)}``; ``people`` and ``chain`` hold what the study states, ``times_min`` is None for the whole run.
            The value at time 0 is the baseline unless the study states one. For points of readings it is also given
            ``sessions=n`` and answers with samples, one session after the other: values (people, n T).
        studies: from ``evidence.studies.load``.
        data: the external data folder; None looks for it with ``data_folder``.
        on_study: called before each study, for progress.

    Returns:
        One row per point, in the order of the studies. What the simulator cannot say is skipped with its reason;
        a failed simulation is an error row. Neither stops the other studies.
    """
    folder = data or data_folder()
    rows: list[CheckRow] = []
    for study in studies:
        if on_study is not None:
            on_study(study)
        rows += _check_study(simulate, study, folder)
    return rows


def exit_code(rows: Sequence[CheckRow]) -> int:
    """1 when a stated band was missed or a simulation failed, whatever the label; else 0."""
    return int(any(row.verdict in (MISS, ERROR) for row in rows))


class _Skip(Exception):
    """A point that cannot be judged here, with the reason."""


def _check_study(simulate: Simulate, study: Study, folder: Path | None) -> list[CheckRow]:
    observed: list[Series | _Skip | None] = []
    for point in study.compare:
        try:
            observed.append(_series(point, folder))
        except _Skip as skip:
            observed.append(skip)
    curves = _run(simulate, study, Reference(study.regimen, study.people), _requests(study, observed))
    usual: dict[Asked, Curves | KetworksError] = {}
    if study.reference is not None:
        usual = _run(simulate, study, study.reference, _requests(study, observed, NEEDS_REFERENCE))
    rows = []
    for point, found in zip(study.compare, observed, strict=True):
        if isinstance(found, _Skip):
            rows.append(_row(study, point, verdict=SKIPPED, reason=str(found)))
            continue
        asked = _request(study, observed, point)
        made = [curves[asked], *([usual[asked]] if point.statistic in NEEDS_REFERENCE else [])]
        failed = [error for error in made if isinstance(error, KetworksError)]
        if failed:
            rows.append(_failed(study, point, failed[0]))
        else:
            rows.append(_judge(study, point, found, *(run for run in made if not isinstance(run, KetworksError))))
    return rows


def _run(
    simulate: Simulate, study: Study, what: Reference, requests: Mapping[Asked, list[str]]
) -> dict[Asked, Curves | KetworksError]:
    """The curves that each request of a study gets, or why it got none."""
    curves: dict[Asked, Curves | KetworksError] = {}
    for asked, outputs in requests.items():
        wanted = None if asked.times is None else list(asked.times)
        more = {"sessions": asked.sessions} if asked.sessions else {}
        try:
            curves[asked] = simulate(what.regimen, what.people.given(), dict(study.chain), outputs, wanted, **more)
        except KetworksError as error:
            curves[asked] = error
    return curves


def _series(point: Compare, folder: Path | None) -> Series | None:
    if point.statistic not in NEEDS_SERIES:
        return None
    if point.data and folder is None:
        raise _Skip("data folder absent (set KETWORKS_DATA)")
    root = (OBSERVATIONS if point.observations else folder) or OBSERVATIONS
    path = (root / (point.observations or point.data)).resolve()
    if not path.is_relative_to(root.resolve()):
        raise WrongUse(f"{point.observations or point.data}: outside its folder", "a file below it")
    if not path.is_file():
        raise _Skip(f"no file {point.observations or point.data}")
    columns = (point.time_column, point.value_column)
    return series(path, point.filter, columns, point.time_unit, point.after, point.above)


def _request(study: Study, observed: Sequence[Series | _Skip | None], point: Compare) -> Asked:
    """The times to simulate for a point: all single times of the study at once, a grid over a window, or the run."""
    if point.readings:
        return Asked(point.readings, point.sessions)
    if point.at is not None or point.statistic in NEEDS_SERIES:
        times = {0.0, *(other.at for other in study.compare if other.at is not None)}
        times.update(t for found in observed if isinstance(found, Series) for t in found.times)
        return Asked(tuple(sorted(times)))
    if point.window is not None:
        low, high = point.window
        count = min(_GRID_POINTS, int(np.ceil(high - low)) + 1)
        return Asked(tuple(sorted({0.0, *np.linspace(low, high, max(count, 2)).tolist()})))
    return Asked(None)


def _requests(
    study: Study, observed: Sequence[Series | _Skip | None], only: Sequence[str] = tuple(STATISTICS)
) -> dict[Asked, list[str]]:
    """The signals wanted at each set of times, for points with one of these statistics."""
    requests: dict[Asked, list[str]] = {}
    for point, found in zip(study.compare, observed, strict=True):
        if not isinstance(found, _Skip) and point.statistic in only:
            names = requests.setdefault(_request(study, observed, point), [])
            names += [n for n in (point.signal, point.over_signal) if n and n not in names]
    return requests


def _failed(study: Study, point: Compare, error: KetworksError) -> CheckRow:
    if isinstance(error, CannotSay):
        return _row(study, point, verdict=SKIPPED, reason=f"cannot say: {error.given}")
    return _row(study, point, verdict=ERROR, reason=" ".join(str(error).split()))


def _judge(
    study: Study, point: Compare, found: Series | None, curves: Curves, usual: Curves = MappingProxyType({})
) -> CheckRow:
    try:
        predicted = _predict(point, found, curves, usual)
    except KetworksError as error:
        return _failed(study, point, error)
    if predicted is None:
        return _row(study, point, verdict=ERROR, reason="no finite value: outside the simulated times, or not positive")
    if isinstance(point.accept, str) or isinstance(predicted, str):
        met = predicted == point.accept
    else:
        met = point.accept[0] <= predicted <= point.accept[1]
    row = _row(study, point, predicted, PASS if met else MISS)
    return row if found is None else replace(row, statistic=f"{row.statistic} of {len(found.times)} values")


def _predict(point: Compare, found: Series | None, curves: Curves, usual: Curves) -> float | str | None:
    times, values = _curve(point, point.signal, curves)
    if point.readings:
        times, values = after_dose(times, values, point.sessions, "change" in point.statistic)
    first = np.zeros(len(values)) if point.readings else values[:, 0]
    baseline = first if point.baseline is None else np.full(len(values), point.baseline)
    if point.window is not None and not times[0] <= point.window[1] <= times[-1]:
        raise WrongUse(f"the simulation ends at {times[-1]:g} min", f"{point.window[1]:g} min or later")
    given: dict[str, Any] = {}
    if point.statistic in NEEDS_SERIES and found is not None:
        given = {"at": np.array(found.times), "observed": np.array(found.values)}
    elif point.statistic in ("ratio_at", "correlation_at"):
        over_times, over = _curve(point, point.over_signal, curves)
        given = {"at": point.at, "over_times": over_times, "over": over}
    elif point.statistic.startswith("exposure") or point.statistic == "peak_ratio":
        given = {"window": point.window, **_compared(point, curves, usual)}
    elif point.statistic in ("mean", "sd"):
        given = {"at": point.at, "window": point.window}
    elif point.at is not None:
        given = {"at": point.at, **({"flat": point.flat} if point.statistic == "sign_at" else {})}
    else:
        given = {"window": point.window, **({} if point.threshold is None else {"threshold": point.threshold})}
    predicted: float | str | None = getattr(statistics, point.statistic)(times, values, baseline, **given)
    if isinstance(predicted, float) and point.statistic == "time_of_peak":
        predicted *= signal_factor("min", point.value_unit, None)
    return None if isinstance(predicted, float) and not np.isfinite(predicted) else predicted


def _compared(point: Compare, curves: Curves, usual: Curves) -> dict[str, Any]:
    """The other curves that a ratio of exposures or peaks is taken from."""
    given: dict[str, Any] = {}
    if point.over_signal:
        given["over_times"], given["over"] = _curve(point, point.over_signal, curves)
    if point.statistic in NEEDS_REFERENCE:
        given["reference"] = _curve(point, point.signal, usual)
        if point.over_signal:
            given["over_reference"] = _curve(point, point.over_signal, usual)
    return given


def _curve(point: Compare, name: str, curves: Curves) -> tuple[Floats, Floats]:
    if name not in curves:
        raise WrongUse(f"the simulation gave no {name}", "the asked signal")
    times, values, unit = curves[name]
    factor = 1.0
    if point.statistic != "time_of_peak" and "value_unit" in STATISTICS[point.statistic]:
        factor = signal_factor(unit, point.value_unit, point.molar_mass)
    table = np.atleast_2d(np.asarray(values, dtype=np.float64)) * factor
    line = np.asarray(times, dtype=np.float64)
    if table.shape[1:] != line.shape:
        raise WrongUse(f"{name}: values {table.shape}, times {line.shape}", "values (people, times)")
    return line, table


def _row(
    study: Study, point: Compare, predicted: float | str | None = None, verdict: str = ERROR, reason: str = ""
) -> CheckRow:
    observed = 1.0 if point.statistic in NEEDS_SERIES and point.observed is None else point.observed
    both = isinstance(predicted, float) and isinstance(observed, int | float) and observed != 0
    return CheckRow(
        study=study.id,
        signal=f"{point.signal} / {point.over_signal}" if point.over_signal else point.signal,
        statistic=_when(point),
        predicted=predicted,
        observed=observed,
        ratio=float(predicted) / float(observed) if both and predicted is not None and observed is not None else None,
        band=point.accept,
        unit=_unit(point),
        label=point.label,
        verdict=verdict,
        reason=reason,
        source=point.source,
        locator=point.locator,
        grade=point.grade,
        note=point.note,
    )


def _unit(point: Compare) -> str:
    if point.statistic.startswith("percent") or point.statistic == "cv_at":
        return "%"
    plain = point.statistic.startswith(("share", "ratio", "correlation", "sd_over", "exposure", "peak_ratio"))
    plain = plain or point.statistic in NEEDS_SERIES
    return "1" if plain else point.value_unit


def _when(point: Compare) -> str:
    words = point.statistic
    if point.readings:
        words += f" of {len(point.readings) - 1} readings" + f" in {point.sessions} sessions" * (point.sessions > 1)
    if point.threshold is not None:
        words += f" {point.threshold:g} {point.value_unit}"
    if point.at is not None:
        words += f" {_clock(point.at)}"
    elif point.window is not None:
        words += f" {_clock(point.window[0])} to {_clock(point.window[1])}"
    return words


def _clock(time: float) -> str:
    for unit, size in (("d", 1440.0), ("h", 60.0)):
        if time >= 2 * size and time % size == 0:
            return f"{time / size:g} {unit}"
    return f"{time:g} min"
