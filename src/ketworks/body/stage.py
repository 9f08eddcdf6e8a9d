"""The body stage: the circulation under ketamine, restrained by the baroreflex, and as a cuff reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from ketworks.body import baroreflex, pressures, rest, rises
from ketworks.body.baroreflex import Drive, turnover
from ketworks.body.rest import Rest
from ketworks.body.rises import Flow
from ketworks.body.settled import neglected_delay, settled_states
from ketworks.body.signals import CUFF, ERRORS, READINGS, TRUE, WITHOUT_DRUG
from ketworks.engine.integrate import integrate
from ketworks.engine.lag import lag_error, lagged
from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Need
from ketworks.engine.stage import Residual, Stage, Surroundings
from ketworks.evidence.parameters import load

_S, _R, _N = (f"plasma.{name}.arterial" for name in ("s_ketamine", "r_ketamine", "s_norketamine"))
_PRESSURE_GAIN, _RATE_GAIN = "comedication.sympathetic_gain", "comedication.heart_rate_gain"
_PRESSURE_REST, _RATE_REST = "comedication.resting_pressure", "comedication.resting_heart_rate"
_SENSITIVITY = "body.drug_sensitivity"
_OWN_DIASTOLIC, _OWN_PULSE, _OWN_RATE = "body.resting_diastolic", "body.resting_pulse_pressure", "body.resting_rate"
_CIRCULATION = (
    *(_S, _R, _N, "heart_site.half_life", "heart_site.r_weight", "heart_site.r_weight_force"),
    *("heart_site.norketamine_weight", "sensitivity.spread", _PRESSURE_GAIN, _RATE_GAIN, "hypertension.rate_rise"),
    *(f"baroreflex.{name}" for name in ("gain", "sympathetic_most", "sympathetic_c50", "rate_gain", "resistance_gain")),
    *(f"baroreflex.{name}" for name in ("vasodilation_most", "inotropy_most", "inotropy_c50", "filling")),
    *(f"baroreflex.{name}_lag" for name in ("rate", "contractility", "resistance")),
    "baroreflex.depression_c50",
)
_PULSE = ("systole.share", "systole.shortening")
_PRESSURE_AT_REST = (
    *(f"rest.{kind}{name}" for kind in ("systolic", "diastolic") for name in ("", "_treated", "_untreated")),
    *("rest.diastolic_spread", "rest.pulse_spread", "rest.mean_share", _PRESSURE_REST),
)
_RATE_AT_REST = ("rest.heart_rate", "rest.rate_spread", _RATE_REST)
_FLOW_AT_REST = (*_RATE_AT_REST, "rest.stroke_volume")
_CLOCK = ("rhythm.first_dose",)
_REST = {
    "body.heart_rate": _RATE_AT_REST,
    "body.systolic": (*_PRESSURE_AT_REST, *_PULSE),
    "body.diastolic": (*_PRESSURE_AT_REST, *_PULSE),
    "body.mean_arterial_pressure": _PRESSURE_AT_REST,
    "body.cardiac_output": _FLOW_AT_REST,
    "body.stroke_volume": ("rest.stroke_volume",),
    "body.vascular_resistance": (*_PRESSURE_AT_REST, *_FLOW_AT_REST),
    "body.rate_pressure_product": (*_PRESSURE_AT_REST, *_PULSE, *_RATE_AT_REST),
    "body.sympathetic_activity": (),
}
_RHYTHM = {
    "systolic": (*_CLOCK, "rhythm.systolic", "rhythm.pressure_highest"),
    "diastolic": (*_CLOCK, "rhythm.diastolic", "rhythm.pressure_highest"),
    "heart_rate": (*_CLOCK, "rhythm.rate", "rhythm.rate_highest"),
}
_UNDRUGGED = {
    "systolic": _PRESSURE_AT_REST,
    "diastolic": _PRESSURE_AT_REST,
    "heart_rate": _RATE_AT_REST,
}
_MECHANISM: tuple[Callable[..., Any], ...] = (
    *(baroreflex.acting_level, lagged, baroreflex.sensitivity, baroreflex.drug_drive, baroreflex.reflex),
    *(baroreflex.stroke_volume, baroreflex.targets, settled_states, rises.scaled),
)
_MEAN = (rest.resting_pressure, pressures.mean_pressure)
_PRESSURES = (*_MEAN, pressures.systole_share, pressures.pulse_pressure, pressures.systolic_diastolic)
_LAST: Mapping[str, tuple[Callable[..., Any], ...]] = {
    **dict.fromkeys(("body.systolic", "body.diastolic"), _PRESSURES),
    "body.heart_rate": (rest.resting_rate,),
    "body.cardiac_output": (rest.resting_rate,),
    "body.rate_pressure_product": (*_PRESSURES, rest.resting_rate),
    "body.mean_arterial_pressure": _MEAN,
    "body.vascular_resistance": (*_MEAN, rest.resting_rate),
    "body.sympathetic_activity": (baroreflex.sympathetic_activity,),
}


def _kind(cuff: str) -> str:
    """``systolic``, ``diastolic`` or ``heart_rate`` of a cuff's signal."""
    return cuff.removeprefix("body.cuff_").removesuffix(".without_drug")


