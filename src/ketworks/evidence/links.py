"""What each signal rests on: its parameters and the signals it needs, as one directed graph over a chain of stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ketworks.engine.parameter import Parameter
from ketworks.engine.signal import Signal
from ketworks.errors import WrongUse, unknown

if TYPE_CHECKING:  # a stage brings JAX with it; reading evidence does not need it
    from ketworks.engine.stage import Stage

    StageLike = Stage | type[Stage]


@dataclass(frozen=True)
class Link:
    """One signal with what carries it, in the order in which its stage declares it."""

    signal: Signal
    stage: StageLike
    parameters: tuple[Parameter, ...]
    signals: tuple[str, ...]


def links(stages: Sequence[StageLike]) -> Mapping[str, Link]:
    """The graph of a chain by signal name, in the order of the stages.

    Args:
        stages: one variant per stage, in any order.

    Raises:
        WrongUse: a signal is made twice, rests on a name that is neither a parameter of its stage nor a signal,
            or rests on itself.
    """
    makers = {signal.name: stage for stage in stages for signal in stage.outputs}
    made: dict[str, Link] = {}
    for stage in stages:
        rows = stage.parameters()
        for signal in stage.outputs:
            if signal.name in made:
                raise WrongUse(f"signal {signal.name!r} is made by two stages", "one variant per stage")
            names = tuple(dict.fromkeys(support_of(stage).get(signal.name, ())))
            for name in names:
                if name not in rows and name not in makers:
                    raise unknown(f"name that {signal.name} rests on:", name, [*rows, *makers])
            made[signal.name] = Link(
                signal,
                stage,
                tuple(rows[name] for name in names if name in rows),
                tuple(name for name in names if name not in rows),
            )
    for name in made:
        _refuse_circle(name, made, ())
    return made


def support_of(stage: StageLike) -> Mapping[str, tuple[str, ...]]:
    """What carries each output of a stage; of a class, what carries it in every case."""
    return stage.rests_on if isinstance(stage, type) else stage.support()


def link(name: str, graph: Mapping[str, Link]) -> Link:
    """The link of one signal; a wrong name is answered with the nearest ones."""
    if name not in graph:
        raise unknown("signal", name, graph, "ketworks signals")
    return graph[name]


def behind(names: Iterable[str], graph: Mapping[str, Link]) -> tuple[str, ...]:
    """The signals and all signals they rest on, each once, nearest first."""
    found: dict[str, None] = {}
    waiting = [link(name, graph).signal.name for name in names]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting.extend(graph[name].signals)
    return tuple(found)


def carried_by(graph: Mapping[str, Link]) -> Mapping[str, tuple[str, ...]]:
    """For each parameter id, the signals that rest on it directly or through others."""
    carried: dict[str, list[str]] = {}
    for name in graph:
        for row in {row.id: row for part in behind([name], graph) for row in graph[part].parameters}.values():
            carried.setdefault(row.id, []).append(name)
    return {key: tuple(names) for key, names in carried.items()}


def _refuse_circle(name: str, graph: Mapping[str, Link], path: tuple[str, ...]) -> None:
    if name in path:
        raise WrongUse(" -> ".join((*path, name)), "signals that do not rest on themselves")
    for needed in graph[name].signals:
        _refuse_circle(needed, graph, (*path, name))
