"""Circuit: a cortical column of pyramidal, PV and SST cells at its working point under drug."""
