"""Three commit, two fit: who is kept out by a full round is excused, and free again."""

from pathlib import Path

from tests.stories.cast import STAKE, town


async def test_who_is_crowded_out_loses_nothing_and_has_no_duties_left(tmp_path: Path) -> None:
    async with town(tmp_path, max_submissions=2) as hospitals:
        for name in ("ada", "ben", "cem"):
            await hospitals.joins(name)
        result = await hospitals.round()
        assert (result.settled, result.accepted) == (True, 2)
        for name in hospitals.people:
            me = await hospitals.people[name].member.me()
            assert me is not None
            assert (me.stake, me.locked, me.duties, me.slashed) == (STAKE, 0, 0, 0)
            assert hospitals.people[name].member.journal.rounds() == []
        await hospitals.assert_audit()
