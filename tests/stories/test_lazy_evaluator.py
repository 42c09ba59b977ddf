"""Kim scores once and repeats it for ever: that pays until Pia plants noise among the updates."""

from pathlib import Path

from tests.stories.cast import POOL, STAKE, Town, town
from tests.stories.jury import SCORED, Board, Lazy, acting_as, gather

# Whoever is armed in time plants; and only who takes noise for work is ever far off.
AUDITED = SCORED | {"audit_one_in": 1, "score_band": 6_000}
EVALUATORS_POOL = POOL // 10
SLASHED = STAKE * 1_000 // 10_000
TO_FINDER = SLASHED * 2_000 // 10_000
TO_TREASURY = SLASHED * 4_000 // 10_000


async def watched(hospitals: Town, *, plants: bool) -> Board:
    """Two rounds of three trainers, of whom Pia may plant, and of three evaluators, Kim lazy."""
    await gather(hospitals, "ada", "ben")
    await hospitals.joins("pia", plants=plants)
    board = Board(hospitals.people["ada"].member)
    kim = acting_as(hospitals.people["kim"], Lazy)
    for _ in range(2):
        result = await hospitals.round(watch=board, kim=kim)
        assert result.settled
    assert (result.accepted, result.planted) == ((2, 1) if plants else (3, 0))
    return board


async def test_without_a_plant_nobody_notices(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        board = await watched(hospitals, plants=False)
        kim, said = board.evaluation(hospitals.people["kim"])
        ida, seen = board.evaluation(hospitals.people["ida"])
        assert said != seen
        assert (kim.missed, kim.strikes, ida.strikes) == (0, 0, 0)
        assert await hospitals.stake_of("kim") == STAKE


async def test_who_takes_a_plant_for_work_pays_for_it_and_is_not_paid(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        board = await watched(hospitals, plants=True)
        kim, _ = board.evaluation(hospitals.people["kim"])
        assert (kim.credits, kim.strikes, kim.missed) == (2, 1, 1)
        first = EVALUATORS_POOL // 3
        assert await hospitals.tokens("kim") == (0, first)
        assert await hospitals.stake_of("kim") == STAKE - SLASHED
        finder_stake, _ = await hospitals.creator_tokens()
        account = await hospitals.federation.account()
        assert (finder_stake, account.treasury_total) == (TO_FINDER, TO_TREASURY)
        me = await hospitals.people["kim"].member.me()
        assert me is not None
        assert (me.offences, me.locked, me.duties) == (1, 0, 0)
        await hospitals.assert_audit()


async def test_honest_evaluators_see_the_plant_and_are_paid(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        board = await watched(hospitals, plants=True)
        plant = board.submission(hospitals.people["pia"])
        assert (plant.status.kind, plant.score) == ("Planted", 0)
        assert board.round is not None
        for name in ("ida", "jon"):
            evaluation, scores = board.evaluation(hospitals.people[name])
            assert scores[plant.index] < 2_500
            assert (evaluation.credits, evaluation.missed) == (3, 0)
            earned = EVALUATORS_POOL * 3 // board.round.credit_total
            assert await hospitals.tokens(name) == (0, EVALUATORS_POOL // 3 + earned)
            assert await hospitals.stake_of(name) == STAKE
        assert (await hospitals.federation.account()).reward_owed == 0


async def test_a_plant_is_paid_as_much_as_an_update_on_average(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        board = await watched(hospitals, plants=True)
        assert board.round is not None
        assert board.round.plant_share == (POOL - EVALUATORS_POOL) // 3
        me = await hospitals.people["pia"].member.me()
        assert me is not None
        first = me.rewarded - board.round.plant_share
        assert first > 0
        assert (me.stake, me.offences, me.revealed) == (STAKE, 0, 2)


async def test_a_plant_is_a_quarter_as_long_as_honest_work(tmp_path: Path) -> None:
    async with town(tmp_path / "honest", **AUDITED) as hospitals:
        board = await watched(hospitals, plants=False)
        honest = board.submission(hospitals.people["pia"]).norm_squared
    async with town(tmp_path / "planting", **AUDITED) as hospitals:
        board = await watched(hospitals, plants=True)
        planted = board.submission(hospitals.people["pia"]).norm_squared
    assert honest / 16 / 2 < planted < honest / 16 * 2


async def test_who_has_told_arms_anew_and_plants_again_later(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        await watched(hospitals, plants=True)
        planted = [(await hospitals.round()).planted for _ in range(4)]
        assert planted == [0, 1, 0, 1]
        await hospitals.assert_audit()
