"""Population models: what a file says, what it may not say, and what a replicate is made of."""

from __future__ import annotations

import importlib
import math
import re
from pathlib import Path

import numpy as np
import pytest

from ketworks.errors import WrongUse
from ketworks.events import read
from ketworks.predictive.npde import prediction_errors
from ketworks.predictive.population import PopulationModel, _draws
from ketworks.predictive.population_file import from_toml, read_population
from ketworks.predictive.replicates import observations, simulate_replicates
from ketworks.predictive.residual_error import ResidualError

FILE = """
name = "example"
structure = "one oral"
[units]
time = "h"
amount = "mg"
volume = "L"
output = "ng/mL"
[parameters]
KA = "0.025 1/min"
CL = {value = "50 mL/min", per = "WT", reference = 70, power = 0.75}
V = "32 L"
[between]
CL = {cv = "30 %"}
V = {variance = 0.04}
KA = {sd = 0.5}
[[correlation]]
between = ["CL", "V"]
value = 0.4
[residual]
proportional = "10 %"
additive = "0.2 ug/L"
"""
TABLE = """ID,TIME,AMT,EVID,MDV,DV,WT
a,0,100,1,1,.,70
a,1,0,0,0,900,70
a,8,0,0,0,700,70
a,24,0,0,0,90,70
b,0,100,1,1,.,140
b,2,0,0,0,950,140
b,12,0,0,0,300,140
"""


def values(model: PopulationModel) -> dict[str, float | None]:
    return {name: given.value for name, given in model.typical.items()}


def test_units_are_those_of_the_table() -> None:
    model = from_toml(FILE)
    assert values(model) == pytest.approx({"KA": 1.5, "CL": 3.0, "V": 32.0})
    assert model.structure.factor == pytest.approx(1000.0)
    assert model.residual == ResidualError(proportional=0.1, additive=pytest.approx(0.2))
    assert model.effects == ("CL", "V", "KA")
    variances = [math.log(1.09), 0.04, 0.25]
    np.testing.assert_allclose(np.diag(model.covariance), variances)
    assert model.covariance[0, 1] == pytest.approx(0.4 * math.sqrt(variances[0] * variances[1]))
    np.testing.assert_allclose(model.root @ model.root.T, model.covariance, atol=1e-15)


def test_the_typical_person_follows_the_equation() -> None:
    table = read(TABLE)
    typical = simulate_replicates(from_toml(FILE), table, 1).typical
    clearance = np.array([3.0] * 3 + [3.0 * 2**0.75] * 2)
    time, k, ka = observations(from_toml(FILE), table).time, clearance / 32.0, 1.5
    expected = 1000.0 * 100.0 / 32.0 * ka / (ka - k) * (np.exp(-k * time) - np.exp(-ka * time))
    np.testing.assert_allclose(typical, expected, rtol=1e-9)


def test_replicates_differ_as_the_model_says() -> None:
    bare = FILE[: FILE.index("[between]")] + "[residual]\nlog = 0.3\n"
    found = simulate_replicates(from_toml(bare), read(TABLE), 4000)
    logs = np.log(found.values / found.typical)
    np.testing.assert_allclose(logs.mean(axis=0), 0.0, atol=0.02)
    np.testing.assert_allclose(logs.std(axis=0), 0.3, rtol=0.05)
    assert np.abs(np.corrcoef(logs, rowvar=False) - np.eye(5)).max() < 0.06


def test_proportional_and_additive_errors_add_up() -> None:
    level, draws = np.full((50_000, 2), [1.0, 10.0]), np.random.default_rng(1).standard_normal((50_000, 2, 2))
    found = ResidualError(proportional=0.1, additive=0.5).measured(level, draws)
    np.testing.assert_allclose(found.mean(axis=0), [1.0, 10.0], atol=0.02)
    np.testing.assert_allclose(found.std(axis=0), [math.hypot(0.1, 0.5), math.hypot(1.0, 0.5)], rtol=0.02)


def test_effects_have_the_covariance() -> None:
    model = from_toml(FILE)
    draws = [_draws(("a",), name, 1, 0, 20_000)[:, 0] for name in model.effects]
    effects = model.root @ np.array(draws)
    np.testing.assert_allclose(np.cov(effects), model.covariance, atol=0.008)


def test_batches_order_and_company_do_not_matter() -> None:
    model, table = from_toml(FILE), read(TABLE)
    whole = simulate_replicates(model, table, 40, seed=3)
    parts = [model.levels(table, 3, first, 10) for first in (30, 0, 20, 10)]
    joined = np.concatenate([parts[1], parts[3], parts[2], parts[0]])
    np.testing.assert_array_equal(joined, model.levels(table, 3, 0, 40))
    lines = TABLE.splitlines(keepends=True)
    swapped = simulate_replicates(model, read("".join([lines[0], *lines[5:], *lines[1:5]])), 40, seed=3)
    assert swapped.values[:, :2].tobytes() == np.ascontiguousarray(whole.values[:, 3:]).tobytes()
    alone = simulate_replicates(model, read("".join([lines[0], *lines[5:]])), 7, seed=3)
    assert alone.values.tobytes() == np.ascontiguousarray(whole.values[:7, 3:]).tobytes()
    assert not np.isin(simulate_replicates(model, table, 40, seed=4).values, whole.values).any()


