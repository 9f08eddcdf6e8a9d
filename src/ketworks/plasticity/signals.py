"""What every plasticity mechanism makes, so that rivals can stand in for one another."""

from __future__ import annotations

from ketworks.engine.signal import Signal

DRIVE = "plasticity.drive"
DOSES = "plasticity.dose_equivalents"
FAST_GAIN = "plasticity.ampa_gain"
TRANSLATION = "plasticity.translation"
SYNAPSES = "plasticity.synapses"
CONSOLIDATION = "plasticity.consolidation"

STATES = (FAST_GAIN, TRANSLATION, SYNAPSES, CONSOLIDATION)

OUTPUTS = (
    Signal(
        *(SYNAPSES, "1", "Functional synaptic gain", "#1b7f79"),
        *("Slow structural gain that carries most of the later effect; a functional quantity, not a count of spines.",),
        baseline=0.0,
        headline=True,
    ),
    Signal(
        *(FAST_GAIN, "1", "Fast AMPA gain", "#d1495b"),
        *("Fast synaptic gain (AMPA throughput, homeostatic scaling) of the first hours to days.",),
        baseline=0.0,
        headline=True,
    ),
    Signal(
        *(CONSOLIDATION, "1", "Consolidation", "#5c4d7d"),
        *("Slow trace of repeated dosing; it slows the loss of synaptic gain.",),
        baseline=0.0,
    ),
    Signal(
        *(TRANSLATION, "1", "Translation signal", "#b7791f"),
        *("Fast gain after the delay from protein synthesis to synapse.",),
        baseline=0.0,
    ),
    Signal(
        *(DRIVE, "1", "Plasticity drive", "#3d5a80"),
        *("Rate at which the drug starts plasticity, as a share of the largest rate; gates included.",),
        baseline=0.0,
    ),
    Signal(
        *(DOSES, "1", "Doses received", "#6b705c"),
        *("Plasticity drive received so far, in units of one infusion of 0.5 mg/kg over 40 min.",),
        baseline=0.0,
    ),
)
