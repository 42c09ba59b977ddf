"""How disputes end: a verdict when all is there, an end without one when time is over.

Anybody may end anybody's dispute; it must be done, because a round waits for its disputes.
"""

from dataclasses import dataclass
from typing import Literal

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.chain import Chain
from fedsol.program import Participant
from fedsol.program import instructions as ix
from fedsol.program.addresses import FederationRef
from fedsol.program.instructions.participant import AGGREGATOR
from fedsol.reading import is_past, read_last_aggregator
from fedsol.roles.disputes import Dispute
from fedsol.roles.scene import Scene

End = Literal["resolve", "expire", "close"]
"""What anybody may do to end a dispute; ``close`` moves the tokens of one that is decided."""


@dataclass(frozen=True)
class Case:
    """Who claims what of whom: all that a verdict names.

    ``accused`` is a participant, ``target`` a submission (None: the aggregate), ``original`` the
    submission that was copied.
    """

    challenger: Pubkey
    accused: Pubkey
    target: Pubkey | None
    original: Pubkey | None = None


def case_of(scene: Scene, dispute: Dispute) -> Case:
    """The case that a dispute is."""
    copied = dispute.account.kind.kind == "CopiedUpdate" and dispute.target in scene.submissions
    original = scene.original_of(dispute.target) if copied and dispute.target else None
    one = dispute.account
    return Case(one.challenger, one.accused, dispute.target, original)


def due_end(scene: Scene, dispute: Dispute) -> End | None:
    """What is due with a dispute; None if nothing is."""
    if not dispute.is_open:
        return "close"
    if scene.is_moot(dispute):
        return "expire"
    over = is_past(dispute.account.deadline, scene.clock)
    copied = case_of(scene, dispute).original is not None
    if dispute.is_complete or copied or (dispute.is_demand and over):
        return "resolve"
    return "expire" if over else None


async def ending_steps(
    chain: Chain, ref: FederationRef, scene: Scene, dispute: Dispute, end: End
) -> list[Instruction]:
    """What ends a dispute and moves its tokens, in one transaction."""
    case = case_of(scene, dispute)
    close = ix.challenge_close(ref, scene.number, case.challenger, target=case.target)
    if end == "close":
        return [close]
    if end == "resolve":
        return [await resolving_step(chain, ref, scene, case), close]
    expire = ix.challenge_expire(
        ref.address,
        scene.number,
        case.challenger,
        accused=None if scene.is_moot(dispute) else case.accused,
        target=case.target,
    )
    return [expire, close]


async def resolving_step(chain: Chain, ref: FederationRef, scene: Scene, case: Case) -> Instruction:
    """The verdict's instruction, with everybody whom a conviction would touch."""
    aggregator = await _falling_aggregator(scene, case)
    return ix.challenge_resolve(
        ref.address,
        scene.number,
        case.challenger,
        case.accused,
        target=case.target,
        original=case.original,
        aggregator=aggregator,
        last_aggregator=await _last_aggregator(chain, ref, scene, case.accused, aggregator),
    )


async def _falling_aggregator(scene: Scene, case: Case) -> Pubkey | None:
    """Whose aggregate falls with the submission; None if it is the accused's own, or none falls."""
    target = scene.submissions.get(case.target) if case.target is not None else None
    falls = scene.phase == "Challenge" and target is not None and target.status.kind == "Revealed"
    poster: Pubkey = scene.round.aggregator
    return poster if falls and poster != case.accused else None


async def _last_aggregator(
    chain: Chain, ref: FederationRef, scene: Scene, accused: Pubkey, aggregator: Pubkey | None
) -> Pubkey | None:
    """Who takes the accused's place in the list of aggregators, unless ``aggregator`` does."""
    if aggregator is not None and await _comes_last(chain, scene, aggregator):
        return None
    last = await read_last_aggregator(
        chain, ref.address, accused, aggregators=scene.federation.aggregators
    )
    return None if last == aggregator else last


async def _comes_last(chain: Chain, scene: Scene, aggregator: Pubkey) -> bool:
    """Whether somebody takes the last place in the list when the bond comes home."""
    account = await chain.account(aggregator)
    if account is None or not account.data:
        return False
    person = Participant.decode(account.data)
    params = scene.federation.params
    enough = person.stake + scene.round.bond >= params.min_stake + params.aggregator_bond
    return bool(not person.listed and person.roles & AGGREGATOR and enough)
