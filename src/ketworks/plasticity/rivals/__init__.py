"""Rival mechanisms: other ways from the drug to the same synaptic chain."""
