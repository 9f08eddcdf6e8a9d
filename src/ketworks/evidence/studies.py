"""Reads studies: a regimen, the people, and the published points that a simulation of them must meet.

A study is one file ``studies/*.toml``; every point is one ``[[compare]]`` with its statistic, band, source and label.
A band is stated before the prediction is seen, and a miss stays in.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ketworks.errors import WrongUse, unknown

FOLDER = Path(__file__).parent / "studies"
OBSERVATIONS = Path(__file__).parent / "observations"
LABELS: Mapping[str, str] = {
    "calibration": "used to set a number; a pass is not validation",
    "check": "same source as a parameter, output of another model, or seen while building; no validation",
    "validation": "never used to set a number",
}
DIRECTIONS = ("up", "down", "none")
# what each statistic needs besides signal, statistic, accept, source, locator and grade
STATISTICS: Mapping[str, tuple[str, ...]] = {
    "value_at": ("at", "value_unit"),
    "change_at": ("at", "value_unit"),
    "percent_change_at": ("at",),
    "peak": ("value_unit",),
    "peak_change": ("value_unit",),
    "percent_peak_change": (),
    "time_of_peak": ("value_unit",),
    "trough": ("value_unit",),
    "ratio_at": ("at", "over_signal"),
    "ratio_over_window": ("window",),
    "correlation_at": ("at", "over_signal"),
    "sign_at": ("at",),
    "share_above": ("threshold", "value_unit"),
    "share_change_above": ("threshold", "value_unit"),
    "share_relapsed": ("window", "threshold", "value_unit"),
    "mean": ("value_unit",),
    "sd": ("value_unit",),
    "sd_over_mean_at": ("at",),
    "cv_at": ("at",),
    "mean_peak_change": ("value_unit",),
    "sd_peak_change": ("value_unit",),
    "aafe": ("value_unit",),
    "gmr": ("value_unit",),
    "exposure_over": ("over_signal", "window"),
    "exposure_ratio": ("window",),
    "exposure_over_ratio": ("over_signal", "window"),
    "peak_ratio": ("window",),
}
NEEDS_PEOPLE = (
    *("correlation_at", "sd", "sd_over_mean_at", "cv_at", "share_relapsed"),
    *("sd_peak_change", "share_above", "share_change_above"),
)
OF_READINGS = ("change_at", "peak_change", "time_of_peak", "mean_peak_change", "sd_peak_change", *NEEDS_PEOPLE[-2:])
NEEDS_SERIES = ("aafe", "gmr")
NEEDS_REFERENCE = ("exposure_ratio", "exposure_over_ratio", "peak_ratio")
_MINUTES = {"s": 1 / 60, "min": 1.0, "h": 60.0, "d": 1440.0, "wk": 10080.0}
_TIME = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*([a-z]+)\s*$")


LEVELS = "plasma."
SITES = ("arterial", "venous")
SITE_UNKNOWN = "not read"


@dataclass(frozen=True)
class People:
    """Who is simulated: ``n = 1`` is the typical person, more is a cohort drawn under ``seed``."""

    n: int = 1
    weight: str = ""
    age: float | None = None
    sex: str = ""
    height: str = ""
    comedication: tuple[str, ...] = ()
    liver: str = ""
    kidney: str = ""
    setting: str = ""
    conditions: tuple[str, ...] = ()
    seed: int | None = None

    def given(self) -> dict[str, Any]:
        """The keys that were stated."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) not in ("", None, ())}


@dataclass(frozen=True)
class Reference:
    """The run that a study's ratios divide by: what it does not state is as in the study itself."""

    regimen: str
    people: People


