"""A wrong aggregate is proved and an honest one acquitted under every rule, for any number of updates."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.params import mean, median, trimmed_mean
from tests.program.disputing import dispute, numbers, open_court, post_true, post_wrong

RULES = [
    *((mean(), n) for n in (1, 2, 5)),
    *((median(), n) for n in (1, 2, 5)),
    *((trimmed_mean(trim), n) for trim, n in ((0, 1), (0, 2), (1, 5), (2, 5))),
]
SIZES = (1, 62, 128, 129, 1_000)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("rule", "count"), RULES, ids=lambda one: getattr(one, "kind", one))
async def test_a_wrong_coordinate_convicts_and_the_true_one_acquits(
    rule: AggregationRuleKind, count: int, size: int
) -> None:
    people = tuple(f"trainer{i}" for i in range(count))
    options = {"min_submissions": count, "max_submissions": 5, "lr_num": 7, "lr_den": 3}
    async with open_court(
        *people, "spare", size=size, rule=rule, update_bits=11, **options
    ) as world:
        await world.reach("Commit", trainers=people)
        cheat = await post_wrong(world, size - 1)
        case = dispute(world, "eve")
        await case.prove(size - 1)
        assert case.state.needed == count
        await case.judge()
        assert (await world.participant(cheat)).offences == 1
        poster = await post_true(world)
        for coordinate in {0, size // 2, size - 1}:
            await case.prove(coordinate)
            await case.decide()
            assert case.state.verdict.kind == "Acquitted"
            await case.close()
        assert (await world.participant(poster)).offences == 0
        await world.assert_invariants()


@pytest.mark.parametrize("rule", [mean(), median(), trimmed_mean(1)], ids=lambda one: one.kind)
async def test_updates_and_models_at_their_bounds_are_judged_exactly(
    rule: AggregationRuleKind,
) -> None:
    people = ("alice", "bob", "carol", "dan", "emil")
    options = {"max_submissions": 5, "min_submissions": 5, "max_norm_squared": 2**50}
    scale = {"lr_num": 1 << 20, "lr_den": 1, "frac_bits": 24, "update_bits": 0}
    async with open_court(*people, size=62, rule=rule, **options, **scale) as world:
        await world.round_open()
        for who, value in zip(people, (-32_767, 32_767, 32_766, -1, 32_767), strict=True):
            values = np.full(62, value, np.int16)
            values[0] = 0
            numbers(world).learn(who, 1, values)
        await world.reach("Challenge", trainers=people)
        posted = numbers(world).posted(world, 1).values
        assert posted[1] == 2**31 - 1
        assert posted[0] == numbers(world).base(1).values[0]
        for coordinate in (0, 1):
            case = dispute(world, "eve")
            await case.prove(coordinate)
            await case.decide()
            assert case.state.verdict.kind == "Acquitted"
            await case.close()


async def test_another_rule_than_the_federations_is_no_defence() -> None:
    people = ("alice", "bob", "carol")
    async with open_court(*people, min_submissions=3, rule=median()) as world:
        await world.reach("Aggregate", trainers=people)
        stacked = np.stack([numbers(world).learnt(who, 1).values for who in people])
        base = numbers(world).base(1).values
        by_mean = base + np.rint(stacked.mean(axis=0) * 4).astype(np.int32)
        numbers(world).post(1, by_mean)
        true = numbers(world).true_model(world, 1).values
        wrong = int(np.argmax(by_mean != true))
        assert by_mean[wrong] != true[wrong]
        await world.reach("Challenge")
        case = dispute(world, "eve")
        await case.prove(wrong)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"
