"""Noncompartmental analysis of one curve: peak, areas, terminal phase, clearance, volumes, intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ketworks.exposure.areas import Curve, area, between, moment, time_above
from ketworks.exposure.dosing import Dosing
from ketworks.exposure.interval import Span, accumulation, last_interval, of_interval
from ketworks.exposure.metric import METRICS, Found, known
from ketworks.exposure.terminal import Terminal, terminal

ROUNDING = 1e-9  # of the highest level: below it cancelling exponentials may leave rounding only


@dataclass(frozen=True)
class Question:
    """What is asked of a curve.

    Attributes:
        window: min from time 0; the last dosing interval when None.
        above: level of the time above it, in the curve's unit; none when None.
        quantifiable: lowest level that counts at the end of a curve, in the curve's unit.
        points: of the terminal phase: ``best``, ``last``, or first and last time in min.
        litres_per_mg: litres in which one mg makes one unit of level; or why that is not known.
    """

    window: Span | None = None
    above: float | None = None
    quantifiable: float = 0.0
    points: str | tuple[float, float] = "best"
    litres_per_mg: Found = "no unit of level was stated"


class Answer(NamedTuple):
    """Metrics by name (level's unit, min, L), and the terminal phase or why there is none."""

    found: dict[str, Found]
    end: Terminal | str


def answer(curve: Curve, dosing: Dosing, asked: Question) -> Answer:
    """Every metric of one curve.

    Args:
        curve: levels.
        dosing: the doses behind it.
        asked: what is asked.
    """
    seen = Span(float(curve.times[0]), float(curve.times[-1]))
    if curve.levels.min() < -ROUNDING * curve.levels.max():
        return _nothing("levels below 0 are no concentrations")
    curve = curve._replace(levels=np.maximum(curve.levels, 0.0))
    counts = (curve.levels > ROUNDING * curve.levels.max()) & (curve.levels >= asked.quantifiable)
    if not counts.any():
        return _nothing("no level above 0" if asked.quantifiable == 0.0 else "no level that can be quantified")
    last = int(np.flatnonzero(counts)[-1]) + 1
    kept = Curve(curve.times[:last], curve.levels[:last], curve.method)
    end: Terminal | str = "the times end before the last dose does"
    if dosing.last <= seen.stop:
        end = terminal(kept, dosing.last, asked.points)
    found = _peak(kept) | _areas(kept, dosing, end)
    found |= _disposition(found, dosing, asked.litres_per_mg)
    found |= of_interval(kept, asked.window or last_interval(dosing), seen, dosing, end)
    found |= accumulation(kept, seen, dosing, end)
    if asked.above is not None:
        found["time_above"] = _time_above(kept, curve, asked.above, asked.window)
    return Answer({name: found[name] for name in METRICS if name in found}, end)


def _nothing(why: str) -> Answer:
    return Answer({name: why for name in METRICS if not name.startswith(("ratio", "phase", "time_above"))}, why)


def _peak(curve: Curve) -> dict[str, Found]:
    top = int(np.argmax(curve.levels))
    return {
        "cmax": float(curve.levels[top]),
        "tmax": float(curve.times[top]),
        "clast": float(curve.levels[-1]),
        "tlast": float(curve.times[-1]),
    }


def _areas(curve: Curve, dosing: Dosing, end: Terminal | str) -> dict[str, Found]:
    """Areas to the last level and to infinity, mean residence time and terminal phase.

    AUC_inf = AUC_last + C_last / lambda_z      AUMC_inf = AUMC_last + t_last C_last / lambda_z + C_last / lambda_z^2
    MRT = AUMC_inf / AUC_inf - MIT

    Symbols: C_last - level's unit; t_last, MRT - min; lambda_z - 1/min; MIT mean time of entry of the doses - min
    Source:  integrals of the terminal exponential from t_last on; MRT of linear kinetics
    Leaves out: absorption, which stays within MRT when a dose is not given into a vein.
    """
    to_last = area(curve)
    found: dict[str, Found] = {"auc_last": to_last}
    if isinstance(end, str):
        beyond = ("auc_inf", "auc_extrapolated", "aumc_inf", "mrt", "lambda_z", "half_life")
        return found | dict.fromkeys((*beyond, "lambda_z_points", "lambda_z_adjusted_r2"), end)
    level, time = float(curve.levels[-1]), float(curve.times[-1])
    tail = level / end.rate
    whole = to_last + tail
    first_moment = moment(curve) + time * tail + tail / end.rate
    mean = dosing.mean_input
    return found | {
        "auc_inf": whole,
        "auc_extrapolated": 100.0 * tail / whole,
        "aumc_inf": first_moment,
        "mrt": mean if isinstance(mean, str) else first_moment / whole - mean,
        "lambda_z": end.rate,
        "half_life": end.half_life,
        "lambda_z_points": float(len(end.times)),
        "lambda_z_adjusted_r2": end.adjusted_r2,
    }


def _disposition(found: dict[str, Found], dosing: Dosing, litres_per_mg: Found) -> dict[str, Found]:
    """Clearance and volumes from the dose; over bioavailability where the dose did not go into a vein.

    CL = dose / AUC_inf      Vz = CL / lambda_z      Vss = CL MRT

    Symbols: dose - mg; CL - L/min; Vz, Vss - L; others as in ``_areas``
    Source:  linear kinetics
    Leaves out: doses that had not all been absorbed; kinetics that change with dose or time.
    """
    names = ("clearance", "vz") if dosing.intravenous else ("clearance_over_f", "vz_over_f")
    numbers = known(dosing.amount, litres_per_mg, found["auc_inf"], found["lambda_z"])
    if isinstance(numbers, str):
        return dict.fromkeys((*names, "vss"), numbers)
    dose, litres, whole, rate = numbers
    clearance = dose * litres / whole
    made: dict[str, Found] = {names[0]: clearance, names[1]: clearance / rate}
    if not dosing.intravenous:
        return made | {"vss": "only doses into a vein tell it: absorption delays as distribution does"}
    mean = found["mrt"]
    return made | {"vss": mean if isinstance(mean, str) else clearance * mean}


def _time_above(kept: Curve, whole: Curve, level: float, window: Span | None) -> Found:
    if window is None:
        if kept.levels[-1] > level:
            return "still above at the last level that counts"
        return time_above(kept, level)
    if window.start < whole.times[0] or window.stop > whole.times[-1]:
        return "the window reaches beyond the times"
    return time_above(between(whole, window.start, window.stop), level)
