"""round_commit: a trainer binds itself, and its stake, to an update that nobody has seen."""

from __future__ import annotations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import Submission, errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR
from tests.program.expect import ALREADY_THERE, assert_event, change, rent
from tests.world import STAKE, World, digest, framework_error


async def test_it_makes_a_submission_and_locks_the_minimum_stake(world: World) -> None:
    await world.round_open()
    with change(world) as changed:
        landed = await world.round_commit("alice")
    cost, at = rent(world, Submission), world.submission_at("alice")
    assert changed.lamports == {world.owner("alice"): -cost, at: cost}
    # Nothing that another trainer's commit would have to wait for.
    assert changed.written == {world.person("alice"), at}
    assert changed.tokens == {}
    made, alice = await world.submission("alice"), await world.participant("alice")
    assert (made.version, made.status.kind, made.claimed) == (3, "Committed", False)
    assert (made.round, made.participant) == (world.round_at(), world.person("alice"))
    assert bytes(made.commitment) == world.commitment("alice")
    assert (made.committed_slot, made.liability) == (landed.slot, 1_000)
    assert (made.index, made.weight, made.norm_squared) == (0, 0, 0)
    assert bytes(made.root) == bytes(made.artifact) == bytes(32)
    assert bytes(made.shares) == bytes(32)
    assert (alice.stake, alice.locked, alice.duties, alice.revealed) == (STAKE, 1_000, 1, 0)
    assert_event(
        world,
        landed,
        "RoundCommitted",
        participant=world.person("alice"),
        round=world.round_at(),
        commitment=world.commitment("alice"),
        liability=1_000,
    )
    assert world.event(landed).seq == alice.seq
    await world.assert_invariants()


@pytest.mark.parametrize("word", [bytes(32), b"\xff" * 32, digest("anything")])
async def test_any_32_bytes_are_taken(world: World, word: bytes) -> None:
    await world.round_open()
    await world.round_commit("alice", hash=word)


async def test_a_second_commitment_in_a_round_is_refused(world: World) -> None:
    await world.round_open()
    await world.round_commit("alice")
    again = world.round_commit("alice", hash=digest("another"))
    await world.refuses(again, ProgramError, name=ALREADY_THERE)


async def test_a_second_commitment_in_the_same_transaction_is_refused(world: World) -> None:
    await world.round_open()

    async def both() -> None:
        again = world.round_commit("alice", hash=digest("another"))
        await world.send(world.round_commit("alice"), again)

    await world.refuses(both, ProgramError, name=ALREADY_THERE)


async def test_without_the_trainers_role_it_is_refused(world: World) -> None:
    await world.actor("dan", roles=AGGREGATOR | EVALUATOR)
    await world.round_open()
    await world.refuses(world.round_commit("dan"), errors.RoleMissing)


async def test_the_minimum_stake_is_enough_and_one_less_is_not(world: World) -> None:
    await world.actor("rich", stake=1_000)
    await world.actor("poor", stake=999)
    await world.round_open()
    await world.round_commit("rich")
    await world.refuses(world.round_commit("poor"), errors.StakeInsufficient)


async def test_stake_under_an_undecided_commitment_carries_no_other(world: World) -> None:
    await world.actor("dan", stake=1_999)
    await world.reach("Settled", silent=["dan"])
    await world.round_open()
    await world.refuses(world.round_commit("dan"), errors.StakeInsufficient)
    await world.wallet("dan", stake=1)
    await world.stake_deposit("dan", 1)
    await world.round_commit("dan")
    assert (await world.participant("dan")).locked == 2_000


@pytest.mark.parametrize(
    ("seconds", "slots", "open_"),
    [
        (-1, -1, True),
        (0, -1, True),
        (-1, 0, True),
        (10**6, -1, True),
        (-1, 10**6, True),
        (0, 0, False),
        (1, 1, False),
    ],
)
async def test_it_is_taken_until_both_the_second_and_the_slot_of_the_deadline_are_reached(
    world: World, seconds: int, slots: int, open_: bool
) -> None:
    await world.round_open()
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if open_:
        await world.round_commit("alice")
    else:
        await world.refuses(world.round_commit("alice"), errors.DeadlinePassed)


async def test_only_the_owner_commits(world: World) -> None:
    await world.round_open()
    call = world.round_commit("alice").swap(owner=world.owner("bob")).by("bob")
    await world.refuses(call, errors.NotOwner)


async def test_a_participant_of_another_federation_is_refused(world: World) -> None:
    create = world.federation_create("bob", name="another")
    await create
    await world.round_open()
    call = world.round_commit("alice").swap(federation=create.at("federation"))
    await world.refuses(call, errors.WrongFederation)


async def test_a_submission_at_another_address_is_refused(world: World) -> None:
    await world.round_open()
    call = world.round_commit("alice").swap(submission=world.submission_at("bob"))
    await world.refuses(call, framework_error(2006))


async def test_more_may_commit_than_a_round_accepts(world: World) -> None:
    await world.actors("dan", "erin", "fay")
    await world.round_open()
    for who in ("alice", "bob", "carol", "dan", "erin", "fay"):
        await world.round_commit(who)
    await world.assert_invariants()
