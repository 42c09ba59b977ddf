"""Ada's process dies at every moment of a masked round at which it talks to the chain, and starts again.

Her messages come out the same, so that the sum is exact; and she never tells two stories of one round.
"""

from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fedsol.roles import Aggregator, Crank, Journal, Member, Trainer, run_together
from fedsol.roles.member import Snapshot
from tests.stories.cast import POOL, STAKE, Town
from tests.stories.masked_people import NAMES, Seen, masked_town
from tests.stories.mortal import Died, How, MortalChain

MOMENTS = 20  # so often a member talks to the chain in a masked round, at least; as aggregator more


@pytest.mark.parametrize("how", ["signed", "after"])
async def test_a_member_that_dies_and_restarts_ends_where_it_would_have(
    tmp_path: Path, how: How
) -> None:
    for moment in count(1):
        async with masked_town(tmp_path / str(moment)) as hospitals:
            seen = Seen(hospitals)
            died = await _round_with_a_death(hospitals, seen, moment, how)
            ada = await hospitals.people["ada"].member.me()
            assert ada is not None
            assert (ada.offences, ada.locked, ada.duties, ada.revealed) == (0, 0, 0, 1)
            assert (ada.stake, ada.rewarded) == (STAKE, POOL // 4)
            assert np.array_equal(await hospitals.federation.model(), await seen.mean(*NAMES))
        if not died:
            break
    assert moment > MOMENTS


async def _round_with_a_death(hospitals: Town, seen: Seen, moment: int, how: How) -> bool:
    """Runs one round in which Ada's process dies once and is started again; says whether it did."""
    federation = hospitals.federation
    crank = Crank(federation.member(hospitals.creator), opens=True, rounds=1)
    ada = hospitals.people["ada"]
    others = [role for name in NAMES[1:] for role in hospitals.people[name].roles]
    mortal: Any = MortalChain(federation.chain, dies_at=moment, how=how)

    def ended(now: Snapshot) -> bool:
        return now.federation.round == 1 and not now.federation.round_active

    def ada_over(chain: Any) -> list[Trainer | Aggregator]:
        journals[-1].close()
        journals.append(Journal(federation.state, ada.owner, federation.ref.address).open())
        member = Member(chain, federation.ref, ada.member.key, federation.artifacts, journals[-1])
        training = next(role.training for role in ada.roles if isinstance(role, Trainer))
        return [Trainer(member, training), Aggregator(member)]

    journals = [ada.member.journal]
    died, mine = False, ada_over(mortal)
    while True:
        try:
            now = await run_together([crank, *mine, *others], until=ended, watch=seen)
            for role in [*mine, *others]:
                while await role.step(now):
                    now = await crank.member.snapshot()
            journals[-1].close()
            ada.member.journal.open()
            return died
        except Died:
            died, mine = True, ada_over(federation.chain)
