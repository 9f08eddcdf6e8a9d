"""The populations that are known by name, from the rows of ``parameters.tsv``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from ketworks.errors import unknown
from ketworks.people.person import SEXES
from ketworks.people.population import PAIRS, Population
from ketworks.people.spread import Spread

POPULATIONS: Mapping[str, str] = {
    "general-adults": "adults of 20 to 80 years in the United States, 2021 to 2023 (national survey)",
    "trial-adults": "people in trials of nasal esketamine for depression that resists treatment",
    "volunteers": "participants of a pharmacokinetic study, 18 to 50 years, most of them men",
}


@cache
def population(name: str) -> Population:
    """A population by name; a wrong name is answered with the nearest ones."""
    if name not in POPULATIONS:
        raise unknown("population", name, POPULATIONS, 'Cohort(100, population="general-adults")')
    return _read(name, _reader(f"people.{name.replace('-', '_')}."))


Find = Callable[[str], float | None]


def _reader(prefix: str) -> Find:
    from ketworks.evidence.parameters import load

    rows = load(str(Path(__file__).parent))

    def find(key: str) -> float | None:
        row = rows.get(prefix + key) or rows.get(f"people.{key}")
        return None if row is None else row.canonical

    return find


def _read(name: str, find: Find) -> Population:
    age = Spread(
        None if find("age_mean") is None else f"{find('age_mean')!r} y",
        None if find("age_sd") is None else f"{find('age_sd')!r} y",
        f"{find('age_low')!r} y",
        f"{find('age_high')!r} y",
    )
    return Population(
        weight={sex: _weight(find, sex) for sex in SEXES},
        age=age,
        height={sex: _height(find, sex) for sex in SEXES},
        share_female=find("share_female") or 0.0,
        **{pair: {sex: find(f"{pair}.{sex}") or 0.0 for sex in SEXES} for pair in PAIRS},
        name=name,
    )


def _weight(find: Find, sex: str) -> Spread:
    """Mean and SD of the log-normal weight with the stated median and log-SD; the range, or so many SD to each side."""
    median, sd = _number(find, f"weight_median.{sex}"), _number(find, f"weight_log_sd.{sex}")
    mean = median * math.exp(0.5 * sd**2)
    reach = math.exp(_number(find, "truncation") * sd)
    low, high = find("weight_low") or median / reach, find("weight_high") or median * reach
    return Spread(f"{mean!r} kg", f"{mean * math.sqrt(math.expm1(sd**2))!r} kg", f"{low!r} kg", f"{high!r} kg")


def _height(find: Find, sex: str) -> Spread:
    mean, sd = _number(find, f"height_mean.{sex}"), _number(find, f"height_sd.{sex}")
    reach = _number(find, "truncation") * sd
    low, high = find("height_low") or mean - reach, find("height_high") or mean + reach
    return Spread(f"{mean!r} cm", f"{sd!r} cm", f"{low!r} cm", f"{high!r} cm")


def _number(find: Find, key: str) -> float:
    found = find(key)
    if found is None:
        raise KeyError(key)
    return found
