"""An aggregator: whose turn it is, and what it does not put its bond on."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fedsol.learning import model_root
from fedsol.program import Submission
from fedsol.roles import Aggregator
from fedsol.roles.aggregator import can_post
from tests.stories.cast import STAKE, Town, town
from tests.stories.jury import FreeRider, acting_as
from tests.unit.roles.stage import ALONE, step, until


async def aggregating(hospitals: Town, *names: str) -> Aggregator:
    """The chosen aggregator, in the Aggregate phase of round 1."""
    for name in names:
        await hospitals.joins(name)
    trainers = [role for name in names for role in hospitals.people[name].roles[:1]]
    now = await until(hospitals, "Aggregate", *set(hospitals.people) - set(names), instead=trainers)
    assert now.round is not None
    for name in names:
        member = hospitals.people[name].member
        me = await member.me()
        assert me is not None
        if me.aggregator_index == now.round.chosen:
            return Aggregator(member)
    raise AssertionError("nobody was chosen")


class Behind:
    """An endpoint that does not list the newest submission yet."""

    def __init__(self, chain: Any) -> None:
        self._chain = chain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    async def program_accounts(self, *args: Any, **named: Any) -> list[Any]:
        found: list[Any] = await self._chain.program_accounts(*args, **named)
        return found[:-1] if named.get("discriminator") == Submission.discriminator else found


async def test_it_posts_once(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        chosen = await aggregating(hospitals, "ada", "ben")
        assert [await step(chosen), await step(chosen)] == [True, False]


async def test_it_does_not_combine_fewer_submissions_than_the_round_counts(tmp_path: Path) -> None:
    """An endpoint that lags must not make it post a model that is provably wrong."""
    async with town(tmp_path) as hospitals:
        chosen = await aggregating(hospitals, "ada", "ben")
        chain: Any = Behind(chosen.member.chain)
        assert await step(Aggregator(replace(chosen.member, chain=chain))) is False
        now = await chosen.member.snapshot()
        assert now.round is not None
        assert (now.round.phase.kind, now.round.bond) == ("Aggregate", 0)
        assert await step(chosen) is True


async def test_it_combines_only_what_was_accepted(tmp_path: Path) -> None:
    async with town(tmp_path, **ALONE) as hospitals:
        await hospitals.judges("ida")
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.joins("fay")
        hospitals.people["fay"] = acting_as(hospitals.people["fay"], FreeRider)
        now = await until(hospitals, "Challenge", *hospitals.people)
        assert now.round is not None
        assert (now.round.revealed, now.round.accepted) == (3, 2)
        member = hospitals.people["ada"].member
        fay = hospitals.people["fay"].member.participant
        accepted = [one for one in await member.submissions(1) if one.participant != fay]
        values, *_ = await Aggregator(member).compute(now.federation, now.round, accepted)
        assert model_root(values) == bytes(now.round.new_model_root)


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"roles": 3}, False),
        ({"stake": 1_999}, False),
        ({"stake": 2_000}, True),
        ({"locked": STAKE - 999}, False),
        ({"locked": STAKE - 1_000}, True),
        ({"barred_round": 1}, False),
        ({"barred_round": 7}, True),
    ],
)
async def test_who_may_post(tmp_path: Path, change: dict[str, int], fits: bool) -> None:
    async with town(tmp_path) as hospitals:
        chosen = await aggregating(hospitals, "ada", "ben")
        me, now = await chosen.member.me(), await chosen.member.snapshot()
        assert me is not None
        assert now.round is not None
        assert can_post(replace(me, **change), now.round) is fits
