"""The problem as SBML (level 3): linear rates, and an event at every edge that sets the input."""

from __future__ import annotations

import numpy as np
from problem import PARENT, STATES, Problem, matrices

_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="plasma">
<listOfParameters>{parameters}</listOfParameters>
<listOfRules>{rules}</listOfRules>
<listOfEvents>{events}</listOfEvents>
</model></sbml>"""
_MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
_EVENT = (
    '<event id="edge{k}" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="true">{when}'
    '</trigger><listOfEventAssignments><eventAssignment variable="input">{what}</eventAssignment>'
    "</listOfEventAssignments></event>"
)
_TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'


def model(work: Problem) -> str:
    """States x0.., rates k<to>_<from>, input after edge k flow<k>; the first edge is the initial value."""
    matrix = matrices(work.first(1))[0]
    flow = work.flow[0]
    entries = [(i, j) for i in range(STATES) for j in range(STATES) if matrix[i, j] != 0.0]
    constants = [(f"k{i}_{j}", matrix[i, j]) for i, j in entries] + [
        (f"flow{k}", value) for k, value in enumerate(flow)
    ]
    parameters = [_parameter(name, value, "true") for name, value in constants]
    parameters += [_parameter(f"x{i}", 0.0, "false") for i in range(STATES)] + [_parameter("input", flow[0], "false")]
    rules = []
    for i in range(STATES):
        terms = [f"<apply><times/><ci>k{i}_{j}</ci><ci>x{j}</ci></apply>" for row, j in entries if row == i]
        terms += ["<ci>input</ci>"] * (i == PARENT)
        rules.append(
            f'<rateRule variable="x{i}">{_MATH.format("<apply><plus/>" + "".join(terms) + "</apply>")}</rateRule>'
        )
    events = [_event(k, edge) for k, edge in enumerate(work.edges) if k > 0]
    return _PAGE.format(parameters="".join(parameters), rules="".join(rules), events="".join(events))


def _parameter(name: str, value: float, constant: str) -> str:
    return f'<parameter id="{name}" value="{float(value)!r}" constant="{constant}"/>'


def _event(k: int, edge: np.float64) -> str:
    when = _MATH.format(f"<apply><geq/>{_TIME}<cn>{float(edge)!r}</cn></apply>")
    return _EVENT.format(k=k, when=when, what=_MATH.format(f"<ci>flow{k}</ci>"))
