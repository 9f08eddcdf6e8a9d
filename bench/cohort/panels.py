"""Panels between neighbouring shared times, and what is linear on them: integrals, first-order lags, values between.

On each panel a course is the polynomial through its values at Gauss-Lobatto nodes (both ends are nodes), so integrals
and lags with a rate that all people share are small matrices, made once for everybody.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_GAUSS, _HALVINGS = 14, 12  # points on each part, and parts that halve towards the end, where a fast lag looks


class Panels(NamedTuple):
    """Widths (panels,) and all node times (panels, nodes), min; nodes from 0 to 1."""

    width: Floats
    times: Floats
    nodes: Floats


def graded(stops: Floats, edges: Floats, first: float, growth: float, longest: float, count: int) -> Panels:
    """Panels that end at every stop, whose width is at most ``first`` or a share of the time since the last edge.

    Args:
        stops: times at which a panel must end, min, sorted, edges among them; the first is where the panels begin.
        edges: min.
        first: width just after an edge, min.
        growth: largest width over the time since the edge.
        longest: largest width, min.
        count: nodes of a panel.
    """
    ends = [float(stops[0])]
    for stop in stops[1:]:
        while ends[-1] < stop:
            since = ends[-1] - float(edges[edges <= ends[-1]].max())
            width = min(max(first, growth * since), longest)
            left = float(stop) - ends[-1]
            ends.append(float(stop) if left < 1.3 * width else ends[-1] + min(width, 0.6 * left))
    points = np.array(ends)
    nodes = lobatto(count)
    return Panels(np.diff(points), points[:-1, None] + np.diff(points)[:, None] * nodes, nodes)


def lobatto(count: int) -> Floats:
    """Gauss-Lobatto nodes from 0 to 1."""
    inner = legendre.Legendre.basis(count - 1).deriv().roots()
    return 0.5 * (1.0 + np.concatenate([[-1.0], np.sort(np.real(inner)), [1.0]]))


def values_at(nodes: Floats, places: Floats) -> Floats:
    """Matrix from values at nodes to values at places (any shape), shape (..., nodes)."""
    made = np.ones((*places.shape, len(nodes)))
    for j, node in enumerate(nodes):
        for k, other in enumerate(nodes):
            if k != j:
                made[..., j] *= (places - other) / (node - other)
    return made


def integrals(nodes: Floats) -> Floats:
    """Matrix from values at nodes to integrals from 0 to each node, shape (nodes, nodes)."""
    x, weight = legendre.leggauss(len(nodes))
    inside = nodes[:, None] * 0.5 * (1.0 + x)
    return np.einsum("ig,igj->ij", nodes[:, None] * 0.5 * weight, values_at(nodes, inside))


def lags(nodes: Floats, step: Floats) -> tuple[Floats, Floats]:
    """How a lag crosses a panel: what it keeps at each node and the weights of the input's values.

    Equation:  y(c) = exp(-z c) y(0) + integral of z exp(-z (c - s)) x(s) for s from 0 to c;  z = rate * width
    Args:
        nodes: from 0 to 1.
        step: z, shape (panels,).

    Returns:
        Shapes (panels, nodes) and (panels, nodes, nodes).
    """
    x, weight = legendre.leggauss(_GAUSS)
    ends = np.concatenate([[0.0], 0.5 ** np.arange(_HALVINGS, -1.0, -1.0)])  # distance from the end, of c
    middle = 0.5 * (1.0 + x)
    back = (ends[:-1, None] + np.diff(ends)[:, None] * middle).ravel()
    share = (np.diff(ends)[:, None] * 0.5 * weight).ravel()
    distance = nodes[:, None] * back  # (nodes, points)
    z = step[:, None, None]
    kernel = z * np.exp(-z * distance) * nodes[:, None] * share
    return np.exp(-step[:, None] * nodes), np.einsum(
        "pig,igj->pij", kernel, values_at(nodes, nodes[:, None] - distance)
    )
