"""Hijazi 2003: intensive-care patients, two-compartment constants of pump software."""
