"""The body stage: heart rate, pressures and flow under S-ketamine, restrained by the baroreflex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.body import baroreflex, pressures
from ketworks.body.baroreflex import Drive, turnover
from ketworks.body.settled import neglected_delay, settled_states
from ketworks.engine.integrate import integrate
from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.evidence.parameters import load

_S, _N = "plasma.s_ketamine.arterial", "plasma.s_norketamine.arterial"
_SENSITIVITY = "body.drug_sensitivity"
_CIRCULATION = (
    *(_S, _N, "heart_site.half_life", "heart_site.norketamine_weight", "sensitivity.spread"),
    *(f"baroreflex.{name}" for name in ("gain", "sympathetic_most", "sympathetic_c50", "rate_gain", "resistance_gain")),
    *(f"baroreflex.{name}" for name in ("vasodilation_most", "inotropy_most", "inotropy_c50", "filling")),
    *(f"baroreflex.{name}_lag" for name in ("rate", "contractility", "resistance")),
)
_PRESSURE_AT_REST = ("rest.systolic", "rest.diastolic", "rest.mean_share")
_FLOW_AT_REST = ("rest.heart_rate", "rest.stroke_volume")
_REST = {
    "body.heart_rate": ("rest.heart_rate",),
    "body.systolic": _PRESSURE_AT_REST,
    "body.diastolic": _PRESSURE_AT_REST,
    "body.mean_arterial_pressure": _PRESSURE_AT_REST,
    "body.cardiac_output": _FLOW_AT_REST,
    "body.stroke_volume": ("rest.stroke_volume",),
    "body.vascular_resistance": (*_PRESSURE_AT_REST, *_FLOW_AT_REST),
    "body.rate_pressure_product": (*_PRESSURE_AT_REST, "rest.heart_rate"),
    "body.sympathetic_activity": (),
}
_MECHANISM = (
    *(baroreflex.opposed_level, lagged, baroreflex.sensitivity, baroreflex.drug_drive, baroreflex.reflex),
    *(baroreflex.stroke_volume, baroreflex.targets, settled_states),
)
_PRESSURES = (pressures.mean_pressure, pressures.pulse_pressure, pressures.systolic_diastolic)
_LAST = {
    **dict.fromkeys(("body.systolic", "body.diastolic", "body.rate_pressure_product"), _PRESSURES),
    **dict.fromkeys(("body.mean_arterial_pressure", "body.vascular_resistance"), (pressures.mean_pressure,)),
    "body.sympathetic_activity": (baroreflex.sympathetic_activity,),
}


@dataclass(frozen=True)
class Baroreflex(Stage):
    """S-ketamine drives the sympathetic system, dilates vessels and strengthens the heart; the baroreflex answers."""

    name: ClassVar[str] = "body"
    variant: ClassVar[str] = "baroreflex"
    meaning: ClassVar[str] = "turnover of heart rate, stroke volume and resistance with baroreflex, refitted to man"
    needs: ClassVar[tuple[Need, ...]] = (Need(_S, "ng/mL"), Need(_N, "ng/mL"))
    random_effects: ClassVar[tuple[str, ...]] = (_SENSITIVITY,)
    outputs: ClassVar[tuple[Signal, ...]] = (
        Signal(
            *("body.systolic", "mmHg", "Systolic pressure", "#a4262c"),
            *("Systolic arterial pressure at rest in a chair, without measurement noise.",),
            headline=True,
        ),
        Signal(
            *("body.diastolic", "mmHg", "Diastolic pressure", "#d0786b"),
            *("Diastolic arterial pressure, without measurement noise.",),
            headline=True,
        ),
        Signal(*("body.heart_rate", "1/min", "Heart rate", "#37474f", "Heart beats per minute."), headline=True),
        Signal(
            *("body.mean_arterial_pressure", "mmHg", "Mean arterial pressure", "#7b1e3a"),
            *("Mean arterial pressure over the heart cycle.",),
        ),
        Signal(
            *("body.cardiac_output", "L/min", "Cardiac output", "#2a7f62"),
            *("Blood pumped per minute; the published rise rests on pulse-contour readings.",),
        ),
        Signal(*("body.stroke_volume", "mL", "Stroke volume", "#6b8e23", "Blood pumped per beat.")),
        Signal(
            *("body.vascular_resistance", "mmHg*min/L", "Vascular resistance", "#8d6e63"),
            *("Mean arterial pressure over cardiac output.",),
        ),
        Signal(
            *("body.rate_pressure_product", "mmHg/min", "Rate-pressure product", "#b5651d"),
            *("Heart rate times systolic pressure, a stand-in for the oxygen need of the heart.",),
        ),
        Signal(
            *("body.sympathetic_activity", "1", "Sympathetic activity", "#54478c"),
            *("Muscle sympathetic activity over its value at rest.",),
        ),
    )
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = {name: (*_CIRCULATION, *rest) for name, rest in _REST.items()}
    equations = {name: (*_MECHANISM, *_LAST.get(name, ())) for name in _REST}

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the body folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Circulation over time.

        Args:
            around: times, draws and parameters.
            inputs: arterial S-ketamine and S-norketamine, ng/mL, shape (people, times).

        Returns:
            The declared outputs, shape (people, times); ``error.*``: the relative error of solving the circulation
            plus that of sampling the effect site; ``neglected.*``: the delay that settled states leave out.
        """
        p, times = around.p, around.times
        plasma = baroreflex.opposed_level(inputs[_S], inputs[_N], p["heart_site.norketamine_weight"])
        rate = jnp.log(2.0) / p["heart_site.half_life"]
        level = lagged(times, plasma, rate)
        theta = baroreflex.sensitivity(around.eta[_SENSITIVITY], p["sensitivity.spread"])
        drive = baroreflex.drug_drive(level, theta[:, None], p)
        states, error, neglected = self.circulation(drive, times, p)
        made = _readings(states, drive, p)
        sampling = lag_error(times, plasma, rate)
        errors = {f"error.{name}": error + sampling for name in made}
        return made | errors | {f"neglected.{name}": neglected for name in made}

    def circulation(self, drive: Drive, times: Array, p: Mapping[str, Array]) -> tuple[Array, Array, Array]:
        """Relative heart rate, contractile state and resistance, shape (3, people, times).

        With them two scalars: the solver's error, and the size of the delay that settled states leave out.
        """
        states, residual = settled_states(drive, p)
        slowest = jnp.maximum(p["baroreflex.contractility_lag"], p["baroreflex.resistance_lag"])
        return states, residual, neglected_delay(times, states, slowest)


