"""The other drugs a person may take: those whose effect on ketamine has been measured."""

from __future__ import annotations

NAMES = ("ticlopidine", "clarithromycin", "itraconazole", "grapefruit_juice", "rifampicin", "st_johns_wort")
