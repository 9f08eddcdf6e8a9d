"""EEG of a simulated dose: the column stepped in time at asked times, and the measures people take from an EEG.

from ketworks.eeg import record
found = record(kw.simulate("0.5 mg/kg iv over 40 min", times="0,20,40,80 min", outputs=BLOCKS, band=False))
print(found.measured(["bands", "slope"]))
"""

from ketworks.eeg.change import Measured
from ketworks.eeg.measures import MEASURES, Table
from ketworks.eeg.recording import BLOCKS, Recording, record

__all__ = ["BLOCKS", "MEASURES", "Measured", "Recording", "Table", "record"]
