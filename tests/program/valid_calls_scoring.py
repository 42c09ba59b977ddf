"""For every instruction of scoring one call that is valid; see ``tests.program.valid_calls``."""

from __future__ import annotations

from fedsol.program.commitment import ticket
from tests.world import STAKE, Call, World


async def _score_commit(world: World) -> Call:
    await world.reach("Score")
    await world.draw()
    # All seats are taken, and the lowest ticket comes last.
    beacon = bytes((await world.round()).beacon)
    order = sorted(
        ("eva", "ed", "eli", "emil"),
        key=lambda who: ticket(beacon, world.person(who)),
        reverse=True,
    )
    for who in order[:3]:
        await world.score_commit(who)
    return world.score_commit(order[3], displaced=order[0])


async def _score_reveal(world: World) -> Call:
    await world.reach("ScoreReveal")
    return world.score_reveal("eva")


async def _audit_arm(world: World) -> Call:
    return world.audit_arm("alice")


async def _audit_reveal(world: World) -> Call:
    await world.reach("Tally")
    return world.audit_reveal("alice")


async def _submission_score(world: World) -> Call:
    await world.reach("Tally")
    await world.pass_phase()
    return world.submission_score("alice")


async def _fault_evaluator(world: World) -> Call:
    await world.reach("Tally", evaluators=("eva", "ed"), mute=("eli",))
    # So small a stake that the slash takes eli off the list of aggregators, from its middle.
    await world.stake_unbond("eli", STAKE - 1_500)
    return world.fault_evaluator("eve", "eli", last="dan")


async def _evaluation_claim(world: World) -> Call:
    await world.reach("Settled")
    return world.evaluation_claim("eva")


async def _evaluation_close(world: World) -> Call:
    await world.reach("Settled")
    await world.evaluation_claim("eva")
    return world.evaluation_close("eva")


CASES = {
    "score_commit": _score_commit,
    "score_reveal": _score_reveal,
    "audit_arm": _audit_arm,
    "audit_reveal": _audit_reveal,
    "submission_score": _submission_score,
    "fault_evaluator": _fault_evaluator,
    "evaluation_claim": _evaluation_claim,
    "evaluation_close": _evaluation_close,
}
