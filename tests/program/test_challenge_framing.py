"""challenge_append: nothing that is not under a root is evidence, whatever is tried to frame somebody."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.learning import Evidence, model_tree, update_tree
from fedsol.learning.merkle import EMPTY_HASH, leaf_hash
from fedsol.program import errors
from fedsol.program.instructions.dispute import (
    BASE,
    POSTED,
    UPDATE,
    false_plant,
    lying_norm,
    wrong_aggregate,
)
from tests.program.calls_scoring import AMPLITUDE
from tests.program.disputing import (
    PEOPLE,
    SIZE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    open_planting_round,
    post_wrong,
)
from tests.program.forging import chunks_of, sum_tree
from tests.program.updates import Shown
from tests.world import EVALUATORS, World, world_on

LAST = 290
"""A coordinate in the last chunks, which have no neighbour on their right."""


async def opened(world: World, coordinate: int = SPOT) -> Dispute:
    """Eve has challenged an honest aggregate and looks for a way to prove it wrong."""
    await world.reach("Challenge")
    case = dispute(world, "eve")
    await case.open(wrong_aggregate(coordinate))
    return case


def other_values(world: World) -> Shown:
    """An update that nobody has submitted."""
    values = np.full(SIZE, 30_000, np.int16)
    return Shown(values, update_tree(values))


async def test_a_chunk_with_another_value_leads_nowhere() -> None:
    async with open_court() as world:
        case = await opened(world)
        true = case.learnt("bob").evidence(SPOT)
        for place in (0, 2 * true.offset, 255):
            forged = bytearray(true.chunk)
            forged[place] ^= 1
            shown = Evidence(true.chunk_index, true.offset, bytes(forged), true.siblings)
            await world.refuses(case.show(UPDATE, shown, "bob"), errors.ProofMismatch)


async def test_another_update_altogether_leads_nowhere() -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = other_values(world).evidence(SPOT)
        await world.refuses(case.show(UPDATE, shown, "bob"), errors.ProofMismatch)


async def test_somebody_elses_update_is_not_bobs() -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = case.learnt("alice").evidence(SPOT)
        await world.refuses(case.show(UPDATE, shown, "bob"), errors.ProofMismatch)


@pytest.mark.parametrize("chunk", [0, 2])
async def test_a_true_chunk_counts_in_its_own_place_only(chunk: int) -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = case.learnt("bob").evidence(128 * chunk)
        await world.refuses(case.show(UPDATE, shown, "bob"), errors.ProofMismatch)


async def test_left_and_right_are_not_swapped() -> None:
    async with open_court() as world:
        case = await opened(world)
        neighbour, true = (case.learnt("bob").evidence(c) for c in (0, SPOT))
        # The neighbour's chunk, as if it stood on the right, with what stands on the right on its left.
        swapped = Evidence(true.chunk_index, 0, neighbour.chunk, neighbour.siblings)
        await world.refuses(case.show(UPDATE, swapped, "bob"), errors.ProofMismatch)
        turned = Evidence(true.chunk_index, 0, true.chunk, true.siblings[::-1])
        await world.refuses(case.show(UPDATE, turned, "bob"), errors.ProofMismatch)


async def test_where_no_neighbour_is_only_the_empty_leaf_stands_in() -> None:
    async with open_court() as world:
        case = await opened(world, LAST)
        for shown, part, who, width in (
            (case.learnt("bob").evidence(LAST), UPDATE, "bob", 40),
            (numbers(world).posted(world, 1).evidence(LAST), POSTED, None, 32),
        ):
            assert shown.siblings[0] == EMPTY_HASH.ljust(width, b"\x00")
            for false in (b"\x01" * width, shown.siblings[-1], EMPTY_HASH[::-1].ljust(width)):
                wrong = Evidence(
                    shown.chunk_index, 0, shown.chunk, (false[:width], *shown.siblings[1:])
                )
                await world.refuses(case.show(part, wrong, who), errors.ProofMismatch)
        summed = EMPTY_HASH + (1).to_bytes(8, "little")
        true = case.learnt("bob").evidence(LAST)
        wrong = Evidence(true.chunk_index, 0, true.chunk, (summed, *true.siblings[1:]))
        await world.refuses(case.show(UPDATE, wrong, "bob"), errors.ProofMismatch)
        await case.update("bob", LAST)
        await case.posted(LAST)


async def test_what_an_author_hides_where_no_neighbour_is_lets_no_path_through() -> None:
    """The root is truly that of such a tree; the last chunk cannot be shown, to nobody's advantage."""
    async with open_court() as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values
        hidden = leaf_hash(3, bytes(256)) + (77).to_bytes(8, "little")
        tree = sum_tree(chunks_of(values), stand_in=hidden)
        numbers(world).learn("bob", 1, values, tree)
        case = await opened(world, LAST)
        assert tree.prove(2).siblings[0] == hidden
        await world.refuses(case.update("bob", LAST), errors.ProofMismatch)
        asked = dispute(world, "mallory", "bob")
        await asked.demand(2)
        await world.refuses(asked.answer_truly(2), errors.ProofMismatch)
        # And where the hidden leaf would be, nothing can be claimed.
        behind = dispute(world, "eve", "bob").open(lying_norm(3))
        await world.refuses(behind, errors.ChunkOutOfRange)


@pytest.mark.parametrize("length", [1, 255, 257, 512])
async def test_a_chunk_has_its_length(length: int) -> None:
    async with open_court() as world:
        case = await opened(world)
        true = case.learnt("bob").evidence(SPOT)
        chunk = (true.chunk * 2)[:length]
        call = case.append(UPDATE, "bob", chunk=chunk, siblings=true.siblings)
        await world.refuses(call, errors.ProofMalformed)


