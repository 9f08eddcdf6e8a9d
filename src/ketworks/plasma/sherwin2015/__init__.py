"""Sherwin 2015: children, intravenous bolus."""
