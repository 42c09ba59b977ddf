"""score_commit: an evaluator takes a seat and binds itself to scores that nobody has seen."""

from __future__ import annotations

from itertools import permutations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import Evaluation, errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import ALREADY_THERE, assert_event, change, rent
from tests.program.seating import by_ticket, seats_open, seats_taken, ticket_of
from tests.world import EVALUATORS, STAKE, World, open_scored_world, open_world


async def test_it_takes_a_seat_hides_scores_and_locks_stake(scored_world: World) -> None:
    world = scored_world
    await seats_open(world)
    await world.score_commit("ed")
    hidden = world.scores_commitment("eva", scores=(7, 9_999))
    with change(world) as changed:
        landed = await world.score_commit("eva", scores=(7, 9_999))
    at, person = world.evaluation_at("eva"), world.person("eva")
    cost = rent(world, Evaluation, more=2 * 2)
    assert changed.lamports == {world.owner("eva"): -cost, at: cost}
    assert changed.written == {world.round_at(), person, at}
    assert changed.tokens == {}
    made, round_ = await world.evaluation("eva"), await world.round()
    eva = await world.participant("eva")
    ticket = ticket_of(world, "eva")
    assert (made.version, made.status.kind, made.seat, made.place) == (3, "Committed", 1, 0)
    assert (made.round, made.participant) == (world.round_at(), person)
    assert (bytes(made.commitment), made.ticket) == (hidden, ticket)
    assert (made.weight, made.liability) == (STAKE, 1_000)
    assert (made.credits, made.strikes, made.missed) == (0, 0, 0)
    assert world.scores_at("eva") == (0, 0), "hidden"
    assert (eva.locked, eva.duties, eva.stake, eva.evaluated) == (1_000, 1, STAKE, 0)
    assert (round_.seats, round_.evaluations, round_.score_reveals) == (2, 2, 0)
    assert list(round_.tickets[:3]) == [ticket_of(world, "ed"), ticket, 0]
    assert_event(
        world,
        landed,
        "ScoreCommitted",
        round=world.round_at(),
        participant=person,
        commitment=hidden,
        seat=1,
        ticket=ticket,
        weight=STAKE,
        liability=1_000,
        displaced=None,
    )
    assert world.event(landed).seq == round_.seq
    await world.assert_invariants()


async def test_the_lowest_ticket_takes_the_seat_of_the_highest(scored_world: World) -> None:
    world = scored_world
    await world.evaluators("emil")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    highest = others[-1]
    before, seat = await world.participant(highest), (await world.evaluation(highest)).seat
    with change(world) as changed:
        landed = await world.score_commit(lowest, displaced=highest)
    gone = world.evaluation_at(highest)
    assert gone in changed.written
    assert (await world.evaluation(highest)).status.kind == "Displaced"
    assert (await world.evaluation(lowest)).seat == seat
    round_ = await world.round()
    assert (round_.seats, round_.evaluations) == (3, 4)
    assert round_.tickets[seat] == ticket_of(world, lowest)
    assert world.event(landed).data.displaced == world.person(highest)
    # Who lost the seat lost nothing else.
    assert await world.participant(highest) == before
    assert set(changed.tokens) == set()
    await world.assert_invariants()


async def test_who_was_displaced_is_free_at_once_and_is_never_at_fault(
    scored_world: World,
) -> None:
    world = scored_world
    await world.evaluators("emil")
    await world.wallet("eve")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    highest = others[-1]
    await world.score_commit(lowest, displaced=highest)
    await world.refuses(world.fault_evaluator("eve", highest), errors.EvaluatorNotAtFault)
    await world.evaluation_close(highest)
    person = await world.participant(highest)
    assert (person.stake, person.locked, person.duties, person.offences) == (STAKE, 0, 0, 0)
    # Nor does it get a seat by coming again: its ticket is the same.
    await world.refuses(world.score_commit(highest), errors.EvaluatorsFull)
    await world.assert_invariants()


async def test_a_higher_ticket_than_all_that_sit_gets_no_seat(scored_world: World) -> None:
    world = scored_world
    await world.evaluators("emil")
    await seats_open(world)
    *lower, highest = by_ticket(world, *EVALUATORS, "emil")
    for who in lower:
        await world.score_commit(who)
    await world.refuses(world.score_commit(highest), errors.EvaluatorsFull)
    for who in lower:
        await world.refuses(world.score_commit(highest, displaced=who), errors.EvaluatorsFull)