async def test_a_path_has_its_length_and_whole_records() -> None:
    async with open_court() as world:
        case = await opened(world)
        true = case.learnt("bob").evidence(SPOT)
        for siblings in (
            [*true.siblings, bytes(40)],
            [true.siblings[0][:-1]],
            [true.siblings[0], b"\x00"],
            [*true.siblings[:-1], true.siblings[-1][:32]],
        ):
            call = case.append(UPDATE, "bob", chunk=true.chunk, siblings=siblings)
            await world.refuses(call, errors.ProofMalformed)
        # A node of the tree is no root, however its bytes are called.
        await case.append(UPDATE, "bob", chunk=true.chunk, siblings=true.siblings[:-1])
        assert case.state.have == 0


async def test_a_models_path_is_none_of_an_update_and_neither_is_the_other_models() -> None:
    async with open_court() as world:
        await post_wrong(world)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        update = case.learnt("bob").evidence(SPOT)
        base = numbers(world).base(1).evidence(SPOT)
        posted = numbers(world).posted(world, 1).evidence(SPOT)
        await world.refuses(case.show(POSTED, base), errors.ProofMismatch)
        await world.refuses(case.show(BASE, posted), errors.ProofMismatch)
        await world.refuses(case.show(BASE, base, "bob"), errors.EvidenceNotAsked)
        await world.refuses(case.show(UPDATE, update), errors.EvidenceNotAsked)
        await world.refuses(case.show(UPDATE, posted, "bob"), errors.ProofMalformed)


async def test_a_model_is_no_evidence_about_a_submission() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        shown = numbers(world).base(1).evidence(64)
        await world.refuses(case.show(BASE, shown), errors.EvidenceNotAsked)
        shown = numbers(world).posted(world, 1).evidence(64)
        await world.refuses(case.show(POSTED, shown), errors.EvidenceNotAsked)


async def test_evidence_about_a_submission_is_of_that_submission() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        shown = case.learnt("alice").evidence(SPOT)
        await world.refuses(case.show(UPDATE, shown, "alice"), errors.WrongSubmission)


async def test_nothing_of_another_round_is_evidence() -> None:
    async with open_court() as world:
        await world.reach("Settled")
        old = numbers(world).learnt("bob", 1).evidence(SPOT)
        model = numbers(world).base(1).evidence(SPOT)
        case = await opened(world)
        assert case.number == 2
        await world.refuses(case.show(UPDATE, old, "bob"), errors.ProofMismatch)
        foreign = case.show(UPDATE, old, "bob").swap(submission=world.submission_at("bob", 1))
        await world.refuses(foreign, errors.WrongSubmission)
        await world.refuses(case.show(BASE, model), errors.ProofMismatch)


async def test_nothing_of_another_federation_is_evidence() -> None:
    async with open_court() as world:
        case = await opened(world)
        other = await world_on(
            world.sandbox, name="another", creator="alice", real=True, parameter_count=SIZE
        )
        for who in PEOPLE[:2]:
            await other.actor(who)
        await other.reach("Challenge")
        shown = numbers(other).learnt("bob", 1).evidence(SPOT)
        call = case.show(UPDATE, shown, "bob").swap(submission=other.submission_at("bob"))
        await world.refuses(call, errors.WrongSubmission)


async def test_only_what_was_accepted_is_evidence_about_an_aggregate() -> None:
    trainers = ("alice", "bob", "rob", "pam")
    opinions = dict.fromkeys(EVALUATORS, (8000, 8000, 0, 8000))
    async with open_court(*trainers, "sid", scored=True) as world:
        await open_planting_round(
            world, "pam", trainers=trainers, silent=["sid"], opinions=opinions
        )
        numbers(world).plant(world, "pam", AMPLITUDE)
        case = await opened(world)
        statuses = [(await world.submission(who)).status.kind for who in (*trainers, "sid")]
        assert statuses == ["Revealed", "Revealed", "Rejected", "Planted", "Committed"]
        assert case.state.needed == 2
        for who in ("rob", "pam", "sid"):
            await world.refuses(case.update(who), errors.WrongSubmissionStatus)
        await case.show_all()
        await case.resolve()
        assert case.state.verdict.kind == "Acquitted"


async def test_a_fallen_submission_is_no_evidence_about_the_next_aggregate() -> None:
    async with open_court(min_submissions=1, qmax=100) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values.copy()
        values[SPOT] = 101
        numbers(world).learn("bob", 1, values)
        await world.reach("Aggregate")
        fault = dispute(world, "eve", "bob")
        await fault.open(lying_norm(1))
        await fault.leaf(1)
        await fault.judge()
        case = await opened(world)
        assert case.state.needed == 1
        await world.refuses(case.update("bob"), errors.WrongSubmissionStatus)
        await case.show_all()
        await case.resolve()
        assert case.state.verdict.kind == "Acquitted"


async def test_a_plants_chunk_counts_in_its_own_place_too() -> None:
    async with open_court("alice", "bob", "pam", scored=True) as world:
        await open_planting_round(world, "pam", trainers=("alice", "bob", "pam"))
        numbers(world).plant(world, "pam", AMPLITUDE)
        await world.reach("Aggregate")
        case = dispute(world, "eve", "pam")
        await case.open(false_plant(1))
        for shown in (other_values(world).evidence(SPOT), case.learnt("pam").evidence(0)):
            await world.refuses(case.show(UPDATE, shown, "pam"), errors.ProofMismatch)


async def test_a_forged_model_tree_is_not_the_posted_one() -> None:
    async with open_court() as world:
        case = await opened(world)
        values = numbers(world).posted(world, 1).values.copy()
        values[SPOT] += 1
        shown = Shown(values, model_tree(values)).evidence(SPOT)
        await world.refuses(case.show(POSTED, shown), errors.ProofMismatch)
