"""Reads and checks what only a withdrawal trial has: its open phase and the groups that are randomised after it."""

from __future__ import annotations

from dataclasses import fields

from ketworks.dose.sentence import parse
from ketworks.errors import WrongUse, unknown
from ketworks.registry import variants
from ketworks.time_points import time_points
from ketworks.trial.plan import ROLES, Group, Trial, Withdrawal
from ketworks.trial.plan_table import Keys


def read_withdrawal(keys: Keys, visits: tuple[float, ...]) -> Withdrawal:
    """``[withdrawal]`` and ``[[group]]`` of a plan.

    Raises:
        WrongUse: a key is missing or unknown, or a time is no visit.
    """
    own = keys.sub("withdrawal").known(("randomise", "background"))
    groups = tuple(_group(one, visits) for one in keys.tables("group"))
    randomise = own.minutes("randomise")
    _is_visit(randomise, visits, f"randomise in {own.where}")
    if not any(group.role == ROLES[0] for group in groups):
        paste = '[[group]]\n  name = "stable remission"'
        raise WrongUse("no [[group]] that is randomised", "one or more", paste=paste)
    late = [group.name for group in groups if max(group.visits) > randomise]
    if late:
        raise WrongUse(f"group {late[0]} is seen after randomisation", "visits of the open phase", f"{randomise:g} min")
    return Withdrawal(randomise, own.text("background", None, tuple(variants()["outcome"])), groups)


def _group(keys: Keys, visits: tuple[float, ...]) -> Group:
    keys.known([field.name for field in fields(Group)])
    at = tuple(float(time) for time in time_points(keys.text("visits")))
    for time in at:
        _is_visit(time, visits, f"visits in {keys.where}")
    return Group(
        keys.text("name"),
        keys.text("kind", None, ("response", "remission")),
        at,
        keys.whole("needed", 1, len(at), len(at)),
        keys.text("role", ROLES[0], ROLES),
        keys.optional("fraction", 0.05, 0.95),
        keys.optional("threshold", 0.0, 60.0),
    )


def _is_visit(time: float, visits: tuple[float, ...], where: str) -> None:
    if time not in visits:
        near = min(visits, key=lambda visit: abs(visit - time))
        raise WrongUse(f"{time:g} min, {where}", "one of the visits", f"{near:g} min")


def check_withdrawal(trial: Trial, stated: bool) -> None:
    """What only the whole plan can show of a withdrawal trial.

    Args:
        trial: any plan.
        stated: whether the plan has ``[withdrawal]`` or ``[[group]]``.

    Raises:
        WrongUse: arms differ before randomisation; an endpoint names no group; the design is another.
    """
    grouped = [one for one in trial.endpoints if one.group]
    if trial.withdrawal is None:
        if stated or grouped:
            given = f"a group in a {trial.design} trial"
            raise WrongUse(given, "a withdrawal trial", paste='design = "withdrawal"')
        return
    names = [group.name for group in trial.withdrawal.strata]
    for one in grouped:
        if one.group not in names:
            raise unknown(f"group of the endpoint {one.name}", one.group, names)
    early = [one.name for one in trial.endpoints if one.at < trial.withdrawal.randomise]
    if early:
        raise WrongUse(f"endpoint {early[0]} before randomisation", "at randomisation or later")
    if trial.stratify or trial.rescue is not None or trial.who.lowest > 0.0:
        given = "stratify, [rescue] or lowest in a withdrawal trial"
        raise WrongUse(given, "none of them: the groups are the strata, a relapse ends what counts, all enrol")
    _same_start(trial, trial.withdrawal.randomise)


def _same_start(trial: Trial, randomise: float) -> None:
    """Every arm must get the same doses before randomisation."""
    idle = [arm.name for arm in trial.arms if not arm.active]
    if idle:
        given = f"arm {idle[0]} without a regimen in a withdrawal trial"
        raise WrongUse(given, "the doses of the open phase, which all arms share")
    before = [[event for event in parse(arm.regimen).events() if event.time < randomise] for arm in trial.arms]
    for arm, own in zip(trial.arms, before, strict=True):
        if own != before[0]:
            given = f"arms {trial.arms[0].name} and {arm.name} differ before randomisation"
            raise WrongUse(given, "the same doses until then, as everybody gets the open phase")
