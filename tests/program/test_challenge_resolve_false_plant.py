"""challenge_resolve: a plant that is not the noise of its secret is a fault; a true one is none."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.program import errors
from fedsol.program.instructions.dispute import false_plant
from tests.program.calls_scoring import AMPLITUDE
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    Dispute,
    dispute,
    numbers,
    open_court,
    open_planting_round,
    parts,
)
from tests.world import STAKE, World

PEOPLE = ("alice", "bob", "pam")


async def planted(world: World, *, off: int | None = None, phase: str = "Aggregate") -> None:
    """Pam has told of a plant, which is another one than its secret's at one coordinate."""
    await open_planting_round(world, "pam", trainers=PEOPLE)
    values = numbers(world).plant(world, "pam", AMPLITUDE).values.copy()
    if off is not None:
        values[off] += 1 if values[off] < AMPLITUDE else -1
        numbers(world).learn("pam", 2, values)
    await world.reach(phase)


async def claimed(world: World, chunk: int) -> Dispute:
    """Eve has shown a chunk of the plant."""
    case = dispute(world, "eve", "pam")
    await case.open(false_plant(chunk))
    await case.leaf(chunk)
    return case


@pytest.mark.parametrize("coordinate", [0, 127, 128, SIZE - 1])
async def test_one_value_that_the_secret_does_not_make_convicts(coordinate: int) -> None:
    async with open_court(*PEOPLE, scored=True) as world:
        await planted(world, off=coordinate)
        assert (await world.submission("pam")).status.kind == "Planted"
        before = await world.round()
        case = await claimed(world, coordinate // 128)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"
        pam, round_ = await world.participant("pam"), await world.round()
        assert (pam.slashed, pam.offences) == (1_501, 1)
        assert (before.planted, before.false_plants) == (1, 0)
        assert (round_.planted, round_.false_plants) == (0, 1)
        assert (await world.submission("pam")).status.kind == "Faulted"
        await world.assert_invariants()


async def test_a_false_plant_is_not_paid_and_misses_of_it_are_excused() -> None:
    async with open_court(*PEOPLE, scored=True) as world:
        await planted(world, off=5, phase="Challenge")
        case = await claimed(world, 0)
        await case.judge()
        assert world.stake_tokens("eve") == PURSE + parts(world, 1_501)[0]
        assert (await world.round()).phase.kind == "Challenge"
        await world.reach("Settled")
        await world.refuses(world.reward_claim("pam"), errors.WrongSubmissionStatus)
        # All of them found it good, and missed a plant that was none.
        assert (await world.evaluation("eva")).missed == 1
        await world.refuses(world.fault_evaluator("eve", "eva"), errors.EvaluatorNotAtFault)
        for who in ("alice", "bob"):
            await world.reward_claim(who)
        await world.assert_invariants()


async def test_a_plant_of_another_amplitude_than_told_convicts() -> None:
    async with open_court(*PEOPLE, scored=True) as world:
        await world.audit_arm("pam", secret=world.secret("pam", 2))
        await world.reach("Settled")
        await world.reach("Commit", trainers=PEOPLE)
        numbers(world).plant(world, "pam", AMPLITUDE)
        await world.reach("Tally")
        await world.audit_reveal("pam", amplitude=AMPLITUDE + 10)
        await world.reach("Aggregate")
        case = await claimed(world, 0)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"


@pytest.mark.parametrize("chunk", [0, 1, 2])
async def test_a_true_plant_is_acquitted_whichever_chunk_is_shown(chunk: int) -> None:
    async with open_court(*PEOPLE, scored=True) as world:
        await planted(world)
        case = await claimed(world, chunk)
        await case.judge()
        assert (await world.submission("pam")).status.kind == "Planted"
        assert (await world.participant("pam")).stake == STAKE + parts(world, BOND)[0]
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.reach("Settled")
        await world.reward_claim("pam", number=2)
        await world.assert_invariants()


async def test_one_false_value_is_found_in_its_own_chunk_alone() -> None:
    async with open_court(*PEOPLE, scored=True) as world:
        await planted(world, off=5)
        wrong = await claimed(world, 1)
        await wrong.decide()
        assert wrong.state.verdict.kind == "Acquitted"


async def test_noise_of_an_earlier_round_is_no_plant_of_this_one() -> None:
    async with open_court(*PEOPLE, scored=True) as world:
        await world.audit_arm("pam", secret=world.secret("pam", 2))
        await world.reach("Settled")
        await world.reach("Commit", trainers=PEOPLE, planters=["pam"])
        old = numbers(world).plant(world, "pam", AMPLITUDE, 1).values
        numbers(world).learn("pam", 2, np.array(old))
        await world.reach("Aggregate")
        case = await claimed(world, 0)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"
