"""Makes the picture of the README, one infusion from plasma to mood: python examples/readme_picture.py PATH.png"""

from __future__ import annotations

import sys

import ketworks as kw

SIGNALS = [
    "plasma.ketamine.arterial",
    "plasma.ketamine.venous",
    "receptor.block",
    "brain.cbf.global",
    "body.systolic",
    "mind.cadss",
    "outcome.madrs",
]

simulation = kw.simulate("0.5 mg/kg iv over 40 min", kw.Person(age=45, weight="80 kg", sex="female"), outputs=SIGNALS)
simulation.plot().savefig(sys.argv[1], dpi=110)
