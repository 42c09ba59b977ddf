"""A planter: arms before it plants, and never plants with a secret that may be known."""

from dataclasses import replace
from pathlib import Path

import pytest

from fedsol.learning import plant_update
from fedsol.program.addresses import round_address
from fedsol.program.commitment import audit_commitment, plant_seed
from fedsol.roles import Crank, Trainer
from fedsol.roles.member import fetch_update
from fedsol.roles.memory import AuditMemory
from fedsol.roles.planter import Planter
from tests.stories.cast import Town, town
from tests.stories.mortal import Died, MortalChain
from tests.unit.roles.stage import ALONE, scoring, step, until

AUDITED = ALONE | {"audit_one_in": 1}


def trainer_of(hospitals: Town, name: str) -> Trainer:
    return next(role for role in hospitals.people[name].roles if isinstance(role, Trainer))


async def planting(hospitals: Town, phase: str) -> Trainer:
    """Pia, armed since round 1, in a phase of round 2; only she has not acted in that phase yet."""
    await hospitals.joins("ada")
    await hospitals.joins("pia", plants=True)
    await hospitals.judges("ida")
    await until(hospitals, "Settled", *hospitals.people)
    await until(hospitals, phase, *hospitals.people, number=2)
    return trainer_of(hospitals, "pia")


async def armed_with(trainer: Trainer) -> bytes:
    """What a trainer armed itself with, on chain."""
    me = await trainer.member.me()
    assert me is not None
    return bytes(me.audit_commitment)


async def hidden(hospitals: Town, trainer: Trainer, secret: str) -> bytes:
    """The commitment to a secret."""
    genesis = bytes((await hospitals.federation.account()).genesis)
    where = genesis, trainer.member.federation.address, trainer.member.participant
    return audit_commitment(*where, bytes.fromhex(secret))


async def opened(hospitals: Town) -> None:
    crank = Crank(hospitals.federation.member(hospitals.creator), opens=True)
    assert await step(crank)
    crank.member.journal.close()


async def test_it_arms_before_it_trains_and_once(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        await hospitals.joins("pia", plants=True)
        await opened(hospitals)
        pia = trainer_of(hospitals, "pia")
        assert [await step(pia), await step(pia), await step(pia)] == [True, True, False]
        audit = pia.member.journal.recall_audit()
        assert audit is not None
        assert await armed_with(pia) == await hidden(hospitals, pia, audit.secret)
        memory = pia.member.journal.recall(1)
        assert memory is not None
        assert (memory.secret, memory.amplitude) == ("", 0)


@pytest.mark.parametrize("rules", [{}, AUDITED | {"audit_one_in": 0}])
async def test_it_does_not_arm_where_nobody_scores_or_nobody_may_plant(
    tmp_path: Path, rules: dict[str, object]
) -> None:
    async with town(tmp_path, **rules) as hospitals:
        await hospitals.joins("pia", plants=True)
        await opened(hospitals)
        pia = trainer_of(hospitals, "pia")
        assert [await step(pia), await step(pia)] == [True, False]
        assert (await armed_with(pia), pia.member.journal.recall_audit()) == (bytes(32), None)


async def test_a_trainer_that_does_not_plant_is_never_armed(tmp_path: Path) -> None:
    async with scoring(tmp_path, "ada", "ben", **AUDITED) as hospitals:
        ada = trainer_of(hospitals, "ada")
        assert (await armed_with(ada), ada.member.journal.recall_audit()) == (bytes(32), None)


async def test_what_it_plants_follows_from_the_secret_and_the_round(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        pia = await planting(hospitals, "Score")
        audit, memory = pia.member.journal.recall_audit(), pia.member.journal.recall(2)
        mine = await pia.member.submission(2, pia.member.participant)
        assert audit is not None
        assert memory is not None
        assert mine is not None
        assert memory.secret == audit.secret
        size = (await hospitals.federation.account()).parameter_count
        published = await fetch_update(pia.member.artifacts, mine, size)
        seed = plant_seed(
            bytes.fromhex(audit.secret), round_address(pia.member.federation.address, 2)
        )
        assert published.tolist() == plant_update(seed, memory.amplitude, size).tolist()
        assert memory.amplitude > 0


async def test_a_secret_that_may_be_known_is_not_planted_with(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        pia = await planting(hospitals, "Commit")
        audit, now = pia.member.journal.recall_audit(), await pia.member.snapshot()
        me = await pia.member.me()
        assert audit is not None
        assert me is not None
        assert now.round is not None
        planter = Planter(pia.member)
        assert planter.pick(now.federation, now.round, me) == bytes.fromhex(audit.secret)
        pia.member.journal.remember_audit(replace(audit, told=True))
        assert planter.pick(now.federation, now.round, me) is None


async def test_it_tells_while_there_is_time_and_only_then(tmp_path: Path) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        pia = await planting(hospitals, "ScoreReveal")
        assert await step(pia) is False
        await until(hospitals, "Tally", "ada", "ida", number=2)
        assert [await step(pia), await step(pia)] == [True, False]
        mine = await pia.member.submission(2, pia.member.participant)
        assert mine is not None
        assert (mine.status.kind, await armed_with(pia)) == ("Planted", bytes(32))


async def test_a_secret_that_was_about_to_be_told_is_replaced_though_nobody_saw_it(
    tmp_path: Path,
) -> None:
    """It dies before it sends, and comes back when it is too late to tell."""
    async with town(tmp_path, **AUDITED) as hospitals:
        pia = await planting(hospitals, "ScoreReveal")
        secret = pia.member.journal.recall_audit()
        assert secret is not None
        await until(hospitals, "Tally", "ada", "ida", number=2)
        chain = MortalChain(pia.member.chain, dies_at=1, how="before", talks=("send",))
        dying = replace(pia, member=replace(pia.member, chain=chain))  # type: ignore[arg-type]
        with pytest.raises(Died):
            await step(dying)
        assert pia.member.journal.recall_audit() == AuditMemory(secret.secret, told=True)
        await until(hospitals, "Aggregate", "ida", number=2)
        assert await armed_with(pia) == await hidden(hospitals, pia, secret.secret)
        await until(hospitals, "Commit", *hospitals.people, number=3)
        while await step(pia):
            pass
        fresh = pia.member.journal.recall_audit()
        assert fresh is not None
        assert fresh.secret != secret.secret
        assert (fresh.told, await armed_with(pia)) == (
            False,
            await hidden(hospitals, pia, fresh.secret),
        )
        memory = pia.member.journal.recall(3)
        assert memory is not None
        assert memory.secret == ""


async def test_who_lost_the_secret_arms_anew_and_does_not_plant_in_this_round(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, **AUDITED) as hospitals:
        pia = await planting(hospitals, "Commit")
        (pia.member.journal.folder / "audit.json").unlink()
        before = await armed_with(pia)
        while await step(pia):
            pass
        memory = pia.member.journal.recall(2)
        assert memory is not None
        assert (memory.secret, await armed_with(pia) != before) == ("", True)
