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
    """People from the first look to the last visit; of a withdrawal trial those assessed entered its open phase.

    ``groups``: of a withdrawal trial, how many of each were randomised.
    """

    assessed: int
    excluded: int
    randomised: int
    arms: tuple[ArmFlow, ...]
    groups: tuple[tuple[str, int], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**self._asdict(), "arms": [arm._asdict() for arm in self.arms], "groups": dict(self.groups)}


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
    strata = trial.withdrawal.strata if trial.withdrawal is not None else ()
    groups = tuple((group.name, int(np.sum(data.stratum == place))) for place, group in enumerate(strata))
    return Flow(data.assessed, data.assessed - len(data.ids), len(data.ids), tuple(arms), groups)


def headings(found: Flow) -> tuple[str, str, str]:
    """What the three counts are called: looked at, lost before the last of them, and taking part."""
    if found.groups:
        return "entered the open phase", "not stable, or left", "randomised"
    return "assessed for inclusion", "excluded (score)", "randomised" if len(found.arms) > 1 else "enrolled"


def flow_text(found: Flow) -> str:
    """The flow as lines."""
    verb = "allocated" if len(found.arms) > 1 else "treated"
    looked, lost, taking = headings(found)
    lines = [f"{looked:25s}{found.assessed:6d}", f"  {lost:23s}{found.excluded:6d}"]
    lines += [f"{taking:25s}{found.randomised:6d}"]
    lines += [f"  {group:23s}{people:6d}" for group, people in found.groups]
    width = max(len(arm.name) for arm in found.arms)
    lines += [
        f"  {arm.name:{width}s}   {verb} {arm.allocated}, left {arm.left}, rescued {arm.rescued}, "
        f"seen at the last visit {arm.seen}"
        for arm in found.arms
    ]
    return "\n".join(lines)
