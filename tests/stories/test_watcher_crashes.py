"""The watcher's process dies at every moment at which it talks to the chain, and is started again.

Each time it ends as if nothing had happened: one conviction, the same tokens, no bond left anywhere.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fedsol.demo.cheats import WrongAggregator, withholding
from fedsol.roles import Answerer, Member, Role, Trainer, Watcher
from fedsol.roles.member import Snapshot
from tests.stories.mortal import READS, SENDS, Died, How, MortalChain
from tests.stories.watched import BUDGET, LARGE, SEARCHABLE, STAKE, Watched, watched


@dataclass
class Restarting:
    """A watcher whose process dies once, at the n-th talk, and is started again."""

    town: Watched
    dies_at: int
    how: How
    died: bool = False
    watcher: Watcher = field(init=False)

    def __post_init__(self) -> None:
        chain = self.town.federation.chain
        talks = (*READS, *SENDS, "history")
        self.start(MortalChain(chain, dies_at=self.dies_at, how=self.how, talks=talks))

    def start(self, chain: Any) -> None:
        self.watcher = Watcher(self.town.observer("watcher", chain=chain), BUDGET)
        self.town.watcher = self.watcher

    @property
    def member(self) -> Member:
        return self.watcher.member

    async def step(self, now: Snapshot) -> bool:
        """One step, once something can be disputed; or death and another life."""
        if now.round is None or now.round.phase.kind not in ("Aggregate", "Challenge"):
            return False
        try:
            return await self.watcher.step(now)
        except Died:
            self.died = True
            self.watcher.member.journal.close()
            self.start(self.town.federation.chain)
            return True


def wrong_model(town: Watched) -> dict[str, Sequence[Role]]:
    """Eve posts a model that is wrong in one coordinate."""
    member = town.people["eve"].member
    mine = [town.role("eve", Trainer), WrongAggregator(member, 400)]
    return {"eve": mine, **town.others_post_later("eve")}


def hidden_model(town: Watched) -> dict[str, Sequence[Role]]:
    """Eve does not publish it either, but shows every chunk that is asked for."""
    member = withholding(town.people["eve"].member)
    mine = [town.role("eve", Trainer), Answerer(member), WrongAggregator(member, 400)]
    return {"eve": mine, **town.others_post_later("eve")}


def hidden_update(town: Watched) -> dict[str, Sequence[Role]]:
    """Eve reveals an update and publishes nothing."""
    training = town.role("eve", Trainer).training
    return {"eve": [Trainer(withholding(town.people["eve"].member), training)]}


async def until_no_moment_is_left(
    folder: Path,
    how: How,
    cheat: Callable[[Watched], dict[str, Sequence[Role]]],
    check: Callable[[Watched], Awaitable[None]],
) -> int:
    """Kills the watcher at its first talk, its second, and so on; says how many there were."""
    moment = 0
    while True:
        moment += 1
        people = ("ada", "ben", "eve")
        async with watched(folder / str(moment), *people, model=LARGE, **SEARCHABLE) as town:
            town.watcher.member.journal.close()
            restarting = Restarting(town, moment, how)
            await town.round([restarting], **cheat(town))
            assert (await town.person("eve")).offences == 1
            await check(town)
            await town.assert_right_model()
            await town.assert_nothing_open()
            if not restarting.died:
                return moment - 1


@pytest.mark.slow
@pytest.mark.parametrize("how", ["signed", "after"])
async def test_a_proof_is_gone_on_with(tmp_path: Path, how: How) -> None:
    async def check(town: Watched) -> None:
        assert await town.gained() == 400
        assert await town.stake_of("eve") == STAKE - 2_000

    assert await until_no_moment_is_left(tmp_path, how, wrong_model, check) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("how", ["signed", "after"])
async def test_a_demand_is_made_once(tmp_path: Path, how: How) -> None:
    async def check(town: Watched) -> None:
        assert await town.gained() == 300
        assert await town.stake_of("eve") == STAKE - 1_500

    assert await until_no_moment_is_left(tmp_path, how, hidden_update, check) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("how", ["signed", "after"])
async def test_no_answer_is_lost(tmp_path: Path, how: How) -> None:
    """What a demand cost is not paid twice: every answer is used, whenever the watcher died."""

    async def check(town: Watched) -> None:
        lost = sum(one.bond for one in town.watcher.notebook.entries if one.outcome == "lost")
        demands = sum(one.outcome == "lost" for one in town.watcher.notebook.entries)
        assert lost == sum(100 * (k + 1) for k in range(demands))
        answered = sum(20 * (k + 1) for k in range(demands))
        won = (1_000 + -(-(2_000 + answered) // 2)) // 5
        assert await town.gained() == won - lost

    assert await until_no_moment_is_left(tmp_path, how, hidden_model, check) >= 10
