"""Nobody says two things in one round: there is one account for each, and the second is refused."""

from __future__ import annotations

from fedsol.errors import ProgramError
from fedsol.program import errors
from tests.program.disputing import open_court
from tests.program.expect import ALREADY_THERE
from tests.world import EVALUATORS, digest


async def test_nobody_commits_twice() -> None:
    async with open_court() as world:
        await world.round_open()
        await world.round_commit("alice")
        again = world.round_commit("alice", hash=digest("another"))
        await world.refuses(again, ProgramError, name=ALREADY_THERE)
        await world.refuses(world.round_commit("alice"), ProgramError, name=ALREADY_THERE)


async def test_nobody_shows_another_update_than_was_committed_nor_twice() -> None:
    async with open_court() as world:
        await world.reach("Reveal")
        other = world.round_reveal("alice", update=world.update("bob"))
        await world.refuses(other, errors.CommitmentMismatch)
        await world.round_reveal("alice")
        await world.refuses(world.round_reveal("alice"), errors.WrongSubmissionStatus)


async def test_nobody_commits_to_scores_twice_nor_shows_others() -> None:
    async with open_court(scored=True) as world:
        await world.reach("Score")
        await world.draw()
        await world.score_commit("eva", scores=(1, 2))
        again = world.score_commit("eva", scores=(3, 4))
        await world.refuses(again, ProgramError, name=ALREADY_THERE)
        for who in EVALUATORS[1:]:
            await world.score_commit(who, scores=(1, 2))
        await world.pass_phase()
        await world.round_advance()
        other = world.score_reveal("eva", scores=(3, 4))
        await world.refuses(other, errors.CommitmentMismatch)


async def test_nobody_posts_twice() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        await world.refuses(world.round_aggregate(poster), errors.WrongPhase)
        other = next(who for who in ("alice", "bob", "carol") if who != poster)
        await world.refuses(world.round_aggregate(other), errors.WrongPhase)
