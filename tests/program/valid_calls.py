"""For every instruction one call that is valid, and the world in which it is.

Each world has what an attacker would pass instead: an older round of the same federation with
submissions, evaluations and a dispute of its own, a twin federation of the same people and mints,
and strangers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fedsol.program.addresses import Token
from fedsol.program.instructions import lying_norm
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR
from fedsol.program.params import Window, multi_krum
from tests.program import valid_calls_dispute, valid_calls_masked, valid_calls_scoring
from tests.program.leaving import empty, leave_all
from tests.world import MASKING, SCORING, STAKE, Call, World, make_mint, make_sandbox, world_on

SIZE = 300
"""Parameters of the model: several chunks of an update and of a model."""
Case = Callable[[World], Awaitable[Call]]


@dataclass(frozen=True)
class Stage:
    """A valid call, its world, the twin federation's world, and a third mint."""

    call: Call
    world: World
    twin: World
    other_mint: Token


async def _federation_create(world: World) -> Call:
    return world.federation_create(name="new")


async def _federation_fund(world: World) -> Call:
    return world.federation_fund("eve", 5)


async def _federation_pause(world: World) -> Call:
    return world.federation_pause(True)


async def _federation_close(world: World) -> Call:
    await leave_all(world)
    return world.federation_close()


async def _participant_register(world: World) -> Call:
    return world.participant_register("eve")


async def _participant_close(world: World) -> Call:
    await world.actor("gone", stake=0)
    return world.participant_close("gone")


async def _stake_deposit(world: World) -> Call:
    await world.wallet("alice", stake=7)
    return world.stake_deposit("alice", 7)


async def _stake_unbond(world: World) -> Call:
    return world.stake_unbond("alice", STAKE, last="dan")


async def _stake_withdraw(world: World) -> Call:
    await world.stake_unbond("alice", 7)
    entry = (await world.participant("alice")).unbonding[0]
    world.pass_window(entry.release)
    return world.stake_withdraw("alice")


async def _round_open(world: World) -> Call:
    return world.round_open("alice")


async def _round_commit(world: World) -> Call:
    await world.round_open()
    await world.round_commit("bob")
    return world.round_commit("alice")


async def _round_reveal(world: World) -> Call:
    await world.reach("Reveal")
    return world.round_reveal("alice")


async def _round_advance(world: World) -> Call:
    await world.reach("Commit")
    await world.pass_phase()
    return world.round_advance()


async def _round_aggregate(world: World) -> Call:
    await world.reach("Aggregate")
    return world.round_aggregate(await world.chosen())


async def _round_settle(world: World) -> Call:
    await world.reach("Challenge")
    await world.pass_phase()
    return world.round_settle(world.name_of((await world.round()).aggregator))


async def _round_abort(world: World) -> Call:
    await world.reach("Reveal", trainers=("alice",))
    await world.pass_phase()
    return world.round_abort()


async def _fault_no_reveal(world: World) -> Call:
    await world.reach("Score", trainers=("alice", "bob"), silent=("carol",))
    # So small a stake that the slash takes carol off the list, from its middle.
    await world.stake_unbond("carol", STAKE - 1_500)
    return world.fault_no_reveal("eve", "carol", last="dan")


async def _reward_claim(world: World) -> Call:
    await world.reach("Settled")
    return world.reward_claim("alice")


async def _submission_close(world: World) -> Call:
    await world.reach("Settled")
    await world.reward_claim("alice")
    return world.submission_close("alice")


async def _round_close(world: World) -> Call:
    await world.reach("Settled")
    await empty(world, world.number)
    await world.pass_phase()
    return world.round_close()


CASES: dict[str, Case] = {
    "federation_create": _federation_create,
    "federation_fund": _federation_fund,
    "federation_pause": _federation_pause,
    "federation_close": _federation_close,
    "participant_register": _participant_register,
    "participant_close": _participant_close,
    "stake_deposit": _stake_deposit,
    "stake_unbond": _stake_unbond,
    "stake_withdraw": _stake_withdraw,
    "round_open": _round_open,
    "round_commit": _round_commit,
    "round_reveal": _round_reveal,
    "round_advance": _round_advance,
    "round_aggregate": _round_aggregate,
    "round_settle": _round_settle,
    "round_abort": _round_abort,
    "fault_no_reveal": _fault_no_reveal,
    "reward_claim": _reward_claim,
    "submission_close": _submission_close,
    "round_close": _round_close,
    **valid_calls_masked.CASES,
    **valid_calls_scoring.CASES,
    **valid_calls_dispute.CASES,
}

# No evaluators score in a masked round; the windows stay.
UNSCORED: dict[str, Any] = {"score": Window(0, 0)}
# Rules without which an instruction has nothing to do.
RULES: dict[str, dict[str, Any]] = {
    "challenge_measure": {"rule": multi_krum(0, 1), "min_submissions": 3},
    "round_join": UNSCORED | MASKING,
    "round_share": UNSCORED | MASKING,
    "round_object": UNSCORED | MASKING,
}


async def stage(name: str) -> Stage:
    """A new world in which the instruction's valid call is possible, with everything foreign."""
    if name not in CASES:
        raise AssertionError(f"no valid call recorded for {name}: add it to CASES")
    sandbox = await make_sandbox()
    rules = {"real": True, "parameter_count": SIZE, **SCORING, **RULES.get(name, {})}
    twin = await _peopled(await world_on(sandbox, name="clinics", creator="founder", **rules))
    world = await _peopled(await world_on(sandbox, name="hospitals", **rules))
    other = await make_mint(sandbox.chain, "other", program=world.ref.stake.program)
    if name not in ("federation_close", "federation_create"):
        await CASES[name](twin)
    return Stage(await CASES[name](world), world, twin, other)


async def _peopled(world: World) -> World:
    """People, and a round that is over: alice may plant in the next one, eve has lost a dispute."""
    await world.wallet("eve", stake=1_000, reward=100)
    await world.wallet("mallory")
    await world.actors("alice", "bob", "carol")
    await world.actor("eli", roles=EVALUATOR | AGGREGATOR)
    await world.actors("dan")
    await world.evaluators("eva", "ed", "emil")
    await world.reach("Reveal", trainers=("alice", "bob", "carol"), evaluators=("eva", "ed", "eli"))
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Challenge")
    await world.challenge_open("eve", lying_norm(0), target="bob")
    world.pass_window((await world.challenge("eve", "bob")).deadline)
    await world.challenge_expire("eve", "bob", target="bob")
    await world.reach("Settled")
    return world
