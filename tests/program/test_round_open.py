"""round_open: one round at a time, with the rules and the pool that it starts with."""

from __future__ import annotations

from fedsol.program import Round, addresses, errors
from fedsol.program.instructions.participant import TRAINER
from tests.program.expect import assert_event, change, plain, rent
from tests.world import FUNDED, MODEL_ROOT, World, framework_error, open_world

NOBODY = 2**32 - 1


async def test_it_makes_a_round_with_a_copy_of_the_rules_and_a_pool(world: World) -> None:
    now = (world.ledger.unix_timestamp, world.ledger.slot)
    with change(world) as changed:
        landed = await world.round_open()
    cost, at = rent(world, Round), world.round_at(1)
    assert changed.lamports == {world.creator: -cost, at: cost}
    assert changed.written == {world.ref.address, at}
    assert changed.tokens == {}
    round_, federation = await world.round(1), await world.federation()
    assert (round_.version, round_.number, round_.phase.kind) == (3, 1, "Commit")
    assert (round_.federation, round_.payer) == (world.ref.address, world.creator)
    assert plain(round_.deadline) == (now[0] + 100, now[1] + 40)
    assert round_.params == federation.params
    assert bytes(round_.base_model_root) == MODEL_ROOT
    assert (round_.pool, round_.chosen) == (100, NOBODY)
    zero = ("revealed", "closed", "accepted", "planted", "scored", "false_plants", "disputes")
    zero += ("demands", "attempt", "score_total", "credit_total", "evaluator_pool", "score_pool")
    zero += ("plant_share", "share", "unpaid", "claims_left", "bond", "drawn", "beacon_slot", "seq")
    zero += ("seats", "score_reveals", "scores_closed", "evaluations", "aggregators")
    assert {getattr(round_, name) for name in zero} == {0}
    assert set(round_.tickets) == {0}
    assert round_.parameter_count == federation.parameter_count
    # No round before it has drawn a beacon.
    assert (bytes(round_.parent_beacon), round_.parent_beacon_slot) == (bytes(32), 0)
    for name in ("beacon", "new_model_root", "new_model_artifact", "head"):
        assert bytes(getattr(round_, name)) == bytes(32)
    assert (federation.round, federation.rounds_open, federation.round_active) == (1, 1, True)
    assert (federation.reward_available, federation.reward_reserved) == (FUNDED - 100, 100)
    assert_event(
        world,
        landed,
        "RoundOpened",
        round=at,
        number=1,
        base_model_root=MODEL_ROOT,
        pool=100,
        reward_available=FUNDED - 100,
        deadline=plain(round_.deadline),
    )
    assert world.event(landed).seq == federation.seq
    await world.assert_invariants()


async def test_a_pool_is_what_is_there_when_that_is_less() -> None:
    async with open_world(funded=30) as world:
        await world.round_open()
        assert (await world.round()).pool == 30
        assert (await world.federation()).reward_available == 0


async def test_a_round_may_have_no_pool() -> None:
    async with open_world("alice", "bob", funded=0) as world:
        await world.reach("Settled")
        assert ((await world.round()).pool, (await world.round()).share) == (0, 0)
        await world.reward_claim("alice")
        await world.assert_invariants()


async def test_a_second_round_is_refused_while_one_runs(world: World) -> None:
    await world.round_open()
    await world.refuses(world.round_open(), errors.RoundActive)


async def test_the_next_round_opens_after_a_settled_and_after_an_aborted_one(world: World) -> None:
    await world.reach("Settled")
    await world.round_open()
    assert bytes((await world.round(2)).base_model_root) == world.model(1)[0]
    await world.reach("Aborted", trainers=())
    await world.round_open()
    assert (await world.federation()).round == 3
    assert bytes((await world.round(3)).base_model_root) == world.model(1)[0]
    assert (await world.federation()).rounds_open == 3


async def test_a_participant_with_the_minimum_stake_may_open_one_and_pays_for_it(
    empty_world: World,
) -> None:
    world = empty_world
    await world.actor("alice", stake=1_000, roles=TRAINER)
    await world.round_open("alice")
    assert (await world.round()).payer == world.owner("alice")


async def test_a_participant_with_less_is_refused(empty_world: World) -> None:
    await empty_world.actor("alice", stake=999)
    await empty_world.refuses(empty_world.round_open("alice"), errors.OpenerNotAllowed)


async def test_stake_on_its_way_out_does_not_count(world: World) -> None:
    await world.stake_unbond("carol", 2_002)
    await world.refuses(world.round_open("carol"), errors.OpenerNotAllowed)


async def test_a_stranger_is_refused(world: World) -> None:
    await world.wallet("eve")
    call = world.round_open("eve", as_participant=False)
    await world.refuses(call, errors.OpenerNotAllowed)


async def test_somebody_elses_participant_opens_nothing(world: World) -> None:
    await world.wallet("eve")
    call = world.round_open("alice").swap(opener=world.owner("eve")).by("eve")
    await world.refuses(call, errors.NotOwner)


async def test_a_participant_of_another_federation_opens_nothing(world: World) -> None:
    create = world.federation_create("alice", name="another")
    await create
    other = create.at("federation")
    mine = addresses.participant_address(other, world.owner("alice"))
    await world.participant_register("alice").swap(federation=other, participant=mine)
    call = world.round_open("alice").swap(participant=mine)
    await world.refuses(call, errors.WrongFederation)


async def test_a_round_of_another_number_is_refused(world: World) -> None:
    for number in (0, 2):
        call = world.round_open(number=number)
        await world.refuses(call, framework_error(2006))


async def test_a_number_is_never_given_twice(world: World) -> None:
    await world.reach("Aborted", trainers=())
    await world.pass_phase()
    await world.round_close()
    await world.refuses(world.round_open(number=1), framework_error(2006))
    await world.round_open(number=2)


async def test_two_rounds_in_one_transaction_are_refused(world: World) -> None:
    async def both() -> None:
        await world.send(world.round_open(), world.round_open(number=2))

    await world.refuses(both, errors.RoundActive)
