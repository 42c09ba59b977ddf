"""Dia joins when the first round is over, and is paid from the second on."""

from pathlib import Path

from tests.stories.cast import POOL, town


async def test_a_late_joiner_shares_in_the_rounds_it_took_part_in(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        first = await hospitals.round()
        await hospitals.joins("dia")
        second = await hospitals.round()
        assert (first.accepted, second.accepted) == (2, 3)
        assert await hospitals.tokens("dia") == (0, POOL // 3)
        assert await hospitals.tokens("ada") == (0, POOL // 2 + POOL // 3)
        await hospitals.assert_audit()
