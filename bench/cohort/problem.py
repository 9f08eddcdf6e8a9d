"""The work: 1,000 people, eight infusions in 28 days, 17 readings of 25 states. NumPy only: peers import it too."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cohort.model import PERSONAL, READ, START, STATES, readings

Floats = NDArray[np.float64]
SOURCE = Path(__file__).resolve().parents[2] / "src/ketworks"
DAY, INFUSION = 1440.0, 40.0  # min
DOSE = 0.4  # mg/kg of esketamine
STARTS = DAY * np.array([0.0, 3.0, 7.0, 10.0, 14.0, 17.0, 21.0, 24.0])  # twice a week for four weeks
END = 28.0 * DAY
AFTER = np.array([10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0, 120.0, 180.0, 240.0, 480.0, 720.0, 1440.0, 2880.0])
TIMES = np.union1d((STARTS[:, None] + AFTER).ravel(), [27.0 * DAY, END])
EDGES = np.sort(np.concatenate([STARTS, STARTS + INFUSION]))  # the input changes here; on in the even stretches
WEIGHT, WEIGHT_SPREAD = 75.0, 0.18  # kg; standard deviation of its logarithm
RTOL = 1e-6
# what each state is measured by: the solvers' absolute tolerance is RTOL of a thousandth of it
SCALE = np.array([*[10.0] * 11, 0.3, 0.3, *[100.0] * 4, *[1.0] * 8])
ATOL = RTOL * 1e-3 * SCALE
_DRAWS = 12  # of each person
_MINUTES = {"s": 1 / 60.0, "min": 1.0, "h": 60.0, "d": DAY, "1/d": 1 / DAY, "1/min": 1.0}


class Problem(NamedTuple):
    """Constants of each person, (constants, people) in the order of ``model.PERSONAL``."""

    personal: Floats

    @property
    def people(self) -> int:
        return self.personal.shape[1]

    def read(self, states: Floats) -> Floats:
        """Readings (people, readings, times) from states (states, people, times)."""
        functions = {"log": np.log, "exp": np.exp}
        made = readings(shared(), functions)(states, self.personal[:, :, None], 0.0)
        return np.stack([np.broadcast_to(x, states.shape[1:]) for x in made], axis=1)


def start() -> Floats:
    """States before the first dose."""
    return np.array([START.get(name, 0.0) for name in STATES])


@cache
def rows(folder: str) -> dict[str, float]:
    """Values of a stage's table, times in min, everything else in the table's unit."""
    with (SOURCE / folder / "parameters.tsv").open(encoding="utf-8", newline="") as handle:
        table = [row for row in csv.DictReader(handle, delimiter="\t") if row["value"]]
    return {row["id"]: float(row["value"]) * _MINUTES.get(row["unit"], 1.0) for row in table}


@cache
def shared() -> dict[str, float]:
    """Constants that all people have in common, by the names of ``model``."""
    plasma, receptor = {**rows("plasma"), **rows("plasma/simons2022")}, rows("receptor")
    mind, body, chain, outcome = rows("mind"), rows("body"), rows("plasticity"), rows("outcome")
    half = np.log(2.0)
    return {
        "mass_k": plasma["molar_mass.ketamine"],
        "mass_n": plasma["molar_mass.norketamine"],
        "mass_h": plasma["molar_mass.hydroxynorketamine"],
        "to_n": rows("plasma/combined")["combined.fraction_norketamine"],
        "to_h": plasma["simons2022.fraction_hydroxynorketamine"],
        "potency_n": receptor["potency.ki_s_ketamine"] / receptor["potency.ki_s_norketamine"],
        "free_k": receptor["unbound.ketamine"] * receptor["unbound.brain_ratio"],
        "free_n": receptor["unbound.norketamine"] * receptor["unbound.brain_ratio"],
        "k_brain": half / receptor["unbound.brain_half_time"],
        "k_experience": half / mind["experience_site.half_life"],
        "k_response": half / mind["response_site.half_life"],
        **_circulation(body),
        **_chain(chain),
        "largest_share": outcome["mood.largest_share"],
        "fast": outcome["mood.fast_share"],
        "tiny": 1e-30,  # ng/mL: 0/0 before the first dose
    }


def _circulation(body: dict[str, float]) -> dict[str, float]:
    return {
        "k_heart": np.log(2.0) / body["heart_site.half_life"],
        "weight_n": body["heart_site.norketamine_weight"],
        "c50_push": body["baroreflex.sympathetic_c50"],
        "c50_force": body["baroreflex.inotropy_c50"],
        "c50_depression": body["baroreflex.depression_c50"],
        "most_push": body["baroreflex.sympathetic_most"],
        "most_force": body["baroreflex.inotropy_most"],
        "most_dilation": body["baroreflex.vasodilation_most"],
        "rate_gain": body["baroreflex.rate_gain"],
        "resistance_gain": body["baroreflex.resistance_gain"],
        "reflex_gain": body["baroreflex.gain"],
        "filling": body["baroreflex.filling"],
        "k_rate": 1.0 / body["baroreflex.rate_lag"],
        "k_force": 1.0 / body["baroreflex.contractility_lag"],
        "k_resistance": 1.0 / body["baroreflex.resistance_lag"],
        "share": body["rest.mean_share"],
        "systole0": body["systole.share"],
        "shortening": body["systole.shortening"],
    }


def _chain(chain: dict[str, float]) -> dict[str, float]:
    return {
        "c50_drive": chain["synaptic_drive.half_level"],
        "largest": chain["synaptic_drive.largest"],
        "jump": -np.log1p(-chain["synaptic_chain.jump"]),
        "tau_a": chain["synaptic_chain.fast_time"],
        "tau_d": chain["synaptic_chain.delay"],
        "tau_n": chain["synaptic_chain.loss_time"],
        "kept": chain["synaptic_chain.trace_gain"],
        "tau_k": chain["synaptic_chain.trace_time"],
        "growth": chain["synaptic_chain.growth"],
        "hold": chain["synaptic_chain.hold"],
    }


def problem(people: int, seed: int = 1) -> Problem:
    """People drawn with the spreads of the tables; a person keeps their draws when more people are drawn."""
    return _people(np.random.default_rng(seed).standard_normal((people, _DRAWS)).T)


def typical(people: int) -> Problem:
    """So many times the person without deviations."""
    return _people(np.zeros((_DRAWS, people)))


def _people(z: Floats) -> Problem:
    """People from standard-normal draws, shape (draws, people)."""
    p, body, people = rows("plasma/simons2022"), rows("body"), z.shape[1]
    weight = WEIGHT * np.exp(WEIGHT_SPREAD * z[0])
    volume, flow = weight / 70.0, (weight / 70.0) ** 0.75

    def own(name: str, number: int) -> Any:
        return p[f"simons2022.{name}"] * np.exp(np.sqrt(p[f"simons2022.variance.{name}"]) * z[number])

    diastolic = body["rest.diastolic"] * np.exp(body["rest.diastolic_spread"] * z[9])
    pulse = (body["rest.systolic"] - body["rest.diastolic"]) * np.exp(body["rest.pulse_spread"] * z[10])
    made = {
        "v1": own("central_volume", 1) * volume,
        "v2": p["simons2022.volume_2"] * volume,
        "v3": p["simons2022.volume_3"] * volume,
        "cl": own("clearance", 2) * flow,
        "q2": p["simons2022.flow_2"] * flow,
        "q3": own("flow_3", 3) * flow,
        "kt": 2.0 / own("norketamine_delay", 4),
        "vn2": p["simons2022.norketamine_volume_2"] * volume,
        "cln": own("norketamine_clearance", 5) * flow,
        "qn": p["simons2022.norketamine_flow_2"] * flow,
        "ku": np.full(people, 2.0 / p["simons2022.hydroxynorketamine_delay"]),
        "vh1": own("hydroxynorketamine_volume", 6) * volume,
        "vh2": p["simons2022.hydroxynorketamine_volume_2"] * volume,
        "clh": own("hydroxynorketamine_clearance", 7) * flow,
        "qh": own("hydroxynorketamine_flow_2", 8) * flow,
        "flow": 1000.0 * DOSE * weight / rows("plasma")["molar_mass.ketamine"] / INFUSION,
        "theta": np.maximum(0.0, 1.0 + body["sensitivity.spread"] * z[11]),
        "mean0": diastolic + body["rest.mean_share"] * pulse,
        "pulse0": pulse,
    }
    return Problem(np.ascontiguousarray([made[name] for name in PERSONAL]))


def stretches() -> list[tuple[float, float, float, Floats]]:
    """Between edges: begin, end, whether the infusion runs (1 or 0), and the asked times in it (begin, end]."""
    ends = [*EDGES[1:], END]
    return [
        (float(a), float(b), float(1 - k % 2), TIMES[(a < TIMES) & (b >= TIMES)])
        for k, (a, b) in enumerate(zip(EDGES, ends, strict=True))
    ]


READINGS = tuple(READ)
