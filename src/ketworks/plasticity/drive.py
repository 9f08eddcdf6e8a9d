"""The drive of plasticity: how fast the drug in the brain starts the chain."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array


def saturating_drive(active: Array, half: Array, hill: Array) -> Array:
    """Share of the largest drive at a given brain level.

    Equation:  s = C^h / (C^h + C50^h)
    Symbols:   s drive - 1;  C active drug, unbound S-ketamine equivalents - umol/L;  C50 half-drive level - umol/L;
               h steepness - 1
    Source:    the form is an assumption; C50 makes one infusion of 0.1 to 1.0 mg/kg drive the chain in the
               proportions of rows ``synaptic_drive.dose_*`` (``calibrate.py``)
    Leaves out: the inverted U of rodents (no human antidepressant dose shows it); adaptation within one dose.
    """
    positive = active > 0.0
    power = jnp.where(positive, active, 1.0) ** hill
    return jnp.where(positive, power / (power + half**hill), 0.0)


def gated(drive: Array, gates: tuple[float | Array, ...]) -> Array:
    """Drive that passes every necessary step.

    Equation:  s_gated = s * product of q over the steps of this mechanism (q_ampa, q_trkb, q_prot, q_opioid ...)
    Symbols:   q share of a step that works, 0 blocked to 1 intact - 1
    Source:    each step was needed in at least one experiment (AMPA, BDNF-TrkB and protein synthesis in rodents and
               human cells, opioid receptors in 12 patients: Williams 2018); that they multiply is an assumption
    Leaves out: blocking a step after the dose; partial redundancy between steps.
    """
    for gate in gates:
        drive = drive * gate
    return drive
