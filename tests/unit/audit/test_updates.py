"""Updates and aggregates are recomputed from the stored bytes, and found wrong where they are."""

from __future__ import annotations

from typing import Any

from fedsol.artifacts import ArtifactStore
from fedsol.audit import History, audit, watch
from fedsol.audit.updates import check_updates
from tests.program.calls_scoring import AMPLITUDE
from tests.program.disputing import (
    SPOT,
    dispute,
    numbers,
    open_court,
    open_planting_round,
    post_wrong,
)
from tests.program.forging import chunks_of, sum_tree
from tests.unit.audit.disputed import copied, hidden, withheld, wrong
from tests.unit.audit.histories import store_of, told
from tests.unit.audit.tampering import change
from tests.world import World


async def problem(world: World, name: str, history: History | None = None) -> str:
    """What recomputing finds wrong in a world, or in another history of it; nothing: empty."""
    found = await told(world)
    ledger = watch(history or found.history, found.genesis, found.kept).ledger
    (check,) = await check_updates(ledger, await store_of(world, name))
    return "" if check.ok else check.detail


async def test_every_accepted_update_and_every_aggregate_is_recomputed() -> None:
    async with open_court(scored=True) as world:
        opinions: dict[str, Any] = dict.fromkeys(("eva", "ed", "eli"), (8_000, 0, 9_000))
        await world.reach("Settled", trainers=("alice", "bob", "carol"), opinions=opinions)
        await world.reach("Settled")
        store = await store_of(world, "honest")
        report = await audit(world.chain, world.ref.address, store)
        assert report.ok
        # Of three that were revealed in the first round, bob's was not accepted.
        assert report.checks[-1].detail == "4 updates, 2 aggregates"


async def test_a_plant_is_not_in_the_aggregate() -> None:
    async with open_court("alice", "bob", "pam", scored=True) as world:
        await open_planting_round(world, "pam", trainers=("alice", "bob", "pam"))
        numbers(world).plant(world, "pam", AMPLITUDE)
        await world.reach("Settled")
        assert await problem(world, "plant") == ""


async def test_what_fell_is_recomputed_without_blaming_anybody() -> None:
    stories = {"copied": copied, "withheld": withheld, "hidden": hidden, "wrong": wrong}
    for name, story in stories.items():
        async with open_court() as world:
            await story(world)
            assert await problem(world, name) == "", name


async def test_a_wrong_aggregate_that_nobody_challenged_is_found() -> None:
    async with open_court() as world:
        await post_wrong(world)
        await world.reach("Settled")
        # The next round goes on from it, and is right.
        await world.reach("Settled")
        found = await problem(world, "wrong and settled")
        assert found == "round 1: the aggregate is not what the rule yields"


async def test_an_aggregate_that_was_convicted_and_was_right_is_found() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        await dispute(world, "eve").prove()
        await dispute(world, "eve").judge()
        forged = change((await told(world)).history, "ChallengeResolved", proven=True)
        found = await problem(world, "innocent", forged)
        assert found == "round 1: a right aggregate was convicted"


async def test_a_lying_root_that_nobody_challenged_is_found() -> None:
    async with open_court() as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values
        numbers(world).learn("bob", 1, values, sum_tree(chunks_of(values), leaves={1: 0}))
        await world.reach("Settled")
        found = await problem(world, "lying")
        assert found == "submission 1 does not have the root or norm it revealed"


async def test_a_value_beyond_the_bound_that_nobody_challenged_is_found() -> None:
    async with open_court(qmax=100) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values.copy()
        values[SPOT] = 101
        numbers(world).learn("bob", 1, values)
        await world.reach("Settled")
        found = await problem(world, "beyond")
        assert found == "submission 1 has values beyond the bound"


async def test_bytes_that_are_not_there_are_not_passed_over() -> None:
    async with open_court() as world:
        await world.reach("Settled")
        found = await told(world)
        ledger = watch(found.history, found.genesis, found.kept).ledger
        store = ArtifactStore("memory://without updates")
        for data in (b"the agreement", numbers(world).models[0].data):
            await store.put(data)
        (check,) = await check_updates(ledger, store)
        assert not check.ok
        assert check.detail.startswith("round 1: ")


async def test_a_model_whose_bytes_are_others_is_found() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        true = numbers(world).true_model(world, 1)
        other = numbers(world).models[0]
        await world.round_aggregate(await world.chosen(), model=(true.root, other.artifact))
        await world.reach("Settled")
        assert await problem(world, "other bytes") == (
            "round 1: the stored model does not have its root"
        )


async def test_a_false_plant_that_nobody_challenged_is_found() -> None:
    async with open_court("alice", "bob", "pam", scored=True) as world:
        await open_planting_round(world, "pam", trainers=("alice", "bob", "pam"))
        values = numbers(world).plant(world, "pam", AMPLITUDE).values.copy()
        values[0] += 1
        numbers(world).learn("pam", 2, values)
        await world.reach("Settled")
        assert "plants are what their seeds make" in (await told(world)).flaws()
