"""A proof of fraud is affordable, and no verdict is too large for a transaction."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.chain.records import MAX_COMPUTE_UNITS
from fedsol.program import Challenge
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.instructions.dispute import UPDATE, wrong_aggregate, wrong_selection
from fedsol.program.params import SELECTION_MAX, Window, mean, median, trimmed_mean
from tests.program.disputing import SPOT, Dispute, dispute, numbers, open_court, post_wrong
from tests.program.selecting import open_selecting, post, show_selection
from tests.world import World

MILLION = 1_000_000
LONG = Window(10_000, 10_000)
SLOW = {
    **dict.fromkeys(("commit", "reveal", "aggregate", "challenge", "dispute"), LONG),
    "unbonding": Window(100_000, 100_000),
}
SUBMISSIONS_MAX = 4_096


@pytest.mark.slow
async def test_a_whole_proof_against_64_updates_of_a_million_parameters() -> None:
    people = tuple(f"trainer{i}" for i in range(64))
    options = {"max_submissions": 64, "max_norm_squared": 2**60, "rule": median()}
    async with open_court(*people, size=MILLION, **options, **SLOW) as world:
        await world.round_open()
        shown = numbers(world).learnt(people[0], 1)
        for who in people:
            # One update for all: what matters here is what it costs to show it.
            numbers(world).updates[who, 1] = shown
        await world.reach("Aggregate", trainers=people)
        numbers(world).post(1, numbers(world).true_model(world, 1).values)
        await world.reach("Challenge")
        case, spot = dispute(world, "eve"), MILLION // 2
        steps = [case.open(wrong_aggregate(spot)), case.base(spot), case.posted(spot)]
        steps += [case.update(who, spot) for who in people]
        units = [(await step).units for step in steps]
        verdict = (await case.resolve()).units
        moved = (await case.close()).units
        assert max(units[1:]) <= 14_000
        assert verdict <= 100_000
        assert sum(units) + verdict + moved <= MILLION


@pytest.mark.parametrize("size", [62, 10_000, MILLION])
async def test_a_chunk_is_shown_in_one_transaction_up_to_a_million_parameters(size: int) -> None:
    async with open_court(size=size, max_norm_squared=2**60) as world:
        await post_wrong(world, size // 2)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(size // 2))
        assert (await case.update("bob", size // 2)).units <= 14_000
        assert case.state.have == 1


async def test_beyond_a_chunk_is_shown_in_two() -> None:
    size = 10 * MILLION
    async with open_court(size=size, max_norm_squared=2**60) as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(size // 2))
        shown = case.learnt("bob").evidence(size // 2)
        assert len(shown.siblings) == 17
        first = case.append(UPDATE, "bob", chunk=shown.chunk, siblings=shown.siblings[:10])
        rest = case.append(UPDATE, "bob", siblings=shown.siblings[10:])
        assert (await first).units + (await rest).units <= 25_000
        assert case.state.have == 1


def crowded(world: World, case: Dispute, values: np.ndarray) -> None:
    """Writes into the account what so many submissions would have left there."""
    account = world.ledger.get_account(case.address)
    assert account is not None
    data, count = bytes(account.data), len(values)
    fields = len(data) - (1 + 2 * case.state.submissions)
    made = Challenge.layout.parse(data[8:fields])
    made.submissions = made.needed = made.have = made.weight = count
    made.weighted_sum = int(values.sum(dtype=np.int64))
    head = data[:8] + Challenge.layout.build(made)
    tail = b"\xff" * -(-count // 8) + values.astype("<i2").tobytes()
    world.ledger.set_account(
        case.address,
        lamports=account.lamports + world.ledger.bank.rent(fields + len(tail)),
        owner=account.owner,
        data=head.ljust(fields, b"\x00") + tail,
    )


@pytest.mark.parametrize("rule", [mean(), median(), trimmed_mean(0)], ids=lambda one: one.kind)
@pytest.mark.parametrize("kind", ["random", "rising", "equal"])
async def test_the_largest_verdict_fits_a_transaction(rule: AggregationRuleKind, kind: str) -> None:
    async with open_court(rule=rule) as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        await case.prove(SPOT)
        values = np.random.default_rng(1).integers(-32_767, 32_767, SUBMISSIONS_MAX, np.int16)
        if kind == "rising":
            values.sort()
        if kind == "equal":
            values[:] = 7
        crowded(world, case, values)
        assert case.state.have == SUBMISSIONS_MAX
        landed = await case.decide()
        assert landed.units < MAX_COMPUTE_UNITS // 2
        assert case.state.verdict.kind == "Convicted"


@pytest.mark.parametrize("order", ["random", "falling", "equal"])
async def test_the_largest_verdict_about_a_selection_fits_a_transaction(order: str) -> None:
    async with open_selecting() as world:
        await post(world)
        case = dispute(world, "eve")
        await case.open(wrong_selection(0, 1))
        await show_selection(case)
        rows = np.random.default_rng(2).integers(1, 2**57, (2, SELECTION_MAX), np.uint64)
        rows[1] //= 2
        if order == "falling":
            rows = np.sort(rows)[:, ::-1].copy()
        if order == "equal":
            rows[:] = [[9], [8]]
        widened(world, case, rows)
        landed = await case.decide()
        assert landed.units < MAX_COMPUTE_UNITS // 2
        assert case.state.verdict.kind == "Convicted"


def widened(world: World, case: Dispute, rows: np.ndarray) -> None:
    """Writes into the account what so many submissions' weights and two rows would have left there."""
    account = world.ledger.get_account(case.address)
    assert account is not None
    data = bytes(account.data)
    fields = len(data) - 3 * 256
    made = Challenge.layout.parse(data[8:fields])
    made.submissions = made.selected.accepted = SELECTION_MAX
    made.selected.shown = 2**20 - 1
    weights = np.zeros(SELECTION_MAX, "<u4")
    weights[0] = 1
    tail = weights.tobytes() + rows.astype("<u8").tobytes()
    head = data[:8] + Challenge.layout.build(made)
    world.ledger.set_account(
        case.address,
        lamports=account.lamports + world.ledger.bank.rent(fields + len(tail)),
        owner=account.owner,
        data=head.ljust(fields, b"\x00") + tail,
    )
