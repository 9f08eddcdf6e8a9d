"""The other side where the evidence on a drug is divided: one row each is read in place of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ketworks.comedication.stage import Company

_BENZODIAZEPINES = ("midazolam", "diazepam", "lorazepam", "daily.benzodiazepine")


@dataclass(frozen=True)
class BenzodiazepineNeutral(Company):
    """Benzodiazepines take no benefit away, as after the first dose of esketamine."""

    variant: ClassVar[str] = "benzodiazepine-neutral"
    meaning: ClassVar[str] = "as factors, but benzodiazepines take no benefit away"
    instead: ClassVar[Mapping[str, str]] = {
        f"{agent}.benefit_gain": "alternative.benzodiazepine.benefit_gain" for agent in _BENZODIAZEPINES
    }


@dataclass(frozen=True)
class NaltrexoneNeutral(Company):
    """Naltrexone takes no benefit away: the finding against it is of twelve people and disputed."""

    variant: ClassVar[str] = "naltrexone-neutral"
    meaning: ClassVar[str] = "as factors, but naltrexone takes no benefit away"
    instead: ClassVar[Mapping[str, str]] = {
        f"{agent}.benefit_gain": "alternative.naltrexone.benefit_gain" for agent in ("naltrexone", "daily.naltrexone")
    }


@dataclass(frozen=True)
class LamotrigineProtects(Company):
    """Lamotrigine softens the experience, as in healthy volunteers."""

    variant: ClassVar[str] = "lamotrigine-protects"
    meaning: ClassVar[str] = "as factors, but lamotrigine softens the experience"
    instead: ClassVar[Mapping[str, str]] = {
        f"{agent}.experience_gain": "alternative.lamotrigine.experience_gain"
        for agent in ("lamotrigine", "daily.lamotrigine")
    }