@dataclass(frozen=True)
class BaroreflexInTime(Baroreflex):
    """The same circulation with its turnovers integrated over time instead of taken as settled."""

    variant: ClassVar[str] = "baroreflex-in-time"
    meaning: ClassVar[str] = "the same circulation, its turnovers integrated over time, for the seconds after a bolus"
    equations = {name: (*links, turnover) for name, links in Baroreflex.equations.items()}

    def circulation(self, drive: Drive, times: Array, p: Mapping[str, Array]) -> tuple[Array, Array, Array]:
        """The states along the grid, by an implicit method, with its error estimate; nothing is neglected."""

        def rhs(_: Array, state: Array, pushes: Mapping[str, Array]) -> Array:
            return turnover(state, Drive(**pushes), p)

        people = drive.sympathetic.shape[0]
        path = integrate(rhs, jnp.ones((3, people)), times, drive._asdict())
        return path.values, jnp.max(path.error), jnp.zeros(())


def _readings(state: Array, drive: baroreflex.Drive, p: Mapping[str, Array]) -> dict[str, Array]:
    """Every output from the relative states."""
    heart_rate = p["rest.heart_rate"] * state[0]
    stroke = baroreflex.stroke_volume(state[1], state[0], p["baroreflex.filling"])
    pressure = state[0] * stroke * state[2]
    share = p["rest.mean_share"]
    mean = pressures.mean_pressure(p["rest.systolic"], p["rest.diastolic"], share) * pressure
    pulse = pressures.pulse_pressure(p["rest.systolic"] - p["rest.diastolic"], stroke)
    systolic, diastolic = pressures.systolic_diastolic(mean, pulse, share)
    litres = p["rest.stroke_volume"] * stroke
    return {
        "body.systolic": systolic,
        "body.diastolic": diastolic,
        "body.heart_rate": heart_rate,
        "body.mean_arterial_pressure": mean,
        "body.cardiac_output": heart_rate * litres,
        "body.stroke_volume": 1000.0 * litres,
        "body.vascular_resistance": mean / (heart_rate * litres),
        "body.rate_pressure_product": heart_rate * systolic,
        "body.sympathetic_activity": baroreflex.sympathetic_activity(drive.sympathetic, pressure, p["baroreflex.gain"]),
    }
