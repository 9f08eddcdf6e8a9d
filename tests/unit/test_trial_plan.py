"""Plans of trials: what is read, and what is refused with the nearest valid thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketworks.errors import WrongUse
from ketworks.evidence import read_rows, sources
from ketworks.trial.plan_file import from_toml, read_plan
from ketworks.trial.reported import JUDGED
from ketworks.trial.shipped import find, names, path_of

PLAN = """
name = "two arms"
setting = "midazolam"
visits = "24 h, 7 d"

[people]
n = 40

[allocation]
blocks = 4
stratify = ["severity"]

[[arm]]
name = "ketamine"
regimen = "0.5 mg/kg iv over 40 min"

[[arm]]
name = "midazolam"

[[endpoint]]
name = "day 1"
kind = "change"
at = "24 h"

[[endpoint]]
name = "responders"
kind = "response"
at = "24 h"

[[analysis]]
kind = "ancova"
endpoint = "day 1"
"""


def test_a_plan_says_what_it_says() -> None:
    trial = from_toml(PLAN)
    assert [arm.name for arm in trial.arms] == ["ketamine", "midazolam"]
    assert [arm.active for arm in trial.arms] == [True, False]
    assert trial.visits == (1440.0, 10080.0)
    assert trial.analyses[0].arms == ("ketamine", "midazolam")
    assert trial.analyses[0].power
    assert trial.control == 1
    assert trial.periods == 1


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("setting =", "seting =", "nearest: setting"),
        ('setting = "midazolam"', 'setting = "midazolan"', "nearest: midazolam"),
        ('kind = "ancova"', 'kind = "anova"', "nearest: ancova"),
        ('at = "24 h"', 'at = "25 h"', "nearest: 1440 min"),
        ("n = 40", "n = 3", "two people an arm"),
        ("n = 40", 'n = "40"', "a whole number"),
        ("n = 40", "n = 40\npeople = 3", "unknown key in [people]"),
        ("blocks = 4", "blocks = 3", "a multiple of 2"),
        ('stratify = ["severity"]', 'stratify = ["severty"]', "nearest: severity"),
        ('regimen = "0.5 mg/kg iv over 40 min"', 'regimen = "0.5 mg/kg over forty"', "[[arm]] 1"),
        ('endpoint = "day 1"', 'endpoint = "day 2"', "nearest: day 1"),
        ('endpoint = "day 1"', 'endpoint = "responders"', "an endpoint of kind change"),
        ('kind = "ancova"', 'kind = "crossover"', "ancova, which fits the design"),
        ('name = "midazolam"', 'name = "ketamine"', "names of their own"),
        ('visits = "24 h, 7 d"', 'visits = "24 h, 7 d"\nwashout = 3', "a time with its unit"),
        ('visits = "24 h, 7 d"', 'visits = "24 h, 7 d"\n[chain]\noutcome = "saline"', "the setting of the plan"),
        ('name = "two arms"', "name = two arms", "not TOML"),
    ],
)
def test_what_cannot_be_meant_is_refused(old: str, new: str, word: str) -> None:
    assert old in PLAN
    with pytest.raises(WrongUse) as refused:
        from_toml(PLAN.replace(old, new))
    assert word in str(refused.value)


def test_a_crossover_has_two_arms() -> None:
    third = '[[arm]]\nname = "third"\n\n[[endpoint]]\nname = "day 1"'
    text = PLAN.replace('[[endpoint]]\nname = "day 1"', third, 1).replace("ancova", "crossover")
    with pytest.raises(WrongUse, match="two arms"):
        from_toml(text.replace("visits =", 'design = "crossover"\nvisits =').replace("blocks = 4", "blocks = 0"))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no-plan"):
        read_plan(tmp_path / "no-plan.toml")
    with pytest.raises(WrongUse, match="nearest: murrough2013"):
        find("murrough2012")


@pytest.mark.parametrize("name", names())
def test_shipped_plans_can_be_read_and_their_numbers_traced(name: str) -> None:
    trial = find(name)
    assert trial.name == name
    known = {source.id for path in sources_folder().glob("*.toml") for source in sources.load_file(path)}
    for one in trial.reported:
        assert one.source in known
        rows = [read_rows.row(key) for key in read_rows.cited(one.locator)]
        assert rows, one.locator
        read = {row["how_read"] for row in rows}
        assert one.how_read in read, (one, read)
        if one.how_read not in JUDGED:
            assert one.label in ("recalled", "context"), one
        else:
            assert one.label in ("calibration", "check", "validation"), one


def sources_folder() -> Path:
    return path_of("murrough2013").parents[2] / "evidence" / "sources"


def test_trials_that_found_nothing_are_among_them() -> None:
    assert {"takahashi2021", "lii2023", "karma_dep2"} <= set(names())
