"""challenge_resolve: two rows of the posted table prove that somebody was passed over."""

from __future__ import annotations

from fedsol.program import errors
from fedsol.program.instructions import SELECTION, wrong_selection
from tests.program.disputing import BOND, PURSE, dispute, numbers
from tests.program.selecting import (
    FAR,
    TRAINERS,
    asked,
    exhibit,
    open_selecting,
    post,
    reweighted,
    show_selection,
    true_selection,
)
from tests.world import World

FARTHEST = TRAINERS.index(FAR)


async def cheated(world: World) -> tuple[str, int]:
    """Somebody posts a selection that keeps the farthest; whose it is, and who is left out for it."""
    true = await true_selection(world)
    first, second = (int(place) for place in true.weights.nonzero()[0])
    return await post(world, reweighted(true, first, FARTHEST)), second


async def test_who_keeps_the_farthest_is_convicted() -> None:
    async with open_selecting() as world:
        cheat, left_out = await cheated(world)
        case = dispute(world, "eve")
        await case.open(wrong_selection(FARTHEST, left_out))
        assert len(asked(case)) == 3
        await show_selection(case)
        await case.judge()
        person = await world.participant(cheat)
        assert (person.slashed, person.offences) == (1_751, 1)
        assert world.stake_tokens("eve") == PURSE + 583
        assert (await world.round()).phase.kind == "Aggregate"
        await world.assert_invariants()


async def test_the_two_swapped_or_others_prove_nothing() -> None:
    async with open_selecting() as world:
        _cheat, left_out = await cheated(world)
        case = dispute(world, "eve")
        await case.open(wrong_selection(left_out, FARTHEST))
        await show_selection(case)
        await case.judge()
        assert (await world.round()).attempt == 0
        assert world.stake_tokens("eve") == PURSE - BOND


async def test_an_honest_choice_is_acquitted_whoever_is_named() -> None:
    async with open_selecting() as world:
        true = await true_selection(world)
        await post(world)
        kept = [int(place) for place in true.weights.nonzero()[0]]
        passed = [place for place in range(len(TRAINERS)) if place not in kept]
        case = dispute(world, "eve")
        for pair in ((kept[0], passed[0]), (kept[1], FARTHEST), (kept[0], kept[0])):
            await world.wallet("eve", stake=PURSE)
            await case.open(wrong_selection(*pair))
            await world.refuses(case.resolve(), errors.EvidenceMissing)
            await show_selection(case)
            await case.judge()
        assert (await world.round()).attempt == 0
        await world.reach("Settled")
        await world.assert_invariants()


async def test_the_row_of_another_submission_is_no_evidence() -> None:
    async with open_selecting() as world:
        _cheat, left_out = await cheated(world)
        case = dispute(world, "eve")
        await case.open(wrong_selection(FARTHEST, left_out))
        _weights, row, other = asked(case)
        await world.refuses(exhibit(case, other, 1), errors.ProofMismatch)
        await world.refuses(exhibit(case, row, 2), errors.ProofMismatch)
        await world.refuses(exhibit(case, row, 3), errors.EvidenceNotAsked)
        await world.refuses(exhibit(case, row, 2**32 - 1), errors.EvidenceNotAsked)


async def test_a_path_that_comes_in_pieces_is_none() -> None:
    async with open_selecting() as world:
        _cheat, left_out = await cheated(world)
        case = dispute(world, "eve")
        await case.open(wrong_selection(FARTHEST, left_out))
        whole = exhibit(case, 0, 0)
        await whole
        shown = numbers(world).chosen(world, world.number)
        path = shown.tree.prove(asked(case)[1]).siblings
        cut = case.append(SELECTION, chunk=shown.chunk(asked(case)[1]), siblings=path[:1], place=1)
        await world.refuses(cut, errors.ProofMalformed)
        await world.refuses(case.append(SELECTION, siblings=path, place=1), errors.ProofMalformed)


async def test_only_submissions_that_there_are_can_be_named() -> None:
    async with open_selecting() as world:
        await post(world)
        count = len(TRAINERS)
        for pair in ((count, 0), (0, count), (2**32 - 1, 0)):
            call = dispute(world, "eve").open(wrong_selection(*pair))
            await world.refuses(call, errors.ChunkOutOfRange)
        call = dispute(world, "eve", "bob").open(wrong_selection(0, 1))
        await world.refuses(call, errors.TargetMismatch)
