"""Breathing, cortisol, stomach, eye, bladder, liver and immune read-outs under ketamine."""
