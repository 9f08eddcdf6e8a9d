"""The flow of people through a trial, as CONSORT asks for it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ketworks.trial.conduct import Data
from ketworks.trial.plan import Trial


class ArmFlow(NamedTuple):
    """One arm, or one sequence of a crossover: people allocated, who left, were rescued, were seen at the end."""

    name: str
    allocated: int
    left: int
    rescued: int
    seen: int


class Flow(NamedTuple):
    """People from the first look to the last visit."""

    assessed: int
    excluded: int
    randomised: int
    arms: tuple[ArmFlow, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**self._asdict(), "arms": [arm._asdict() for arm in self.arms]}


def flow(trial: Trial, data: Data) -> Flow:
    """Counts of a trial."""
    first = data.arm[:, 0]
    arms = []
    for place, arm in enumerate(trial.arms):
        member = first == place
        order = [one.name for one in (*trial.arms[place:], *trial.arms[:place])]
        name = " then ".join(order) if trial.design == "crossover" else arm.name
        seen = data.seen[member][:, -1, -1]
        arms.append(ArmFlow(name, *(int(np.sum(x)) for x in (member, data.left[member], data.rescued[member], seen))))
    return Flow(data.assessed, data.assessed - len(data.ids), len(data.ids), tuple(arms))


def flow_text(found: Flow) -> str:
    """The flow as lines."""
    verb = "allocated" if len(found.arms) > 1 else "treated"
    lines = [
        f"assessed for inclusion   {found.assessed:6d}",
        f"  excluded (score)       {found.excluded:6d}",
        f"{'randomised' if len(found.arms) > 1 else 'enrolled':25s}{found.randomised:6d}",
    ]
    width = max(len(arm.name) for arm in found.arms)
    lines += [
        f"  {arm.name:{width}s}   {verb} {arm.allocated}, left {arm.left}, rescued {arm.rescued}, "
        f"seen at the last visit {arm.seen}"
        for arm in found.arms
    ]
    return "\n".join(lines)
