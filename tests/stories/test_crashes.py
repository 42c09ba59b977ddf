"""Ada's process dies at every moment of a round at which it talks to the chain, and is started again.

The round ends as if nothing had happened: one commitment, one reveal, one payment, no slash.
"""

from pathlib import Path
from typing import Any

import pytest

from fedsol.roles import Aggregator, Crank, Journal, Member, Trainer, run_together
from fedsol.roles.member import Snapshot
from tests.stories.cast import POOL, STAKE, Town, town
from tests.stories.mortal import Died, How, MortalChain

MOMENTS = 16  # so often a trainer and aggregator talks to the chain in a round, at least


@pytest.mark.parametrize("how", ["signed", "after"])
async def test_a_trainer_that_dies_and_restarts_ends_where_it_would_have(
    tmp_path: Path, how: How
) -> None:
    for moment in range(1, MOMENTS + 1):
        async with town(tmp_path / str(moment)) as hospitals:
            for name in ("ada", "ben"):
                await hospitals.joins(name)
            died = await _round_with_a_death(hospitals, moment, how)
            account = await hospitals.federation.account()
            ada = await hospitals.people["ada"].member.me()
            assert ada is not None
            assert (ada.offences, ada.locked, ada.duties, ada.revealed) == (0, 0, 0, 1)
            assert (ada.stake, ada.rewarded) == (STAKE, POOL // 2)
            assert account.reward_owed == 0
            await hospitals.assert_audit()
            assert died, f"the round has no moment {moment}"


async def _round_with_a_death(hospitals: Town, moment: int, how: How) -> bool:
    """Runs one round in which Ada's process dies once and is started again; says whether it did."""
    federation = hospitals.federation
    crank = Crank(federation.member(hospitals.creator), opens=True, rounds=1)
    ada, ben = hospitals.people["ada"], hospitals.people["ben"]
    mortal: Any = MortalChain(federation.chain, dies_at=moment, how=how)

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
