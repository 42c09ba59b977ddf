"""Selections cannot be used to frame who is honest, to steal, or to hold up a round."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.instructions import (
    SELECTION,
    copied_update,
    wrong_aggregate,
    wrong_distance,
    wrong_selection,
    wrong_weights,
)
from fedsol.program.params import weighted
from tests.program.disputing import BOND, PURSE, SPOT, dispute, numbers, post_next
from tests.program.selecting import (
    COPIER,
    TRAINERS,
    exhibit,
    open_selecting,
    post,
    read,
    reweighted,
    show_selection,
    true_selection,
)
from tests.world import STAKE

KINDS: dict[str, ChallengeKindKind] = {
    "weights": wrong_weights(),
    "selection": wrong_selection(0, 1),
    "distance": wrong_distance(0, 1),
    "aggregate": wrong_aggregate(SPOT),
}


async def test_a_submission_that_falls_takes_the_selection_with_it_and_nobody_is_blamed() -> None:
    async with open_selecting(rule=weighted()) as world:
        number = world.number + 1
        numbers(world).learn(COPIER, number, numbers(world).learnt("dan", number).values)
        poster, place = await post(world), TRAINERS.index(COPIER)
        kept = numbers(world).chosen(world, number)
        assert kept.weights[place] > 0
        numbers(world).choose(number, kept)
        claim = dispute(world, "eve")
        await claim.open(wrong_weights())
        fallen = dispute(world, "mallory", COPIER)
        await fallen.open(copied_update())
        await fallen.judge(original="dan")
        # By now the copy is not accepted, and had a weight: but what had it has fallen as well.
        await exhibit(claim, 0, 0, COPIER, of=kept)
        assert claim.state.evidence.kind == "Proves"
        await world.refuses(claim.resolve(), errors.ChallengeMoot)
        await claim.expire()
        await claim.close()
        assert world.stake_tokens("eve") == PURSE
        person = await world.participant(poster)
        assert person.offences == int(poster == COPIER)
        assert poster == COPIER or person.stake == STAKE
        await world.assert_invariants()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_a_claim_without_evidence_costs_its_bond_and_ends_with_its_deadline(
    kind: ChallengeKindKind,
) -> None:
    async with open_selecting() as world:
        poster = await post(world)
        case, before = dispute(world, "eve"), (await world.participant(poster)).stake
        await case.open(kind)
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await world.refuses(case.expire(accused=poster), errors.DeadlineNotPassed)
        world.pass_window(case.state.deadline)
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await case.expire(accused=poster)
        await case.close()
        assert world.stake_tokens("eve") == PURSE - BOND
        assert (await world.participant(poster)).stake == before + 49
        await world.reach("Settled")
        await world.assert_invariants()


async def test_the_selection_of_an_attempt_that_fell_is_no_evidence_about_the_next() -> None:
    async with open_selecting() as world:
        true = await true_selection(world)
        false = reweighted(true, 0)
        await post(world, false)
        case = dispute(world, "eve")
        await case.open(wrong_weights())
        await show_selection(case)
        await case.judge()
        numbers(world).choose(world.number, true)
        numbers(world).models.pop(world.number, None)
        poster = await post_next(world)
        await case.open(wrong_weights())
        await world.refuses(exhibit(case, 0, 0, of=false), errors.ProofMismatch)
        await show_selection(case)
        await case.judge()
        assert (await world.participant(poster)).offences == 0
        await world.reach("Settled")
        await world.assert_invariants()


async def test_an_update_is_no_chunk_of_a_selection_nor_the_other_way_round() -> None:
    async with open_selecting() as world:
        await post(world)
        case = dispute(world, "eve")
        await case.open(wrong_weights())
        await world.refuses(case.update("bob"), errors.EvidenceNotAsked)
        await world.refuses(case.posted(), errors.EvidenceNotAsked)
        await world.refuses(case.base(), errors.EvidenceNotAsked)
        await world.refuses(read(case, 0, b"", ("bob", "dan")), errors.EvidenceNotAsked)
        chosen = numbers(world).chosen(world, world.number)
        shown = numbers(world).learnt("bob", world.number)
        wrong = case.append(SELECTION, chunk=shown.chunk(0), siblings=chosen.tree.prove(0).siblings)
        await world.refuses(wrong, errors.ProofMismatch)


async def test_a_dispute_of_another_target_takes_no_selection() -> None:
    async with open_selecting() as world:
        await post(world)
        case = dispute(world, "eve", "bob")
        await case.open(copied_update())
        await world.refuses(exhibit(case, 0, 0, "bob"), errors.EvidenceNotAsked)
        demand = dispute(world, "mallory")
        await demand.demand(0, of_selection=True)
        await world.refuses(exhibit(demand, 0, 0), errors.UseDemand)
        await world.refuses(read(demand, 0, b"\0"), errors.EvidenceNotAsked)
