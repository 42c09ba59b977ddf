"""A crank: moves rounds on when they are due, punishes what the accounts prove, closes what has ended.

Anybody can be one.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.chain import FRAMEWORK_ERRORS
from fedsol.log import get_logger
from fedsol.program import Evaluation, Participant, Round
from fedsol.program import errors as failed
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address
from fedsol.reading import (
    Due,
    due_now,
    is_ended,
    is_faulty,
    is_scored,
    list_evaluations,
    read_last_aggregator,
)
from fedsol.roles.member import Member, Snapshot
from fedsol.tally import scoring_steps

log = get_logger(__name__)

# Somebody else was faster, or the moment is not there yet: try again at the next look.
_HARMLESS = (
    failed.WrongPhase,
    failed.DeadlineNotPassed,
    failed.BeaconNotReady,
    failed.QuorumFailed,
    failed.QuorumReached,
    failed.DisputesOpen,
    failed.WrongSubmissionStatus,
    failed.WrongEvaluationStatus,
    failed.EvaluatorNotAtFault,
    failed.EvaluationInUse,
    failed.ScoresMissing,
    failed.WrongAggregator,
    failed.WrongLastAggregator,
    failed.RoundActive,
)
# Its owner closed it meanwhile.
_GONE = FRAMEWORK_ERRORS[3012]


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
        # Punishing first: an aggregate posted meanwhile would move stake into a bond.
        moves = (self._punish, self._punish_evaluators, self._tidy, self._turn, self._open)
        for move in moves:
            try:
                if await move(now):
                    return True
            except _HARMLESS as error:
                log.debug("crank was not needed", reason=str(error))
        return False

    async def _turn(self, now: Snapshot) -> bool:
        round_ = now.round
        due = due_now(round_, now.clock) if round_ is not None else None
        if round_ is None or due is None:
            return False
        if due == "score":
            return await self._score(round_)
        await self._send([self._step(round_, due)])
        return True

    def _step(self, round_: Round, due: Due) -> Instruction:
        federation, number = self.member.federation.address, round_.number
        if due == "settle":
            return ix.round_settle(federation, number, round_.aggregator)
        return (ix.round_abort if due == "abort" else ix.round_advance)(federation, number)

    async def _score(self, round_: Round) -> bool:
        """Gives every revealed submission the median of what its evaluators have shown."""
        chain, federation = self.member.chain, self.member.federation.address
        transactions = await scoring_steps(chain, federation, round_)
        for steps in transactions:
            await self._send(steps)
        return bool(transactions)

    async def _punish(self, now: Snapshot) -> bool:
        """Proves the silence of whoever committed and did not reveal; the finder's part is ours."""
        round_ = now.round
        if round_ is None or round_.phase.kind in ("Commit", "Share", "Reveal"):
            return False
        if round_.revealed >= round_.params.max_submissions:
            return False
        silent = [
            one.participant
            for one in await self.member.submissions(round_.number)
            if one.status.kind in ("Committed", "Shared")
        ]
        for participant in silent:
            step = ix.fault_no_reveal(
                self.member.federation,
                round_.number,
                self.member.owner,
                participant,
                last_aggregator=await last_aggregator(self.member, participant),
            )
            await self._send([step])
            log.info("silence punished", round=round_.number, trainer=str(participant))
        return bool(silent)

    async def _punish_evaluators(self, now: Snapshot) -> bool:
        """Proves the fault of whoever was silent, or whose scores the round has proved wrong."""
        done = False
        for round_ in await self._scored_rounds(now):
            if not round_.scores_closed:
                continue
            faulty = [one for one in await self._evaluations(round_) if is_faulty(one, round_)]
            for one in faulty:
                step = ix.fault_evaluator(
                    self.member.federation,
                    round_.number,
                    self.member.owner,
                    one.participant,
                    last_aggregator=await last_aggregator(self.member, one.participant),
                )
                await self._send([step])
                log.info("evaluator punished", round=round_.number, evaluator=str(one.participant))
            done = done or bool(faulty)
        return done

    async def _tidy(self, now: Snapshot) -> bool:
        """Closes evaluations of which nothing more is asked: their owners get stake and rent back."""
        done = False
        for round_ in await self._scored_rounds(now):
            # Without an account more than there are seats, nobody was displaced.
            if not is_ended(round_) and round_.evaluations <= round_.seats:
                continue
            over = [one for one in await self._evaluations(round_) if _is_over(one, round_)]
            for one in over:
                await self._close(round_, one)
            done = done or bool(over)
        return done

    async def _close(self, round_: Round, one: Evaluation) -> None:
        (account,) = await self.member.chain.accounts([one.participant])
        if account is None:
            return
        owner = Participant.decode(account.data).owner
        step = ix.evaluation_close(self.member.federation.address, round_.number, owner)
        with suppress(_GONE):
            await self._send([step])

    async def _scored_rounds(self, now: Snapshot) -> list[Round]:
        """The newest round and the one before, where evaluations are open: others may have opened
        the next round before anything was punished.
        """
        if now.round is None or not is_scored(now.round.params):
            return []
        before = await self.member.round(now.round.number - 1)
        return [one for one in (now.round, before) if one is not None and one.evaluations]

    async def _evaluations(self, round_: Round) -> list[Evaluation]:
        """The evaluations of a round, those that were shown by place."""
        address = round_address(self.member.federation.address, round_.number)
        return [one for _, one, _ in await list_evaluations(self.member.chain, address)]

    async def _send(self, steps: Sequence[Instruction]) -> None:
        await self.member.chain.send(steps, [self.member.key])

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
        await self._send([step])
        return True


def _is_over(one: Evaluation, round_: Round) -> bool:
    """Whether an evaluation can be closed by anybody, with nothing lost."""
    excused = round_.phase.kind == "Aborted" and not is_faulty(one, round_)
    return one.status.kind in ("Done", "Faulted", "Displaced") or excused


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
