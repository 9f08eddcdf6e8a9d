"""Plasticity: drug in the brain to the synaptic changes of the hours and weeks after."""
