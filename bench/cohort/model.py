"""The slow chain as text, once: the solvers' functions, the SBML page and the reference are all made from it.

Equations are those of the shipped stages: plasma ``combined`` (intravenous esketamine), receptor ``trapping-block`` as
far as active drug, mind ``effect-site`` as far as its two sites, body ``baroreflex-in-time``, plasticity
``disinhibition``, and their read-outs. Times min, amounts umol, levels ng/mL (active drug umol/L), the rest relative to
rest or to one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

STATES = (
    *("k1", "k2", "k3", "t1", "t2", "n1", "n2", "u1", "u2", "h1", "h2"),  # ketamine, transit, norketamine, transit, HNK
    *("bk", "bn", "es", "rs", "ha", "ht"),  # brain (2), experience, response, heart (acting level, total)
    *("hr", "co", "re"),  # heart rate, contractility, resistance
    *("a", "d", "n", "k", "received"),  # fast gain, translation, synapses, consolidation, drive received
)
START: Mapping[str, float] = {"hr": 1.0, "co": 1.0, "re": 1.0}

# what each person has of their own; the rest of the model is the same for all, as in the shipped stages
PERSONAL = (
    *("v1", "v2", "v3", "cl", "q2", "q3", "kt", "vn2", "cln", "qn", "ku", "vh1", "vh2", "clh", "qh"),
    *("flow", "theta", "mean0", "pulse0"),
)

# in the order in which they need each other
BETWEEN: Mapping[str, str] = {
    "s": "mass_k * k1 / v1",
    "nk": "mass_n * n1 / v1",
    "active": "bk + potency_n * bn",
    "push": "theta * ha / (ha + c50_push)",
    "force": "theta * ha / (ha + c50_force)",
    "stroke": "co * (1.0 - filling * log(hr))",
    "pressure": "hr * stroke * re",
    "left": "1.0 - reflex_gain * (pressure - 1.0)",
    "drive": "active / (active + c50_drive)",
}

RATES: Mapping[str, str] = {
    "k1": "on * flow - (cl + q2 + q3) * k1 / v1 + q2 * k2 / v2 + q3 * k3 / v3",
    "k2": "q2 * k1 / v1 - q2 * k2 / v2",
    "k3": "q3 * k1 / v1 - q3 * k3 / v3",
    "t1": "cl * k1 / v1 - kt * t1",
    "t2": "kt * t1 - kt * t2",
    "n1": "to_n * kt * t2 - (cln + qn) * n1 / v1 + qn * n2 / vn2",
    "n2": "qn * n1 / v1 - qn * n2 / vn2",
    "u1": "cln * n1 / v1 - ku * u1",
    "u2": "ku * u1 - ku * u2",
    "h1": "to_h * ku * u2 - (clh + qh) * h1 / vh1 + qh * h2 / vh2",
    "h2": "qh * h1 / vh1 - qh * h2 / vh2",
    "bk": "k_brain * (free_k * k1 / v1 - bk)",
    "bn": "k_brain * (free_n * n1 / v1 - bn)",
    "es": "k_experience * (s - es)",
    "rs": "k_response * (s - rs)",
    "ha": "k_heart * (s * s / (s + weight_n * nk + tiny) - ha)",
    "ht": "k_heart * (s - ht)",
    "hr": "k_rate * ((1.0 + rate_gain * most_push * push) * left - hr)",
    "co": "k_force * ((1.0 + most_force * force) / (1.0 + ht / c50_depression) * left - co)",
    "re": "k_resistance * ((1.0 + resistance_gain * most_push * push) / (1.0 + most_dilation * push) * left - re)",
    "a": "jump * largest * drive * (1.0 - a) - a / tau_a",
    "d": "(a - d) / tau_d",
    "n": "growth * d * (1.0 - n) - n / (tau_n * (1.0 + hold * k))",
    "k": "kept * largest * drive * (1.0 - k) - k / tau_k",
    "received": "largest * drive",
}

# what a user asks for, from states and what lies between
READ: Mapping[str, str] = {
    "s_ketamine": "s",
    "s_norketamine": "nk",
    "hydroxynorketamine": "mass_h * h1 / vh1",
    "active": "active",
    "experience": "es",
    "response": "rs",
    "heart_level": "ha",
    "heart_rate": "hr",
    "contractility": "co",
    "resistance": "re",
    "fast_gain": "a",
    "translation": "d",
    "synapses": "n",
    "consolidation": "k",
    "received": "received",
    "systolic": "mean0 * pressure + (1.0 - share) * pulse0 * stroke * (1.0 - systole) / (1.0 - systole0)",
    "mood": "largest_share * (fast * a + (1.0 - fast) * n)",  # mean share: SBML has no normal quantile for one's own
}
_READ_BETWEEN: Mapping[str, str] = {
    "systole": "systole0 * hr * exp(shortening * (1.0 - hr))",
}


def rates(shared: Mapping[str, float], functions: Mapping[str, Any]) -> Callable[..., list[Any]]:
    """``f(states, personal, on)``: rates of change, 1/min; each argument a sequence in the order of the names.

    Args:
        shared: values of the constants that all people have in common.
        functions: ``log``.
    """
    return _compiled([*STATES], [BETWEEN], [RATES[name] for name in STATES], shared, functions)


def readings(shared: Mapping[str, float], functions: Mapping[str, Any]) -> Callable[..., list[Any]]:
    """``f(states, personal, on)``: what is asked; ``functions``: ``log``, ``exp``."""
    return _compiled([*STATES], [BETWEEN, _READ_BETWEEN], [*READ.values()], shared, functions)


def _compiled(
    states: list[str],
    between: list[Mapping[str, str]],
    results: list[str],
    shared: Mapping[str, float],
    functions: Mapping[str, Any],
) -> Callable[..., list[Any]]:
    lines = ["def f(states, personal, on):"]
    lines += [f"    {', '.join(states)} = states", f"    {', '.join(PERSONAL)} = personal"]
    lines += [f"    {name} = {text}" for part in between for name, text in part.items()]
    lines.append(f"    return [{', '.join(results)}]")
    space: dict[str, Any] = {**shared, **functions}
    exec(compile(ast.parse("\n".join(lines)), "slow chain", "exec"), space)
    made: Callable[..., list[Any]] = space["f"]
    return made
