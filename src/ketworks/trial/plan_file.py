"""Reads a trial's plan from TOML; an unknown key is an error that names the nearest one. See docs/trial.md."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from ketworks.dose.sentence import parse
from ketworks.errors import KetworksError, WrongUse
from ketworks.people.cohort import check_seed
from ketworks.people.stated import POPULATIONS
from ketworks.registry import Chain
from ketworks.time_points import time_points
from ketworks.trial.measures import check_measure
from ketworks.trial.plan import (
    ANALYSES,
    BLINDING,
    DESIGNS,
    ENDPOINTS,
    HANDLING,
    HAZARD_RATIO,
    LOST,
    MEASURES,
    NONE,
    SETTINGS,
    STATISTICS,
    STRATA,
    Analysis,
    Arm,
    Endpoint,
    Losses,
    Reported,
    Rescue,
    Trial,
    Who,
)
from ketworks.trial.plan_table import Keys
from ketworks.trial.plan_withdrawal import check_withdrawal, read_withdrawal
from ketworks.trial.reported import hazard_ratio_of

LARGEST = 20_000  # people of one trial
_TOP: tuple[str, ...] = (
    "name",
    "title",
    "note",
    "seed",
    "design",
    "blinding",
    "setting",
    "washout",
    "visits",
    "people",
    "allocation",
)
_TOP += ("arm", "dropout", "rescue", "endpoint", "analysis", "chain", "reported", "withdrawal", "group", "measure")
_LABELS = ("calibration", "check", "validation", "recalled", "context")


def read_plan(path: str | Path) -> Trial:
    """The trial in a TOML file.

    Raises:
        WrongUse: the file cannot be read, or as :func:`from_toml`, with the file's name before it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {error}", "a readable TOML file in UTF-8", paste="ketworks trial list") from None
    try:
        return from_toml(text)
    except WrongUse as error:
        raise WrongUse(f"{path}: {error.given}", error.expected, error.nearest, error.paste) from None


def from_toml(text: str) -> Trial:
    """The trial that a TOML text says.

    Raises:
        WrongUse: not TOML; a key is missing or unknown; a value is out of range; arms, visits and endpoints do not fit.
    """
    try:
        keys = Keys("the plan", tomllib.loads(text)).known(_TOP)
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"not TOML: {error}", "keys and values", paste='name = "my trial"') from None
    arms = _arms(keys)
    visits = tuple(float(t) for t in time_points(keys.text("visits")) if t > 0.0)
    if not visits:
        raise WrongUse(f"visits = {keys.table['visits']!r}", "at least one later than 0", paste='visits = "24 h, 7 d"')
    endpoints = tuple(_endpoint(one, visits) for one in keys.tables("endpoint"))
    design = keys.text("design", DESIGNS[0], DESIGNS)
    allocation = keys.sub("allocation").known(("blocks", "stratify"))
    trial = Trial(
        name=keys.text("name"),
        title=keys.text("title", keys.text("name")),
        who=_who(keys.sub("people")),
        arms=arms,
        visits=visits,
        endpoints=endpoints,
        analyses=_analyses(keys, arms, endpoints, design),
        setting=keys.text("setting", SETTINGS[0], SETTINGS),
        blinding=keys.text("blinding", BLINDING[0], BLINDING),
        design=design,
        block=allocation.whole("blocks", 0, 1000, 0),
        stratify=allocation.names("stratify", STRATA),
        washout=keys.minutes("washout", "0 min"),
        losses=_losses(keys.sub("dropout")),
        rescue=_rescue(keys.sub("rescue")),
        seed=check_seed(keys.table.get("seed", 1)),
        note=keys.text("note", " ") if "note" in keys.table else "",
        chain=_chain(keys.sub("chain")),
        reported=tuple(_reported(one, arms, endpoints) for one in keys.tables("reported")),
        measure=keys.text("measure", MEASURES[0], MEASURES),
        withdrawal=read_withdrawal(keys, visits) if design == "withdrawal" else None,
    )
    return _checked(trial, keys.table)


def resized(trial: Trial, n: int) -> Trial:
    """The same plan for another number of people.

    Raises:
        WrongUse: too few for its arms, or too many.
    """
    fewest = 2 * len(trial.arms)
    if not fewest <= n <= LARGEST:
        raise WrongUse(f"{n} people", f"{fewest}, two an arm, to {LARGEST}", paste=f"--n {max(fewest, 40)}")
    return replace(trial, who=replace(trial.who, n=n))


def _who(keys: Keys) -> Who:
    keys.known([one.name for one in fields(Who)])
    return Who(
        keys.whole("n", 2, LARGEST),
        keys.text("population", "trial-adults", tuple(POPULATIONS)),
        keys.optional("baseline", 1.0, 60.0),
        keys.optional("baseline_sd", 0.0, 30.0),
        keys.number("lowest", 0.0, 60.0, 0.0),
    )


def _arms(keys: Keys) -> tuple[Arm, ...]:
    found = []
    for one in keys.tables("arm"):
        one.known([field.name for field in fields(Arm)])
        regimen = one.text("regimen", NONE)
        if regimen != NONE:
            try:
                parse(regimen)
            except KetworksError as error:
                raise WrongUse(f"{one.where}: {error.given}", error.expected, error.nearest, error.paste) from None
        left = one.optional("dropout_per_week", 0.0, 5.0)
        found.append(Arm(one.text("name"), regimen, one.whole("share", 1, 100, 1), left))
    names = [arm.name for arm in found]
    if not found or len(set(names)) < len(names):
        given = "no [[arm]]" if not found else f"arms {', '.join(names)}"
        raise WrongUse(given, "one or more arms with names of their own", paste='[[arm]]\n  name = "ketamine"')
    return tuple(found)


