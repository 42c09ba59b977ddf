"""The chosen aggregator does nothing: another steps in after the deadline, or the round is aborted."""

from pathlib import Path

from tests.stories.cast import FUNDED, STAKE, absent, town, vanishing


async def test_another_aggregator_steps_in_and_gets_its_bond_back(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        result = await hospitals.round(
            **{name: vanishing(one) for name, one in hospitals.people.items()}
        )
        assert result.settled
        round_ = await hospitals.people["ada"].member.round(1)
        assert round_ is not None
        posted = [
            one.member
            for one in hospitals.people.values()
            if one.member.participant == round_.aggregator
        ]
        me = await posted[0].me()
        assert me is not None
        assert me.aggregator_index != round_.chosen
        for name in hospitals.people:
            assert await hospitals.stake_of(name) == STAKE
        await hospitals.assert_audit()


async def test_without_any_aggregator_the_round_aborts_and_the_pool_goes_back(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        trainers = {
            name: type(one)(one.member, one.roles[:1]) for name, one in hospitals.people.items()
        }
        result = await hospitals.round(**trainers)
        assert not result.settled
        account = await hospitals.federation.account()
        assert (account.reward_available, account.reward_reserved) == (FUNDED, 0)
        assert await hospitals.tokens("ada") == (0, 0)
        assert await hospitals.stake_of("ada") == STAKE
        after = await hospitals.round()
        assert (after.number, after.settled) == (2, True)
        await hospitals.assert_audit()


async def test_a_round_without_people_aborts(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        result = await hospitals.round(ada=absent(hospitals.people["ada"]))
        assert (result.settled, result.accepted) == (False, 0)
