"""participant_register: an owner joins by signing the agreement and taking roles."""

from __future__ import annotations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import Participant, addresses, errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import ALREADY_THERE, assert_event, change, rent
from tests.world import AGREEMENT, World, digest, framework_error


async def test_it_makes_an_empty_participant_that_its_owner_pays_for(empty_world: World) -> None:
    world = empty_world
    await world.wallet("alice")
    with change(world) as changed:
        landed = await world.participant_register("alice", roles=TRAINER | EVALUATOR)
    cost = rent(world, Participant)
    assert changed.lamports == {world.owner("alice"): -cost, world.person("alice"): cost}
    assert changed.written == {world.ref.address, world.person("alice")}
    assert changed.tokens == {}
    person = await world.participant("alice")
    assert (person.version, person.roles, person.listed) == (3, 3, False)
    assert (person.federation, person.owner) == (world.ref.address, world.owner("alice"))
    assert bytes(person.agreement) == AGREEMENT
    zero = ("aggregator_index", "stake", "locked", "duties", "revealed", "aggregated", "offences")
    assert {getattr(person, name) for name in (*zero, "rewarded", "slashed")} == {0}
    assert all(entry.amount == 0 for entry in person.unbonding)
    assert set(person.reserved) == {0}
    assert (await world.federation()).participants == 1
    assert (await world.federation()).seq == 2, "the record is the participant's"
    assert_event(
        world,
        landed,
        "ParticipantRegistered",
        participant=world.person("alice"),
        owner=world.owner("alice"),
        roles=3,
        agreement=AGREEMENT,
    )
    assert world.event(landed).seq == person.seq == 1
    await world.assert_invariants()


@pytest.mark.parametrize("roles", [1, 2, 3, 4, 5, 6, 7])
async def test_every_combination_of_roles_is_taken(empty_world: World, roles: int) -> None:
    await empty_world.wallet("alice")
    await empty_world.participant_register("alice", roles=roles)
    assert (await empty_world.participant("alice")).roles == roles


@pytest.mark.parametrize("roles", [0, 8, 9, 16, 128, 255])
async def test_no_role_and_unknown_roles_are_refused(empty_world: World, roles: int) -> None:
    await empty_world.wallet("alice")
    call = empty_world.participant_register("alice", roles=roles)
    await empty_world.refuses(call, errors.RolesInvalid)


@pytest.mark.parametrize("agreement", [bytes(32), digest("older"), AGREEMENT[:-1] + b"\x00"])
async def test_another_agreement_is_refused(empty_world: World, agreement: bytes) -> None:
    await empty_world.wallet("alice")
    call = empty_world.participant_register("alice", agreement=agreement)
    await empty_world.refuses(call, errors.AgreementMismatch)


async def test_registering_twice_is_refused(world: World) -> None:
    await world.refuses(world.participant_register("alice"), ProgramError, name=ALREADY_THERE)


async def test_registering_twice_in_one_transaction_is_refused(empty_world: World) -> None:
    world = empty_world
    await world.wallet("alice")

    async def both() -> None:
        await world.send(
            world.participant_register("alice"), world.participant_register("alice", roles=TRAINER)
        )

    await world.refuses(both, ProgramError, name=ALREADY_THERE)


async def test_nobody_is_registered_by_somebody_else(empty_world: World) -> None:
    world = empty_world
    await world.wallet("alice")
    await world.wallet("eve")
    call = world.participant_register("alice").swap(owner=world.owner("eve")).by("eve")
    await world.refuses(call, framework_error(2006))


async def test_the_same_owner_is_another_participant_in_another_federation(world: World) -> None:
    create = world.federation_create(name="another")
    await create
    other = create.at("federation")
    mine = addresses.participant_address(other, world.owner("alice"))
    call = world.participant_register("alice").swap(federation=other, participant=mine)
    await call
    assert world.decode(Participant, mine).federation == other
    assert (await world.participant("alice")).federation == world.ref.address


async def test_registering_makes_nobody_an_aggregator(empty_world: World) -> None:
    await empty_world.wallet("alice")
    await empty_world.participant_register("alice", roles=AGGREGATOR)
    assert (await empty_world.federation()).aggregators == 0
