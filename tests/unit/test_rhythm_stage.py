"""The posteromedial rhythm: what the cell was chosen for, what it then says, and that it needs both of its channels."""

from __future__ import annotations

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import ketworks as kw
from ketworks.rhythm.cell import at_rest, cell, outward, resting_voltage
from ketworks.rhythm.in_time import rhythm
from ketworks.rhythm.stage import FREQUENCY, GROWTH, PRESENT, RetrosplenialPacemaker, under_block

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in RetrosplenialPacemaker.parameters().items()}
LEVELS = jnp.linspace(0.0, 0.9, 46)


@cache
def simulated(sentence: str, variant: str = "retrosplenial-pacemaker") -> kw.Simulation:
    return kw.simulate(
        sentence,
        outputs=[PRESENT, GROWTH, FREQUENCY],
        times="0,20,40,100 min",
        chain=kw.Chain(rhythm=variant),
        band=False,
    )


def test_the_cell_rests_without_drug_and_at_its_stated_voltage() -> None:
    none = jnp.zeros(1)
    voltage = resting_voltage(cell(P), none, none)
    assert float(voltage[0]) == pytest.approx(float(P["rhythm.voltage"]), abs=1e-9)
    assert float(outward(cell(P), at_rest(P, voltage), none, none)[0]) == pytest.approx(0.0, abs=1e-9)
    assert float(under_block(P, none, none).growth[0]) < 0.0


def test_a_rhythm_is_there_during_the_infusion_and_fades_after_it() -> None:
    found = simulated("0.5 mg/kg iv over 40 min").tables
    np.testing.assert_array_equal(found[PRESENT][0], [0.0, 1.0, 1.0, 0.0])
    assert (np.diff(found[GROWTH][0][:3]) > 0.0).all()
    assert (found[FREQUENCY][0] > 1.0).all()
    assert (found[FREQUENCY][0] < 3.5).all()


def test_without_hcn1_no_block_of_nmda_receptors_makes_a_rhythm() -> None:
    assert not simulated("0.5 mg/kg iv over 40 min", "retrosplenial-without-hcn1").tables[PRESENT].any()
    assert (under_block(P, LEVELS, LEVELS, has_hcn1=False).growth < 0.0).all()


def test_nmda_block_alone_suffices_and_hcn1_block_of_this_dose_alone_does_not() -> None:
    none = jnp.zeros_like(LEVELS)
    assert (under_block(P, LEVELS, none).growth > 0.0).any()  # as by phencyclidine or dizocilpine
    assert (under_block(P, none, LEVELS).growth[LEVELS < 0.6] < 0.0).all()


def test_the_rhythm_lies_in_a_window_of_block() -> None:
    growth = np.asarray(under_block(P, LEVELS, 0.75 * LEVELS).growth) > 0.0
    assert not growth[0]
    assert not growth[-1]
    assert np.abs(np.diff(growth.astype(int))).sum() == 2  # one beginning, one end


def test_what_grows_is_a_rhythm_in_time_and_what_dies_is_none() -> None:
    block = jnp.array([0.0, 0.02, 0.1, 0.15, 0.2, 0.35, 0.6])
    grows = np.asarray(under_block(P, block, 0.75 * block).growth) > 0.0
    found = rhythm(P, block, 0.75 * block)
    np.testing.assert_array_equal(found.frequency > 0.0, grows)
    assert ((found.frequency[grows] > 1.0) & (found.frequency[grows] < 3.5)).all()
    assert (found.swing[~grows] < 1.0).all()


def test_the_rest_has_a_slope_by_the_parameters() -> None:
    def growth(conductance: jax.Array) -> jax.Array:
        return under_block({**P, "rhythm.nmda": conductance}, jnp.array(0.14), jnp.array(0.1)).growth

    step = 1e-4
    slope = float(jax.grad(growth)(P["rhythm.nmda"]))
    near = float(growth(P["rhythm.nmda"] + step) - growth(P["rhythm.nmda"] - step)) / (2.0 * step)
    assert slope == pytest.approx(near, rel=1e-4)
    assert slope != 0.0
