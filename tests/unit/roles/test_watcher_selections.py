"""What a watcher makes of a selection: the cheapest proof, and never one against an honest one."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from fedsol.artifacts import ArtifactStore
from fedsol.learning.selection import Selection, decode_selection
from fedsol.program import errors as failed
from fedsol.program import instructions as ix
from fedsol.roles import Journal, Member
from fedsol.roles.claims import Doubt, Proof
from fedsol.roles.disputes import Shown
from fedsol.roles.proving import Prover
from fedsol.roles.rules import selection_rule_of
from fedsol.roles.scene import Scene, read_scene
from fedsol.roles.selection_checks import Judged
from tests.program.selecting import (
    TRAINERS,
    open_selecting,
    post,
    reweighted,
    true_selection,
    with_entry,
)
from tests.world import World, key_of

SIZE = 1_400  # eleven chunks of an update: six transactions for two of them


def judged(world: World, scene: Scene) -> Judged:
    """The posted selection, judged anew."""
    assert world.numbers is not None
    rule, posted = selection_rule_of(scene.round.params.rule), scene.round.selection
    assert rule is not None
    assert posted is not None
    accepted = scene.accepted.values()
    names = [world.name_of(one.participant) for one in accepted]
    return Judged(
        rule=rule,
        updates=np.stack([world.numbers.learnt(name, world.number).values for name in names]),
        indices=tuple(one.index for one in accepted),
        addresses=tuple(world.submission_at(name) for name in TRAINERS),
        accused=scene.round.aggregator,
        posted=bytes(posted.root),
    )


@asynccontextmanager
async def eve_in(world: World, folder: Path) -> AsyncIterator[Member]:
    """A stranger who watches."""
    key = key_of("eve")
    journal = Journal(folder, key.pubkey(), world.ref.address).open()
    yield Member(world.chain, world.ref, key, ArtifactStore(str(folder / "store")), journal)
    journal.close()


async def scene_of(world: World, eve: Member) -> Scene:
    return await read_scene(world.chain, world.ref, await eve.snapshot())


def all_of(one: Judged, selection: Selection) -> Mapping[int, Shown]:
    known = one.read(selection.encoded)
    assert known is not None
    return known


async def test_each_way_to_select_wrongly_is_proved_as_cheaply_as_it_can(tmp_path: Path) -> None:
    for place, (change, kind) in enumerate(
        [
            (lambda true: reweighted(true, 0), "WrongWeights"),
            (lambda true: reweighted(true, 0, len(TRAINERS) - 1), "WrongSelection"),
            (lambda true: with_entry(true, 1, 3), "WrongDistance"),
            (lambda true: true, None),
        ]
    ):
        async with open_selecting() as world, eve_in(world, tmp_path / str(place)) as eve:
            selection = change(await true_selection(world))
            await post(world, selection)
            one = judged(world, await scene_of(world, eve))
            claim = one.check(all_of(one, selection))
            assert kind == (claim.kind.kind if isinstance(claim, Proof) else None)
            assert one.read(selection.encoded[:-1] + b"\1") is None, "other bytes than posted"


async def test_what_cannot_be_had_is_asked_for_chunk_by_chunk_until_it_is_proved(
    tmp_path: Path,
) -> None:
    async with open_selecting() as world, eve_in(world, tmp_path) as eve:
        false = with_entry(await true_selection(world), 4, 2)
        await post(world, false)
        one = judged(world, await scene_of(world, eve))
        whole, known = all_of(one, false), {}
        asked = []
        while isinstance(claim := one.check(known), Doubt):
            assert (claim.of_selection, claim.chunk in known) == (True, False)
            known[claim.chunk] = whole[claim.chunk]
            asked.append(claim.chunk)
        assert isinstance(claim, Proof)
        assert claim.kind.kind == "WrongDistance"
        assert asked[0] == 0, "the weights first"
        # Seven chunks: each path tells in which half the rest of the lie is.
        assert len(asked) <= 4


async def test_a_stream_goes_on_where_the_challenge_is(tmp_path: Path) -> None:
    async with (
        open_selecting(size=SIZE, max_norm_squared=2**40) as world,
        eve_in(world, tmp_path) as eve,
    ):
        number = world.number + 1
        assert world.numbers is not None
        for who in TRAINERS:
            values = world.numbers.learnt(who, number).values
            world.numbers.learn(who, number, np.resize(values, SIZE))
        false = with_entry(await true_selection(world), 1, 3)
        await post(world, false)
        scene = await scene_of(world, eve)
        one = judged(world, scene)
        proof, prover = one.check(all_of(one, false)), Prover(eve)
        assert isinstance(proof, Proof)
        opening = ix.challenge_open(world.ref, world.number, eve.owner, proof.kind)
        await world.chain.send([opening], [eve.key])
        pieces = prover._missing(scene, proof, None)
        assert (len(pieces.first), len(pieces.steps), len(pieces.stream)) == (1, 0, 6)
        for done, piece in enumerate(pieces.stream):
            (dispute,) = (await scene_of(world, eve)).disputes
            assert prover._missing(scene, proof, dispute).stream == pieces.stream[done:]
            await world.chain.send([piece], [eve.key])
            if 0 < done < len(pieces.stream) - 1:
                # Sent again by a process that died, it is not counted twice.
                with pytest.raises(failed.EvidenceOutOfOrder):
                    await world.chain.send([piece], [eve.key])
        (dispute,) = (await scene_of(world, eve)).disputes
        assert prover._missing(scene, proof, dispute).stream == []
        await prover.go_on(scene, proof, dispute)
        assert world.stake_tokens("eve") > 1_000


async def test_bytes_of_a_selection_are_read_as_they_were_posted(tmp_path: Path) -> None:
    async with open_selecting() as world, eve_in(world, tmp_path) as eve:
        true = await true_selection(world)
        await post(world)
        one = judged(world, await scene_of(world, eve))
        assert one.is_right
        again = decode_selection(true.encoded, len(TRAINERS), with_table=True)
        weights = one.weights({})
        assert weights is not None
        assert weights[: len(TRAINERS)].tolist() == again.weights.tolist()
