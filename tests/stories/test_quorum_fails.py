"""Two commits are needed, one comes: the round is aborted and nobody loses anything."""

from pathlib import Path

from tests.stories.cast import FUNDED, STAKE, absent, silent, town


async def test_a_round_with_too_few_submissions_is_aborted_and_refunded(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        root = (await hospitals.federation.account()).model_root
        result = await hospitals.round(ben=absent(hospitals.people["ben"]))
        assert (result.settled, result.revealed, result.accepted) == (False, 1, 0)
        account = await hospitals.federation.account()
        assert (account.reward_available, account.reward_reserved) == (FUNDED, 0)
        assert account.model_root == root
        assert [await hospitals.stake_of(name) for name in hospitals.people] == [STAKE, STAKE]
        await hospitals.assert_audit()


async def test_silence_is_punished_also_in_a_round_that_was_aborted_for_it(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        result = await hospitals.round(ben=silent(hospitals.people["ben"]))
        assert not result.settled
        assert await hospitals.stake_of("ben") == STAKE - STAKE // 5
        assert await hospitals.stake_of("ada") == STAKE
        await hospitals.assert_audit()
