"""What sets one rival circuit apart from another: where ambient glutamate acts, which blocks act, which effects run."""

from __future__ import annotations

from typing import NamedTuple

ALL = (True, True, True, True)


class Layout(NamedTuple):
    """A circuit of the family; the cells, their connections and their drug-free rates are the same in all of them.

    No field favours a class in its affinity for the drug: block comes from the receptor stage, which knows voltage,
    subunits and magnesium only.

    Attributes:
        tonic: class whose NMDA receptors ambient glutamate keeps open; empty: none, all classes are driven by AMPA.
        acts: whether NMDA block on pyramidal, PV and SST cells, and HCN1 block, reach the column.
        loose: GluN2D of PV and SST cells gates with its own, looser magnesium block.
        returned: glutamate returns onto the ambient drive.
        moving: the depth of block follows the voltage that the cells reach under drug.
    """

    tonic: str = "sst"
    acts: tuple[bool, bool, bool, bool] = ALL
    loose: bool = False
    returned: bool = False
    moving: bool = False

    @property
    def feeds_back(self) -> bool:
        """Whether the working point itself changes ambient drive or block."""
        return self.returned or self.moving


DEFAULT = Layout()