async def test_nobody_but_the_highest_ticket_is_displaced(scored_world: World) -> None:
    world = scored_world
    await world.evaluators("emil")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    for who in others[:-1]:
        await world.refuses(world.score_commit(lowest, displaced=who), errors.WrongEvaluation)
    await world.refuses(world.score_commit(lowest), errors.WrongEvaluation)


async def test_who_is_named_while_a_seat_is_free_keeps_its_own(scored_world: World) -> None:
    world = scored_world
    await seats_open(world)
    lowest, highest = by_ticket(world, "eva", "ed")
    await world.score_commit(highest)
    before = world.snapshot()[world.evaluation_at(highest)]
    landed = await world.score_commit(lowest, displaced=highest)
    assert world.snapshot()[world.evaluation_at(highest)] == before
    assert world.event(landed).data.displaced is None
    assert (await world.round()).seats == 2


async def test_who_sat_there_before_does_not_stand_for_who_sits_there_now() -> None:
    async with open_scored_world("alice", "bob", min_evaluators=1, max_evaluators=1) as world:
        await seats_open(world)
        low, middle, high = by_ticket(world, *EVALUATORS)
        await world.score_commit(high)
        await world.score_commit(middle, displaced=high)
        await world.refuses(world.score_commit(low, displaced=high), errors.WrongEvaluation)
        await world.score_commit(low, displaced=middle)
        assert world.seated() == [low]
        await world.assert_invariants()


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda o: "".join(map(str, o)))
async def test_whoever_comes_first_the_lowest_tickets_sit_in_the_end(order: tuple[int]) -> None:
    async with open_scored_world("alice", "bob", max_evaluators=2) as world:
        await seats_open(world)
        people = by_ticket(world, *EVALUATORS)
        for place in order:
            seated = by_ticket(world, *world.seated())
            if len(seated) < 2:
                await world.score_commit(people[place])
            elif place < people.index(seated[-1]):
                await world.score_commit(people[place], displaced=seated[-1])
            else:
                await world.refuses(world.score_commit(people[place]), errors.EvaluatorsFull)
        assert set(world.seated()) == set(people[:2])
        await world.assert_invariants()


@pytest.mark.parametrize("roles", [TRAINER, AGGREGATOR, TRAINER | AGGREGATOR])
async def test_without_the_role_nobody_evaluates(scored_world: World, roles: int) -> None:
    await scored_world.actor("frank", roles=roles)
    await seats_open(scored_world)
    await scored_world.refuses(scored_world.score_commit("frank"), errors.RoleMissing)


async def test_before_the_beacon_is_drawn_there_are_no_tickets(scored_world: World) -> None:
    await scored_world.reach("Score")
    await scored_world.refuses(scored_world.score_commit("eva"), errors.BeaconNotDrawn)


async def test_where_nobody_scores_there_are_no_evaluators() -> None:
    async with open_world("alice", "bob") as world:
        await world.evaluators("eva")
        await world.reach("Score")
        await world.refuses(world.score_commit("eva"), errors.DeadlinePassed)
        await world.reach("Aggregate")
        await world.refuses(world.score_commit("eva"), errors.WrongPhase)


MOMENTS = [(-1, -1, True), (-1, 0, True), (0, -1, True), (10**6, -1, True), (0, 0, False)]


@pytest.mark.parametrize(("seconds", "slots", "taken"), MOMENTS)
async def test_until_both_the_second_and_the_slot_of_the_deadline_are_reached(
    scored_world: World, seconds: int, slots: int, taken: bool
) -> None:
    world = scored_world
    await seats_open(world)
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if taken:
        await world.score_commit("eva")
    else:
        await world.refuses(world.score_commit("eva"), errors.DeadlinePassed)