def test_a_covariate_may_change_within_a_person() -> None:
    model = from_toml(FILE)
    grown = simulate_replicates(model, read(TABLE.replace("a,24,0,0,0,90,70", "a,24,0,0,0,90,140")), 3)
    same = simulate_replicates(model, read(TABLE), 3)
    np.testing.assert_allclose(grown.typical[:2], same.typical[:2], rtol=1e-12)
    assert grown.typical[2] < same.typical[2]
    np.testing.assert_allclose(grown.values[:, 3:], same.values[:, 3:], rtol=1e-12)


def test_a_wrong_model_has_other_typical_values() -> None:
    model = from_toml(FILE)
    wrong = model.scaled({"CL": 1.5, "V": 0.5})
    assert values(wrong) == pytest.approx({"KA": 1.5, "CL": 4.5, "V": 16.0})
    assert wrong.name == "example (CL x 1.5, V x 0.5)"
    with pytest.raises(WrongUse, match="unknown parameter 'Cl'"):
        model.scaled({"Cl": 1.5})
    with pytest.raises(WrongUse, match="above 0"):
        model.scaled({"CL": 0.0})


WRONG = [
    ('structure = "one oral"', 'structure = "one orl"', "nearest: one oral"),
    ("[parameters]", "[paramters]", "nearest: parameters"),
    ('V = "32 L"', "", "no parameter V"),
    ('V = "32 L"', "V = 32", "a value in L"),
    ('V = "32 L"', 'V = "32 L/h"', "a unit of the kind of L"),
    ('V = "32 L"', 'V = "32 L"\nQ = "3 L/h"', "unknown parameter 'Q'"),
    ('cv = "30 %"', "cv = 30", "0 to 500 %"),
    ('cv = "30 %"', 'cvv = "30 %"', "nearest: cv"),
    ('{cv = "30 %"}', "0.3", "one of cv, sd, variance"),
    ("KA = {sd = 0.5}", "KE = {sd = 0.5}", "unknown key in .between. 'KE'"),
    ("value = 0.4", "value = 1.4", "from -1 to 1"),
    ('between = ["CL", "V"]', 'between = ["CL", "KE"]', "unknown parameter"),
    ('between = ["CL", "V"]', 'between = ["CL"]', "two parameters"),
    ("power = 0.75", 'power = "three quarters"', "power"),
    ('proportional = "10 %"', 'proportional = "ten %"', "a share"),
    ('proportional = "10 %"', "log = 0.2", "log and others"),
    ('proportional = "10 %"\nadditive = "0.2 ug/L"', "proportional = 0", "an error above 0"),
    ('additive = "0.2 ug/L"', 'additive = "0.2"', "with a unit such as ng/mL"),
    ('additive = "0.2 ug/L"', 'additive = "0.2 ug"', "of the kind of ng/mL"),
    ("[residual]", "[residul]", "nearest: residual"),
    ("[residual]", "[residual.gut]", "unknown key in .residual. 'gut'"),
    ('name = "example"', "", "no key 'name'"),
    ('name = "example"', "name = 3", "text"),
    ('name = "example"', 'name = "example', "not TOML"),
]


@pytest.mark.parametrize(("was", "becomes", "words"), WRONG)
def test_what_a_file_may_not_say(was: str, becomes: str, words: str) -> None:
    assert was in FILE
    with pytest.raises(WrongUse, match=words):
        from_toml(FILE.replace(was, becomes, 1))


def test_correlations_may_not_contradict() -> None:
    pairs = [("CL", "V", 0.9), ("CL", "KA", 0.9), ("V", "KA", -0.9)]
    text = "".join(f'[[correlation]]\nbetween = ["{a}", "{b}"]\nvalue = {value}\n' for a, b, value in pairs)
    with pytest.raises(WrongUse, match="contradict"):
        from_toml(FILE.replace('[[correlation]]\nbetween = ["CL", "V"]\nvalue = 0.4\n', text))


METABOLITE = """
name = "drug and metabolite"
compartments = ["central", "metabolite"]
[rates]
"central -> metabolite" = "CL/V"
"metabolite ->" = "CLM/VM"
[volumes]
central = "V"
metabolite = "VM"
[units]
time = "h"
amount = "mg"
volume = "L"
output = "mg/L"
[parameters]
CL = "5 L/h"
V = "40 L"
CLM = "10 L/h"
VM = {column = "VM", unit = "L"}
[residual.central]
log = 0.1
[residual.metabolite]
log = 0.3
"""


