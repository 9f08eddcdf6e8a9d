"""Herd and Anderson 2007: children in an emergency department, intravenous."""
