"""The routes a dose sentence knows, and what each of them takes. Whether a model covers a route is not decided here."""

from __future__ import annotations

ROUTES = ("iv", "im", "sc", "nasal", "sublingual", "buccal", "oral", "rectal", "nebulised")
"""All routes, by the name used in events."""

PUSHED_OR_INFUSED = frozenset({"iv"})
"""Routes for which a sentence must say how fast: ``bolus``, ``over`` a time, or a rate."""

MAY_LAST = frozenset({"iv", "sc", "nebulised"})
"""Routes whose dose may be given over a time."""

MAY_HAVE_RATE = frozenset({"iv", "sc"})
"""Routes whose dose may be given as a rate."""

MAY_BE_BOLUS = frozenset({"iv", "im", "sc"})
"""Routes for which the word ``bolus`` means something; only ``iv`` needs it."""

DRUGS = ("ketamine", "esketamine", "arketamine")
"""``ketamine`` is the racemate."""

SALTS = ("base", "hcl")
"""What the milligrams weigh. A sentence that names none means base, as the labels and most papers do."""