def test_each_compartment_has_its_own_error() -> None:
    table = read("ID,TIME,AMT,EVID,CMT,DV,VM\n1,0,100,1,1,.,20\n1,2,0,0,1,1,20\n1,2,0,0,2,1,20\n1,4,0,0,0,1,20\n")
    model = from_toml(METABOLITE)
    found = simulate_replicates(model, table, 4000)
    k, km, time = 5 / 40, 10 / 20, 2.0
    level = 100 / 40 * np.exp(-k * time)
    metabolite = 100 / 20 * k / (km - k) * (np.exp(-k * time) - np.exp(-km * time))
    np.testing.assert_allclose(found.typical, [level, metabolite, level * np.exp(-k * time)], rtol=1e-9)
    np.testing.assert_allclose(np.log(found.values).std(axis=0), [0.1, 0.3, 0.1], rtol=0.05)
    assert observations(model, table).output.tolist() == ["central", "metabolite", "central"]
    one = METABOLITE.replace("[residual.metabolite]\nlog = 0.3\n", "")
    with pytest.raises(WrongUse, match="observations of metabolite without a residual error"):
        simulate_replicates(from_toml(one), table, 3)
    with pytest.raises(WrongUse, match="line 3: CMT 3"):
        simulate_replicates(model, read("ID,TIME,AMT,EVID,CMT,DV,VM\n1,0,9,1,1,.,20\n1,2,0,0,3,1,20\n"), 3)
    twice = simulate_replicates(model.scaled({"VM": 2.0}), table, 1).typical
    assert twice[1] < found.typical[1]


def test_a_missing_covariate_is_told_with_its_line() -> None:
    with pytest.raises(WrongUse, match="line 4, column WT: CL is nan"):
        simulate_replicates(from_toml(FILE), read(TABLE.replace("a,8,0,0,0,700,70", "a,8,0,0,0,700,.")), 2)
    with pytest.raises(WrongUse, match="unknown column 'WT'"):
        simulate_replicates(from_toml(FILE), read(TABLE.replace("WT", "WEIGHT")), 2)


def test_files_are_named_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "model.toml"
    path.write_text(FILE.replace("V =", "W =", 1))
    with pytest.raises(WrongUse, match=r"model\.toml"):
        read_population(path)
    with pytest.raises(WrongUse, match=r"none\.toml"):
        read_population(tmp_path / "none.toml")


def test_observations_are_what_was_measured() -> None:
    extra = TABLE.replace("a,8,0,0,0,700,70", "a,8,0,0,1,700,70\na,9,0,2,1,.,70\na,10,0,0,0,.,70")
    found = observations(from_toml(FILE), read(extra))
    assert found.value.tolist() == [900.0, 90.0, 950.0, 300.0]
    assert [found.ids[k] for k in found.person] == ["a", "a", "b", "b"]
    assert found.columns["WT"].tolist() == ["70", "70", "140", "140"]
    with pytest.raises(WrongUse, match="without observations"):
        observations(from_toml(FILE), read("ID,TIME,AMT,EVID,DV\n1,0,100,1,.\n"))


def test_time_after_the_dose_counts_additional_doses() -> None:
    text = "ID,TIME,AMT,EVID,ADDL,II,DV\n1,1,100,1,2,12,.\n1,0.5,0,0,0,0,.\n"
    rows = [f"1,{time},0,0,0,0,5" for time in (1, 5, 13, 20, 30)]
    found = observations(from_toml(FILE), read(text.replace("1,0.5,0,0,0,0,.\n", "") + "\n".join(rows) + "\n"))
    assert found.after_dose.tolist() == [0.0, 4.0, 0.0, 7.0, 5.0]


def test_a_column_cens_says_what_lies_below() -> None:
    text = TABLE.replace("WT\n", "WT,CENS\n").replace(",70\n", ",70,0\n").replace(",140\n", ",140,0\n")
    text = text.replace("a,24,0,0,0,90,70,0", "a,24,0,0,0,100,70,1")
    found = observations(from_toml(FILE), read(text))
    assert found.limit == 100.0
    assert found.below.tolist() == [False, False, True, False, False]
    with pytest.raises(WrongUse, match="2 different limits"):
        observations(from_toml(FILE), read(text.replace("b,12,0,0,0,300,140,0", "b,12,0,0,0,300,140,1")))


@pytest.mark.parametrize("count", [0, 100_001, 2.5, True])
def test_replicates_are_a_whole_number(count: object) -> None:
    with pytest.raises(WrongUse, match="replicates"):
        simulate_replicates(from_toml(FILE), read(TABLE), count)  # type: ignore[arg-type]


def test_the_example_in_the_docs_is_a_model() -> None:
    page = (Path(__file__).parents[2] / "docs" / "predictive.md").read_text("utf-8")
    [text] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert values(from_toml(text)) == pytest.approx({"KA": 1.5, "CL": 2.8, "V": 32.0})
    head = importlib.import_module("ketworks.predictive.population_file").__doc__ or ""
    [text] = re.findall(r"```toml\n(.*?)```", head, re.DOTALL)
    assert from_toml(text).name == "theophylline"


def test_two_observations_are_too_few_for_discrepancies() -> None:
    table = read("\n".join(TABLE.splitlines()[:4]) + "\n")
    model = from_toml(FILE)
    with pytest.raises(WrongUse, match="2 observations"):
        prediction_errors(observations(model, table), simulate_replicates(model, table, 200))
