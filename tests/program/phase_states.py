"""Every state that a round can be in, and how a world comes into it."""

from __future__ import annotations

from collections.abc import Callable

from fedsol.program.instructions import lying_norm
from tests.program.leaving import empty, end
from tests.program.shared import freeze, shared
from tests.world import PHASES, SCORING, Call, World, make_sandbox, world_on

RUNNING = PHASES[:7]
ENDED = PHASES[7:]
DISPUTABLE = RUNNING[2:]
# Undrawn: the beacon is due. Scored: every submission has its score. Disputed: the window is over,
# a challenge and a demand are open. Emptied: ended, the window over, all it owed claimed and closed.
STATES = (
    *(f"{phase} {moment}" for phase in PHASES for moment in ("during", "after")),
    "Score undrawn",
    "Tally scored",
    *(f"{phase} disputed" for phase in DISPUTABLE),
    *(f"{phase} emptied" for phase in ENDED),
)


async def in_state(state: str) -> tuple[World, str]:
    """A world whose round is in that state, and who aggregates or would."""

    async def make() -> tuple[World, str]:
        phase, moment = state.split()
        world = await people()
        if phase in ENDED:
            await decide_dispute(world, "Challenge" if phase == "Settled" else "Aggregate")
        await world.reach(phase, **CAST)
        if moment == "undrawn":
            world.ledger.advance(slots=2)
        else:
            await act(world, phase)
        if moment == "disputed":
            await dispute(world)
        if moment == "emptied":
            await world.fault_evaluator("eve", "eli")
            await empty(world, world.number, faulty=("carol",))
        if moment not in ("during", "undrawn"):
            await world.pass_phase()
        if moment == "scored":
            await world.submission_score_all()
        freeze(world)
        return world, await aggregator(world, phase)

    return await shared(f"matrix {state}", make)


CAST = {"silent": ["carol"], "evaluators": ["eva", "ed"], "mute": ["eli"]}


async def people() -> World:
    """The cast, before the round opens; alice may plant in it."""
    rules = SCORING | {"max_evaluators": 5}
    world = await world_on(await make_sandbox(), real=True, parameter_count=300, **rules)
    await world.wallet("eve", reward=5, stake=1_000)
    await world.wallet("mallory", stake=1_000)
    await world.wallet("frank", stake=1_000)
    await world.actors("alice", "bob", "carol")
    await world.evaluators("eva", "ed", "eli", "emil")
    await world.actor("zoe", stake=0)
    await world.actor("dan", spare=5)
    await world.round_open()
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await end(world, 1)
    await world.stake_unbond("dan", 5)
    world.pass_window((await world.participant("dan")).unbonding[0].release)
    return world


async def act(world: World, phase: str) -> None:
    """What the phase is for is done, by everybody but those who keep silent."""
    match phase:
        case "Commit":
            await world.commit_all()
        case "Reveal":
            await world.reveal_all()
        case "Score":
            await world.draw()
            await world.score_commit_all()
        case "ScoreReveal":
            await world.score_reveal_all()
        case "Settled":
            await world.reward_claim("bob")
            await world.evaluation_claim("ed")


async def dispute(world: World) -> None:
    """A challenge and a demand at the last moment; their deadlines are later than the phase's."""
    round_ = await world.round()
    last = round_.takeover if round_.phase.kind == "Aggregate" else round_.deadline
    world.warp(last, seconds=-5, slots=-5)
    await world.challenge_open("mallory", lying_norm(0), target="bob")
    await world.demand_open("frank", 0, target="bob")


async def decide_dispute(world: World, phase: str) -> None:
    """In that phase bob is challenged without evidence and answers a demand; nobody closes either."""
    await world.reach(phase, **CAST)
    await world.challenge_open("mallory", lying_norm(0), target="bob")
    await world.demand_open("frank", 0, target="bob")
    await answered_by("bob")(world, "")
    await world.challenge_resolve("frank", "bob", target="bob")
    world.pass_window((await world.challenge("mallory", "bob")).deadline)
    await world.challenge_expire("mallory", "bob", target="bob")


async def aggregator(world: World, phase: str) -> str:
    """Who posted, who was chosen, or anybody while nobody is."""
    if phase in ("Challenge", "Settled"):
        return world.name_of((await world.round()).aggregator)
    return await world.chosen() if phase == "Aggregate" else "alice"


def answered_by(who: str) -> Callable[[World, str], Call]:
    """Somebody's answer to Frank's demand."""

    def call(world: World, _: str) -> Call:
        assert world.numbers is not None
        update = world.numbers.learnt(who, world.number)
        proof = {"chunk": update.chunk(0), "siblings": update.path(0)}
        return world.demand_answer(who, "frank", target=who, **proof)

    return call
