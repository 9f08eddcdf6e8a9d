"""What gut wall and liver take out in one pass, for a person of any weight, age, co-medication and organ function."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ketworks.engine.parameter import Parameter
from ketworks.plasma.liver import comedication, organ_function, ticlopidine
from ketworks.plasma.tables import COMMON, rows_of

_AGE = ("perezruixo2021.hepatic_flow", "perezruixo2021.hepatic_flow_age_slope", "perezruixo2021.age_knee")
_SIZE = ("liver.reference_weight", "liver.weight_power", "ashraf2018.hepatic_flow", "ashraf2018.hepatic_flow_power")
_LIVER = ("ashraf2018.intrinsic_clearance", "ashraf2018.unbound", "ashraf2018.blood_to_plasma")
_VILLI = tuple(f"ashraf2018.{name}_share" for name in ("intestinal", "mucosal", "villous"))
_GUT = (*_VILLI, "ashraf2018.gut_permeability", "ashraf2018.gut_intrinsic_clearance")
_NORKETAMINE = tuple(
    f"ashraf2018.norketamine_{name}"
    for name in ("intrinsic_clearance", "unbound", "blood_to_plasma", "gut_intrinsic_clearance")
)
LIVER_IDS = (*_SIZE, *_AGE, *_LIVER, *_GUT)
NORKETAMINE_IDS = _NORKETAMINE
_ALL = (*LIVER_IDS, *NORKETAMINE_IDS, *ticlopidine.IDS, *comedication.all_ids(), *organ_function.ALL_IDS)


class LiverState(NamedTuple):
    """What gut wall and liver do in each person, every field of shape (people,).

    Attributes:
        flow: blood through the liver, L/min.
        extraction: share of the ketamine in that blood that one pass takes out.
        gut_escape: share of absorbed ketamine that passes the gut wall whole.
        clearance_ratio: hepatic clearance of ketamine over that of a person of the same weight, up to 60 y, healthy and
            without co-medication.
        norketamine_gut_escape: share of the norketamine made in the gut wall that leaves it.
        norketamine_liver_escape: share of norketamine that passes the liver; only for a model that takes norketamine
            out by this same liver, fresh from where it is made.
        norketamine_clearance_ratio: apparent clearance of norketamine (what is formed over its exposure) over that of
            the same healthy person: multiplies the clearance of a model in which norketamine enters the blood
            directly, and the liver's intrinsic clearance in one in which it passes this liver first.
        intrinsic_ratio: the liver's intrinsic clearance of ketamine over that of the same healthy person; for a model
            with a liver of its own.
        gut_intrinsic_ratio: likewise of the gut wall; see ``escape_after``.
    """

    flow: Array
    extraction: Array
    gut_escape: Array
    clearance_ratio: Array
    norketamine_gut_escape: Array
    norketamine_liver_escape: Array
    norketamine_clearance_ratio: Array
    intrinsic_ratio: Array
    gut_intrinsic_ratio: Array


def liver_state(p: Mapping[str, Array], weight: Array, age: Array, person: Mapping[str, Array]) -> LiverState:
    """Gut wall and liver of each person.

    CLint = CLint(70 kg) * (weight / 70 kg)^0.75 * f;   clearance = QH * E;   ratio = clearance / same if young, healthy

    Symbols: CLint intrinsic clearance, QH hepatic flow - L/min; E extraction - 1; f factors of co-medication and organ
             function - 1; weight - kg
    Source:  Ashraf 2018 for gut wall and liver; Perez-Ruixo 2021 for age; each factor its own row
    Leaves out: the source does not scale intrinsic clearance with weight; here it grows with the same power as flow, so
             that extraction is the same at every weight. Enzymes that mature in the first years of life; ancestry.

    Args:
        p: parameter values by id, with all rows of ``parameters()``.
        weight: kg, shape (people,).
        age: y, shape (people,).
        person: ``with_<drug>``, ``liver_moderate``, ``kidney_<level>``, 1 or 0.
    """
    one = jnp.ones_like(weight)
    young, size = healthy_flow(p, weight), (weight / p["liver.reference_weight"]) ** p["liver.weight_power"]
    flow = young * aged_share(p, age)
    intrinsic = size * p["ashraf2018.intrinsic_clearance"] * p["ashraf2018.unbound"] / p["ashraf2018.blood_to_plasma"]
    of_liver = ketamine_intrinsic_ratio(p, flow, person)
    of_gut = one * comedication.factor(p, person, "gut")
    of_norketamine = one * comedication.factor(p, person, "norketamine") * organ_function.norketamine_factor(p, person)
    extraction = extracted(intrinsic * of_liver, flow)
    apparent = size * p["ashraf2018.norketamine_intrinsic_clearance"]
    apparent = apparent * p["ashraf2018.norketamine_unbound"] / p["ashraf2018.norketamine_blood_to_plasma"]
    villi = villous_flow(p, flow)
    gut_n = size * p["ashraf2018.norketamine_gut_intrinsic_clearance"]
    permeable = size * p["ashraf2018.gut_permeability"]
    return LiverState(
        flow=flow,
        extraction=extraction,
        gut_escape=gut_escape(villi, permeable, size * p["ashraf2018.gut_intrinsic_clearance"] * of_gut),
        clearance_ratio=flow * extraction / (young * extracted(intrinsic, young)),
        norketamine_gut_escape=1.0 - extracted(gut_n, villi),
        norketamine_liver_escape=1.0 - extracted(apparent * of_norketamine, flow),
        norketamine_clearance_ratio=of_norketamine,
        intrinsic_ratio=of_liver,
        gut_intrinsic_ratio=of_gut,
    )


def ketamine_intrinsic_ratio(p: Mapping[str, Array], flow: Array, person: Mapping[str, Array]) -> Array:
    """The liver's intrinsic clearance of ketamine over that of a healthy person without co-medication, (people,)."""
    taken = person.get("with_ticlopidine", 0.0)
    blocked = ticlopidine.intrinsic_ratio(p, ticlopidine.mean_activity(p, flow))
    others = comedication.factor(p, person, "liver") * organ_function.factor(p, person)
    return jnp.asarray((1.0 + taken * (blocked - 1.0)) * others)


