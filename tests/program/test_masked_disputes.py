"""Disputes in masked rounds: words are demanded, or lie about their sums; that is all."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.learning import update_tree
from fedsol.program import errors
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.instructions import (
    copied_update,
    false_plant,
    lying_norm,
    wrong_aggregate,
    wrong_distance,
    wrong_selection,
    wrong_weights,
)
from tests.program.court import BOND, PURSE, SIZE, numbers, parts
from tests.program.disputing import Dispute, dispute
from tests.program.forging import Values, chunks_of, sum_tree
from tests.program.masking import meet, open_members
from tests.world import World

NARROW = {"qmax": 100}
"""Words of 16 bits: five times 100 needs no more."""
LAST = {"wide": 4, "narrow": 2}
"""The last chunk of 600 halves, and of 300 words."""
WIDTHS: dict[str, dict[str, int]] = {"wide": {}, "narrow": NARROW}

UNPROVABLE: dict[str, ChallengeKindKind] = {
    "a coordinate": wrong_aggregate(0),
    "padding": wrong_aggregate(SIZE),
    "weights": wrong_weights(),
    "what was selected": wrong_selection(0, 1),
    "a distance": wrong_distance(0, 1),
}


@pytest.mark.parametrize("case", UNPROVABLE)
async def test_nothing_is_claimed_of_the_aggregate_that_only_its_members_can_tell(
    case: str,
) -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        claim = dispute(world, "eve").open(UNPROVABLE[case])
        await world.refuses(claim, errors.TargetMismatch)


async def test_the_opening_is_not_demanded_chunk_by_chunk() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        asked = dispute(world, "eve").demand(0, of_selection=True)
        await world.refuses(asked, errors.TargetMismatch)


@pytest.mark.parametrize("phase", ["Aggregate", "Challenge"])
async def test_no_words_are_claimed_to_be_a_copy(phase: str) -> None:
    async with open_members() as world:
        await meet(world, phase)
        claim = dispute(world, "eve", "bob").open(copied_update())
        await world.refuses(claim, errors.TargetMismatch)


async def test_words_are_no_plants() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        claim = dispute(world, "eve", "bob").open(false_plant(0))
        await world.refuses(claim, errors.WrongSubmissionStatus)


@pytest.mark.parametrize("width", WIDTHS)
async def test_an_update_has_as_many_values_as_its_words_have_halves(width: str) -> None:
    async with open_members(**WIDTHS[width]) as world:
        await meet(world, "Aggregate")
        last = LAST[width]
        assert numbers(world).learnt("bob", 1).tree.chunks == last + 1
        case = dispute(world, "eve", "bob")
        for beyond in (last + 1, 2**32 - 1):
            await world.refuses(case.open(lying_norm(beyond)), errors.ChunkOutOfRange)
            await world.refuses(case.demand(beyond), errors.ChunkOutOfRange)
        await case.open(lying_norm(last))
        assert case.state.parameter_count == (2 * SIZE if width == "wide" else SIZE)
        # The new model's tree has one value for each parameter, as everywhere.
        assert (await world.round()).parameter_count == SIZE


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("first", [True, False])
async def test_honest_words_are_acquitted_whichever_chunk_is_shown(width: str, first: bool) -> None:
    async with open_members(**WIDTHS[width]) as world:
        await meet(world, "Challenge")
        chunk = 0 if first else LAST[width]
        # Both ends of int16 are among them, beyond every bound on an open update.
        values = numbers(world).learnt("bob", 1).values
        assert (values.min(), values.max()) == (-32_768, 32_767)
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(chunk))
        await case.leaf(chunk)
        before = await world.participant("bob")
        await case.decide()
        assert case.state.verdict.kind == "Acquitted"
        bob = await world.participant("bob")
        assert (bob.stake, bob.slashed) == (before.stake + parts(world, BOND)[0], 0)
        await case.close()
        await meet(world, "Settled")
        await world.assert_invariants()


@pytest.mark.parametrize("end", [-32_768, 32_767])
async def test_words_that_are_all_as_large_as_they_can_be_are_honest(end: int) -> None:
    async with open_members() as world:
        await world.round_open()
        numbers(world).learn("bob", 1, np.full(2 * SIZE, end, np.int16))
        await meet(world, "Aggregate")
        for chunk, challenger in ((0, "eve"), (4, "mallory")):
            case = dispute(world, challenger, "bob")
            await case.open(lying_norm(chunk))
            await case.leaf(chunk)
            await case.decide()
            assert case.state.verdict.kind == "Acquitted"


async def test_the_last_half_of_the_last_word_is_no_padding_and_what_follows_is() -> None:
    async with open_members() as world:
        await world.round_open()
        words = numbers(world).learnt("bob", 1).values
        longer = np.zeros(5 * 128, np.int16)
        longer[: 2 * SIZE], longer[2 * SIZE] = words, 1
        shown = numbers(world).learn("bob", 1, longer, update_tree(longer))
        last = numbers(world).learnt("carol", 1).values.copy()
        last[-1] = -1
        numbers(world).learn("carol", 1, last)
        await meet(world, "Aggregate")
        for who, verdict in (("bob", "Convicted"), ("carol", "Acquitted")):
            case = dispute(world, "eve", who)
            await case.open(lying_norm(4))
            await case.leaf(4)
            if who == "bob":
                numbers(world).learn("bob", 1, words, shown.tree)
            await case.decide()
            assert case.state.verdict.kind == verdict


async def test_words_whose_leaf_declares_another_sum_convict() -> None:
    async with open_members() as world:
        await world.round_open()
        words = numbers(world).learnt("bob", 1).values
        numbers(world).learn("bob", 1, words, sum_tree(chunks_of(words), leaves={4: 7}))
        await meet(world, "Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(4))
        await case.leaf(4)
        await case.judge()
        bob = await world.participant("bob")
        assert (bob.slashed, bob.offences, bob.bonded) == (1_501, 1, 0)
        assert await world.phase() == "Aggregate"
        assert world.stake_tokens("eve") > PURSE
        await world.assert_invariants()


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_last_chunk_is_demanded_and_answered(width: str) -> None:
    async with open_members(**WIDTHS[width]) as world:
        await meet(world, "Challenge")
        chunk = LAST[width]
        case = dispute(world, "eve", "bob")
        await case.demand(chunk)
        await case.answer_truly(chunk)
        await case.decide()
        assert case.state.verdict.kind == "Acquitted"
        await case.close()
        assert (await world.participant("bob")).slashed == 0
        await world.assert_invariants()


async def test_the_answer_keeps_the_chunk_and_its_path_where_anybody_reads_them() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        case = dispute(world, "eve", "bob")
        await case.demand(4)
        await case.answer_truly(4)
        shown = numbers(world).learnt("bob", 1)
        kept = shown.chunk(4) + b"".join(shown.path(4))
        assert case.data.endswith(kept)


async def test_words_that_are_withheld_cost_their_member() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        case = dispute(world, "eve", "bob")
        await case.demand(4)
        world.pass_window(case.state.deadline)
        await case.judge()
        assert (await world.submission("bob")).status.kind == "Faulted"
        assert await world.phase() == "Aggregate"
        await world.assert_invariants()


async def wrongly_wide(world: World, words: Values) -> Dispute:
    """Bob commits to so many words instead, and eve demands the first chunk."""
    numbers(world).learn("bob", 1, words)
    await meet(world, "Aggregate")
    case = dispute(world, "eve", "bob")
    await case.demand(0)
    return case


async def convicted_of_silence(world: World, case: Dispute) -> None:
    """The window is over, and nothing was shown."""
    world.pass_window(case.state.deadline)
    await case.judge()
    assert (await world.submission("bob")).status.kind == "Faulted"
    assert (await world.round()).accepted == 3


async def test_words_of_half_the_width_cannot_be_shown() -> None:
    async with open_members() as world:
        await world.round_open()
        case = await wrongly_wide(world, numbers(world).learnt("bob", 1).values[:SIZE])
        # The path ends a level too low.
        await case.answer_truly(0)
        assert case.state.evidence.kind == "Incomplete"
        await convicted_of_silence(world, case)


async def test_words_of_twice_the_width_cannot_be_shown() -> None:
    async with open_members() as world:
        await world.round_open()
        words = numbers(world).learnt("bob", 1).values
        case = await wrongly_wide(world, np.concatenate([words, words]))
        await world.refuses(case.answer_truly(0), errors.ProofMalformed)
        await convicted_of_silence(world, case)


async def test_a_chunk_of_the_new_model_is_demanded_as_everywhere() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        case = dispute(world, "eve")
        await world.refuses(case.demand(5), errors.ChunkOutOfRange)
        await case.demand(4)
        # An opening is no selection that anything could be proved against.
        assert case.state.selected is None
        await case.answer_truly(4)
        await case.decide()
        assert case.state.verdict.kind == "Acquitted"
        await world.assert_invariants()
