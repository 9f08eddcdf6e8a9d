"""Cohorts too large for memory: in chunks, on several workers, resumed after any stop."""
