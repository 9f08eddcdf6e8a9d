"""Flint 2017: S-ketamine infusions in ventilated children; norketamine's clearance rises with time."""
