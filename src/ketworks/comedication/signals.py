"""What the stage makes: factors on what ketamine does, and shifts of what the body does by itself."""

from __future__ import annotations

from ketworks.engine.signal import Signal

SYMPATHETIC = "comedication.sympathetic_gain"
HEART_RATE = "comedication.heart_rate_gain"
RESTING_PRESSURE = "comedication.resting_pressure"
RESTING_HEART_RATE = "comedication.resting_heart_rate"
EXPERIENCE = "comedication.experience_gain"
SEDATION = "comedication.sedation"
OPIOID = "comedication.opioid_level"
NAUSEA = "comedication.nausea_gain"
SECRETION = "comedication.secretion_gain"
BENEFIT = "comedication.benefit_gain"

_SAYS: dict[str, tuple[str, str, str]] = {  # label, colour, meaning
    SYMPATHETIC: ("Push on pressure with other drugs", "#a4262c", "Factor on ketamine's sympathetic push on pressure."),
    HEART_RATE: ("Push on heart rate with other drugs", "#37474f", "Factor on ketamine's push on heart rate."),
    RESTING_PRESSURE: ("Resting pressure with other drugs", "#d0786b", "Factor on blood pressure at rest."),
    RESTING_HEART_RATE: ("Resting heart rate with other drugs", "#607d8b", "Factor on heart rate at rest."),
    EXPERIENCE: ("Experience with other drugs", "#6a3d9a", "Factor on dissociative and psychotomimetic scores."),
    SEDATION: ("Sedation by other drugs", "#54478c", "Added to the logit of sedation."),
    OPIOID: ("Opioid level", "#8d6e63", "Opioid level over the one that halves the answer to carbon dioxide."),
    NAUSEA: ("Nausea with other drugs", "#6b8e23", "Factor on the odds of nausea."),
    SECRETION: ("Secretions with other drugs", "#2a7f62", "Factor on saliva and airway secretions."),
    BENEFIT: ("Benefit with other drugs", "#2a6f97", "Factor on the effect on mood."),
}
NEUTRAL = dict.fromkeys(_SAYS, 1.0) | {SEDATION: 0.0, OPIOID: 0.0}
"""Each output where no other drug is taken."""

OUTPUTS = tuple(
    Signal(name, "1", label, color, meaning, baseline=NEUTRAL[name]) for name, (label, color, meaning) in _SAYS.items()
)
