"""Cem commits and goes silent: Ada and Ben go on, and Cem pays."""

from pathlib import Path

from tests.stories.cast import POOL, STAKE, silent, town

SLASHED = STAKE * 2_000 // 10_000
TO_FINDER = SLASHED * 2_000 // 10_000
TO_TREASURY = SLASHED * 4_000 // 10_000


async def test_silence_costs_its_rate_and_is_divided_between_finder_treasury_and_fire(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben", "cem"):
            await hospitals.joins(name)
        result = await hospitals.round(cem=silent(hospitals.people["cem"]))
        assert (result.settled, result.accepted, result.share) == (True, 2, POOL // 2)
        assert await hospitals.stake_of("cem") == STAKE - SLASHED
        assert await hospitals.stake_of("ada") == STAKE
        finder_stake, _ = await hospitals.creator_tokens()
        assert finder_stake == TO_FINDER
        account = await hospitals.federation.account()
        assert account.treasury_total == TO_TREASURY
        assert account.stake_total == 3 * STAKE - SLASHED
        await hospitals.assert_audit()


async def test_who_was_slashed_can_still_leave_with_the_rest(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben", "cem"):
            await hospitals.joins(name)
        await hospitals.round(cem=silent(hospitals.people["cem"]))
        cem = hospitals.people["cem"]
        for role in cem.roles:
            await role.step(await cem.member.snapshot())
        await cem.unbond()
        assert await cem.withdraw() == STAKE - SLASHED
        assert await hospitals.tokens("cem") == (STAKE - SLASHED, 0)