@dataclass(frozen=True)
class Compare:
    """One published point. Times are minutes; ``accept`` is (low, high) or a direction.

    Attributes:
        signal: the simulated signal.
        statistic: one of ``STATISTICS``.
        site: where the observed level was sampled: ``arterial``, ``venous`` or ``not read``; every level must say,
            and a known site must be that of the signal: in the same people the two differ about twofold.
        accept: the band, in ``value_unit``, both ends included; or ``up``, ``down``, ``none``.
        observed: the published value, for print; ``None`` where the series itself is the observation.
        value_unit: unit of ``observed``, ``accept`` and ``threshold``.
        at: time of the point.
        window: first and last time looked at; ``None`` is the whole run.
        over_signal: denominator of ``ratio_at`` and of the exposures over one another; the other side of a correlation.
        flat: half width around no change that counts as ``none`` for ``sign_at``, in the signal's unit.
        threshold: limit of the share statistics.
        readings: when samples with their reading error are taken, the first before the dose; empty for the person's
            own level without that error. Changes are from the first reading of the same session.
        sessions: how often the same session is gone through, with new reading errors each time.
        baseline: value without drug; ``None`` takes each person's first value.
        molar_mass: g/mol; lets mass and molar concentrations meet.
        observations: a file in ``observations/`` with columns ``time_min`` and ``value``.
        data: a file in the external data folder.
        filter: column values that choose the rows of ``data``.
        time_column, time_unit, value_column: where ``data`` holds time and value.
        after: rows up to this time are left out.
        above: rows with a value up to this one are left out (zero has no fold error).
        source, locator, grade, label, note: where it comes from, how good it is, how it may be used.
        apart: why a validation point is independent although its source also carries parameters.
    """

    signal: str
    statistic: str
    accept: tuple[float, float] | str
    source: str
    locator: str
    grade: str
    site: str = ""
    observed: float | str | None = None
    value_unit: str = "1"
    at: float | None = None
    window: tuple[float, float] | None = None
    over_signal: str = ""
    flat: float = 0.0
    threshold: float | None = None
    readings: tuple[float, ...] = ()
    sessions: int = 1
    baseline: float | None = None
    molar_mass: float | None = None
    observations: str = ""
    data: str = ""
    filter: Mapping[str, str] = field(default_factory=dict)
    time_column: str = "time_min"
    time_unit: str = "min"
    value_column: str = "value"
    after: float | None = None
    above: float | None = None
    label: str = ""
    note: str = ""
    apart: str = ""


@dataclass(frozen=True)
class Study:
    """One regimen given to one kind of people, and the points to meet."""

    id: str
    title: str
    label: str
    regimen: str
    compare: tuple[Compare, ...]
    people: People = People()
    chain: Mapping[str, str] = field(default_factory=dict)
    reference: Reference | None = None
    note: str = ""
    where: str = ""


@dataclass(frozen=True)
class Series:
    """Observed values by time: minutes and values, sorted by time, repeated times averaged."""

    times: tuple[float, ...]
    values: tuple[float, ...]


@cache
def load(folder: str = str(FOLDER)) -> tuple[Study, ...]:
    """All studies, by file name.

    Raises:
        WrongUse: a file is not TOML, a key is unknown or missing, a value cannot be read, or an id stands twice.
    """
    found: dict[str, Study] = {}
    for path in sorted(Path(folder).glob("*.toml")):
        study = load_file(path)
        if study.id in found:
            raise WrongUse(f"{path.name}: study {study.id!r} stands twice", f"one; see {found[study.id].where}")
        found[study.id] = study
    return tuple(found.values())