_LINKS = {
    **{name: (*_CIRCULATION, *own) for name, own in _REST.items()},
    **{name: (f"body.{_kind(name)}", *_RHYTHM[_kind(name)]) for name in READINGS},
    **{name: (*_UNDRUGGED[_kind(name)], *_RHYTHM[_kind(name)]) for name in WITHOUT_DRUG},
}
_EQUATIONS: Mapping[str, tuple[Callable[..., Any], ...]] = {
    **{name: (*_MECHANISM, *_LAST.get(name, ())) for name in _REST},
    **{name: (*_MECHANISM, *_LAST[f"body.{_kind(name)}"], rest.day_rhythm) for name in READINGS},
    **{
        name: (rest.resting_rate if _kind(name) == "heart_rate" else rest.resting_pressure, rest.day_rhythm)
        for name in WITHOUT_DRUG
    },
}


@dataclass(frozen=True)
class Baroreflex(Stage):
    """Ketamine drives the sympathetic system, dilates vessels and strengthens the heart; the baroreflex answers."""

    name: ClassVar[str] = "body"
    variant: ClassVar[str] = "baroreflex"
    meaning: ClassVar[str] = "turnover of heart rate, stroke volume and resistance with baroreflex, refitted to man"
    needs: ClassVar[tuple[Need, ...]] = (
        *(Need(name, "ng/mL") for name in (_S, _R, _N)),
        *(Need(name, "1") for name in (_PRESSURE_GAIN, _RATE_GAIN, _PRESSURE_REST, _RATE_REST)),
    )
    random_effects: ClassVar[tuple[str, ...]] = (_SENSITIVITY, _OWN_DIASTOLIC, _OWN_PULSE, _OWN_RATE)
    outputs = (*TRUE, *CUFF)
    rests_on: ClassVar[Mapping[str, tuple[str, ...]]] = _LINKS
    equations = _EQUATIONS
    residual: ClassVar[Mapping[str, Residual]] = ERRORS

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """All rows of the body folder."""
        return load(str(Path(__file__).parent))

    def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Circulation over time.

        Args:
            around: times, people, draws and parameters.
            inputs: arterial S-ketamine, R-ketamine and S-norketamine, ng/mL, and the factors of other drugs, shape
                (people, times).

        Returns:
            The declared outputs, shape (people, times); ``error.*``: the relative error of solving the circulation
            plus that of sampling the effect site; ``neglected.*``: the delay that settled states leave out.
        """
        p, times = around.p, around.times
        central, cardiac, total, sampling = _site(times, inputs, p)
        theta = baroreflex.sensitivity(around.eta[_SENSITIVITY], p["sensitivity.spread"])
        drive = baroreflex.drug_drive(central, cardiac, total, theta[:, None], p)
        states, error, neglected = self.circulation(drive, times, p)
        own = _resting(around, inputs)
        flow = _flow(states, drive, around, inputs)
        made = _readings(flow, own, p)
        drift = _drift(times, p)
        shown = {name: made[f"body.{_kind(name)}"] + drift[_kind(name)] for name in READINGS}
        at_rest = {name: getattr(own, _kind(name)) + drift[_kind(name)] for name in WITHOUT_DRUG}
        drugged = made | shown
        errors = {f"error.{name}": error + sampling for name in drugged}
        return drugged | at_rest | errors | {f"neglected.{name}": neglected for name in drugged}

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
    equations = {
        name: links if name in WITHOUT_DRUG else (*links, turnover) for name, links in Baroreflex.equations.items()
    }

    def circulation(self, drive: Drive, times: Array, p: Mapping[str, Array]) -> tuple[Array, Array, Array]:
        """The states along the grid, by an implicit method, with its error estimate; nothing is neglected."""

        def rhs(_: Array, state: Array, pushes: Mapping[str, Array]) -> Array:
            return turnover(state, Drive(**pushes), p)

        people = drive.sympathetic.shape[0]
        path = integrate(rhs, jnp.ones((3, people)), times, drive._asdict())
        return path.values, jnp.max(path.error), jnp.zeros(())


def _site(times: Array, inputs: Mapping[str, Array], p: Mapping[str, Array]) -> tuple[Array, Array, Array, Array]:
    """At the effect site: the level for the nerves and vessels, for the heart's force, and the sum of both enantiomers.

    With them the relative error of sampling the plasma.
    """
    s, r, n = inputs[_S], inputs[_R], inputs[_N]
    people, opposing = s.shape[0], p["heart_site.norketamine_weight"]
    plasma = jnp.concatenate(
        [
            baroreflex.acting_level(s, r, n, (p["heart_site.r_weight"], opposing)),
            baroreflex.acting_level(s, r, n, (p["heart_site.r_weight_force"], opposing)),
            s + r,
        ]
    )
    rate = jnp.log(2.0) / p["heart_site.half_life"]
    level = lagged(times, plasma, rate)
    sampling = lag_error(times, plasma[:people], rate)
    return level[:people], level[people : 2 * people], level[2 * people :], sampling


def _resting(around: Surroundings, inputs: Mapping[str, Array]) -> Rest:
    """Each person's resting values with other drugs, shape (people, times)."""
    eta, p = around.eta, around.p
    draws = (eta[_OWN_DIASTOLIC], eta[_OWN_PULSE])
    hypertension, treated = _conditions(around)
    own = rest.resting_pressure(hypertension, treated, draws, p)
    rate = rest.resting_rate(eta[_OWN_RATE], p)
    pressure = inputs[_PRESSURE_REST]
    return Rest(own.systolic[:, None] * pressure, own.diastolic[:, None] * pressure, rate[:, None] * inputs[_RATE_REST])


