"""Kim commits scores and never shows them: that is a fault, as it is for a trainer."""

from pathlib import Path

from fedsol.membership import Membership
from tests.stories.cast import FUNDED, POOL, STAKE, Town, town
from tests.stories.jury import SCORED, Board, Mute, acting_as, gather

SLASHED = STAKE * 1_000 // 10_000
TO_FINDER = SLASHED * 2_000 // 10_000
TO_TREASURY = SLASHED * 4_000 // 10_000


async def assert_kim_paid_for_it(hospitals: Town) -> None:
    me = await hospitals.people["kim"].member.me()
    assert me is not None
    assert (me.stake, me.locked, me.duties, me.offences) == (STAKE - SLASHED, 0, 0, 1)
    assert (await hospitals.creator_tokens())[0] == TO_FINDER
    account = await hospitals.federation.account()
    assert (account.treasury_total, account.stake_total) == (TO_TREASURY, 5 * STAKE - SLASHED)


async def test_the_others_go_on_and_share_what_evaluators_get(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, "ada", "ben")
        board = Board(hospitals.people["ada"].member)
        result = await hospitals.round(watch=board, kim=acting_as(hospitals.people["kim"], Mute))
        assert (result.settled, result.accepted) == (True, 2)
        await assert_kim_paid_for_it(hospitals)
        for name in ("ida", "jon"):
            assert await hospitals.tokens(name) == (0, POOL // 10 // 2)
        assert await hospitals.tokens("kim") == (0, 0)
        await hospitals.assert_audit()


async def test_silence_is_punished_before_anything_is_aggregated(tmp_path: Path) -> None:
    """A bond that was posted meanwhile would make the fine smaller."""
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, "ada", "ben")
        board = Board(hospitals.people["ada"].member)
        await hospitals.round(watch=board, kim=acting_as(hospitals.people["kim"], Mute))
        statuses = {one.status.kind for one, _ in board.evaluations}
        assert "Committed" not in statuses


async def test_if_too_few_are_left_the_round_ends_and_only_the_silent_one_pays(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, **SCORED | {"min_evaluators": 3}) as hospitals:
        await gather(hospitals, "ada", "ben")
        result = await hospitals.round(kim=acting_as(hospitals.people["kim"], Mute))
        assert (result.settled, result.revealed) == (False, 2)
        await assert_kim_paid_for_it(hospitals)
        for name in ("ada", "ben", "ida", "jon"):
            me = await hospitals.people[name].member.me()
            assert me is not None
            assert (me.stake, me.locked, me.duties) == (STAKE, 0, 0)
            assert await hospitals.tokens(name) == (0, 0)
        account = await hospitals.federation.account()
        assert (account.reward_available, account.reward_reserved) == (FUNDED, 0)
        await hospitals.assert_audit()


async def test_who_could_not_show_anything_is_excused(tmp_path: Path) -> None:
    """Three are needed, two come: the round ends before anybody is to show scores."""
    async with town(tmp_path, **SCORED | {"min_evaluators": 3}) as hospitals:
        await gather(hospitals, "ada", "ben")
        away = Membership(hospitals.people["jon"].member, ())
        result = await hospitals.round(jon=away, kim=acting_as(hospitals.people["kim"], Mute))
        assert not result.settled
        for name in ("ida", "kim"):
            me = await hospitals.people[name].member.me()
            assert me is not None
            assert (me.stake, me.locked, me.duties, me.offences) == (STAKE, 0, 0, 0)