def load_file(path: Path) -> Study:
    """One study."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"{path.name}: {error}", "TOML") from error
    points = table.pop("compare", [])
    values = _checked(Study, table, path.name, skip=("compare", "where"))
    values["people"] = _people(People(), values.get("people", {}), f"{path.name} [people]")
    values["reference"] = _reference(values, path.name)
    if values["label"] not in LABELS:
        raise unknown(f"label in {path.name}:", values["label"], LABELS)
    if not isinstance(points, list) or not points:
        raise WrongUse(f"{path.name}: no [[compare]]", "at least one point to meet")
    compare = tuple(_compare(p, f"{path.name} [[compare]] {i}", values) for i, p in enumerate(points, 1))
    if values["reference"] is not None and not any(point.statistic in NEEDS_REFERENCE for point in compare):
        raise WrongUse(f"{path.name}: [reference] that no point uses", f"a point of {', '.join(NEEDS_REFERENCE)}")
    return Study(**values, compare=compare, where=path.name)


def minutes(text: object, where: str = "time") -> float:
    """Minutes in a time such as ``40 min``, ``2 h``, ``7 d`` or ``2 wk``; a bare number is refused."""
    match = _TIME.match(text) if isinstance(text, str) else None
    if match is None or match[2] not in _MINUTES:
        raise WrongUse(f"{where}: {text!r}", "a number with one of " + ", ".join(_MINUTES), paste='at = "40 min"')
    return float(match[1]) * _MINUTES[match[2]]


def series(
    path: Path,
    chosen: Mapping[str, str],
    columns: tuple[str, str] = ("time_min", "value"),
    time_unit: str = "min",
    after: float | None = None,
    above: float | None = None,
) -> Series:
    """Reads observed values from a CSV file; values at the same time are averaged.

    Args:
        path: the file.
        chosen: column values that choose rows.
        columns: names of the time and value columns.
        time_unit: unit of the time column.
        after: min; rows at or before it are left out.
        above: rows with a value at or below it are left out.
    """
    rows = _rows(path, (*columns, *chosen))
    factor = minutes(f"1 {time_unit}", path.name)
    pooled: dict[float, list[float]] = {}
    for line, row in rows:
        if all(row[key] == value for key, value in chosen.items()):
            time, value = (_number(row[key], f"{path.name}:{line}: {key}") for key in columns)
            if (after is None or time * factor > after) and (above is None or value > above):
                pooled.setdefault(time * factor, []).append(value)
    if not pooled:
        raise WrongUse(f"{path.name}: no row with {dict(chosen)}", "at least one observed value")
    times = tuple(sorted(pooled))
    return Series(times, tuple(sum(pooled[t]) / len(pooled[t]) for t in times))


def _rows(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        for column in columns:
            if column not in (reader.fieldnames or ()):
                raise unknown(f"column in {path.name}:", column, reader.fieldnames or ())
        return [(number, row) for number, row in enumerate(reader, 2)]


def _number(cell: str | None, where: str) -> float:
    try:
        return float(cell or "")
    except ValueError:
        raise WrongUse(f"{where} is {cell!r}", "a number with a point") from None


def _compare(table: Any, where: str, study: Mapping[str, Any]) -> Compare:
    values = _checked(Compare, table, where)
    statistic = values["statistic"]
    if statistic not in STATISTICS:
        raise unknown(f"statistic in {where}:", statistic, STATISTICS)
    for key in STATISTICS[statistic]:
        if key not in values:
            raise WrongUse(f"{where}: {statistic} without {key}", f"{key} = ...")
    if statistic in NEEDS_PEOPLE and study["people"].n < 2:
        raise WrongUse(f"{where}: {statistic} of one person", "a cohort", paste="[people]  n = 200  seed = 1")
    if statistic in NEEDS_SERIES and ("observations" in values) == ("data" in values):
        raise WrongUse(
            f"{where}: {statistic} needs one series", 'observations = "file.csv" or data = "folder/file.csv"'
        )
    if statistic in NEEDS_REFERENCE and study["reference"] is None:
        raise WrongUse(f"{where}: {statistic} without [reference]", "the run to divide by", paste="[reference.people]")
    _check_site(values, where)
    if "time_unit" in values:
        minutes(f"1 {values['time_unit']}", where)
    for key in ("at", "after"):
        if key in values:
            values[key] = minutes(values[key], f"{where}: {key}")
    if "window" in values:
        values["window"] = _pair([minutes(t, f"{where}: window") for t in values["window"]], f"{where}: window")
    if "readings" in values:
        values["readings"] = tuple(minutes(t, f"{where}: readings") for t in values["readings"])
        _check_readings(values, where)
    values["accept"] = _accept(values["accept"], statistic, where)
    values.setdefault("label", study["label"])
    if values["label"] not in LABELS:
        raise unknown(f"label in {where}:", values["label"], LABELS)
    return Compare(**values)


def _check_readings(values: Mapping[str, Any], where: str) -> None:
    """Refuses readings without one before the dose, out of order, or with a statistic that is not taken of them."""
    times = values["readings"]
    if len(times) < 2 or times[0] != 0.0 or any(late <= soon for soon, late in pairwise(times)):
        raise WrongUse(f"{where}: readings {times}", "two or more in order, the first at 0 min")
    if values["statistic"] not in OF_READINGS:
        raise unknown(f"statistic of readings in {where}:", values["statistic"], OF_READINGS)


def _check_site(values: Mapping[str, Any], where: str) -> None:
    """Refuses a level without the site of its observation, and sites that are mixed."""
    names = [values[key] for key in ("signal", "over_signal") if values.get(key, "").startswith(LEVELS)]
    if not names:
        return
    given = values.get("site", "")
    if given not in (*SITES, SITE_UNKNOWN):
        raise WrongUse(
            f"{where}: site {given!r} of {names[0]}", f"{', '.join(SITES)} or {SITE_UNKNOWN}", paste='site = "venous"'
        )
    found = {name.rsplit(".", 1)[1] for name in names} | ({given} if given in SITES else set())
    if len(found) > 1:
        raise WrongUse(f"{where}: {' and '.join(sorted(found))} levels compared", "levels of one sampling site")


def _people(base: People, table: Any, where: str) -> People:
    """``base`` with the stated keys in place of its own."""
    values = _checked(People, table, where)
    values |= {key: tuple(values[key]) for key in ("comedication", "conditions") if key in values}
    return replace(base, **values)


def _reference(study: Mapping[str, Any], name: str) -> Reference | None:
    if "reference" not in study:
        return None
    values = _checked(Reference, study["reference"], f"{name} [reference]", needed=False)
    people = _people(study["people"], values.get("people", {}), f"{name} [reference.people]")
    return Reference(values.get("regimen", study["regimen"]), people)


def _accept(accept: Any, statistic: str, where: str) -> tuple[float, float] | str:
    if statistic != "sign_at":
        return _pair(accept, f"{where}: accept")
    if accept not in DIRECTIONS:
        raise unknown(f"direction in {where}:", str(accept), DIRECTIONS)
    return str(accept)


def _pair(given: Any, where: str) -> tuple[float, float]:
    numbers = isinstance(given, list | tuple) and len(given) == 2 and all(isinstance(x, int | float) for x in given)
    if not numbers or given[0] > given[1]:
        raise WrongUse(f"{where} = {given!r}", "[low, high]", paste="accept = [10.4, 14.8]")
    return float(given[0]), float(given[1])


_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("n", "seed", "sessions"), (int,)),
    **dict.fromkeys(("age", "flat", "threshold", "baseline", "molar_mass", "above"), (int, float)),
    **dict.fromkeys(("people", "chain", "filter", "reference"), (dict,)),
    **dict.fromkeys(("at", "after"), (str, int, float)),  # a bare number is refused with the units to choose from
    "observed": (int, float, str),
    "accept": (list, str),
    "window": (list,),
    "readings": (list,),
    "comedication": (list,),
    "conditions": (list,),
}


def _checked(kind: type, table: Any, where: str, skip: Sequence[str] = (), needed: bool = True) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise WrongUse(f"{where}: {table!r}", "a table")
    known = {f.name: f for f in fields(kind) if f.name not in skip}
    for key, value in table.items():
        if key not in known:
            raise unknown(f"key in {where}:", key, known)
        if not isinstance(value, _KINDS.get(key, (str,))) or isinstance(value, bool):
            raise WrongUse(f"{where}: {key} = {value!r}", " or ".join(t.__name__ for t in _KINDS.get(key, (str,))))
    required = [n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    for key in required if needed else ():
        if table.get(key, "") == "":
            raise WrongUse(f"{where}: no {key}", f"{key} = ...")
    return dict(table)
