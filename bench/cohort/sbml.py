"""The slow chain as SBML (level 3): its text as MathML, and an event at every edge of an infusion."""

from __future__ import annotations

import ast

import numpy as np

from cohort.model import BETWEEN, PERSONAL, RATES, START, STATES
from cohort.problem import EDGES, Floats, shared

_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="chain">
<listOfParameters>{parameters}</listOfParameters>
<listOfRules>{rules}</listOfRules>
<listOfEvents>{events}</listOfEvents>
</model></sbml>"""
_MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
_EVENT = (
    '<event id="edge{k}" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="true">{when}'
    '</trigger><listOfEventAssignments><eventAssignment variable="on">{what}</eventAssignment>'
    "</listOfEventAssignments></event>"
)
_TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
_NAMES = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide", ast.USub: "minus", "log": "ln"}


def model(personal: Floats) -> str:
    """One person's model; states and constants by their names in ``model``, those of a person's own not constant."""
    parameters = [_parameter(name, value, "true") for name, value in shared().items()]
    parameters += [_parameter(name, value, "true") for name, value in zip(PERSONAL, personal, strict=True)]
    parameters += [_parameter(name, START.get(name, 0.0), "false") for name in STATES]
    parameters += [_parameter("on", 1.0, "false")] + [_parameter(name, 0.0, "false") for name in BETWEEN]
    rules = [f'<assignmentRule variable="{name}">{mathml(text)}</assignmentRule>' for name, text in BETWEEN.items()]
    rules += [f'<rateRule variable="{name}">{mathml(text)}</rateRule>' for name, text in RATES.items()]
    events = [_event(k, edge) for k, edge in enumerate(EDGES) if k > 0]
    return _PAGE.format(parameters="".join(parameters), rules="".join(rules), events="".join(events))


def mathml(text: str) -> str:
    """An expression of ``model`` as MathML."""
    return _MATH.format(_node(ast.parse(text, mode="eval").body))


def _node(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return f"<ci>{name}</ci>"
        case ast.Constant(value=value):
            return f"<cn>{value!r}</cn>"
        case ast.BinOp(left=left, op=op, right=right):
            return f"<apply><{_NAMES[type(op)]}/>{_node(left)}{_node(right)}</apply>"
        case ast.UnaryOp(op=op, operand=operand):
            return f"<apply><{_NAMES[type(op)]}/>{_node(operand)}</apply>"
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return f"<apply><{_NAMES[name]}/>{_node(argument)}</apply>"
    raise ValueError(f"no MathML for {ast.dump(node)}")


def _parameter(name: str, value: float, constant: str) -> str:
    return f'<parameter id="{name}" value="{float(value)!r}" constant="{constant}"/>'


def _event(k: int, edge: np.float64) -> str:
    when = _MATH.format(f"<apply><geq/>{_TIME}<cn>{float(edge)!r}</cn></apply>")
    return _EVENT.format(k=k, when=when, what=_MATH.format(f"<cn>{1 - k % 2}</cn>"))
