"""Ada, Ben and Cem train two rounds, are paid equally, and leave with their stakes."""

from pathlib import Path

from fedsol.learning import load
from fedsol.program import instructions as ix
from tests.stories.cast import FUNDED, MODEL, POOL, STAKE, town


async def test_everybody_is_paid_an_equal_share_and_the_dust_stays_in_the_pool(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben", "cem"):
            await hospitals.joins(name)
        for number in (1, 2):
            result = await hospitals.round()
            assert (result.number, result.settled, result.accepted) == (number, True, 3)
            assert result.share == POOL // 3
        for name in hospitals.people:
            assert await hospitals.stake_of(name) == STAKE
            assert await hospitals.tokens(name) == (0, 2 * (POOL // 3))
        account = await hospitals.federation.account()
        assert account.reward_available == FUNDED - 6 * (POOL // 3)
        assert (account.reward_owed, account.reward_reserved, account.bond_total) == (0, 0, 0)
        await hospitals.assert_audit()


async def test_training_together_is_better_than_not_training(tmp_path: Path) -> None:
    _, test = load("breast_cancer")
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben", "cem"):
            await hospitals.joins(name)
        before, _ = await hospitals.federation.evaluate(MODEL, test)
        for _ in range(2):
            await hospitals.round()
        after, accuracy = await hospitals.federation.evaluate(MODEL, test)
        assert after < before
        assert accuracy > 0.85


async def test_when_all_have_left_the_federation_closes_and_every_vault_is_empty(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.round()
        for name, membership in hospitals.people.items():
            assert await membership.leave() == STAKE
            assert await hospitals.tokens(name) == (STAKE, POOL // 2)
        chain, ref = hospitals.sandbox.chain, hospitals.federation.ref
        closing = [
            ix.round_close(ref.address, 1, hospitals.creator.pubkey()),
            ix.federation_close(ref),
        ]
        round_ = await hospitals.people["ada"].member.round(1)
        assert round_ is not None
        await chain.wait_until(unix_timestamp=round_.deadline.time, slot=round_.deadline.slot)
        await chain.send(closing, [hospitals.creator])
        assert await hospitals.creator_tokens() == (0, FUNDED - 2 * (POOL // 2))
        assert await chain.account(ref.address) is None
