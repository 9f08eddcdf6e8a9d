"""Names of drugs other than ketamine that act beside it, and of conditions that a person may have. Pure Python."""

from __future__ import annotations

TAKEN = (
    "antihypertensive",
    "benzodiazepine",
    "beta_blocker",
    "clonidine",
    "lamotrigine",
    "lithium",
    "maoi",
    "naltrexone",
    "opioid",
    "ssri",
    "stimulant",
    "valproate",
)
"""Drugs and classes that a person may take every day and that act on the body or the mind; not those that change how
ketamine is broken down."""

GIVEN = (
    "clonidine",
    "dexmedetomidine",
    "midazolam",
    "diazepam",
    "lorazepam",
    "ondansetron",
    "propranolol",
    "labetalol",
    "naltrexone",
    "lamotrigine",
    "morphine",
    "remifentanil",
)
"""Drugs that may be given at a time beside ketamine; schedules number them by place, so a new one goes last."""

SPELLINGS = {name: name for name in GIVEN} | {
    "dexmedetomidin": "dexmedetomidine",
    "precedex": "dexmedetomidine",
    "catapres": "clonidine",
    "valium": "diazepam",
    "versed": "midazolam",
    "ativan": "lorazepam",
    "zofran": "ondansetron",
}
"""Words for a drug given at a time, and the drug each means."""

CONDITIONS = ("hypertension",)
"""What a person may have beside the illness that is treated, as far as an equation reads it."""
