"""Derivatives of a cohort's mean with respect to any values of the tables, by reverse mode through the whole chain."""
