"""challenge_resolve: weights that the rule may not give are proved by showing them."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.learning.selection import Selection
from fedsol.program import errors
from fedsol.program.instructions import copied_update, wrong_weights
from fedsol.program.params import weighted
from tests.program.disputing import BOND, PURSE, dispute, numbers
from tests.program.selecting import (
    COPIER,
    TRAINERS,
    exhibit,
    open_selecting,
    post,
    reweighted,
    show_selection,
    true_selection,
)
from tests.world import World


async def challenged(world: World, selection: Selection | None = None, **cast: object) -> str:
    """Eve challenges the weights of the posted selection; whose it is."""
    cheat = await post(world, selection, **cast)
    await dispute(world, "eve").open(wrong_weights())
    return cheat


async def test_an_honest_selection_is_acquitted_and_the_bond_is_divided() -> None:
    async with open_selecting() as world:
        poster = await challenged(world)
        before = (await world.participant(poster)).stake
        case = dispute(world, "eve")
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await show_selection(case)
        await case.judge()
        # Of 150: 33.33 % are 49.995, to the accused.
        assert (await world.participant(poster)).stake == before + 49
        assert (await world.round()).attempt == 0
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.reach("Settled")
        await world.assert_invariants()


@pytest.mark.parametrize("kept", [(), (0,), (0, 1, 2), TRAINERS])
async def test_another_number_of_submissions_than_are_kept_is_convicted(kept: tuple) -> None:
    async with open_selecting() as world:
        true = await true_selection(world)
        cheat = await challenged(world, reweighted(true, *range(len(kept))))
        case = dispute(world, "eve")
        await show_selection(case)
        await case.judge()
        person, round_ = await world.participant(cheat), await world.round()
        # The bond of 500, and half of the 2,501 that are left, rounded up.
        assert (person.slashed, person.offences, person.barred_round) == (1_751, 1, 1)
        assert (round_.phase.kind, round_.attempt, round_.selection) == ("Aggregate", 1, None)
        assert world.stake_tokens("eve") == PURSE + 583
        await world.assert_invariants()


async def test_a_weight_of_two_is_convicted() -> None:
    async with open_selecting() as world:
        true = await true_selection(world)
        await challenged(world, reweighted(true, 0, weight=2))
        await show_selection(dispute(world, "eve"))
        await dispute(world, "eve").judge()
        assert (await world.round()).attempt == 1


async def test_one_that_fell_before_has_no_weight() -> None:
    async with open_selecting() as world:
        await copied(world)
        true = await true_selection(world, trainers=TRAINERS)
        place = TRAINERS.index(COPIER)
        assert true.weights[place] == 0
        await challenged(world, reweighted(true, 0, place))
        case = dispute(world, "eve")
        # Who has no weight, or is accepted, or never showed anything, proves nothing.
        await world.refuses(exhibit(case, 0, 0, "dan"), errors.WrongSubmissionStatus)
        await exhibit(case, 0, 0, COPIER)
        assert case.state.evidence.kind == "Proves"
        await world.refuses(exhibit(case, 0, 0, COPIER), errors.EvidenceComplete)
        await case.judge()
        assert (await world.round()).attempt == 1
        await world.assert_invariants()


async def test_who_never_revealed_has_no_index_and_proves_nothing() -> None:
    async with open_selecting(max_submissions=7) as world:
        await world.actor("gus")
        poster = await challenged(world, trainers=TRAINERS, silent=["gus"])
        # Its account says index 0, and alice, who has that index, may be kept.
        silent = await world.submission("gus")
        assert (silent.index, silent.status.kind, silent.revealed) == (0, "Committed", False)
        case = dispute(world, "eve")
        await world.refuses(exhibit(case, 0, 0, "gus"), errors.WrongSubmissionStatus)
        await world.fault_no_reveal("eve", "gus")
        await world.refuses(exhibit(case, 0, 0, "gus"), errors.WrongSubmissionStatus)
        await show_selection(case)
        before = (await world.participant(poster)).offences  # it may be gus
        await case.judge()
        assert (await world.participant(poster)).offences == before
        await world.assert_invariants()


async def test_a_posted_weight_is_the_aggregators_word_unless_all_are_zero() -> None:
    async with open_selecting(rule=weighted()) as world:
        posted = Selection(np.array([5, 0, 2**32 - 1, 0, 1, 0], np.uint32))
        await challenged(world, posted)
        await show_selection(dispute(world, "eve"))
        await dispute(world, "eve").judge()
        assert (await world.round()).attempt == 0
        await world.reach("Settled")
        await world.assert_invariants()


async def test_padding_that_is_not_zero_is_convicted() -> None:
    async with open_selecting() as world:
        true = await true_selection(world)
        # As many as are kept, but one of them is nobody.
        padded = np.array([1, *[0] * (len(TRAINERS) - 1), 1], np.uint32)
        wide = Selection(padded)
        object.__setattr__(wide, "encoded", wide.encoded + true.encoded[256:])
        await challenged(world, wide)
        await show_selection(dispute(world, "eve"))
        await dispute(world, "eve").judge()
        assert (await world.round()).attempt == 1


async def test_another_rounds_or_attempts_selection_is_no_evidence() -> None:
    async with open_selecting() as world:
        older = await true_selection(world)
        await world.reach("Settled")
        await challenged(world, trainers=TRAINERS)
        case = dispute(world, "eve")
        await world.refuses(exhibit(case, 0, 0, of=older), errors.ProofMismatch)
        await world.refuses(exhibit(case, 1, 0), errors.ProofMismatch)
        await world.refuses(exhibit(case, 1, 1), errors.EvidenceNotAsked)
        await exhibit(case, 0, 0)
        await world.refuses(exhibit(case, 0, 0), errors.EvidenceRepeated)


async def test_a_challenge_of_a_selection_that_fell_is_moot() -> None:
    async with open_selecting() as world:
        true = await true_selection(world)
        await challenged(world, reweighted(true, 0))
        await dispute(world, "mallory").open(wrong_weights())
        for who in ("eve", "mallory"):
            await show_selection(dispute(world, who))
        await dispute(world, "eve").judge()
        late = dispute(world, "mallory")
        await world.refuses(late.resolve(), errors.ChallengeMoot)
        await late.expire()
        await late.close()
        assert world.stake_tokens("mallory") == PURSE
        await world.assert_invariants()


async def test_it_is_claimed_of_an_aggregate_whose_rule_selects_and_of_nothing_else(
    world: World,
) -> None:
    await world.reach("Challenge")
    await world.wallet("eve", stake=PURSE)
    for target in (None, "bob"):
        call = world.challenge_open("eve", wrong_weights(), target=target)
        await world.refuses(call, errors.TargetMismatch)
    async with open_selecting() as other:
        await post(other)
        call = dispute(other, "eve", "bob").open(wrong_weights())
        await other.refuses(call, errors.TargetMismatch)


async def copied(world: World) -> None:
    """Erin shows dan's update and is convicted before anything is posted."""
    number = world.number + 1
    numbers(world).learn(COPIER, number, numbers(world).learnt("dan", number).values)
    await world.reach("Aggregate", trainers=TRAINERS)
    case = dispute(world, "mallory", COPIER)
    await case.open(copied_update())
    await case.judge(original="dan")
