"""Domino: the three-compartment constants of pump software."""
