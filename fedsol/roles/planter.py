"""A trainer's audits of the evaluators: arms itself with a secret, plants noise when chance says so, tells.

The secret is on disk before its hash goes out, and the noise follows from it; so whatever is
planted can be told by the next process. A secret that may have been seen is never planted with
again: everybody could tell in which rounds it plants.
"""

from dataclasses import dataclass, replace

from fedsol.learning import plant_amplitude, plant_update
from fedsol.learning.merkle import update_root
from fedsol.learning.update import Update
from fedsol.log import get_logger
from fedsol.program import Federation, Participant, Round
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address
from fedsol.program.commitment import audit_commitment, may_plant, plant_seed
from fedsol.program.instructions.participant import TRAINER
from fedsol.reading import is_over, is_scored
from fedsol.roles.member import Member, Snapshot
from fedsol.roles.memory import AuditMemory, RoundMemory, new_salt

log = get_logger(__name__)

# Noise has a quarter of an honest update's norm: in a small model longer noise may by chance be
# worth something, and honest evaluators would pay for it.
_SHORTER_SQUARED = 16


@dataclass(frozen=True)
class Planter:
    """What a trainer does besides training to keep evaluators awake."""

    member: Member

    async def step(self, now: Snapshot) -> bool:
        """Tells what was planted, or arms anew; says whether it did."""
        return await self._tell(now) or await self._arm(now)

    def pick(self, federation: Federation, round_: Round, me: Participant) -> bytes | None:
        """The secret (32 bytes) with which to plant in a round; None if chance does not say so."""
        audit = self.member.journal.recall_audit()
        if audit is None or audit.told or not self._is_armed(federation, me, audit.secret):
            return None
        if not is_scored(round_.params) or me.audit_slot >= round_.parent_beacon_slot:
            return None
        secret, one_in = bytes.fromhex(audit.secret), round_.params.scoring.audit_one_in
        return secret if may_plant(bytes(round_.parent_beacon), secret, one_in) else None

    def plant(self, round_: Round, secret: bytes, honest: Update) -> tuple[Update, int]:
        """The noise to submit instead of an honest update, and its amplitude."""
        size = honest.values.size
        target = honest.root.sum // _SHORTER_SQUARED
        amplitude = max(1, plant_amplitude(target, size, round_.params.qmax))
        address = round_address(self.member.federation.address, round_.number)
        values = plant_update(plant_seed(secret, address), amplitude, size)
        return Update(values, update_root(values)), amplitude

    async def _tell(self, now: Snapshot) -> bool:
        """Tells that this round's submission was planted, while it may still be told."""
        round_ = now.round
        if round_ is None or round_.phase.kind != "Tally" or is_over(round_, now.clock):
            return False
        memory = self.member.journal.recall(round_.number)
        if memory is None or not memory.secret or not await self._can_tell(now.federation, memory):
            return False
        audit = self.member.journal.recall_audit()
        if audit is not None and audit.secret == memory.secret:
            self.member.journal.remember_audit(replace(audit, told=True))
        step = ix.audit_reveal(
            self.member.federation.address,
            round_.number,
            self.member.owner,
            bytes.fromhex(memory.secret),
            memory.amplitude,
        )
        await self.member.send(f"round-{round_.number}-audit", [step])
        log.info("told what was planted", round=round_.number)
        return True

    async def _can_tell(self, federation: Federation, memory: RoundMemory) -> bool:
        me = await self.member.me()
        mine = await self.member.submission(memory.number, self.member.participant)
        if me is None or mine is None or mine.status.kind != "Revealed":
            return False
        return self._is_armed(federation, me, memory.secret)

    async def _arm(self, now: Snapshot) -> bool:
        """Arms with a new secret where there is none on chain that can be planted with."""
        if not await self._may_arm(now):
            return False
        me, audit = await self.member.me(), self.member.journal.recall_audit()
        if me is None or not me.roles & TRAINER:
            return False
        if audit is not None and not audit.told:
            if self._is_armed(now.federation, me, audit.secret):
                return False
        else:
            audit = AuditMemory(new_salt().hex())
            self.member.journal.remember_audit(audit)
        hidden = self._hide(now.federation, audit.secret)
        step = ix.audit_arm(self.member.federation.address, self.member.owner, hidden)
        await self.member.send("audit-arm", [step])
        log.info("armed for an audit", newest=now.federation.round)
        return True

    async def _may_arm(self, now: Snapshot) -> bool:
        """Whether arming is of use, and takes away nothing that is still to be told."""
        params = now.federation.params
        if now.federation.paused or not is_scored(params) or not params.scoring.audit_one_in:
            return False
        # A beacon is drawn after the reveals: what is armed later counts no earlier than this.
        quiet = now.round is None or not now.federation.round_active
        return quiet or (now.round is not None and now.round.phase.kind == "Commit")

    def _is_armed(self, federation: Federation, me: Participant, secret: str) -> bool:
        return bytes(me.audit_commitment) == self._hide(federation, secret)

    def _hide(self, federation: Federation, secret: str) -> bytes:
        where, whose = self.member.federation.address, self.member.participant
        return audit_commitment(bytes(federation.genesis), where, whose, bytes.fromhex(secret))
