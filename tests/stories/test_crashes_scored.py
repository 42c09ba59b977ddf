"""An evaluator's or a planter's process dies whenever it sends something, and is started again.

The rounds end as if nothing had happened: no slash, no scores lost, nothing told twice. Between two
things that it sends a process only reads: to die there is to die before the next one.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fedsol.membership import Membership
from fedsol.program.commitment import audit_commitment
from fedsol.roles import Crank, Journal, Member, Role, run_together
from fedsol.roles.member import Snapshot
from tests.stories.cast import POOL, STAKE, Town, town
from tests.stories.jury import SCORED
from tests.stories.mortal import SENDS, Died, How, MortalChain

HOWS: tuple[How, ...] = ("before", "signed", "after")
RULES = SCORED | {"audit_one_in": 1}


@pytest.mark.slow
@pytest.mark.parametrize("how", HOWS)
async def test_an_evaluator_that_dies_and_restarts_ends_where_it_would_have(
    tmp_path: Path, how: How
) -> None:
    for moment in count(1):
        async with town(tmp_path / str(moment), **RULES) as hospitals:
            for name in ("ada", "ben"):
                await hospitals.joins(name)
            for name in ("ida", "jon"):
                await hospitals.judges(name)
            died = await play(hospitals, "ida", moment, how, rounds=1)
            ida = hospitals.people["ida"].member
            me = await ida.me()
            assert me is not None
            assert (me.offences, me.locked, me.duties, me.evaluated) == (0, 0, 0, 1)
            assert (me.stake, me.rewarded) == (STAKE, POOL // 10 // 2)
            assert (await hospitals.federation.account()).reward_owed == 0
            assert [one.name for one in ida.journal.folder.iterdir()] == ["lock"]
        if not died:
            break
    assert moment == 4, "it commits, shows and leaves"


@pytest.mark.slow
@pytest.mark.parametrize("how", HOWS)
async def test_a_planter_that_dies_and_restarts_ends_where_it_would_have(
    tmp_path: Path, how: How
) -> None:
    for moment in count(1):
        async with town(tmp_path / str(moment), **RULES) as hospitals:
            for name in ("ada", "ben"):
                await hospitals.joins(name)
            await hospitals.joins("pia", plants=True, aggregates=False)
            for name in ("ida", "jon"):
                await hospitals.judges(name)
            died = await play(hospitals, "pia", moment, how, rounds=2)
            await assert_planted_once(hospitals)
        if not died:
            break
    assert moment == 10, "it arms twice, tells once, and twice commits, reveals and leaves"


async def assert_planted_once(hospitals: Town) -> None:
    pia = hospitals.people["pia"].member
    me, second = await pia.me(), await pia.round(2)
    assert me is not None
    assert second is not None
    assert (me.stake, me.offences, me.locked, me.duties, me.revealed) == (STAKE, 0, 0, 0, 2)
    assert (second.phase.kind, second.planted, second.accepted) == ("Settled", 1, 2)
    for name in ("ida", "jon"):
        assert await hospitals.stake_of(name) == STAKE
    audit = pia.journal.recall_audit()
    assert audit is not None
    genesis = bytes((await hospitals.federation.account()).genesis)
    where = (genesis, pia.federation.address, pia.participant)
    armed = audit_commitment(*where, bytes.fromhex(audit.secret))
    assert (audit.told, bytes(me.audit_commitment)) == (False, armed)


async def play(hospitals: Town, name: str, moment: int, how: How, *, rounds: int) -> bool:
    """Runs rounds in which somebody's process dies once and is started again; says whether it did."""
    federation = hospitals.federation
    crank = Crank(federation.member(hospitals.creator), opens=True, rounds=rounds)
    others = [role for who, one in hospitals.people.items() if who != name for role in one.roles]
    mortal = MortalChain(federation.chain, dies_at=moment, how=how, talks=SENDS)
    mine, died = started(hospitals, name, mortal), False

    def ended(now: Snapshot) -> bool:
        return now.federation.round == rounds and not now.federation.round_active

    while True:
        try:
            now = await run_together([crank, *mine, *others], until=ended)
            for role in [crank, *mine, *others]:
                while await role.step(now):
                    now = await crank.member.snapshot()
            return died
        except Died:
            died, mine = True, started(hospitals, name, federation.chain)


def started(hospitals: Town, name: str, chain: Any) -> Sequence[Role]:
    """Somebody's roles in a new process, which knows what is on disk."""
    federation, one = hospitals.federation, hospitals.people[name]
    one.member.journal.close()
    journal = Journal(federation.state, one.owner, federation.ref.address).open()
    member = Member(chain, federation.ref, one.member.key, federation.artifacts, journal)
    roles = [replace(role, member=member) for role in one.roles]  # type: ignore[type-var]
    hospitals.people[name] = Membership(member, roles)
    return roles
