"""An honest coordinate is never convicted and a changed one always is, whatever was learnt.

The whole way on the embedded chain, for some dozens of federations. Ten thousand more go through the
program's own judge in Rust (``programs/fedsol/src/state/challenge/tests/many.rs``).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.params import mean, median, trimmed_mean
from tests.program.disputing import dispute, numbers, open_court
from tests.property.profiles import runs

I32 = st.integers(-(2**31), 2**31 - 1)
VALUES = st.one_of(
    st.integers(-3, 3), st.integers(-32_767, 32_767), st.sampled_from([-32_767, 32_767])
)


@dataclass(frozen=True)
class Case:
    """A round: its rules, what was learnt at one coordinate, and what is posted there instead."""

    size: int
    coordinate: int
    rule: AggregationRuleKind
    lr: tuple[int, int]
    bits: tuple[int, int]
    values: tuple[int, ...]
    posted: int | None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any of them; half are honest."""
    count = draw(st.integers(1, 4))
    size = draw(st.integers(1, 300))
    rule = draw(
        st.one_of(
            st.just(mean()),
            st.just(median()),
            st.integers(0, (count - 1) // 2).map(trimmed_mean),
        )
    )
    rate, bits = st.integers(1, 1 << 20), st.integers(0, 24)
    return Case(
        size,
        draw(st.integers(0, size - 1)),
        rule,
        (draw(rate), draw(rate)),
        (draw(bits), draw(bits)),
        tuple(draw(st.lists(VALUES, min_size=count, max_size=count))),
        draw(st.one_of(st.none(), I32)),
    )


async def verdict_on(case: Case) -> tuple[str, bool]:
    """What the program says of the round's aggregate, and whether it is wrong."""
    people = tuple(f"trainer{i}" for i in range(len(case.values)))
    (lr_num, lr_den), (frac_bits, update_bits) = case.lr, case.bits
    async with open_court(
        *people,
        size=case.size,
        rule=case.rule,
        lr_num=lr_num,
        lr_den=lr_den,
        frac_bits=frac_bits,
        update_bits=update_bits,
        min_submissions=len(people),
        max_norm_squared=2**48,
    ) as world:
        await world.round_open()
        for who, value in zip(people, case.values, strict=True):
            learnt = numbers(world).learnt(who, 1).values.copy()
            learnt[case.coordinate] = value
            numbers(world).learn(who, 1, learnt)
        await world.reach("Aggregate", trainers=people)
        true = numbers(world).true_model(world, 1).values
        posted = true.copy()
        if case.posted is not None:
            posted[case.coordinate] = case.posted
        numbers(world).post(1, posted)
        await world.reach("Challenge")
        trial = dispute(world, "eve")
        await trial.prove(case.coordinate)
        await trial.decide()
        await world.assert_invariants()
        return trial.state.verdict.kind, not np.array_equal(true, posted)


@runs(ci=60, deep=2_000)
@given(case=cases())
def test_an_aggregate_is_convicted_exactly_if_it_is_wrong(case: Case) -> None:
    verdict, wrong = asyncio.run(verdict_on(case))
    assert verdict == ("Convicted" if wrong else "Acquitted")
