"""participant_close: whoever has nothing left in a federation leaves it for good."""

from __future__ import annotations

from fedsol.program import Participant, errors
from tests.program.expect import assert_event, change, rent
from tests.program.leaving import leave
from tests.world import STAKE, World, framework_error


async def test_it_returns_the_rent_and_hands_the_record_to_the_federation(world: World) -> None:
    await world.actor("gone", stake=0)
    before = await world.participant("gone")
    with change(world) as changed:
        landed = await world.participant_close("gone")
    cost = rent(world, Participant)
    assert changed.lamports == {world.owner("gone"): cost, world.person("gone"): -cost}
    assert changed.written == {world.ref.address, world.person("gone")}
    assert changed.tokens == {}
    assert not world.exists(world.person("gone"))
    assert (await world.federation()).participants == 3
    assert_event(
        world,
        landed,
        "ParticipantClosed",
        participant=world.person("gone"),
        participant_seq=before.seq,
        participant_head=bytes(before.head),
    )
    assert world.event(landed).seq == (await world.federation()).seq
    await world.assert_invariants()


async def test_stake_keeps_it_open(world: World) -> None:
    await world.refuses(world.participant_close("alice"), errors.ParticipantInUse)


async def test_stake_on_its_way_out_keeps_it_open(world: World) -> None:
    await world.stake_unbond("carol", STAKE)
    await world.refuses(world.participant_close("carol"), errors.ParticipantInUse)
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.refuses(world.participant_close("carol"), errors.ParticipantInUse)
    await world.stake_withdraw("carol")
    await world.participant_close("carol")


async def test_an_open_submission_keeps_it_open_even_without_stake(world: World) -> None:
    await world.reach("Settled", trainers=["alice", "bob", "carol"])
    # After the round all stake may go, but the submission still has a reward.
    await world.stake_unbond("carol", STAKE)
    world.pass_window((await world.participant("carol")).unbonding[0].release)
    await world.stake_withdraw("carol")
    await world.refuses(world.participant_close("carol"), errors.ParticipantInUse)
    await world.reward_claim("carol")
    await world.refuses(world.participant_close("carol"), errors.ParticipantInUse)
    await world.submission_close("carol")
    await world.participant_close("carol")


async def test_a_posted_bond_keeps_it_open(world: World) -> None:
    await world.reach("Challenge")
    poster = world.name_of((await world.round()).aggregator)
    await world.refuses(world.participant_close(poster), errors.ParticipantInUse)


async def test_only_its_owner_may_close_it(world: World) -> None:
    await world.actor("gone", stake=0)
    call = world.participant_close("gone").swap(closer=world.owner("alice")).by("alice")
    await world.refuses(call, errors.CloserNotAllowed)


async def test_its_rent_goes_to_nobody_but_its_owner(world: World) -> None:
    await world.actor("gone", stake=0)
    call = world.participant_close("gone").swap(owner=world.owner("alice"))
    await world.refuses(call, errors.NotOwner)


async def test_while_the_federation_is_paused_anyone_may_close_who_has_nothing_left(
    world: World,
) -> None:
    await world.actor("gone", stake=0)
    await world.federation_pause(True)
    with change(world) as changed:
        await world.participant_close("gone").swap(closer=world.owner("alice")).by("alice")
    cost = rent(world, Participant)
    assert changed.lamports == {world.owner("gone"): cost, world.person("gone"): -cost}
    call = world.participant_close("bob").swap(closer=world.owner("alice")).by("alice")
    await world.refuses(call, errors.ParticipantInUse)


async def test_it_cannot_be_closed_twice(world: World) -> None:
    await world.actor("gone", stake=0)
    await world.participant_close("gone")
    await world.refuses(world.participant_close("gone"), framework_error(3012))


async def test_nothing_can_be_put_into_it_in_the_transaction_that_closes_it(world: World) -> None:
    await world.actor("gone", stake=0, spare=5)

    async def both() -> None:
        await world.send(world.participant_close("gone"), world.stake_deposit("gone", 5))

    await world.refuses(both, framework_error(3012))


async def test_closed_and_registered_again_it_starts_from_nothing(world: World) -> None:
    await world.reach("Settled", silent=["carol"])
    await world.wallet("eve")
    await world.fault_no_reveal("eve", "carol")
    await world.submission_close("carol")
    await leave(world, "carol")
    await world.participant_register("carol")
    person = await world.participant("carol")
    assert (person.seq, person.stake, person.slashed, person.duties) == (1, 0, 0, 0)
    await world.assert_invariants()
