"""The whole chain, warm and in process: one infusion, 24 h at 1-min steps."""

from __future__ import annotations

from functools import partial

from measure import Row, best_of

import ketworks as kw

SENTENCE = "0.5 mg/kg iv over 40 min"
TIMES = "0 to 24 h by 1 min"
PEOPLE = 1000


def rows() -> list[Row]:
    person = kw.Person(weight="80 kg", age=45)
    one = partial(kw.simulate, SENTENCE, person, band=False, times=TIMES)
    plasma = partial(one, outputs=["plasma.ketamine.arterial"])
    banded = partial(kw.simulate, SENTENCE, person, times=TIMES)
    many = partial(
        kw.simulate, SENTENCE, kw.Cohort(PEOPLE, seed=1), outputs=["body.systolic"], times="0 to 6 h by 5 min"
    )
    for work in (one, plasma, banded, many):
        work()
    times = {"one": best_of(10, one), "plasma": best_of(10, plasma)}
    times |= {"banded": best_of(3, banded), "many": best_of(2, many)}
    ms = {name: 1e3 * seconds for name, seconds in times.items()}
    return [
        Row("whole chain, one person", ms["one"], "ms", "plasma alone", ms["plasma"], 20.0),
        Row("whole chain, one person with 90 % band", ms["banded"], "ms", "without band", ms["one"]),
        Row(f"dose to systolic pressure, {PEOPLE} people, 6 h", ms["many"], "ms", "whole chain, one person", ms["one"]),
    ]
