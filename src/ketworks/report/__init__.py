"""Pictures and pages made from a simulation."""
