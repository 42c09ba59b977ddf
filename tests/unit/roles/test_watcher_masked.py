"""A watcher in masked rounds: it makes pay what can be proved, and claims nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fedsol.artifacts import ArtifactStore, artifact_hash
from fedsol.errors import LearningError
from fedsol.learning import model_tree
from fedsol.learning.merkle import MODEL_VALUES, chunk_count, model_chunk
from fedsol.program.params import masked
from fedsol.roles import Journal, Member, Watcher
from fedsol.roles.claims import Doubt
from fedsol.roles.disputes import Shown
from fedsol.roles.inspecting_masked import MaskedSum
from fedsol.roles.scene import read_scene
from tests.program.court import PURSE, numbers
from tests.program.disputing import dispute
from tests.stories.watched import LARGE, watched
from tests.unit.audit.masking import FOUR, Masked, open_masked_court, play, store
from tests.world import World, key_of

NAMES = ("ada", "ben", "cem", "dee")
LAST = 4
"""The last chunk of masked words of 32 bits: 300 parameters have 600 values."""


@asynccontextmanager
async def watching(world: World, artifacts: ArtifactStore, folder: Path) -> AsyncIterator[Watcher]:
    """Eve, a stranger with a purse, watches a world."""
    key = key_of("eve")
    with Journal(folder, key.pubkey(), world.ref.address) as journal:
        member = Member(world.chain, world.ref, key, artifacts, journal)
        yield Watcher(member, PURSE)


async def steps(watcher: Watcher) -> int:
    """Lets a watcher act until it has nothing to do; how often it did something."""
    done = 0
    while await watcher.step(await watcher.member.snapshot()):
        done += 1
    return done


async def shared(world: World) -> Masked:
    """A round in which everybody is about to show something."""
    round_ = Masked(world)
    await round_.join(*FOUR)
    await round_.share(*FOUR)
    return round_


@pytest.mark.parametrize("qmax", [100, 32_767], ids=["words of 16 bits", "words of 32 bits"])
async def test_an_honest_masked_round_costs_the_watcher_nothing(tmp_path: Path, qmax: int) -> None:
    async with open_masked_court(qmax=qmax) as world:
        round_ = await play(world, silent=["dan"])
        await round_.aggregate()
        artifacts = await store(world, f"watched {qmax}", round_)
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 0
            assert watcher.metrics.value("checks_total", what="update") == 3
            assert watcher.metrics.value("checks_total", what="aggregate") == 1
            await assert_opens(world, watcher)
        assert await purse(world) == PURSE


async def test_honest_people_of_a_masked_federation_are_left_alone(tmp_path: Path) -> None:
    """The whole roles, and a model of several chunks."""
    rules: dict[str, Any] = {"rule": masked(), "min_submissions": 3, "max_submissions": 8}
    async with watched(tmp_path, *NAMES, model=LARGE, **rules) as one:
        result = await one.round()
        assert (result.settled, result.accepted) == (True, 4)
        assert await one.gained() == 0
        assert one.watcher.metrics.value("checks_total", what="update") == 4
        assert one.watcher.metrics.value("checks_total", what="aggregate") == 1
        await one.assert_nothing_open()


async def test_who_copies_masked_words_is_claimed_by_nobody_and_is_in_no_sum(
    tmp_path: Path,
) -> None:
    async with open_masked_court() as world:
        round_ = await shared(world)
        await round_.reveal(*FOUR, copies={"carol": "alice"})
        await round_.draw()
        artifacts = await store(world, "copied words", round_)
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 0
            await round_.aggregate()
            await round_.fill(artifacts)
            assert await steps(watcher) == 0
            assert watcher.metrics.value("checks_total", what="aggregate") == 1
            await assert_opens(world, watcher)
        assert await purse(world) == PURSE


async def test_a_sum_that_a_copy_has_spoilt_is_said_and_not_claimed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The copy was first: masks do not cancel, and nobody can say whose words they were."""
    async with open_masked_court() as world:
        round_ = await shared(world)
        await round_.reveal("carol", "alice", "bob", "dan", copies={"carol": "alice"})
        await round_.draw()
        await round_.aggregate()
        artifacts = await store(world, "spoilt sum", round_)
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 0
            assert "masked_sum_does_not_open" in caplog.text
            scene = await read_scene(world.chain, world.ref, await watcher.member.snapshot())
            # It does not answer for whoever posted that.
            assert await watcher.inspector.material(scene, None) is None
        assert await purse(world) == PURSE


async def test_a_lying_sum_of_masked_words_is_proved(tmp_path: Path) -> None:
    """The leaf that lies is the last one, which an open update of that size does not have."""
    async with open_masked_court() as world:
        round_ = await shared(world)
        await round_.reveal(*FOUR, lies={"bob": {LAST: 0}})
        await round_.draw()
        artifacts = await store(world, "lying words", round_)
        async with watching(world, artifacts, tmp_path) as watcher:
            for _ in range(8):
                await steps(watcher)
                case = dispute(world, "eve", "bob")
                if not world.exists(case.address):
                    break
                await case.answer_truly(_asked(case))
            assert watcher.metrics.value("challenges_won_total", kind="LyingNorm") == 1
        await assert_pays(world, "bob")


async def test_who_withholds_masked_words_is_convicted_for_its_silence(tmp_path: Path) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        artifacts = await without(world, "withheld words", round_, round_.words["bob"])
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 1
            world.pass_window(dispute(world, "eve", "bob").state.deadline)
            await steps(watcher)
            assert watcher.metrics.value("challenges_won_total", kind="Unavailable") == 1
        await assert_pays(world, "bob")


