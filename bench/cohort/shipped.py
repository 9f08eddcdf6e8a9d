"""The same regimen through ``simulate``, as shipped: every stage whole, at its tolerance of a thousandth."""

from __future__ import annotations

import numpy as np

import ketworks as kw
from cohort.model import READ
from cohort.ours import ours
from cohort.problem import DOSE, INFUSION, TIMES, WEIGHT, Floats, typical

# signals that are readings of this cohort too; the sites of the mind and factors of rest are no signals
SAME = {
    "s_ketamine": "plasma.s_ketamine.arterial",
    "s_norketamine": "plasma.s_norketamine.arterial",
    "active": "receptor.active_ketamine",
    "systolic": "body.systolic",
    "fast_gain": "plasticity.ampa_gain",
    "translation": "plasticity.translation",
    "synapses": "plasticity.synapses",
    "consolidation": "plasticity.consolidation",
    "received": "plasticity.dose_equivalents",
}
OTHER = ("outcome.drug_effect", "mind.cadss_mean")
SENTENCE = f"{DOSE:g} mg/kg esketamine iv over {INFUSION:g} min, twice weekly for 4 weeks"


def shipped(people: kw.Person | kw.Cohort) -> kw.Simulation:
    """The simulation of some people, the circulation in time as here."""
    times = ", ".join(f"{time:g}" for time in TIMES) + " min"
    return kw.simulate(
        SENTENCE, people, kw.Chain(body="baroreflex-in-time"), [*SAME.values(), *OTHER], times, band=False
    )


def distance() -> float:
    """Largest distance of the typical person's signals to those found here, over each signal's largest value."""
    run = shipped(kw.Person(weight=f"{WEIGHT:g} kg", age=30))
    found = dict(zip(READ, np.moveaxis(ours(typical(1)).run(), 1, 0), strict=True))

    def apart(signal: Floats, here: Floats) -> float:
        return float(np.max(np.abs(signal - here)) / np.max(np.abs(here)))

    return max(apart(run.tables[signal][0], found[name][0]) for name, signal in SAME.items())
