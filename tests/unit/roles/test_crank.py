"""A crank: scores what evaluators have shown, punishes what they did wrong, and closes what is over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fedsol.membership import Membership
from fedsol.program import instructions as ix
from fedsol.roles import Crank
from tests.stories.cast import STAKE, Town, town
from tests.stories.jury import (
    SCORED,
    TRAINERS,
    Lazy,
    Mute,
    acting_as,
    by_ticket,
    evaluator_of,
    gather,
)
from tests.unit.roles.stage import ALONE, step, until


@asynccontextmanager
async def turning(hospitals: Town) -> AsyncIterator[Crank]:
    """The creator as a crank that opens nothing."""
    crank = Crank(hospitals.federation.member(hospitals.creator))
    try:
        yield crank
    finally:
        crank.member.journal.close()


async def over(hospitals: Town) -> None:
    """The round's phase is over, and nobody has done anything about it."""
    now = await hospitals.people["ada"].member.snapshot()
    assert now.round is not None
    end = now.round.deadline
    await hospitals.sandbox.chain.wait_until(unix_timestamp=end.time, slot=end.slot)


async def statuses(hospitals: Town, number: int, *names: str) -> list[str]:
    """What has become of evaluations."""
    found = [await hospitals.people[name].member.evaluation(number) for name in names]
    return [one[0].status.kind if one is not None else "none" for one in found]


async def test_it_scores_every_submission_with_all_that_was_shown(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, *TRAINERS)
        await until(hospitals, "Tally", *hospitals.people)
        await over(hospitals)
        async with turning(hospitals) as crank:
            assert await step(crank)
        listed = await hospitals.people["ada"].member.submissions(1)
        assert [one.scored for one in listed] == [True] * 5
        for name in ("ida", "jon", "kim"):
            found = await hospitals.people[name].member.evaluation(1)
            assert found is not None
            assert found[0].credits + found[0].strikes == 5


async def test_a_round_whose_scoring_was_interrupted_is_scored_to_the_end(tmp_path: Path) -> None:
    async with town(tmp_path, **ALONE) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.judges("ida")
        await until(hospitals, "Tally", *hospitals.people)
        await over(hospitals)
        ada, ida = (hospitals.people[name].member for name in ("ada", "ida"))
        one = ix.submission_score(ada.federation.address, 1, ada.participant, [ida.participant])
        await hospitals.sandbox.chain.send([one], [hospitals.creator])
        async with turning(hospitals) as crank:
            assert [await step(crank), await step(crank)] == [True, True]
            now = await crank.member.snapshot()
        assert now.round is not None
        assert (now.round.phase.kind, now.round.scored) == ("Aggregate", 2)


async def test_the_beacon_is_drawn_as_soon_as_it_can_be(tmp_path: Path) -> None:
    """On a cluster that forgets slot hashes, waiting for the phase's end would be too late."""
    async with town(tmp_path, **ALONE) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.judges("ida")
        now = await until(hospitals, "Score", *hospitals.people)
        assert now.round is not None
        assert now.clock.slot <= now.round.beacon_slot + 3


async def test_who_has_not_shown_is_punished_as_soon_as_it_is_too_late(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, "ada", "ben")
        hospitals.people["kim"] = acting_as(hospitals.people["kim"], Mute)
        await until(hospitals, "Tally", *hospitals.people)
        async with turning(hospitals) as crank:
            assert await step(crank)
        assert await statuses(hospitals, 1, "ida", "jon", "kim") == [
            "Revealed",
            "Revealed",
            "Faulted",
        ]
        assert await hospitals.stake_of("kim") == STAKE - STAKE // 10


async def test_a_fault_of_the_last_round_is_punished_though_the_next_one_is_open(
    tmp_path: Path,
) -> None:
    rules = SCORED | {"audit_one_in": 1, "score_band": 6_000}
    async with town(tmp_path, **rules) as hospitals:
        await gather(hospitals, "ada", "ben")
        await hospitals.joins("pia", plants=True)
        hospitals.people["kim"] = acting_as(hospitals.people["kim"], Lazy)
        await until(hospitals, "Settled", *hospitals.people)
        await until(hospitals, "Settled", *hospitals.people, number=2)
        ada = hospitals.people["ada"].member
        opening = ix.round_open(ada.federation.address, hospitals.creator.pubkey(), 3)
        await hospitals.sandbox.chain.send([opening], [hospitals.creator])
        assert await statuses(hospitals, 2, "kim") == ["Revealed"]
        async with turning(hospitals) as crank:
            assert await step(crank)
            assert await statuses(hospitals, 2, "kim") == ["Faulted"]
            assert [await step(crank), await step(crank)] == [True, False]
        assert await statuses(hospitals, 2, "kim") == ["none"]
        assert await hospitals.stake_of("kim") == STAKE - STAKE // 10


async def test_a_displaced_evaluation_is_closed_while_the_round_goes_on(tmp_path: Path) -> None:
    async with town(tmp_path, **ALONE | {"max_evaluators": 1}) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        for name in ("ida", "jon"):
            await hospitals.judges(name)
        now = await until(hospitals, "Score", "ada", "ben")
        assert now.round is not None
        jury = [evaluator_of(hospitals.people[name]) for name in ("ida", "jon")]
        low, high = by_ticket(jury, now.round)
        assert [await step(high), await step(low)] == [True, True]
        before = await hospitals.sandbox.chain.balance(high.member.owner)
        async with turning(hospitals) as crank:
            assert [await step(crank), await step(crank)] == [True, False]
        assert await high.member.evaluation(1) is None
        assert await low.member.evaluation(1) is not None
        assert await hospitals.sandbox.chain.balance(high.member.owner) > before


async def test_evaluations_of_a_round_that_failed_are_closed_for_their_owners(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, "ada", "ben")
        for name in ("jon", "kim"):
            hospitals.people[name] = Membership(hospitals.people[name].member, ())
        await until(hospitals, "Aborted", *hospitals.people)
        async with turning(hospitals) as crank:
            assert [await step(crank), await step(crank)] == [True, False]
        me = await hospitals.people["ida"].member.me()
        assert me is not None
        assert (me.locked, me.duties, me.stake) == (0, 0, STAKE)
        assert await statuses(hospitals, 1, "ida") == ["none"]


@pytest.mark.parametrize("phase", ["Reveal", "Score", "ScoreReveal", "Tally", "Challenge"])
async def test_who_comes_too_late_does_no_harm(tmp_path: Path, phase: str) -> None:
    """Two cranks see the same moment: the second one finds it done, and says that it did nothing."""
    async with town(tmp_path, **ALONE) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.judges("ida")
        await until(hospitals, phase, *hospitals.people)
        await over(hospitals)
        async with turning(hospitals) as crank:
            now = await crank.member.snapshot()
            other = Crank(hospitals.people["ada"].member)
            assert [await other.step(now), await crank.step(now)] == [True, False]
