"""Hornik 2018: children, intravenous and intramuscular."""
