"""A proof is sent once: what is there is not sent again, and what fits is one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from fedsol.artifacts import ArtifactStore
from fedsol.chain import Landed
from fedsol.demo.cheats import tree_with_sums
from fedsol.program import errors as failed
from fedsol.program import instructions as ix
from fedsol.roles import Journal, Member
from fedsol.roles.aggregate_checks import Recount
from fedsol.roles.claims import Claim, Proof
from fedsol.roles.disputes import Shown
from fedsol.roles.outcomes import ended_in
from fedsol.roles.proving import Prover
from fedsol.roles.rules import rule_of, scale_of
from fedsol.roles.scene import Scene, read_scene
from fedsol.roles.update_checks import Posted, check_update, find_copies
from fedsol.roles.verdicts import due_end, ending_steps
from tests.world import World, key_of, open_world

PURSE = 1_000
SIZE = 700  # six chunks of an update, eleven of a model


@dataclass
class Court:
    """A world in which Eve proves what is wrong."""

    world: World
    eve: Member

    async def scene(self) -> Scene:
        return await read_scene(self.world.chain, self.world.ref, await self.eve.snapshot())

    async def accuse(self, claim: Claim | None) -> list[Landed]:
        assert isinstance(claim, Proof)
        return await Prover(self.eve).accuse(await self.scene(), claim)

    async def wrong_aggregate(self, coordinate: int) -> Proof:
        """Lets somebody post a model that is wrong there; the proof."""
        world, numbers = self.world, self.world.numbers
        assert numbers is not None
        await world.reach("Aggregate")
        wrong = numbers.true_model(world, 1).values.copy()
        wrong[coordinate] ^= 1
        posted = numbers.post(1, wrong)
        await world.reach("Challenge")
        scene = await self.scene()
        names = [world.name_of(one.participant) for one in scene.accepted.values()]
        recount = Recount(
            base=numbers.base(1).values,
            updates=np.stack([numbers.learnt(name, 1).values for name in names]),
            weights=np.array([one.weight for one in scene.accepted.values()], np.uint32),
            rule=rule_of(scene.round.params.rule),
            scale=scale_of(scene.round),
            submissions=tuple(scene.accepted),
            indices=tuple(one.index for one in scene.accepted.values()),
            accused=scene.round.aggregator,
            posted=posted.root,
        )
        chunk = coordinate // 64
        return recount.prove(coordinate, Shown(chunk, posted.chunk(chunk), posted.path(chunk)))

    async def check(self, name: str) -> Claim | None:
        """What is wrong with somebody's update."""
        scene, address = await self.scene(), self.world.submission_at(name)
        posted = Posted.of(address, scene.submissions[address], scene.round)
        assert self.world.numbers is not None
        return check_update(posted, self.world.numbers.learnt(name, 1).values, [])


@asynccontextmanager
async def court(folder: Path, size: int = SIZE) -> AsyncIterator[Court]:
    async with open_world("alice", "bob", real=True, parameter_count=size) as world:
        await world.wallet("eve", stake=PURSE)
        key = key_of("eve")
        journal = Journal(folder, key.pubkey(), world.ref.address).open()
        store = ArtifactStore(str(folder / "store"))
        yield Court(world, Member(world.chain, world.ref, key, store, journal))
        journal.close()


async def test_what_is_there_already_is_not_sent_again(tmp_path: Path) -> None:
    async with court(tmp_path) as here:
        proof = await here.wrong_aggregate(200)
        prover, scene = Prover(here.eve), await here.scene()
        opening = ix.challenge_open(here.world.ref, 1, here.eve.owner, proof.kind)
        await here.world.chain.send([opening], [here.eve.key])
        pieces = prover._missing(scene, proof, None).steps
        assert len(pieces) == 4
        for done in range(4):
            (dispute,) = (await here.scene()).disputes
            assert prover._missing(scene, proof, dispute).steps == pieces[done:]
            assert not dispute.is_complete
            await here.world.chain.send([pieces[done]], [here.eve.key])
        (dispute,) = (await here.scene()).disputes
        assert prover._missing(scene, proof, dispute).steps == []
        assert dispute.is_complete
        assert due_end(await here.scene(), dispute) == "resolve"
        landed = await prover.go_on(scene, proof, dispute)
        assert len(landed) == 1
        assert here.world.stake_tokens("eve") > PURSE


async def test_what_a_process_that_died_has_sent_is_no_obstacle(tmp_path: Path) -> None:
    """Its values came between our look and our transactions."""
    async with court(tmp_path) as here:
        proof = await here.wrong_aggregate(200)
        prover, scene = Prover(here.eve), await here.scene()
        opening = ix.challenge_open(here.world.ref, 1, here.eve.owner, proof.kind)
        await here.world.chain.send([opening], [here.eve.key])
        (before,) = (await here.scene()).disputes
        for step in prover._missing(scene, proof, None).steps[:2]:
            await here.world.chain.send([step], [here.eve.key])
        await prover.go_on(scene, proof, before)
        assert here.world.stake_tokens("eve") > PURSE


async def test_a_lying_norm_is_one_transaction(tmp_path: Path) -> None:
    async with court(tmp_path, size=100) as here:
        numbers = here.world.numbers
        assert numbers is not None
        await here.world.round_open()
        values = numbers.learnt("alice", 1).values
        numbers.learn("alice", 1, values, tree_with_sums(values, [7]))
        await here.world.reach("Challenge")
        (landed,) = await here.accuse(await here.check("alice"))
        ended = ended_in(landed.logs, Prover(here.eve).address(await here.scene(), None))
        assert ended is None  # it was about a submission
        target = here.world.submission_at("alice")
        ended = ended_in(landed.logs, Prover(here.eve).address(await here.scene(), target))
        assert ended is not None
        assert (ended.outcome, here.world.stake_tokens("eve")) == ("won", PURSE + ended.gained)
        assert (await here.scene()).disputes == []


async def test_a_copy_is_one_transaction_and_the_first_is_left_alone(tmp_path: Path) -> None:
    async with court(tmp_path) as here:
        numbers = here.world.numbers
        assert numbers is not None
        await here.world.round_open()
        numbers.learn("bob", 1, numbers.learnt("alice", 1).values)
        await here.world.reach("Challenge")
        (proof,) = find_copies(await here.scene())
        assert proof.target == here.world.submission_at("bob")
        assert proof.original == here.world.submission_at("alice")
        assert len(await here.accuse(proof)) == 1
        assert find_copies(await here.scene()) == []
        assert (await here.world.submission("alice")).status.kind == "Revealed"


async def test_a_verdict_before_its_time_is_refused_and_costs_nothing(tmp_path: Path) -> None:
    async with court(tmp_path) as here:
        proof = await here.wrong_aggregate(200)
        opening = ix.challenge_open(here.world.ref, 1, here.eve.owner, proof.kind)
        await here.world.chain.send([opening], [here.eve.key])
        scene = await here.scene()
        (dispute,) = scene.disputes
        assert due_end(scene, dispute) is None
        steps = await ending_steps(here.world.chain, here.world.ref, scene, dispute, "resolve")
        before = here.world.snapshot()
        with pytest.raises(failed.EvidenceMissing):
            await here.world.chain.send(steps, [here.eve.key])
        assert here.world.snapshot() == before
