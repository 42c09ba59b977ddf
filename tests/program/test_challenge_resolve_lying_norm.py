"""challenge_resolve: one chunk proves an update that lies about its norm, or holds what none may hold."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.learning import update_tree
from fedsol.program import errors
from fedsol.program.instructions.dispute import lying_norm
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    parts,
)
from tests.program.expect import change
from tests.program.forging import Values, chunks_of, sum_tree
from tests.world import STAKE, World

TRAINERS = ("alice", "bob", "carol")
QMAX = 100


async def lies(world: World, who: str = "bob", **forged: object) -> Values:
    """In the round that opens, somebody's tree lies; the values are what they are."""
    await world.round_open()
    values = numbers(world).learnt(who, world.number).values
    tree = sum_tree(chunks_of(values), **forged)  # type: ignore[arg-type]
    numbers(world).learn(who, world.number, values, tree)
    return values


async def claimed(world: World, chunk: int = 1, who: str = "bob") -> Dispute:
    """Eve has shown a chunk of somebody's update."""
    case = dispute(world, "eve", who)
    await case.open(lying_norm(chunk))
    await case.leaf(chunk)
    return case


@pytest.mark.parametrize("off", [-1, 1, 10**5])
async def test_a_leaf_that_declares_another_sum_convicts(off: int) -> None:
    async with open_court() as world:
        await world.round_open()
        true = numbers(world).learnt("bob", 1).tree.levels[0][1]
        declared = max(0, int.from_bytes(bytes(true)[32:], "little") + off)
        values = numbers(world).learnt("bob", 1).values
        tree = sum_tree(chunks_of(values), leaves={1: declared})
        numbers(world).learn("bob", 1, values, tree)
        await world.reach("Aggregate")
        case = await claimed(world)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"
        assert (await world.submission("bob")).status.kind == "Faulted"
        await world.assert_invariants()


async def test_what_the_fault_costs_and_where_it_goes() -> None:
    async with open_court() as world:
        await lies(world, leaves={1: 0})
        await world.reach("Aggregate", trainers=TRAINERS)
        case = await claimed(world)
        before = await world.federation()
        with change(world) as changed:
            await case.resolve()
        assert (changed.tokens, changed.supply) == ({}, {})
        # Half of 3,001, rounded up; of these 1,501: 500.3 and 500.4, and 501 are left.
        bob, federation = await world.participant("bob"), await world.federation()
        assert (bob.stake, bob.slashed, bob.offences) == (STAKE - 1_501, 1_501, 1)
        assert federation.stake_total == before.stake_total - 1_501
        rent = world.lamports(case.address)
        with change(world) as changed:
            await case.close()
        assert changed.tokens == {
            world.stake_vault: -(BOND + 1_501),
            world.stake_account("eve"): BOND + 500,
            world.treasury_vault: 500,
        }
        assert changed.supply == {world.ref.stake.mint: -501}
        assert changed.lamports == {case.address: -rent, world.owner("eve"): rent}
        round_ = await world.round()
        assert (round_.accepted, round_.attempt, round_.disputes) == (2, 0, 0)
        await world.assert_invariants()
        await world.reach("Settled")
        true = numbers(world).true_model(world, 1)
        assert bytes((await world.federation()).model_root) == true.root
        await world.refuses(world.reward_claim("bob"), errors.WrongSubmissionStatus)
        for who in ("alice", "carol"):
            await world.reward_claim(who)
        await world.assert_invariants()


async def test_sums_that_overflow_convict_although_the_chunk_is_true() -> None:
    async with open_court() as world:
        await lies(world, leaves={0: 2**64 - 1})
        await world.reach("Aggregate")
        shown = await world.submission("bob")
        assert shown.norm_squared < world.params.max_norm_squared
        case = await claimed(world, 1)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"


async def test_an_inner_node_that_lies_lets_no_chunk_below_it_lead_to_the_root() -> None:
    async with open_court() as world:
        await lies(world, nodes={(1, 0): 5})
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        await world.refuses(case.leaf(1), errors.ProofMismatch)
        # Nothing here is a proof by one chunk: it is a demand that nobody can answer.
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        asked = dispute(world, "mallory", "bob")
        await asked.demand(1)
        await world.refuses(asked.answer_truly(1), errors.ProofMismatch)
        world.pass_window(asked.state.deadline)
        await asked.decide()
        assert asked.state.verdict.kind == "Convicted"


@pytest.mark.parametrize(
    ("value", "convicted"), [(QMAX + 1, True), (-QMAX - 1, True), (QMAX, False), (-QMAX, False)]
)
async def test_a_value_beyond_the_bound_convicts(value: int, convicted: bool) -> None:
    async with open_court(qmax=QMAX) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values.copy()
        values[SPOT] = value
        numbers(world).learn("bob", 1, values)
        await world.reach("Aggregate")
        case = await claimed(world)
        await case.decide()
        assert case.state.verdict.kind == ("Convicted" if convicted else "Acquitted")


async def test_the_value_that_has_no_opposite_convicts() -> None:
    async with open_court(max_norm_squared=2**40) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values.copy()
        values[SPOT] = -32_768
        numbers(world).learn("bob", 1, values)
        await world.reach("Aggregate")
        case = await claimed(world)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"


async def test_values_behind_the_last_parameter_convict() -> None:
    async with open_court() as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values
        longer = np.zeros(3 * 128, np.int16)
        longer[:SIZE], longer[-1] = values, 1
        shown = numbers(world).learn("bob", 1, longer, update_tree(longer))
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(2))
        await case.leaf(2)
        numbers(world).learn("bob", 1, values, shown.tree)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"


@pytest.mark.parametrize("chunk", [0, 1, 2])
async def test_an_honest_update_is_acquitted_whichever_chunk_is_shown(chunk: int) -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = await claimed(world, chunk)
        before = await world.participant("bob")
        await case.resolve()
        assert (case.state.verdict.kind, case.state.payout) == ("Acquitted", 0)
        assert (await world.participant("bob")).stake == before.stake + parts(world, BOND)[0]
        assert (await world.submission("bob")).status.kind == "Revealed"
        await case.close()
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.assert_invariants()
        await world.reach("Settled")


async def test_nobody_declares_a_sum_for_an_honest_author() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        for declared in (0, 1, 2**64 - 1):
            await world.refuses(case.leaf(1, declared=declared), errors.ProofMismatch)


async def test_an_update_of_one_chunk_declares_its_sum_in_the_root() -> None:
    async with open_court(size=128) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values
        tree = sum_tree(chunks_of(values), leaves={0: 3})
        numbers(world).learn("bob", 1, values, tree)
        await world.reach("Aggregate")
        assert (await world.submission("bob")).norm_squared == 3
        honest = await claimed(world, 0, "alice")
        await honest.decide()
        assert honest.state.verdict.kind == "Acquitted"
        case = await claimed(world, 0)
        await case.decide()
        assert case.state.verdict.kind == "Convicted"
