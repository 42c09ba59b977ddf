"""A crank: moves rounds on when they are due, punishes silence, closes what has ended.

Anybody can be one.
"""

from dataclasses import dataclass

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.log import get_logger
from fedsol.program import Round
from fedsol.program import errors as failed
from fedsol.program import instructions as ix
from fedsol.reading import due_now, read_last_aggregator
from fedsol.roles.member import Member, Snapshot

log = get_logger(__name__)

# Somebody else was faster, or the moment is not there yet: try again at the next look.
_HARMLESS = (
    failed.WrongPhase,
    failed.DeadlineNotPassed,
    failed.BeaconNotReady,
    failed.WrongSubmissionStatus,
    failed.WrongLastAggregator,
    failed.RoundActive,
)


@dataclass(frozen=True)
class Crank:
    """Whatever a member can do for the round without being chosen.

    ``opens``: also opens the next round when none is running. ``rounds``: the last round to open.
    """

    member: Member
    opens: bool = False
    rounds: int | None = None

    async def step(self, now: Snapshot) -> bool:
        """Does what is due and says whether anything was."""
        try:
            # Silence first: an aggregate posted meanwhile would move stake into a bond.
            return await self._punish(now) or await self._turn(now) or await self._open(now)
        except _HARMLESS as error:
            log.debug("crank was not needed", reason=str(error))
            return False

    async def _turn(self, now: Snapshot) -> bool:
        step = self._due(now)
        if step is None:
            return False
        await self.member.chain.send([step], [self.member.key])
        return True

    def _due(self, now: Snapshot) -> Instruction | None:
        round_ = now.round
        if round_ is None:
            return None
        federation, number = self.member.federation.address, round_.number
        match due_now(round_, now.clock):
            case "advance":
                return ix.round_advance(federation, number)
            case "abort":
                return ix.round_abort(federation, number)
            case "settle":
                return ix.round_settle(federation, number, round_.aggregator)
            case None:
                return None

    async def _punish(self, now: Snapshot) -> bool:
        """Proves the silence of whoever committed and did not reveal; the finder's part is ours."""
        round_ = now.round
        if round_ is None or round_.phase.kind in ("Commit", "Reveal"):
            return False
        if round_.revealed >= round_.params.max_submissions:
            return False
        silent = [
            one
            for one in await self.member.submissions(round_.number)
            if one.status.kind == "Committed"
        ]
        for submission in silent:
            step = ix.fault_no_reveal(
                self.member.federation,
                round_.number,
                self.member.owner,
                submission.participant,
                last_aggregator=await last_aggregator(self.member, submission.participant),
            )
            landed = await self.member.chain.send([step], [self.member.key])
            log.info("silence punished", round=round_.number, slot=landed.slot)
        return bool(silent)

    async def _open(self, now: Snapshot) -> bool:
        federation = now.federation
        done = self.rounds is not None and federation.round >= self.rounds
        if not self.opens or federation.round_active or federation.paused or done:
            return False
        creator = self.member.owner == self.member.federation.creator
        step = ix.round_open(
            self.member.federation.address,
            self.member.owner,
            federation.round + 1,
            participant=None if creator else self.member.participant,
        )
        await self.member.chain.send([step], [self.member.key])
        return True


async def last_aggregator(member: Member, leaving: Pubkey) -> Pubkey | None:
    """Who must be named when ``leaving`` may drop out of the list of aggregators; None if nobody."""
    snapshot = await member.snapshot()
    return await read_last_aggregator(
        member.chain,
        member.federation.address,
        leaving,
        aggregators=snapshot.federation.aggregators,
    )


async def close_round(member: Member, round_: Round) -> None:
    """Closes an ended round; its rent goes to who opened it.

    Raises RoundInUse while it is too early.
    """
    step = ix.round_close(member.federation.address, round_.number, round_.payer)
    await member.chain.send([step], [member.key])
