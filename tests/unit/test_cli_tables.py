"""Event tables on the command line: every line that an error shows works on the command that showed it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

VENOUS = "plasma.ketamine.venous"
RUN = ("run", "t.csv", "--no-report", "--no-band", "--quiet", "--signals", VENOUS, "--times", "0,40 min")


REMEDIES = [
    ("TIME_H,AMT,ROUTE,DRUG\n0,35,iv,ket\n", "--ignore DRUG"),
    ("TIME_H,AMT,ROUTE,SITE\n0,35,iv,3\n", "--ignore SITE"),
    ("TIME_H,AMT,ROUTE,ADL\n0,35,iv,3\n", "--ignore ADL"),
    ("TIME_H,AMT,ROUTE,DATE\n0,35,iv,3\n", "--ignore DATE"),
    ("TIME_H,AMT,ROUTE,SUBJ\n0,35,iv,7\n", "--ignore SUBJ"),
    ("TIME_H,AMT,ROUTE\n2,35,iv\n26,35,iv\n", "--from-first-dose"),
    ("TIME,AMT,ROUTE\n0,35,iv\n", "--time-unit h"),
    ("TIME_H,AMT\n0,35\n", "--route iv"),
]


@pytest.mark.parametrize(("table", "remedy"), REMEDIES, ids=[remedy for _, remedy in REMEDIES])
@pytest.mark.parametrize("arguments", [RUN, ("events", "t.csv")], ids=["run", "events"])
def test_the_shown_remedy_works_on_the_command_that_showed_it(ketworks, arguments, table, remedy):
    Path("t.csv").write_text(table)
    code, out, err = ketworks(*arguments)
    assert (code, out) == (2, "")
    assert remedy in err
    for option in re.findall(r"(--[a-z-]+)", err):  # no option of another command is named
        assert option in ("--ignore", "--from-first-dose", "--time-unit", "--route")
    code, out, err = ketworks(*arguments, *remedy.split())
    assert code == 0, err
    assert out.startswith("35 mg iv bolus")


def test_compare_reads_tables_too(ketworks):
    Path("t.csv").write_text("TIME,AMT,SITE\n2,35,3\n")
    words = ("compare", "t.csv", "35 mg iv over 40 min", "--signals", VENOUS, "--times", "0,40 min", "--quiet")
    code, out, err = ketworks(*words, "--route", "iv", "--time-unit", "h", "--ignore", "SITE", "--from-first-dose")
    assert code == 0, err
    assert "first:  35 mg iv bolus" in out