def healthy_flow(p: Mapping[str, Array], weight: Array) -> Array:
    """Blood through the liver up to 60 years.

    QH = 3.75 L/h * (weight / 1 kg)^0.75

    Symbols: QH - L/min; weight - kg
    Source:  Ashraf 2018 Table 1
    Leaves out: posture, meals, heart failure; ketamine's own effect on flow.
    """
    return p["ashraf2018.hepatic_flow"] * weight ** p["ashraf2018.hepatic_flow_power"]


def aged_share(p: Mapping[str, Array], age: Array) -> Array:
    """What age leaves of the hepatic flow.

    share = 1 - 2.19 / 151 * max(0, age - 60 y)

    Symbols: share - 1; age - y
    Source:  Perez-Ruixo 2021 Table 3: 151 L/h, falling by 2.19 L/h a year above 60 y
    Leaves out: any change of the enzymes with age (none was found); people above 86 y were not studied.
    """
    beyond = jnp.maximum(age - p["perezruixo2021.age_knee"], 0.0)
    return 1.0 + p["perezruixo2021.hepatic_flow_age_slope"] / p["perezruixo2021.hepatic_flow"] * beyond


def extracted(intrinsic: Array, flow: Array) -> Array:
    """Share that one pass through a well-stirred organ takes out.

    E = CLint / (Q + CLint)

    Symbols: CLint intrinsic clearance of the blood level - L/min; Q flow - L/min; E - 1
    Source:  Ashraf 2018, equations as transcribed (docs/evidence/pk.md section 2.4)
    Leaves out: gradients within the organ; saturation.
    """
    return intrinsic / (flow + intrinsic)


def villous_flow(p: Mapping[str, Array], flow: Array) -> Array:
    """Blood through the villi, which carries off what the gut wall lets pass.

    QVI = 0.40 * 0.80 * 0.60 * QH

    Symbols: QVI, QH - L/min
    Source:  Ashraf 2018 Table 1
    Leaves out: meals.
    """
    shares = p["ashraf2018.intestinal_share"] * p["ashraf2018.mucosal_share"] * p["ashraf2018.villous_share"]
    return shares * flow


def gut_escape(villi: Array, permeability: Array, intrinsic: Array) -> Array:
    """Share of absorbed ketamine that passes the gut wall whole.

    QG = QVI CLperm / (QVI + CLperm);   Fg = QG / (QG + CLint)

    Symbols: QVI villous flow, CLperm permeability clearance, CLint intrinsic clearance of the gut wall - L/min; Fg - 1
    Source:  Ashraf 2018, the QGUT model (docs/evidence/pk.md section 2.4)
    Leaves out: saturation by large oral doses.
    """
    hybrid = villi * permeability / (villi + permeability)
    return hybrid / (hybrid + intrinsic)


def escape_after(escape: Array, intrinsic_ratio: Array) -> Array:
    """A published escape share after its intrinsic clearance changed, flow staying as it was.

    F' = F / (F + ratio (1 - F))

    Symbols: F, F' - 1; ratio of intrinsic clearances - 1
    Source:  the well-stirred organ, where (1 - F) / F = CLint / Q
    Leaves out: a change of flow.
    """
    return escape / (escape + intrinsic_ratio * (1.0 - escape))


def support_for(facts: Collection[str]) -> tuple[str, ...]:
    """The rows that these facts bring in, besides ``LIVER_IDS`` and ``NORKETAMINE_IDS``.

    Args:
        facts: ``with:ticlopidine``, ``liver:moderate``, ``kidney:severe``; others are passed over, drugs too.

    Raises:
        CannotSay: an inhibitor together with an inducer, or a mildly or severely impaired liver.
    """
    said = [fact.partition(":") for fact in sorted(facts)]
    drugs = [word for kind, _, word in said if kind == "with" and word in comedication.NAMES]
    organs = {kind: word for kind, _, word in said if kind in ("liver", "kidney")}
    comedication.check(drugs)
    organ_function.check(**organs)
    found = comedication.ids(drugs) + organ_function.ids(**organs)
    return found + (ticlopidine.IDS if "ticlopidine" in drugs else ())


def carrying(signal: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    """The rows that carry a level: those about norketamine do not carry a parent's.

    Args:
        signal: ``plasma.s_ketamine.venous``.
        ids: rows that facts or routes bring in.
    """
    analyte = signal.split(".")[1]
    if "nor" in analyte:
        return ids
    return tuple(key for key in ids if "norketamine" not in key)


@cache
def parameters() -> Mapping[str, Parameter]:
    """Every row that ``liver_state`` may read."""
    rows = rows_of(COMMON, "perezruixo2021", "ashraf2018", "liver")
    return MappingProxyType({key: rows[key] for key in _ALL})