async def test_stake_that_came_with_the_end_of_revealing_counts_and_one_slot_later_does_not(
    scored_world: World,
) -> None:
    world = scored_world
    for who in ("frank", "grace"):
        await world.actor(who, stake=0, roles=EVALUATOR, spare=STAKE)
    await world.reach("Reveal")
    await world.reveal_all()
    await world.pass_phase()
    await world.send(world.round_advance(), world.stake_deposit("frank", STAKE))
    await world.stake_deposit("grace", STAKE)
    beacon_slot = (await world.round()).beacon_slot
    slots = [(await world.participant(who)).stake_slot for who in ("frank", "grace")]
    assert slots == [beacon_slot - 1, beacon_slot]
    await world.draw()
    await world.refuses(world.score_commit("grace"), errors.StakeTooFresh)
    await world.score_commit("frank")


async def test_who_registers_once_the_hash_is_known_cannot_pick_its_ticket(
    scored_world: World,
) -> None:
    # The ticket follows from the address: with a thousand keys somebody would have a low one.
    world = scored_world
    await world.reach("Score")
    world.ledger.advance(slots=2)
    await world.actor("late", roles=EVALUATOR)
    await world.draw()
    await world.refuses(world.score_commit("late"), errors.StakeTooFresh)


async def test_a_beacon_that_is_drawn_anew_lets_in_who_came_before_it(scored_world: World) -> None:
    world = scored_world
    await world.reach("Score")
    await world.actor("late", roles=EVALUATOR)
    world.ledger.advance(slots=1_000)
    await world.round_advance()
    assert (await world.round()).beacon_slot > (await world.participant("late")).stake_slot
    await world.draw()
    await world.score_commit("late")


async def test_adding_to_an_old_stake_makes_all_of_it_fresh(scored_world: World) -> None:
    # Else an old account of one unit would carry any weight into a round whose beacon is known.
    world = scored_world
    await world.actor("frank", stake=1_000, roles=EVALUATOR, spare=100_000)
    await seats_open(world)
    await world.stake_deposit("frank", 100_000)
    await world.refuses(world.score_commit("frank"), errors.StakeTooFresh)


@pytest.mark.parametrize(("stake", "enough"), [(0, False), (999, False), (1_000, True)])
async def test_the_minimum_stake_is_needed(scored_world: World, stake: int, enough: bool) -> None:
    world = scored_world
    await world.actor("frank", stake=stake, roles=EVALUATOR)
    await seats_open(world)
    if enough:
        await world.score_commit("frank")
        assert (await world.evaluation("frank")).weight == 1_000
    else:
        await world.refuses(world.score_commit("frank"), errors.StakeInsufficient)


async def test_stake_that_an_unrevealed_update_locks_covers_no_scores(scored_world: World) -> None:
    world = scored_world
    await world.actor("frank", stake=1_999, roles=TRAINER | EVALUATOR)
    await world.reach("Score", silent=["frank"], evaluators=EVALUATORS)
    await world.draw()
    await world.refuses(world.score_commit("frank"), errors.StakeInsufficient)


async def test_the_weight_is_the_stake_and_not_what_is_on_its_way_out(scored_world: World) -> None:
    world = scored_world
    await world.stake_unbond("eva", 1_001)
    await seats_open(world)
    await world.score_commit("eva")
    assert (await world.evaluation("eva")).weight == STAKE - 1_001


async def test_nobody_commits_twice(scored_world: World) -> None:
    world = scored_world
    await seats_open(world)
    await world.score_commit("eva")
    again = world.score_commit("eva", scores=(1, 2))
    await world.refuses(again, ProgramError, name=ALREADY_THERE)


async def test_a_pause_does_not_keep_a_running_rounds_evaluators_out(scored_world: World) -> None:
    # Else whoever may pause could end any round whose scores it fears.
    world = scored_world
    await seats_open(world)
    await world.federation_pause()
    await world.score_commit("eva")


async def test_evaluators_of_one_round_may_be_trainers_of_it(scored_world: World) -> None:
    world = scored_world
    await world.actor("frank", roles=TRAINER | EVALUATOR)
    await world.reach("Score", trainers=["alice", "frank"])
    await world.draw()
    await world.score_commit("frank")
    frank = await world.participant("frank")
    assert (frank.locked, frank.duties) == (1_000, 2)


async def test_seats_are_taken_in_the_order_of_coming(scored_world: World) -> None:
    order = await seats_taken(scored_world, *EVALUATORS)
    assert scored_world.seated() == order[::-1]
