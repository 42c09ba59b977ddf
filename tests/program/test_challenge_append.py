"""challenge_append: evidence comes in any order and in any pieces, once each, from its challenger."""

from __future__ import annotations

from itertools import permutations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.dispute import (
    BASE,
    POSTED,
    UPDATE,
    copied_update,
    lying_norm,
    wrong_aggregate,
)
from tests.program.disputing import SPOT, Dispute, dispute, numbers, open_court, post_wrong
from tests.program.expect import change
from tests.world import World


async def opened(world: World, coordinate: int = SPOT) -> Dispute:
    """Eve has challenged a wrong aggregate."""
    await post_wrong(world, coordinate)
    case = dispute(world, "eve")
    await case.open(wrong_aggregate(coordinate))
    return case


async def test_a_value_is_taken_and_recorded_in_the_challenge() -> None:
    async with open_court() as world:
        case = await opened(world)
        before = case.state
        with change(world) as changed:
            landed = await case.update("bob")
        assert (changed.tokens, changed.lamports) == ({}, {})
        assert changed.written == {case.address}
        made = case.state
        value = int(case.learnt("bob").values[SPOT])
        assert (made.have, made.weight, made.weighted_sum) == (1, 1, value)
        assert (made.ascent, made.evidence.kind) == (None, "Incomplete")
        event = world.event(landed)
        assert (event.name, event.seq) == ("ChallengeAppended", before.seq + 1)
        said = event.data
        assert (said.challenge, said.slot) == (case.address, landed.slot)
        assert (said.submission, said.complete) == (world.submission_at("bob"), True)
        assert (said.have, repr(said.part)) == (1, "Part.Update()")


async def test_values_lie_behind_a_bitmap_in_the_order_in_which_they_came() -> None:
    async with open_court() as world:
        case = await opened(world)
        first, second = world.submitted()[::-1]
        came = case.learnt(first).values[SPOT].tobytes()
        await case.update(first)
        assert case.data.endswith(bytes([2]) + came + bytes(2))
        await case.update(second)
        came += case.learnt(second).values[SPOT].tobytes()
        assert case.data.endswith(bytes([3]) + came)


async def test_the_model_before_and_after_is_evidence_too() -> None:
    async with open_court() as world:
        case = await opened(world)
        await case.base()
        assert (case.state.base, case.state.posted) == (numbers(world).base(1).values[SPOT], None)
        await case.posted()
        assert case.state.posted == numbers(world).posted(world, 1).values[SPOT]
        # A model is shown as often as one likes: it says the same every time.
        await case.base()
        await case.posted()


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5], ids=str)
async def test_evidence_comes_in_any_order(order: tuple[int, ...]) -> None:
    async with open_court() as world:
        case = await opened(world)
        pieces = [case.base(), case.posted(), case.update("alice"), case.update("bob")]
        for place in order:
            await world.refuses(case.resolve(), errors.EvidenceMissing)
            await pieces[place]
        await case.judge()
        assert (await world.round()).attempt == 1


async def test_a_whole_proof_may_be_one_transaction_if_it_fits() -> None:
    async with open_court(size=62) as world:
        await post_wrong(world, 5)
        case = dispute(world, "eve")
        await world.send(case.open(wrong_aggregate(5)), case.posted(5), case.base(5))
        assert (case.state.posted is None, case.state.base is None) == (False, False)


async def test_evidence_is_its_challengers_alone() -> None:
    async with open_court() as world:
        case = await opened(world)
        stolen = case.update("bob").swap(challenger=world.owner("mallory")).by("mallory")
        await world.refuses(stolen, errors.NotOwner)


@pytest.mark.parametrize(
    ("seconds", "slots", "allowed"), [(-1, 0, True), (0, -1, True), (0, 0, False)]
)
async def test_evidence_counts_until_the_last_moment(
    seconds: int, slots: int, allowed: bool
) -> None:
    async with open_court() as world:
        case = await opened(world)
        world.warp(case.state.deadline, seconds=seconds, slots=slots)
        if allowed:
            await case.update("bob")
        else:
            await world.refuses(case.update("bob"), errors.DeadlinePassed)


async def test_a_path_may_come_in_pieces() -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = case.learnt("bob").evidence(SPOT)
        landed = await case.append(UPDATE, "bob", chunk=shown.chunk)
        assert world.event(landed).data.complete is False
        for sibling in shown.siblings:
            assert (case.state.have, case.state.ascent is None) == (0, False)
            await case.append(UPDATE, "bob", siblings=[sibling])
        assert (case.state.have, case.state.ascent) == (1, None)


async def test_a_path_that_was_begun_may_be_begun_anew_also_with_another_part() -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = case.learnt("bob").evidence(SPOT)
        await case.append(UPDATE, "bob", chunk=shown.chunk, siblings=[bytes(40)])
        await case.append(UPDATE, "bob", chunk=shown.chunk, siblings=shown.siblings[:1])
        await case.append(UPDATE, "alice", chunk=case.learnt("alice").evidence(SPOT).chunk)
        await case.base()
        assert (case.state.base is None, case.state.have, case.state.ascent) == (False, 0, None)
        await case.update("bob")
        assert case.state.have == 1


async def test_a_path_goes_on_as_what_it_was_begun_as() -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = case.learnt("bob").evidence(SPOT)
        rest = shown.siblings[1:]
        await world.refuses(case.append(UPDATE, "bob", siblings=rest), errors.ProofMalformed)
        await case.append(UPDATE, "bob", chunk=shown.chunk, siblings=shown.siblings[:1])
        for part, who in ((UPDATE, "alice"), (UPDATE, None), (BASE, None), (POSTED, "bob")):
            await world.refuses(case.append(part, who, siblings=rest), errors.ProofMalformed)
        await case.append(UPDATE, "bob", siblings=rest)
        assert case.state.have == 1
        await world.refuses(case.append(UPDATE, "bob", siblings=rest), errors.ProofMalformed)


async def test_the_same_evidence_counts_once() -> None:
    async with open_court() as world:
        case = await opened(world)
        await case.update("bob")
        await world.refuses(case.update("bob"), errors.EvidenceRepeated)
        shown = case.learnt("bob").evidence(SPOT)
        await case.append(UPDATE, "bob", chunk=shown.chunk, siblings=shown.siblings[:-1])
        last = case.append(UPDATE, "bob", siblings=shown.siblings[-1:])
        await world.refuses(last, errors.EvidenceRepeated)
        assert (case.state.have, case.state.weight) == (1, 1)


async def test_once_a_chunk_has_spoken_there_is_no_more_to_say() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        await case.leaf(1)
        assert case.state.evidence.kind == "Refutes"
        await world.refuses(case.leaf(1), errors.EvidenceComplete)


async def test_after_the_verdict_nothing_is_added() -> None:
    async with open_court() as world:
        case = await opened(world)
        await case.show_all()
        await case.decide()
        for call in (case.base(), case.update("bob")):
            await world.refuses(call, errors.ChallengeDecided)


async def test_a_claim_of_copying_and_a_demand_ask_for_no_evidence() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        copied, demanded = dispute(world, "eve", "bob"), dispute(world, "eve", "alice")
        await copied.open(copied_update())
        await world.refuses(copied.update("bob"), errors.EvidenceNotAsked)
        await demanded.demand(1)
        await world.refuses(demanded.update("alice"), errors.UseDemand)


async def test_a_declared_sum_counts_for_a_lying_norm_alone() -> None:
    async with open_court() as world:
        case = await opened(world)
        shown = case.learnt("bob").evidence(SPOT)
        await case.show(UPDATE, shown, "bob", declared=7)
        assert case.state.have == 1
