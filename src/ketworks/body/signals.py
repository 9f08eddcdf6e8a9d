"""What the circulation makes, and what a cuff shows of it."""

from __future__ import annotations

from ketworks.engine.signal import Signal
from ketworks.engine.stage import Residual

TRUE = (
    Signal(
        *("body.systolic", "mmHg", "Systolic pressure", "#a4262c"),
        *("Systolic arterial pressure at rest in a chair, without day rhythm and measurement noise.",),
        headline=True,
    ),
    Signal(
        *("body.diastolic", "mmHg", "Diastolic pressure", "#d0786b"),
        *("Diastolic arterial pressure, without day rhythm and measurement noise.",),
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
_SHOWN = {  # what a cuff reads: unit, words, colour, id of its error
    "systolic": ("mmHg", "Systolic pressure", "#c8686c", "cuff.systolic_error"),
    "diastolic": ("mmHg", "Diastolic pressure", "#dfa59c", "cuff.diastolic_error"),
    "heart_rate": ("1/min", "Heart rate", "#78909c", "cuff.rate_error"),
}
READINGS = tuple(f"body.cuff_{kind}" for kind in _SHOWN)
WITHOUT_DRUG = tuple(f"{name}.without_drug" for name in READINGS)
CUFF = tuple(
    Signal(
        f"body.cuff_{kind}{end}",
        *(unit, f"{words} at the cuff{', no ketamine' * bool(end)}", color),
        f"{words} with the day's rhythm{', had no ketamine been given' * bool(end)}; samples add the reading error.",
    )
    for end in ("", ".without_drug")
    for kind, (unit, words, color, _) in _SHOWN.items()
)
ERRORS = {
    f"body.cuff_{kind}{end}": Residual(additive=error)
    for end in ("", ".without_drug")
    for kind, (*_, error) in _SHOWN.items()
}
