"""A model of millions of parameters: paths that no transaction holds, in pieces, with a death between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fedsol.artifacts import ArtifactStore, artifact_hash, encode_update
from fedsol.learning.merkle import UPDATE_VALUES, chunk_count, depth, verify_update
from fedsol.roles import Answerer, Journal, Member
from fedsol.roles.aggregate_checks import Recount
from fedsol.roles.answerer import Material, answering_steps
from fedsol.roles.claims import Doubt
from fedsol.roles.disputes import Shown
from fedsol.roles.memory import RoundMemory
from fedsol.roles.proving import Prover
from fedsol.roles.rules import rule_of, scale_of
from fedsol.roles.scene import Scene, read_scene
from fedsol.roles.update_checks import Posted
from tests.stories.mortal import SENDS, Died, MortalChain
from tests.world import STAKE, World, key_of, open_world

PARAMETERS = 17_000_000  # eighteen levels of an update's tree, in two pieces
PURSE = 5_000
LARGE: dict[str, Any] = {"parameter_count": PARAMETERS, "max_norm_squared": 2**48}

pytestmark = pytest.mark.slow


@asynccontextmanager
async def giant() -> AsyncIterator[World]:
    """A world with a giant model in which Eve watches."""
    async with open_world("alice", "bob", real=True, **LARGE) as world:
        await world.wallet("eve", stake=PURSE)
        yield world


def member(world: World, name: str, folder: Path, chain: Any = None) -> Member:
    key = key_of(name)
    journal = Journal(folder / "state", key.pubkey(), world.ref.address).open()
    store = ArtifactStore(str(folder / "store"))
    return Member(chain or world.chain, world.ref, key, store, journal)


async def scene_of(world: World, who: Member) -> Scene:
    return await read_scene(world.chain, world.ref, await who.snapshot())


def remember(world: World, who: Member, name: str) -> None:
    """What a trainer remembers of its update."""
    assert world.numbers is not None
    learnt = world.numbers.learnt(name, 1)
    data = encode_update(learnt.values)
    root = learnt.tree.root
    memory = RoundMemory(1, "00" * 32, root.hash.hex(), root.sum, artifact_hash(data).hex())
    who.journal.remember(memory, data)


async def test_a_long_path_is_answered_in_pieces_whatever_happens_between(tmp_path: Path) -> None:
    async with giant() as world:
        await world.reach("Challenge")
        eve, target = member(world, "eve", tmp_path / "eve"), world.submission_at("alice")
        doubt = Doubt(world.person("alice"), target, 77_777, "", narrows=False)
        await Prover(eve).demand(await scene_of(world, eve), doubt)
        mortal: Any = MortalChain(world.chain, dies_at=1, how="after", talks=SENDS)
        alice = member(world, "alice", tmp_path / "alice", mortal)
        remember(world, alice, "alice")
        with pytest.raises(Died):
            await Answerer(alice).step(await eve.snapshot())
        (begun,) = (await scene_of(world, eve)).disputes
        assert begun.account.ascent is not None
        assert begun.shown is None
        left = Material(
            world.numbers.learnt("alice", 1).values, world.numbers.learnt("alice", 1).tree
        )
        assert len(answering_steps(world.ref, 1, begun, left, owner=alice.owner)) == 1
        alice.journal.close()
        alice = member(world, "alice", tmp_path / "alice")
        assert await Answerer(alice).step(await alice.snapshot())
        assert not await Answerer(alice).step(await alice.snapshot())
        scene = await scene_of(world, eve)
        shown = scene.disputes[0].shown
        assert shown is not None
        posted = Posted.of(target, scene.submissions[target], scene.round)
        assert (shown.index, posted.holds(shown)) == (77_777, True)
        assert len(shown.siblings) == depth(chunk_count(PARAMETERS, UPDATE_VALUES)) == 18
        assert verify_update(posted.root, posted.chunks, shown.chunk, shown.path)
        alice.journal.close()
        eve.journal.close()


async def test_an_answer_that_was_begun_wrongly_is_begun_anew(tmp_path: Path) -> None:
    async with giant() as world:
        await world.reach("Challenge")
        eve, target = member(world, "eve", tmp_path / "eve"), world.submission_at("alice")
        doubt = Doubt(world.person("alice"), target, 5, "", narrows=False)
        await Prover(eve).demand(await scene_of(world, eve), doubt)
        alice = member(world, "alice", tmp_path / "alice")
        remember(world, alice, "alice")
        await world.demand_answer(
            "alice", "eve", chunk=bytes(256), siblings=[bytes(40)] * 3, target="alice"
        )
        assert await Answerer(alice).step(await alice.snapshot())
        (dispute,) = (await scene_of(world, eve)).disputes
        assert dispute.shown is not None
        alice.journal.close()
        eve.journal.close()


async def test_a_wrong_aggregate_is_proved_with_paths_in_pieces(tmp_path: Path) -> None:
    async with giant() as world:
        numbers = world.numbers
        assert numbers is not None
        await world.reach("Aggregate")
        coordinate = 16_999_999
        wrong = numbers.true_model(world, 1).values.copy()
        wrong[coordinate] ^= 1
        posted = numbers.post(1, wrong)
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        eve = member(world, "eve", tmp_path)
        scene = await scene_of(world, eve)
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
        shown = Shown(chunk, posted.chunk(chunk), posted.path(chunk))
        proof = recount.prove(coordinate, shown)
        landed = await Prover(eve).accuse(scene, proof)
        # Opened; two updates in two pieces each; both models; the verdict.
        assert len(landed) == 1 + 4 + 2 + 1
        assert (await world.round()).attempt == 1
        assert (await world.participant(poster)).stake < STAKE
        assert world.stake_tokens("eve") > PURSE
        eve.journal.close()
