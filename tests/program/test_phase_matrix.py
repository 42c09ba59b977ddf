"""Every instruction in every phase, during its window and after: what is not listed is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from fedsol.program.params import Window
from tests.program import idl
from tests.program.shared import freeze, shared
from tests.world import PHASES, Call, World, framework_error, key_of, make_sandbox, world_on

RUNNING = PHASES[:5]
ENDED = PHASES[5:]
# Emptied: ended, its window over, and every revealed submission closed.
STATES = (
    *(f"{phase} {moment}" for phase in PHASES for moment in ("during", "after")),
    *(f"{phase} emptied" for phase in ENDED),
)
LEGAL = None
MISSING = framework_error(3012)

# alice and bob train and reveal (bob has claimed once the round settled), carol commits and keeps
# silent, dan has matured stake and trains not, zoe has nothing in, eve is a stranger.
CALLS: dict[str, Callable[[World, str], Call]] = {
    "federation_create": lambda w, _: w.federation_create(name="another"),
    "federation_fund": lambda w, _: w.federation_fund("eve", 5),
    "federation_pause": lambda w, _: w.federation_pause(),
    "federation_close": lambda w, _: w.federation_close(),
    "participant_register": lambda w, _: w.participant_register("eve"),
    "participant_close": lambda w, _: w.participant_close("zoe"),
    "stake_deposit": lambda w, _: w.stake_deposit("dan", 5),
    "stake_unbond": lambda w, _: w.stake_unbond("alice", 5),
    "stake_withdraw": lambda w, _: w.stake_withdraw("dan"),
    "round_open": lambda w, _: w.round_open(),
    "round_commit": lambda w, _: w.round_commit("dan"),
    "round_reveal": lambda w, _: w.round_reveal("carol"),
    "round_advance": lambda w, _: w.round_advance(),
    "round_aggregate": lambda w, who: w.round_aggregate(who),
    "round_settle": lambda w, who: w.round_settle(who),
    "round_abort": lambda w, _: w.round_abort(),
    "fault_no_reveal": lambda w, _: w.fault_no_reveal("eve", "carol"),
    "reward_claim": lambda w, _: w.reward_claim("alice"),
    "submission_close": lambda w, _: w.submission_close("bob"),
    "round_close": lambda w, _: w.round_close(),
}

Expected = type[ProgramError] | None


def always(what: Expected) -> dict[str, Expected]:
    """The same in every state."""
    return dict.fromkeys(STATES, what)


def in_phases(phases: tuple[str, ...], what: Expected) -> dict[str, Expected]:
    """The same in all states of these phases."""
    return {state: what for state in STATES if state.split()[0] in phases}


EXPECTED: dict[str, dict[str, Expected]] = {
    "federation_create": always(LEGAL),
    "federation_fund": always(LEGAL),
    "federation_pause": always(LEGAL),
    "federation_close": always(errors.FederationInUse),
    "participant_register": always(LEGAL),
    "participant_close": always(LEGAL),
    "stake_deposit": always(LEGAL),
    "stake_unbond": always(LEGAL),
    "stake_withdraw": always(LEGAL),
    "round_open": in_phases(RUNNING, errors.RoundActive) | in_phases(ENDED, LEGAL),
    "round_commit": always(errors.WrongPhase)
    | {"Commit during": LEGAL, "Commit after": errors.DeadlinePassed},
    "round_reveal": always(errors.WrongPhase)
    | {"Reveal during": LEGAL, "Reveal after": errors.DeadlinePassed},
    "round_advance": always(errors.WrongPhase)
    | {f"{phase} during": errors.DeadlineNotPassed for phase in PHASES[:3]}
    | {f"{phase} after": LEGAL for phase in PHASES[:3]},
    "round_aggregate": always(errors.WrongPhase)
    | {"Aggregate during": LEGAL, "Aggregate after": errors.DeadlinePassed},
    # Before an aggregate is posted, no account is the one that posted it.
    "round_settle": always(errors.WrongAggregator)
    | {"Challenge during": errors.DeadlineNotPassed, "Challenge after": LEGAL}
    | in_phases(("Settled",), errors.WrongPhase),
    "round_abort": always(errors.WrongPhase)
    | in_phases(("Reveal",), errors.QuorumReached)
    | {"Aggregate during": errors.DeadlineNotPassed, "Aggregate after": LEGAL},
    "fault_no_reveal": always(LEGAL) | in_phases(("Commit", "Reveal"), errors.WrongPhase),
    "reward_claim": always(errors.WrongPhase)
    | in_phases(("Settled",), LEGAL)
    | {"Settled emptied": MISSING, "Aborted emptied": MISSING},
    "submission_close": in_phases(RUNNING, errors.RoundNotEnded)
    | in_phases(ENDED, LEGAL)
    | {"Settled emptied": MISSING, "Aborted emptied": MISSING},
    "round_close": in_phases(RUNNING, errors.RoundNotEnded)
    | in_phases(ENDED, errors.RoundInUse)
    | {"Settled emptied": LEGAL, "Aborted emptied": LEGAL},
}


async def in_state(state: str) -> tuple[World, str]:
    """A world whose round is in that state, and who aggregates or would."""

    async def make() -> tuple[World, str]:
        phase, moment = state.split()
        world = await people()
        await world.reach(phase, silent=["carol"])
        if phase == "Commit":
            for who in ("alice", "bob", "carol"):
                await world.round_commit(who)
        if phase == "Reveal":
            for who in ("alice", "bob"):
                await world.round_reveal(who)
        if phase == "Settled":
            await world.reward_claim("bob")
        if moment == "emptied":
            if phase == "Settled":
                await world.reward_claim("alice")
            for who in ("alice", "bob"):
                await world.submission_close(who)
        if moment != "during":
            await world.pass_phase()
        freeze(world)
        return world, await aggregator(world, phase)

    return await shared(f"matrix {state}", make)


async def people() -> World:
    """The cast, before the round opens."""
    world = await world_on(await make_sandbox(), score=Window(90, 39))
    await world.wallet("eve", reward=5)
    await world.actors("alice", "bob", "carol")
    await world.actor("zoe", stake=0)
    await world.actor("dan", spare=5)
    await world.stake_unbond("dan", 5)
    world.pass_window((await world.participant("dan")).unbonding[0].release)
    return world


async def aggregator(world: World, phase: str) -> str:
    """Who posted, who was chosen, or anybody while nobody is."""
    if phase in ("Challenge", "Settled"):
        return world.name_of((await world.round()).aggregator)
    return await world.chosen() if phase == "Aggregate" else "alice"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", idl.names())
async def test_an_instruction_is_legal_in_exactly_these_phases(name: str, state: str) -> None:
    assert name in CALLS, f"no call recorded for {name}"
    world, who = await in_state(state)
    call, expected = CALLS[name](world, who), EXPECTED[name][state]
    if expected is LEGAL:
        before = world.snapshot()
        await world.chain.simulate([call.instruction], key_of("bank").pubkey())
        world.assert_only_fees_changed(before)
    else:
        await world.refuses(call, expected)


def test_every_running_phase_can_be_left_once_its_window_is_over() -> None:
    ways = ("round_advance", "round_settle", "round_abort")
    for phase in RUNNING:
        assert any(EXPECTED[way][f"{phase} after"] is LEGAL for way in ways), phase
