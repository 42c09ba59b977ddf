"""I7: whether a stranger can move what has not ended, once every deadline has passed.

Each candidate is tried on the chain itself and undone; the reference only says which accounts to
pass. The stranger is eve: no role, no stake, no key but for her own fee.
"""

from __future__ import annotations

from solders.hash import Hash
from solders.pubkey import Pubkey

from tests.property.model import Step, dispute_of
from tests.property.moves_disputes import deciding
from tests.property.names import address
from tests.property.reference import Reference
from tests.property.view import View
from tests.property.world import World

STRANGER = "eve"
_FAR = 10**7


class Liveness:
    """Tries out what moves; what has been tried in a state is not tried again."""

    def __init__(self, world: World, reference: Reference) -> None:
        self.world = world
        self.reference = reference
        self._moving: set[bytes] = set()

    def moves_on(self, view: View, key: Pubkey) -> bool:
        """Whether a round that has not ended, or a dispute, can be moved later; nothing happens."""
        state = self._state(view, key)
        if state not in self._moving and not self._moved_later(self._steps(view, key)):
            return False
        self._moving.add(state)
        return True

    def _state(self, view: View, key: Pubkey) -> bytes:
        """The bytes on which it depends what is possible."""
        account = view.rounds[key] if key in view.rounds else view.challenges[key]
        federation = view.federations[account.federation]
        others = (key, getattr(account, "round", key))
        data = b"".join(view.raw[one][2] for one in others if one in view.raw)
        return data + bytes([federation.paused, federation.aggregators])

    def _moved_later(self, steps: list[Step]) -> bool:
        ledger = self.world.ledger
        slot, time = ledger.slot + _FAR, ledger.unix_timestamp + _FAR
        hashes = [(slot - 1, Hash.default()), *ledger.blocks.slot_hashes]
        ledger.bank.publish(slot=slot, time=time, hashes=hashes)
        try:
            return any(self.world.would(step) for step in steps)
        finally:
            ledger.bank.publish(
                slot=ledger.slot, time=ledger.unix_timestamp, hashes=ledger.blocks.slot_hashes
            )

    def _steps(self, view: View, key: Pubkey) -> list[Step]:
        """What may move it; in the order of what is likely."""
        for name, fed in self.reference.feds.items():
            for number in fed.rounds:
                if address(f"{name}#{number}") == key:
                    return self._round_steps(name, number)
            for place, dispute in fed.disputes.items():
                if address(dispute_of(name, *place)) == key:
                    if dispute.verdict == "Open":
                        return deciding(self.reference, name, place, STRANGER)
                    number, target, who = place
                    close = Step("challenge_close", name, STRANGER, number, who, target=target)
                    return [close]
        raise AssertionError(f"the reference does not know {key}")

    def _round_steps(self, name: str, number: int) -> list[Step]:
        fed = self.reference.feds[name]
        round_ = fed.rounds[number]
        names = ("round_settle",) if round_.aggregator else ("round_advance", "round_abort")
        steps = [Step(step, name, STRANGER, number, round_.aggregator) for step in names]
        evaluators = tuple(round_.shown)
        steps += [
            Step("submission_score", name, STRANGER, number, owner, evaluators=evaluators)
            for (at, owner), submission in fed.submissions.items()
            if at == number and submission.standing and not submission.scored
        ]
        for place, dispute in fed.disputes.items():
            if place[0] == number and dispute.verdict == "Open":
                steps += deciding(self.reference, name, place, STRANGER)
        return steps
