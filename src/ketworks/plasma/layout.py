"""A cascade laid out by names: compartments are called ``central`` and ``stomach``, not 0 and 7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax.numpy as jnp
from jax import Array

from ketworks.engine.propagate import Block, Cascade, Link, diagonalize


@dataclass
class Layout:
    """Compartments in the order of flow, and the fluxes between them; built once per trace.

    Attributes:
        people: how many.
    """

    people: int
    _places: dict[str, int] = field(default_factory=dict)
    _blocks: list[Block] = field(default_factory=list)
    _fluxes: list[tuple[str, str, Array]] = field(default_factory=list)

    def add(self, block: Block, *names: str) -> None:
        """A block whose states carry these names; a later block may only receive from earlier ones."""
        for name in names:
            self._places[name] = len(self._places)
        self._blocks.append(block)

    def flux(self, source: str, to: str, rate: Array) -> None:
        """d[to]/dt += rate * source; ``rate`` 1/min, shape (people,)."""
        self._fluxes.append((source, to, rate))

    def cascade(self) -> Cascade:
        """The diagonalised system."""
        links = [Link(self._places[to], self._places[source], rate) for source, to, rate in self._fluxes]
        return diagonalize(self._blocks, links)

    def vector(self, parts: Mapping[str, Array | float]) -> Array:
        """A vector over all states that is zero but for the named ones, shape (people, states)."""
        made = jnp.zeros((self.people, len(self._places)))
        for name, value in parts.items():
            made = made.at[:, self._places[name]].set(value)
        return made

    def readings(self, *parts: Mapping[str, Array | float]) -> Array:
        """What is read from the states, one row a reading, shape (people, readings, states)."""
        return jnp.stack([self.vector(part) for part in parts], axis=1)
