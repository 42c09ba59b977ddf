"""Ada's process dies at every moment of a round at which it talks to the chain, and is started again.

The round ends as if nothing had happened: one commitment, one reveal, one payment, no slash.
"""

from pathlib import Path
from typing import Any

import pytest

from fedsol.roles import Aggregator, Crank, Journal, Member, Trainer, run_together
from fedsol.roles.member import Snapshot
from tests.stories.cast import POOL, STAKE, Town, town

MOMENTS = 16  # so often a trainer and aggregator talks to the chain in a round, at least


class Died(BaseException):
    """The process is gone: nothing after this point runs."""


class MortalChain:
    """A chain on which the n-th talk is the last one, before it takes effect or right after."""

    def __init__(self, chain: Any, *, dies_at: int, after: bool) -> None:
        self._chain, self._left, self._after = chain, dies_at, after

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._chain, name)
        if name not in ("account", "accounts", "program_accounts", "clock", "send", "resume"):
            return call

        async def talk(*args: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                await self._die_signing(name, args, named)
            result = await call(*args, **named)
            if self._left == 0:
                raise Died
            return result

        return talk

    async def _die_signing(self, name: str, args: Any, named: Any) -> None:
        """Dies after the signed bytes were kept, before they are sent."""
        keep = named.get("before_send")
        if name == "send" and keep is not None:

            async def keep_and_die(*signed: Any) -> None:
                await keep(*signed)
                raise Died

            await self._chain.send(*args, **{**named, "before_send": keep_and_die})
        raise Died


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_trainer_that_dies_and_restarts_ends_where_it_would_have(
    tmp_path: Path, after: bool
) -> None:
    for moment in range(1, MOMENTS + 1):
        async with town(tmp_path / str(moment)) as hospitals:
            for name in ("ada", "ben"):
                await hospitals.joins(name)
            died = await _round_with_a_death(hospitals, moment, after=after)
            account = await hospitals.federation.account()
            ada = await hospitals.people["ada"].member.me()
            assert ada is not None
            assert (ada.offences, ada.locked, ada.duties, ada.revealed) == (0, 0, 0, 1)
            assert (ada.stake, ada.rewarded) == (STAKE, POOL // 2)
            assert account.reward_owed == 0
            await hospitals.assert_audit()
            assert died, f"the round has no moment {moment}"


async def _round_with_a_death(hospitals: Town, moment: int, *, after: bool) -> bool:
    """Runs one round in which Ada's process dies once and is started again; says whether it did."""
    federation = hospitals.federation
    crank = Crank(federation.member(hospitals.creator), opens=True, rounds=1)
    ada, ben = hospitals.people["ada"], hospitals.people["ben"]
    mortal: Any = MortalChain(federation.chain, dies_at=moment, after=after)

    def ended(now: Snapshot) -> bool:
        return now.federation.round == 1 and not now.federation.round_active

    def ada_over(chain: Any) -> list[Trainer | Aggregator]:
        journals[-1].close()
        journals.append(Journal(federation.state, ada.owner, federation.ref.address).open())
        journal = journals[-1]
        member = Member(chain, federation.ref, ada.member.key, federation.artifacts, journal)
        training = next(role.training for role in ada.roles if isinstance(role, Trainer))
        return [Trainer(member, training), Aggregator(member)]

    journals = [ada.member.journal]
    died, mine = False, ada_over(mortal)
    while True:
        try:
            now = await run_together([crank, *mine, *ben.roles], until=ended)
            for role in [*mine, *ben.roles]:
                while await role.step(now):
                    now = await crank.member.snapshot()
            journals[-1].close()
            ada.member.journal.open()
            return died
        except Died:
            died, mine = True, ada_over(federation.chain)
