"""Rival plasticity mechanisms: their drives by hand, their one calibration, and what sets them apart."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ketworks as kw
from ketworks.plasticity.rivals import calibrate
from ketworks.plasticity.rivals.alone import values_of
from ketworks.plasticity.rivals.circuit_surge import surge_drive
from ketworks.plasticity.rivals.direct_block import released_translation
from ketworks.plasticity.rivals.metabolite import metabolite_drive, r_hydroxynorketamine
from ketworks.plasticity.rivals.opioid import middle_occupancy, opioid_signalling

jax.config.update("jax_enable_x64", True)
RACEMATE = "0.5 mg/kg iv over 40 min"
CHEAP = ("direct-block", "opioid-gated", "hnk-ampa", "habenula")


def effect(words: str, variant: str, times: str = "1 d") -> list[float]:
    chain = kw.Chain(plasticity=variant)
    run = kw.simulate(words, kw.Person(weight="75 kg", age=45), chain, ["outcome.mean_effect"], times, band=False)
    return [float(x) for x in run.tables["outcome.mean_effect"][0]]


def test_drives_by_hand() -> None:
    assert float(surge_drive(jnp.asarray(1.1), jnp.asarray(0.1))) == pytest.approx(0.5)
    assert float(surge_drive(jnp.asarray(0.7), jnp.asarray(0.1))) == 0.0
    assert float(released_translation(jnp.asarray(0.3), jnp.asarray(0.1))) == pytest.approx(0.75)
    assert float(metabolite_drive(jnp.asarray(0.25), jnp.asarray(1.0))) == pytest.approx(0.2)
    assert float(opioid_signalling(jnp.asarray(0.02), jnp.asarray(0.1))) == pytest.approx(1.0 / 6.0)


def test_the_middle_of_an_occupancy_undoes_the_factor_of_its_ends() -> None:
    x = 0.06
    low, high = (jnp.asarray(x * u / (1.0 + x * u)) for u in (1.0 / 3.0, 3.0))
    assert float(middle_occupancy(low, high)) == pytest.approx(x / (1.0 + x), rel=1e-12)
    assert float(middle_occupancy(jnp.zeros(()), jnp.zeros(()))) == 0.0
    slope = jax.grad(lambda low: middle_occupancy(low, 9.0 * low))(0.0)
    assert np.isfinite(slope)


def test_the_r_form_of_the_metabolite_follows_its_own_norketamine() -> None:
    total = jnp.asarray([4.0, 4.0, 4.0, 0.0])
    found = r_hydroxynorketamine(total, jnp.asarray([1.0, 0.0, 2.0, 0.0]), jnp.asarray([3.0, 1.0, 0.0, 0.0]))
    np.testing.assert_allclose(found, [1.0, 0.0, 4.0, 0.0])


@pytest.mark.parametrize("make", calibrate.RIVALS, ids=lambda make: make.variant)
def test_the_fit_meets_the_default_at_one_day_and_one_dose_counts_one(make: type[calibrate.Rival]) -> None:
    found = calibrate.fit(make)
    assert found.effect == pytest.approx(found.wanted, rel=1e-6)
    assert 0.1 < found.jump < 0.999
    usual = values_of(make())
    own = {f"{make.prefix}{key}": jnp.asarray(getattr(found, key)) for key in ("largest", "jump")}
    received = calibrate.on_curves(make(), {**usual, **own})["plasticity.dose_equivalents"]
    assert float(received[0, -1]) == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize("make", calibrate.RIVALS, ids=lambda make: make.variant)
def test_the_table_holds_the_fit(make: type[calibrate.Rival]) -> None:
    """After a refit of the default: ``python -m ketworks.plasticity.rivals.calibrate --write``."""
    found, rows = calibrate.fit(make), make.parameters()
    for key in ("largest", "jump"):
        assert rows[f"{make.prefix}{key}"].canonical == pytest.approx(getattr(found, key), rel=1e-3), key


def test_writing_replaces_the_value_of_the_named_rows_alone() -> None:
    before = (calibrate.FOLDER / "parameters.tsv").read_text(encoding="utf-8").splitlines()
    after = calibrate.written({"habenula.jump": 0.123456}).splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0][1].split("\t")[3] == "0.12346"
    assert changed[0][1].split("\t")[4:] == changed[0][0].split("\t")[4:]


@pytest.mark.parametrize("variant", CHEAP)
def test_no_drug_no_drive(variant: str) -> None:
    chain = kw.Chain(plasticity=variant)
    run = kw.simulate("0.5 mg/kg iv over 40 min", chain=chain, outputs=["plasticity.drive"], times="0 h", band=False)
    assert np.all(run.tables["plasticity.drive"] == 0.0)


def test_only_the_metabolite_prefers_the_r_form() -> None:
    for variant in CHEAP:
        s, r = (effect(f"0.5 mg/kg {drug} iv over 40 min", variant)[0] for drug in ("esketamine", "arketamine"))
        assert (r > s) == (variant == "hnk-ampa"), variant
    assert effect("0.5 mg/kg esketamine iv over 40 min", "hnk-ampa")[0] == 0.0


def test_the_habenula_outlasts_the_drug_and_starts_late() -> None:
    early, day, three = effect(RACEMATE, "habenula", "4 h, 1 d, 3 d")
    assert early < 0.4 * day
    assert three > day
