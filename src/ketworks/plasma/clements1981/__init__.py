"""Clements and Nimmo 1981: the two-compartment constants of pump software, from 250 ug/kg."""
