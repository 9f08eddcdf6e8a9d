"""The forms a sentence may name beside or instead of a route (tablet, film, spray), and the routes each is made for."""

from __future__ import annotations

_SWALLOWED = ("oral", "oral-pr")
_MOUTH = ("sublingual", "buccal")
_NEEDLE = ("im", "sc", "iv")

FORM_ROUTES = {
    "spray": ("nasal",),
    "solution": ("oral", "nasal", "nebulised", *_MOUTH, "rectal", *_NEEDLE),
    "tablet": (*_SWALLOWED, *_MOUTH),
    "capsule": _SWALLOWED,
    "film": ("buccal", "sublingual"),
    "wafer": _MOUTH,
    "lozenge": _MOUTH,
    "suppository": ("rectal",),
    "injection": _NEEDLE,
    "infusion": ("iv", "sc"),
}
"""Routes that each form goes with, likeliest first."""

SAYS_ITS_ROUTE = {"film": "buccal", "suppository": "rectal"}
"""Forms that need no route: a film sticks to the cheek unless the sentence says that it lies under the tongue."""

RELEASED_SLOWLY = ("tablet", "capsule")
"""Forms that may be of prolonged release, and are then swallowed."""

FORM_WORDS = (
    *("spray", "solution", "liquid", "syrup", "suspension", "drops", "tablet", "capsule", "film", "wafer", "lozenge"),
    *("troche", "suppository", "enema", "injection", "prolonged release", "immediate release"),
)
"""Words offered as the nearest to an unknown one."""