def _conditions(around: Surroundings) -> tuple[Array, Array]:
    """Who has hypertension and who takes something for it, 0/1, shape (people,)."""
    like = around.eta[_SENSITIVITY]
    treated = rest.condition(around.person, "with_antihypertensive", like)
    return rest.condition(around.person, "condition_hypertension", like), treated


def _flow(states: Array, drive: Drive, around: Surroundings, inputs: Mapping[str, Array]) -> Flow:
    """The circulation over rest, with what other drugs and hypertension do to its rises."""
    p = around.p
    stroke = baroreflex.stroke_volume(states[1], states[0], p["baroreflex.filling"])
    pressure = states[0] * stroke * states[2]
    activity = baroreflex.sympathetic_activity(drive.sympathetic, pressure, p["baroreflex.gain"])
    high = jnp.maximum(*_conditions(around))
    slower = 1.0 + high * (p["hypertension.rate_rise"] - 1.0)
    alone = Flow(states[0], stroke, pressure, activity)
    return rises.scaled(alone, inputs[_PRESSURE_GAIN], inputs[_RATE_GAIN] * slower[:, None])


def _drift(times: Array, p: Mapping[str, Array]) -> dict[str, Array]:
    """What the time of day adds, by kind of reading, shape (times,)."""
    start, pressure, rate = p["rhythm.first_dose"], p["rhythm.pressure_highest"], p["rhythm.rate_highest"]
    return {
        "systolic": rest.day_rhythm(times, p["rhythm.systolic"], pressure, start),
        "diastolic": rest.day_rhythm(times, p["rhythm.diastolic"], pressure, start),
        "heart_rate": rest.day_rhythm(times, p["rhythm.rate"], rate, start),
    }


def _readings(flow: Flow, own: Rest, p: Mapping[str, Array]) -> dict[str, Array]:
    """Every output without rhythm and noise."""
    share = p["rest.mean_share"]
    heart_rate = own.heart_rate * flow.rate
    mean = pressures.mean_pressure(own.systolic, own.diastolic, share) * flow.pressure
    systole = pressures.systole_share(flow.rate, p["systole.share"], p["systole.shortening"])
    pulse = pressures.pulse_pressure(own.systolic - own.diastolic, flow.stroke, systole, p["systole.share"])
    systolic, diastolic = pressures.systolic_diastolic(mean, pulse, share)
    litres = p["rest.stroke_volume"] * flow.stroke
    return {
        "body.systolic": systolic,
        "body.diastolic": diastolic,
        "body.heart_rate": heart_rate,
        "body.mean_arterial_pressure": mean,
        "body.cardiac_output": heart_rate * litres,
        "body.stroke_volume": 1000.0 * litres,
        "body.vascular_resistance": mean / (heart_rate * litres),
        "body.rate_pressure_product": heart_rate * systolic,
        "body.sympathetic_activity": flow.activity,
    }
