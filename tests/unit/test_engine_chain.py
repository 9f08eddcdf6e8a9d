"""The chain: what it refuses, in which order it runs, what it converts, and that gradients pass through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from ketworks.engine.chain import Chain
from ketworks.engine.parameter import Parameter
from ketworks.engine.schedule import Schedule
from ketworks.engine.signal import Need, Signal
from ketworks.engine.stage import Stage, Surroundings
from ketworks.errors import WrongUse

TIMES = jnp.array([0.0, 5.0, 20.0, 40.0, 60.0, 240.0])
MASS = 237.73
RAN: list[str] = []


def toy(
    name: str,
    makes: Mapping[str, str],
    needs: Mapping[str, str],
    rule: Callable[[Mapping[str, Array], Array], Array] | None = None,
    effects: tuple[str, ...] = (),
) -> Stage:
    """A stage that makes each signal (unit by name) as ``rule(inputs, times)``; by default the sum of its inputs."""

    class Toy(Stage):
        def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
            RAN.append(name)
            shape = (around.schedule.s_amount.shape[0], around.times.shape[0])
            value = sum(inputs.values(), start=jnp.ones(shape)) if rule is None else rule(inputs, around.times)
            return dict.fromkeys(makes, jnp.broadcast_to(value, shape)) | {
                f"error.{key}": jnp.zeros(()) for key in makes
            }

        @classmethod
        def parameters(cls) -> Mapping[str, Parameter]:
            return {}

    Toy.name, Toy.variant, Toy.meaning = name, "toy", "for tests"  # type: ignore[misc]
    Toy.outputs = tuple(Signal(key, unit, key, "#000000", key, molar_mass=MASS) for key, unit in makes.items())  # type: ignore[misc]
    Toy.needs = tuple(Need(key, unit) for key, unit in needs.items())  # type: ignore[misc]
    Toy.random_effects = effects  # type: ignore[misc]
    return dataclass(frozen=True)(Toy)()


A = toy("a", {"a.level": "ng/mL"}, {}, effects=("a.size",))
B = toy("b", {"b.twice": "ng/mL"}, {"a.level": "ng/mL"}, effects=("b.size", "a.size"))
C = toy("c", {"c.end": "1"}, {"b.twice": "ng/mL", "a.level": "ng/mL"})
D = toy("d", {"d.other": "1"}, {"a.level": "ng/mL"})


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETWORKS_CACHE", "off")


def schedule(people: int = 2) -> Schedule:
    return Schedule(jnp.zeros(1), jnp.array([40.0]), jnp.full((people, 1), 80.0), jnp.full((people, 1), 80.0))


def run_toys(chain: Chain, outputs: list[str]) -> Any:
    RAN.clear()
    eta = {name: jnp.zeros(2) for name in ("a.size", "b.size")}
    return chain.run(outputs, TIMES, schedule(), {"weight": jnp.full(2, 70.0)}, eta)


@pytest.mark.parametrize("stages", [[A, B, C, D], [D, C, B, A], [C, A, D, B]])
def test_stages_run_after_what_they_need_however_they_are_given(stages: list[Stage]) -> None:
    chain = Chain(stages)
    names = [stage.name for stage in chain.stages]
    assert sorted(names) == ["a", "b", "c", "d"]
    for stage in chain.stages:
        for need in stage.needs:
            assert names.index(need.name[0]) < names.index(stage.name)
    np.testing.assert_array_equal(np.asarray(run_toys(chain, ["c.end"]).signals["c.end"]), 4.0)  # 1 + 1 + (1 + 1)


def test_only_what_the_asked_signals_need_is_run() -> None:
    chain = Chain([D, C, B, A])
    assert [stage.name for stage in chain.needed(["b.twice"])] == ["a", "b"]
    assert [stage.name for stage in chain.needed(["a.level", "d.other"])] == ["a", "d"]
    assert chain.random_effects(["d.other"]) == ("a.size",)
    assert chain.random_effects(["c.end"]) == ("a.size", "b.size")
    fresh = [toy("a", {"a.level": "ng/mL"}, {}), toy("d", {"d.other": "1"}, {"a.level": "ng/mL"}), B, C]
    run = run_toys(Chain(fresh), ["d.other"])
    assert set(RAN) == {"a", "d"}
    assert set(run.signals) == {"d.other"}
    assert set(run.errors) == {"a.level", "d.other"}


def test_draws_are_those_of_the_needed_stages() -> None:
    chain = Chain([A, B, C, D])
    assert set(chain.draw(["d.other"], 1, [1, 2])) == {"a.size"}
    both = chain.draw(["c.end"], 1, [1, 2])
    np.testing.assert_array_equal(np.asarray(both["a.size"]), np.asarray(chain.draw(["d.other"], 1, [1, 2])["a.size"]))


def test_an_unmet_need_is_named_with_the_nearest_signal() -> None:
    with pytest.raises(WrongUse, match=r"c\[toy\] needs a.levle, which no stage makes") as caught:
        Chain([A, B, toy("c", {"c.end": "1"}, {"a.levle": "ng/mL"})])
    assert "a.level" in caught.value.nearest


def test_a_wrong_signal_is_answered_with_the_nearest() -> None:
    with pytest.raises(WrongUse, match=r"unknown signal 'b.twic'") as caught:
        Chain([A, B]).needed(["b.twic"])
    assert "b.twice" in caught.value.nearest


@pytest.mark.parametrize("unit", ["mmHg", "1/min", "umol", "furlong"])
def test_units_that_do_not_meet_are_refused(unit: str) -> None:
    with pytest.raises(WrongUse, match=rf"b\[toy\] needs a.level in {unit}; it is made in ng/mL"):
        Chain([A, toy("b", {"b.end": "1"}, {"a.level": unit})])


@pytest.mark.parametrize(
    ("made", "wanted", "factor"),
    [
        ("ng/mL", "umol/L", 1.0 / MASS),
        ("ng/mL", "nmol/L", 1000.0 / MASS),
        ("umol/L", "ng/mL", MASS),
        ("h", "min", 60.0),
        ("%", "1", 0.01),
    ],
)
def test_a_need_gets_its_signal_in_its_own_unit(made: str, wanted: str, factor: float) -> None:
    source = toy("a", {"a.x": made}, {}, lambda inputs, times: 1.0 + times)
    sink = toy("b", {"b.y": "1"}, {"a.x": wanted}, lambda inputs, times: inputs["a.x"])
    run = run_toys(Chain([sink, source]), ["b.y", "a.x"])
    np.testing.assert_allclose(np.asarray(run.signals["b.y"])[0], factor * (1.0 + np.asarray(TIMES)), rtol=1e-15)
    np.testing.assert_array_equal(np.asarray(run.signals["a.x"])[0], 1.0 + np.asarray(TIMES))  # its own stays as made


def test_a_ring_is_refused_with_its_members() -> None:
    ring = [toy("b", {"b.x": "1"}, {"c.x": "1"}), toy("c", {"c.x": "1"}, {"b.x": "1", "a.level": "ng/mL"})]
    with pytest.raises(WrongUse, match="ring: b, c"):
        Chain([A, *ring])


def test_two_makers_of_one_signal_are_refused() -> None:
    with pytest.raises(WrongUse, match=r"a.level is made by a and z"):
        Chain([A, toy("z", {"a.level": "ng/mL"}, {})])


def test_two_stages_at_one_place_are_refused() -> None:
    with pytest.raises(WrongUse, match="two stages stand at the place 'a'"):
        Chain([A, toy("a", {"a.other": "1"}, {})])


def test_a_stage_that_does_not_make_what_it_promised_is_caught() -> None:
    class Broken(type(A)):  # type: ignore[misc]
        def run(self, around: Surroundings, inputs: Mapping[str, Array]) -> dict[str, Array]:
            return {}

    with pytest.raises(TypeError, match=r"did not make \['a.level'\]"):
        run_toys(Chain([dataclass(frozen=True)(Broken)()]), ["a.level"])
