"""ketworks: an executable, evidence-graded model of how ketamine works.

    import ketworks as kw
    s = kw.simulate("0.5 mg/kg iv over 40 min", kw.Person(age=45, weight="80 kg", sex="female"))
    s                               # table: stage, peak, when, 90 % band, grade
    s["plasma.ketamine.venous"]     # xarray.DataArray with units, source, grade

Research and teaching software: it never clears, doses or treats a real person.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ketworks.comparison import compare
    from ketworks.derivatives.gradient import gradient
    from ketworks.dose.sentence import parse
    from ketworks.errors import CannotSay, KetworksError, SolverFailed, WrongUse
    from ketworks.io.dataset import load, replay
    from ketworks.people.cohort import Cohort
    from ketworks.people.person import Person
    from ketworks.people.population import Population
    from ketworks.people.spread import Spread
    from ketworks.receptor.without_dose import block_over_time, settled_block
    from ketworks.registry import Chain
    from ketworks.result import Simulation
    from ketworks.safety.plan import plan_session
    from ketworks.safety.screening import screen
    from ketworks.simulation import simulate

__version__ = "0.1.0"
_HOME = {
    "CannotSay": "errors",
    "Chain": "registry",
    "Cohort": "people.cohort",
    "KetworksError": "errors",
    "Person": "people.person",
    "Population": "people.population",
    "Simulation": "result",
    "SolverFailed": "errors",
    "Spread": "people.spread",
    "WrongUse": "errors",
    "block_over_time": "receptor.without_dose",
    "compare": "comparison",
    "gradient": "derivatives.gradient",
    "load": "io.dataset",
    "parse": "dose.sentence",
    "plan_session": "safety.plan",
    "replay": "io.dataset",
    "screen": "safety.screening",
    "settled_block": "receptor.without_dose",
    "simulate": "simulation",
}
__all__ = [
    "CannotSay",
    "Chain",
    "Cohort",
    "KetworksError",
    "Person",
    "Population",
    "Simulation",
    "SolverFailed",
    "Spread",
    "WrongUse",
    "block_over_time",
    "compare",
    "gradient",
    "load",
    "parse",
    "plan_session",
    "replay",
    "screen",
    "settled_block",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when first used, so that ``import ketworks`` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'ketworks' has no attribute {name!r}")
    return getattr(import_module(f"ketworks.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """For completion."""
    return sorted(__all__)
