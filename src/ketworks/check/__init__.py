"""Holds the model against published points: predicted, observed, ratio, label, pass or miss."""
