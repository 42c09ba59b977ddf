"""A verdict names everybody whom it touches, whoever posted and wherever they stand in the list."""

from pathlib import Path

import pytest

from fedsol.artifacts import ArtifactStore
from fedsol.demo.cheats import tree_with_sums
from fedsol.program.instructions.participant import AGGREGATOR
from fedsol.roles import Journal, Member
from fedsol.roles.claims import Proof
from fedsol.roles.proving import Prover
from fedsol.roles.scene import read_scene
from fedsol.roles.update_checks import Posted, check_update
from tests.world import World, key_of, open_world

SMALL_STAKE = 2_500  # after a fraud it is less than an aggregator needs
PURSE = 1_000


async def bring_people(world: World) -> None:
    """Alice, Bob, Carol and Dave, in this order in the list of aggregators."""
    await world.actor("alice", stake=SMALL_STAKE)
    await world.actors("bob")
    await world.actor("carol", stake=2_100)
    await world.actor("dave", roles=AGGREGATOR)
    await world.wallet("eve", stake=PURSE)


async def convict_alice(world: World, folder: Path) -> None:
    """Eve proves that alice's norm lies, in one transaction."""
    key = key_of("eve")
    journal = Journal(folder, key.pubkey(), world.ref.address).open()
    eve = Member(world.chain, world.ref, key, ArtifactStore(str(folder / "store")), journal)
    scene = await read_scene(world.chain, world.ref, await eve.snapshot())
    assert world.numbers is not None
    address = world.submission_at("alice")
    posted = Posted.of(address, scene.submissions[address], scene.round)
    proof = check_update(posted, world.numbers.learnt("alice", 1).values, [])
    assert isinstance(proof, Proof)
    assert len(await Prover(eve).accuse(scene, proof)) == 1
    journal.close()


async def reach_challenge(poster: str, seed: int, *, silent: tuple[str, ...] = ()) -> World | None:
    """A world in which alice's update lies and ``poster`` has posted; None if chance wants another."""
    async with open_world(real=True, seed=f"{poster} {seed}".encode()) as world:
        await bring_people(world)
        numbers = world.numbers
        assert numbers is not None
        values = numbers.learnt("alice", 1).values
        numbers.learn("alice", 1, values, tree_with_sums(values, [7]))
        await world.reach("Aggregate", silent=silent)
        if await world.chosen() != poster:
            return None
        await world.reach("Challenge")
        return world


async def world_with(poster: str, *, silent: tuple[str, ...] = ()) -> World:
    for seed in range(30):
        world = await reach_challenge(poster, seed, silent=silent)
        if world is not None:
            return world
    raise AssertionError(f"{poster} was never chosen")


@pytest.mark.parametrize("poster", ["alice", "bob", "carol", "dave"])
async def test_who_lies_leaves_the_list_and_the_poster_gets_its_bond_back(
    tmp_path: Path, poster: str
) -> None:
    world = await world_with(poster)
    await convict_alice(world, tmp_path)
    assert not (await world.participant("alice")).listed
    assert world.listed(0) == "dave"
    assert (await world.participant(poster)).bonded == 0
    assert (await world.round()).attempt == 1
    assert (await world.federation()).aggregators == 3
    assert world.stake_tokens("eve") > PURSE


async def test_a_poster_that_lost_its_place_takes_the_place_of_who_lied(tmp_path: Path) -> None:
    """Carol was slashed meanwhile; her bond comes home, she is listed again, and so the last one."""
    world = await world_with("carol", silent=("carol",))
    await world.fault_no_reveal("eve", "carol", last="dave")
    assert not (await world.participant("carol")).listed
    await convict_alice(world, tmp_path)
    assert [world.listed(place) for place in range(3)] == ["carol", "bob", "dave"]
    assert not (await world.participant("alice")).listed
