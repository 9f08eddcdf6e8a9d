"""Outcome: synaptic gain to depression scores, response, remission and relapse."""
