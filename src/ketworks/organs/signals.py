"""What the organs stage makes."""

from __future__ import annotations

from ketworks.engine.signal import Signal

VENTILATION, CARBON_DIOXIDE = "organs.ventilation", "organs.carbon_dioxide"
CO2_SLOPE, RAISED = "organs.co2_slope", "organs.ventilation_raised_co2"
CORTISOL, CORTISOL_RISE = "organs.cortisol", "organs.cortisol_rise"
NAUSEA, VOMITING = "organs.nausea", "organs.vomiting"
BLURRED, DIPLOPIA = "organs.blurred_vision", "organs.diplopia"
SECRETIONS, PURSUIT, SACCADES = "organs.secretions", "organs.pursuit_gain", "organs.saccade_frequency"
EYE_PRESSURE = "organs.intraocular_pressure"
RECENT, BLADDER, LIVER = "organs.recent_exposure", "organs.bladder_hazard", "organs.liver_injury"
INTERLEUKIN, INTERFERON, CYTOKINES = (
    *("organs.interleukin_6_hours", "organs.interferon_gamma_hours"),
    "organs.cytokines_days",
)
_SIZE_UNKNOWN = "Only the direction is known."


def _direction(name: str, label: str, color: str, meaning: str) -> Signal:
    return Signal(name, "1", label, color, f"{meaning} {_SIZE_UNKNOWN}", kind="sign", baseline=0.0)


BREATHING = (
    Signal(
        *(VENTILATION, "L/min", "Ventilation", "#1f6f8b"),
        *("Air breathed per minute at rest, breathing freely, so that carbon dioxide answers every change.",),
        headline=True,
    ),
    Signal(
        *(CARBON_DIOXIDE, "mmHg", "Arterial carbon dioxide", "#7b6d8d"),
        *("Partial pressure of carbon dioxide in arterial blood at rest, breathing freely.",),
    ),
    Signal(
        *(CO2_SLOPE, "L/min/mmHg", "Slope of the answer to carbon dioxide", "#4f8a8b"),
        *("Ventilation gained per mmHg of carbon dioxide; only an opioid lowers it here, S-ketamine opposes that.",),
    ),
    Signal(
        *(RAISED, "L/min", "Ventilation at a raised carbon dioxide", "#5aa9c4"),
        *("Ventilation with carbon dioxide held at 49.8 mmHg, as experiments measure it.",),
    ),
)
HORMONE = (
    Signal(
        *(CORTISOL, "nmol/L", "Cortisol, plasma", "#8a6d3b"),
        *("Total cortisol in plasma; the first dose is taken to be given in the morning.",),
    ),
    Signal(
        *(CORTISOL_RISE, "1", "Cortisol over that without drug", "#b08d57"),
        *("Cortisol over that of the same person at the same hour without drug.",),
        baseline=1.0,
        headline=True,
    ),
)
REPORTED = tuple(
    Signal(
        *(name, "1", f"Probability of {words}", color),
        f"Probability that {words} has been reported since the first dose, beyond what is reported on placebo.",
        baseline=0.0,
        headline=name == NAUSEA,
    )
    for name, words, color in (
        (NAUSEA, "nausea", "#6b8e23"),
        (VOMITING, "vomiting", "#556b2f"),
        (BLURRED, "blurred vision", "#4682b4"),
        (DIPLOPIA, "double vision", "#5f7fa8"),
    )
)
DIRECTIONS = (
    _direction(SECRETIONS, "Salivation", "#3a9188", "Saliva and secretions of the airway, at anaesthetic levels."),
    _direction(PURSUIT, "Gain of smooth pursuit", "#31588a", "How well the eyes keep up with a moving target."),
    _direction(SACCADES, "Frequency of saccades", "#6a7fdb", "How often the eyes jump while they follow a target."),
    _direction(
        *(EYE_PRESSURE, "Intraocular pressure", "#2e6171"),
        "Pressure in the eye; flat holds up to 4 mg/kg (in children), and above that says nothing.",
    ),
)
CHRONIC = (
    Signal(
        *(RECENT, "ng/mL*h", "Ketamine exposure of about a month", "#7d5a50"),
        *("Exposure to S- and R-ketamine, forgotten with a time constant of a month.",),
        baseline=0.0,
    ),
    Signal(
        *(BLADDER, "1", "Excess hazard of bladder symptoms", "#a0522d"),
        *("Hazard of bladder symptoms above that of people who never use ketamine, as a multiple of it.",),
        baseline=0.0,
    ),
    Signal(
        *(LIVER, "1", "Probability of liver enzymes above 3 times the limit", "#8b4513"),
        *("Probability of liver enzymes above three times the upper limit; anchored on one series of six people.",),
        baseline=0.0,
    ),
)
IMMUNE = (
    _direction(INTERLEUKIN, "Interleukin 6, hours after", "#9c4f96", "Interleukin 6 in blood, hours after a dose."),
    _direction(INTERFERON, "Interferon gamma, hours after", "#c06c84", "Interferon gamma, hours after a dose."),
    _direction(
        *(CYTOKINES, "Interleukin 6 and TNF alpha, after a course", "#6c5b7b"),
        "Interleukin 6 and TNF alpha after several infusions; the opposite of interleukin 6 within hours.",
    ),
)
OUTPUTS = BREATHING + HORMONE + REPORTED + DIRECTIONS + CHRONIC + IMMUNE