def _losses(keys: Keys) -> Losses:
    keys.known(("per_week", "severity"))
    return Losses(keys.number("per_week", 0.0, 5.0, 0.0), keys.number("severity", 0.1, 10.0, 1.0))


def _rescue(keys: Keys) -> Rescue | None:
    if not keys.table:
        return None
    keys.known(("score", "start", "handling", "gain"))
    score, start = keys.number("score", 1.0, 60.0), keys.minutes("start")
    return Rescue(score, start, keys.text("handling", HANDLING[0], HANDLING), keys.number("gain", 0.0, 60.0, 0.0))


def _chain(keys: Keys) -> dict[str, str]:
    chosen = {stage: keys.text(stage) for stage in keys.table}
    Chain(**chosen)  # says what is unknown
    if "outcome" in chosen:
        given = f"outcome = {chosen['outcome']!r} in [chain]"
        raise WrongUse(given, "the setting of the plan: it brings the control's change", paste='setting = "midazolam"')
    return chosen


def _endpoint(keys: Keys, visits: tuple[float, ...]) -> Endpoint:
    keys.known([field.name for field in fields(Endpoint)])
    at = keys.minutes("at")
    if at not in visits:
        near = min(visits, key=lambda visit: abs(visit - at))
        raise WrongUse(f"at = {keys.table['at']!r} in {keys.where}", "one of the visits", f"{near:g} min")
    return Endpoint(
        keys.text("name"),
        keys.text("kind", None, ENDPOINTS),
        at,
        keys.optional("fraction", 0.05, 0.95),
        keys.optional("threshold", 0.0, 60.0),
        keys.text("missing", "failure", ("failure", "observed")),
        keys.text("lost", LOST[0], LOST),
        keys.whole("confirm", 1, 10, 1),
        keys.text("group") if "group" in keys.table else "",
    )


def _analyses(keys: Keys, arms: tuple[Arm, ...], endpoints: tuple[Endpoint, ...], design: str) -> tuple[Analysis, ...]:
    names, kinds = [arm.name for arm in arms], {one.name: one.kind for one in endpoints}
    found: list[Analysis] = []
    for one in keys.tables("analysis"):
        one.known(("name", "kind", "endpoint", "arms", "missing", "power"))
        kind = one.text("kind", None, tuple(ANALYSES))
        endpoint = one.text("endpoint", None, tuple(kinds))
        wanted = ANALYSES[kind]
        if kinds[endpoint] != wanted and not (wanted == "response" and kinds[endpoint] == "remission"):
            raise WrongUse(f"{kind} of {endpoint}, a {kinds[endpoint]}", f"an endpoint of kind {wanted}")
        pair = one.names("arms", names, (names[0], names[-1]))
        if len(pair) != 2 or pair[0] == pair[1]:
            raise WrongUse(f"arms = {list(pair)} in {one.where}", "two different arms", paste=f"arms = {names[:2]}")
        if (kind == "crossover") != (design == "crossover"):
            fits = "crossover" if design == "crossover" else "ancova"
            raise WrongUse(f"{kind} of a {design} trial", f"{fits}, which fits the design", paste=f'kind = "{fits}"')
        missing = one.text("missing", "observed", ("observed", "last"))
        name = one.text("name", f"{kind} of {endpoint}, {pair[0]} against {pair[1]}")
        found.append(Analysis(name, kind, endpoint, pair, missing, one.truth("power", not found)))
    return tuple(found)


def _reported(keys: Keys, arms: tuple[Arm, ...], endpoints: tuple[Endpoint, ...]) -> Reported:
    keys.known([field.name for field in fields(Reported)])
    names = [arm.name for arm in arms]
    statistic = keys.text("statistic", None, STATISTICS)
    return Reported(
        keys.text("endpoint", None, [one.name for one in endpoints]),
        statistic,
        keys.text("arm", None, names),
        keys.number("value", -100.0, 1000.0),
        keys.text("source"),
        keys.text("locator"),
        keys.text("how_read"),
        keys.text("label", None, _LABELS),
        keys.text("against", None, names) if "difference" in statistic or statistic == HAZARD_RATIO else "",
        keys.text("note", " ") if "note" in keys.table else "",
    )


def _checked(trial: Trial, keys: Mapping[str, object]) -> Trial:
    """What only the whole plan can show."""
    shares = sum(arm.share for arm in trial.arms)
    if trial.design == "crossover" and len(trial.arms) != 2:
        raise WrongUse(f"a crossover of {len(trial.arms)} arms", "two arms")
    if trial.design == "crossover" and any(one.kind == "relapse" for one in trial.endpoints):
        raise WrongUse("relapse in a crossover", "a parallel trial: the next period ends the watch")
    if trial.block % shares:
        raise WrongUse(f"blocks = {trial.block}", f"a multiple of {shares}, the sum of the shares", f"{shares}")
    if trial.who.n < 2 * len(trial.arms):
        raise WrongUse(f"n = {trial.who.n} for {len(trial.arms)} arms", "two people an arm or more")
    if not trial.endpoints:
        raise WrongUse("no [[endpoint]]", "one or more", paste='[[endpoint]]\n  name = "day 1"')
    names = [one.name for one in trial.endpoints]
    if len(set(names)) < len(names):
        raise WrongUse(f"endpoints {', '.join(names)}", "each name once")
    for one in trial.reported:
        if one.statistic == HAZARD_RATIO:
            hazard_ratio_of(trial, one)
    check_measure(trial, "setting" in keys)
    check_withdrawal(trial, "withdrawal" in keys or "group" in keys)
    return trial