async def test_masked_words_that_were_shown_chunk_by_chunk_are_known(tmp_path: Path) -> None:
    """All five chunks, of 600 values: what was shown is put together, and published."""
    async with open_masked_court(challenge_bond=1) as world:
        round_ = await play(world)
        words = numbers(world).learnt("bob", 1)
        artifacts = await without(world, "shown words", round_, round_.words["bob"])
        async with watching(world, artifacts, tmp_path) as watcher:
            scene = await read_scene(world.chain, world.ref, await watcher.member.snapshot())
            await watcher.review(scene)
            target = world.submission_at("bob")
            for chunk in range(LAST + 1):
                shown = Shown(chunk, words.chunk(chunk), words.path(chunk))
                watcher.notebook.keep(target, 0, shown)
            assert await watcher.inspector.look(scene) == []
        assert await artifacts.get(words.artifact) == words.data


async def test_an_answer_is_kept_that_an_open_update_could_not_have(tmp_path: Path) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        artifacts = await without(world, "an answer", round_, round_.words["bob"])
        async with watching(world, artifacts, tmp_path) as watcher:
            case = dispute(world, "eve", "bob")
            await case.demand(LAST)
            await case.answer_truly(LAST)
            await watcher.review(
                await read_scene(world.chain, world.ref, await watcher.member.snapshot())
            )
            kept = watcher.notebook.shown(world.submission_at("bob"))
            assert [one.index for one in kept] == [LAST]


async def test_a_wrong_masked_model_is_said_and_not_claimed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate(wrong=1)
        artifacts = await store(world, "wrong sum", round_)
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 0
            assert "masked_sum_is_another" in caplog.text
            scene = await read_scene(world.chain, world.ref, await watcher.member.snapshot())
            with pytest.raises(LearningError, match="proved to nobody"):
                await watcher.inspector.prove(scene, 0)
            # Nor does it answer for whoever posted that.
            assert await watcher.inspector.material(scene, None) is None
        assert await purse(world) == PURSE


async def test_a_right_masked_model_that_is_withheld_is_published(tmp_path: Path) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate()
        right = numbers(world).models.pop(1)
        artifacts = await store(world, "hidden model", round_, without=[right.data])
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 0
        assert await artifacts.get(right.artifact) == right.data


async def test_a_model_that_nobody_can_make_or_read_is_demanded(tmp_path: Path) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate(wrong=1)
        hidden = numbers(world).models.pop(1)
        artifacts = await store(world, "secret model", round_, without=[hidden.data])
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 1
            assert watcher.metrics.value("demands_total") == 1
            assert dispute(world, "eve").state.kind.kind == "Unavailable"


async def test_an_opening_that_is_not_there_blames_nobody_whose_model_is(tmp_path: Path) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate()
        gone = round_.unmask().to_bytes()
        artifacts = await store(world, "no opening to watch", round_, without=[gone])
        async with watching(world, artifacts, tmp_path) as watcher:
            assert await steps(watcher) == 0
            assert not watcher.inspector.unsure


MODEL = np.arange(300, dtype=np.int32)


def shown_of(values: Any, chunks: Sequence[int]) -> list[Shown]:
    """Chunks of a model as its author shows them."""
    tree = model_tree(values)
    return [Shown(i, model_chunk(values, i), tree.prove(i).siblings) for i in chunks]


def test_only_bytes_that_nobody_has_are_asked_for() -> None:
    chunks = chunk_count(MODEL.size, MODEL_VALUES)
    closed = MaskedSum(None, key_of("eve").pubkey(), model_tree(MODEL).record, chunks)
    found = closed.check(None, shown_of(MODEL, [0, 1, 3, 4]))
    assert isinstance(found, Doubt)
    assert (found.target, found.chunk, found.narrows, found.of_selection) == (None, 2, False, False)
    assert closed.check(None, shown_of(MODEL, range(chunks))) is None
    assert closed.check(MODEL, []) is None
    assert replace(closed, expected=MODEL).check(None, []) is None
    assert isinstance(replace(closed, expected=MODEL + 1).check(None, []), Doubt)


async def without(world: World, name: str, round_: Masked, words: Any) -> ArtifactStore:
    """A store that lacks somebody's masked words."""
    held = numbers(world)
    (gone,) = {one.data for one in held.updates.values() if one.values is words}
    learnt, held.updates = held.updates, {}
    made = await store(world, name, round_, without=[gone])
    held.updates = learnt
    assert not await made.has(artifact_hash(gone))
    return made


async def purse(world: World) -> int:
    """Eve's stake tokens."""
    return await world.sandbox.tokens(world.owner("eve"), world.ref.stake)


async def assert_opens(world: World, watcher: Watcher) -> None:
    """The watcher has made the posted model itself, and could answer for its author."""
    assert not watcher.inspector.unsure
    scene = await read_scene(world.chain, world.ref, await watcher.member.snapshot())
    material = await watcher.inspector.material(scene, None)
    assert material is not None
    assert material.tree.record == bytes(scene.round.new_model_root)


async def assert_pays(world: World, who: str) -> None:
    """Somebody's submission fell, and eve has more than before."""
    assert (await world.submission(who)).status.kind == "Faulted"
    assert await purse(world) > PURSE
    assert (await world.federation()).bond_total == 0


def _asked(case: Any) -> int:
    chunk: int = case.state.kind.value["chunk"]
    return chunk
