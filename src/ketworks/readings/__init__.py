"""What a cuff shows of a cohort, as papers summarise it: three statistics that must not be mixed, beside no drug."""

from ketworks.readings.three import Readings, Summary, readings_of, take_readings

__all__ = ["Readings", "Summary", "readings_of", "take_readings"]
