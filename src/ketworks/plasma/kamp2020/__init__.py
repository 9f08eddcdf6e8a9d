"""Kamp 2020: the arterial core of a model of 14 raw data sets."""
