"""Other diagnoses: one gain each with its uncertainty, the own scale, and honest silence."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

import ketworks as kw
from ketworks.engine.random import standard_normals
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Stage, Surroundings
from ketworks.errors import CannotSay, WrongUse
from ketworks.outcome.diagnoses import DIAGNOSES, SILENT, mechanisms_for
from ketworks.outcome.indications import BIPOLAR_MADRS, BIPOLAR_MEAN, DAYS, STANDARDISED, mean_since_start
from ketworks.registry import ON_REQUEST, default_chain, make, usual_signals, variants

jax.config.update("jax_enable_x64", True)

Floats = NDArray[np.float64]
NONE = Schedule(*(jnp.zeros((1,)), jnp.zeros((1,)), jnp.zeros((1, 1)), jnp.zeros((1, 1))))
NAMES = sorted(variants()["indication"])
MANY = 40_000


def run(stage: Stage, effect: float, people: int = 1, drawn: bool = False) -> dict[str, Floats]:
    """Outputs one day after a dose that takes ``effect`` points of 33 off everybody."""
    p = {key: jnp.asarray(row.canonical) for key, row in stage.parameters().items()}
    eta = standard_normals(4, range(1, people + 1), stage.random_effects)
    if not drawn:
        eta = {name: jnp.zeros(people) for name in eta}
    course = jnp.tile(jnp.asarray([0.0, effect]), (people, 1))
    inputs = {"outcome.mean_effect": course, "outcome.drug_effect": course, "outcome.madrs": 33.0 - course}
    around = Surroundings(jnp.asarray([0.0, 1440.0]), NONE, {}, eta, p)
    made = stage.run(around, {need.name: inputs[need.name] for need in stage.needs})
    return {name: np.asarray(array) for name, array in made.items()}


@pytest.mark.parametrize("name", NAMES)
def test_declared_outputs_rest_on_what_is_there(name: str) -> None:
    stage = make("indication", name)
    made = run(stage, 8.0, 3, drawn=True)
    assert set(made) == {signal.name for signal in stage.outputs} == set(stage.rests_on) == set(stage.equations)
    known = {*stage.parameters(), *(need.name for need in stage.needs)}
    assert {link for links in stage.rests_on.values() for link in links} == known
    assert all(signal.headline for signal in stage.outputs)


@pytest.mark.parametrize(
    ("name", "effect", "low", "high"),
    [("trd", 0.58, 0.44, 0.72), ("ptsd", 0.20, -0.08, 0.48), ("sad", 1.63, -0.01, 3.27)],
)
def test_the_band_of_a_diagnosis_is_the_interval_that_was_read(
    name: str, effect: float, low: float, high: float
) -> None:
    found = run(make("indication", name), 8.0, MANY, drawn=True)[STANDARDISED][:, 1]
    assert run(make("indication", name), 8.0)[STANDARDISED][0, 1] == pytest.approx(effect)
    np.testing.assert_allclose(np.percentile(found, (2.5, 97.5)), (low, high), atol=0.02 * max(1.0, effect))


def test_fifteen_people_leave_a_wider_band_than_eight_hundred() -> None:
    wide, narrow = (
        run(make("indication", name), 8.0, MANY, drawn=True)[STANDARDISED][:, 1].std() for name in ("ocd", "trd")
    )
    assert wide > 5.0 * narrow


def test_no_mood_effect_is_no_effect_anywhere() -> None:
    for name in NAMES:
        for signal, array in run(make("indication", name), 0.0, 20, drawn=True).items():
            assert np.all(array == (33.0 if signal == BIPOLAR_MADRS else 0.0))


def test_bipolar_depression_keeps_the_score_and_changes_the_drugs_part_only() -> None:
    made = run(make("indication", "mdd-bipolar"), 10.0)
    assert made[BIPOLAR_MEAN][0, 1] == pytest.approx(9.2)
    assert made[BIPOLAR_MADRS][0].tolist() == pytest.approx([33.0, 33.0 - 9.2])


def test_days_without_alcohol_are_an_average_since_the_first_dose() -> None:
    times = jnp.asarray([0.0, 1.0, 3.0, 10.0])
    found = mean_since_start(times, jnp.asarray([[0.0, 2.0, 2.0, 2.0]]))
    np.testing.assert_allclose(found[0], [0.0, 1.0, 5.0 / 3.0, 1.9])
    assert run(make("indication", "aud"), 8.0)[DAYS][0, 0] == 0.0


def test_places_on_request_are_left_out_unless_chosen() -> None:
    chain = default_chain("combined")
    usual = usual_signals(chain, {})
    assert {chain.maker(name).name for name in chain.signals} - {chain.maker(name).name for name in usual} >= ON_REQUEST
    assert "outcome.hamd17" not in usual
    assert "outcome.hamd17" in usual_signals(chain, {"measures": "linked-scales"})
    other = usual_signals(chain, {"indication": "ptsd"})
    assert not [name for name in other if name.startswith("outcome.")]
    assert STANDARDISED in other


@pytest.mark.parametrize("name", DIAGNOSES)
def test_every_diagnosis_leads_to_mechanisms_that_exist(name: str) -> None:
    kw.Chain(**mechanisms_for(name))


@pytest.mark.parametrize("name", SILENT)
def test_of_others_nothing_is_said_and_the_reason_is(name: str) -> None:
    with pytest.raises(CannotSay) as error:
        mechanisms_for(name)
    assert error.value.given == SILENT[name][0]
    assert error.value.exit_code == 3


def test_names_are_read_as_people_write_them() -> None:
    assert mechanisms_for("PTSD") == mechanisms_for("ptsd")
    assert mechanisms_for("social anxiety") == {"indication": "sad"}
    with pytest.raises(WrongUse, match="nearest: ptsd"):
        mechanisms_for("ptsdd")


def test_a_run_for_a_diagnosis_says_what_it_rests_on() -> None:
    found = kw.simulate(
        "0.5 mg/kg iv over 40 min", chain=kw.Chain(indication="ptsd"), outputs=[STANDARDISED], times="0,24 h"
    )
    text = str(found)
    assert "one large trial null" in text
    assert found.grades[STANDARDISED].grade == "E"
    low = np.percentile(found.tables[STANDARDISED][1:, 1], 5)
    assert low < 0.0  # the band reaches harm
    assert f"{low:.3g}"[:5] in text
