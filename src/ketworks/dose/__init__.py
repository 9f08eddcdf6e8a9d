"""The dose: a sentence, a TOML table or an event table, read into a regimen of molar events."""

from ketworks.dose.amount import enantiomer_amounts
from ketworks.dose.regimen import DoseEvent, Regimen
from ketworks.dose.sentence import parse

__all__ = ["DoseEvent", "Regimen", "enantiomer_amounts", "parse"]
