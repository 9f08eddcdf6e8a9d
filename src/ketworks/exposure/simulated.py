"""Exposure of a simulation: every asked level of every person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from ketworks.errors import WrongUse
from ketworks.exposure.areas import Curve, area
from ketworks.exposure.dosing import Dosing, dosing_of
from ketworks.exposure.exposures import Exposure, Row, SignalFacts
from ketworks.exposure.metric import Found, known, metric
from ketworks.exposure.noncompartmental import answer
from ketworks.exposure.settings import How, Settings, settings_of
from ketworks.people.cohort import Cohort

if TYPE_CHECKING:
    from ketworks.dose.regimen import Regimen
    from ketworks.people.person import Person
    from ketworks.registry import Chain
    from ketworks.result import Simulation

TYPICAL = "typical"
COARSE = 1e-3  # of an area: estimated error of its sum above which it is said
METABOLITES = ("dehydronorketamine", "hydroxynorketamine", "norketamine")  # the longer names first


def exposure_of(simulation: Simulation, signals: Sequence[str] | None = None, **how: Unpack[How]) -> Exposure:
    """Peaks, areas, half-lives, clearance, accumulation and metabolite ratios of simulated levels.

    Args:
        simulation: from ``simulate``. On the solver's own grid (no ``times``) areas are exact to about 1e-4, and the
            terminal phase is that of the model, from the curve's last three points.
        signals: levels; all concentrations in the simulation when None.
        how: ``window="0 to 24 h"``, ``above="100 ng/mL"``, ``quantifiable="1 ng/mL"``, ``points``, ``method``,
            ``time_unit``, as named in ``Settings``.

    Returns:
        Every metric by person and signal, with unit, site and grade, or with the reason why there is none.

    Raises:
        WrongUse: a signal that is no concentration or was not simulated, or a setting that cannot be read.
    """
    settings = settings_of(how)
    if simulation.asked_times is None and settings.points == "best":
        settings = replace(settings, points="last")  # a curve without noise ends in its terminal phase
    names = _concentrations(simulation, signals)
    weights = [float(weight) for weight in simulation.covariates["weight"]]
    people = [TYPICAL if simulation.has_typical and one == 0 else str(one) for one in simulation.ids]
    notes: list[str] = list(simulation.notes)
    found = {}
    for name in names:
        found[name] = dict(zip(people, _answers(simulation, name, weights, settings), strict=True))
        notes += _coarse(simulation, name, settings.method)
    rows = [
        Row(person, name, metric(key, one, simulation.signal(name).unit, settings.time_unit))
        for name, by_person in found.items()
        for person, metrics in by_person.items()
        for key, one in (metrics | _ratios(simulation, found, name, person)).items()
    ]
    grades = simulation.grades
    facts = {name: SignalFacts(_site(name), grades[name].grade, simulation.signal(name).molar_mass) for name in names}
    title = f"{simulation.regimen}\n{simulation.people}"
    return Exposure(title, tuple(rows), facts, TYPICAL if simulation.has_typical else "", tuple(notes))


def levels_made(chain: Chain, regimen: Regimen, people: Person | Cohort) -> list[str]:
    """Every level that a chain makes for a regimen and people."""
    person = people.person if isinstance(people, Cohort) else people
    made = chain.resolve(regimen, person)[0].signals
    return [name for name, signal in made.items() if signal.molar_mass is not None]


def _concentrations(simulation: Simulation, asked: Sequence[str] | None) -> list[str]:
    """The signals that are levels of a substance."""
    if isinstance(asked, str):
        raise WrongUse(f"signals {asked!r}", "a list of signal names", paste=f"signals=[{asked!r}]")
    levels = [name for name in simulation.names if simulation.signal(name).molar_mass is not None]
    for name in asked or ():
        simulation.signal(name)
        if name not in levels:
            raise WrongUse(f"{name} is no concentration", "levels: " + (", ".join(levels) or "none were simulated"))
    chosen = list(dict.fromkeys(asked if asked is not None else levels))
    if not chosen:
        raise WrongUse(
            "no level to analyse", "a simulation with levels", paste="simulate(..., outputs=['plasma.ketamine.venous'])"
        )
    return chosen


def _answers(simulation: Simulation, name: str, weights: list[float], how: Settings) -> list[dict[str, Found]]:
    """Metrics of one signal, person by person."""
    signal = simulation.signal(name)
    asked, analyte, mass = how.question(signal.unit, signal.molar_mass), name.split(".")[1], signal.molar_mass or 0.0
    by_weight: dict[float, Dosing] = {}
    made = []
    for levels, weight in zip(simulation.tables[name], weights, strict=True):
        if weight not in by_weight:
            by_weight[weight] = dosing_of(simulation.regimen, analyte, mass, weight)
        made.append(answer(Curve(simulation.times, levels, how.method), by_weight[weight], asked).found)
    return made


def _site(name: str) -> str:
    parts = name.split(".")
    return parts[2] if len(parts) > 2 else ""


def _ratios(
    simulation: Simulation, found: dict[str, dict[str, dict[str, Found]]], name: str, person: str
) -> dict[str, Found]:
    """Area of a metabolite over that of its parent at the same site; nothing for a parent."""
    stage, analyte, *site = name.split(".")
    kind = next((one for one in METABOLITES if analyte.endswith(one)), None)
    if kind is None:
        return {}
    parent = ".".join([stage, f"{analyte.removesuffix(kind)}ketamine", *site])
    if parent not in found:
        reason = f"{parent} is not among the signals, and a level of another site does not stand for it"
        return dict.fromkeys(("ratio_mass", "ratio_molar"), reason)
    areas = known(found[name][person]["auc_inf"], found[parent][person]["auc_inf"])
    if isinstance(areas, str):
        return dict.fromkeys(("ratio_mass", "ratio_molar"), areas)
    mass = areas[0] / areas[1]
    masses = (simulation.signal(parent).molar_mass or 1.0) / (simulation.signal(name).molar_mass or 1.0)
    return {"ratio_mass": mass, "ratio_molar": mass * masses}


def _coarse(simulation: Simulation, name: str, method: str) -> list[str]:
    """A note when every second point of the solver's grid gives another area: its error is then four times larger."""
    if simulation.asked_times is not None:
        return []
    thin = np.unique([*range(0, len(simulation.times), 2), len(simulation.times) - 1])
    levels = simulation.tables[name][0]
    whole = area(Curve(simulation.times, levels, method))
    error = abs(whole - area(Curve(simulation.times[thin], levels[thin], method))) / 3.0
    if error <= COARSE * whole:
        return []
    return [f"{name}: areas are estimated to be off by {100.0 * error / whole:.1g} %: the times are coarse for it"]
