"""An evaluator: says what every update is worth on data of its own, first hidden, then shown.

Scores and their salt are on disk before their hash goes out: the next process shows the same ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt, ArtifactMissing
from fedsol.learning import Dataset, Model, score_all
from fedsol.learning.models import model_architecture
from fedsol.log import get_logger
from fedsol.program import Evaluation, Federation, Participant, Round
from fedsol.program import errors as failed
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address
from fedsol.program.commitment import Place, scores_commitment, ticket
from fedsol.program.instructions.participant import EVALUATOR
from fedsol.reading import is_ended, is_faulty, is_over, list_evaluations, scores_of
from fedsol.roles.member import Member, Snapshot, fetch_update
from fedsol.roles.memory import ScoresMemory, new_salt
from fedsol.roles.rules import scale_of

log = get_logger(__name__)

PIECE = 400  # scores that fit one transaction

# Somebody with a lower ticket was faster: the next look tells whether there is still a seat.
_OUTRUN = (failed.WrongEvaluation, failed.EvaluatorsFull)


@dataclass(frozen=True)
class HeldOut:
    """What an evaluator measures with: the federation's model, and data that nobody trained on."""

    model: Model
    data: Dataset


@dataclass(frozen=True)
class Evaluator:
    """The evaluator role of a member. What it says weighs as much as its stake."""

    member: Member
    held_out: HeldOut

    async def step(self, now: Snapshot) -> bool:
        """Does what is due and says whether anything was."""
        if await self._settle_accounts(now):
            return True
        round_ = now.round
        if round_ is None or is_over(round_, now.clock):
            return False
        mine = await self.member.evaluation(round_.number)
        if round_.phase.kind == "Score" and round_.drawn and mine is None:
            return await self._commit(now.federation, round_)
        if round_.phase.kind == "ScoreReveal" and mine is not None:
            return await self._show(round_, *mine)
        return False

    async def _commit(self, federation: Federation, round_: Round) -> bool:
        me = await self.member.me()
        if me is None or not may_evaluate(me, round_, self.member.participant):
            return False
        memory = self.member.journal.recall_scores(round_.number)
        if memory is None:
            memory = await self._score(federation, round_)
        if memory is None:
            return False
        place = Place(
            bytes(federation.genesis),
            self.member.federation.address,
            round_.number,
            self.member.participant,
        )
        step = ix.score_commit(
            self.member.federation.address,
            round_.number,
            self.member.owner,
            scores_commitment(place, memory.scores, bytes.fromhex(memory.salt)),
            displaced=await self._displaced(round_),
        )
        try:
            await self.member.send(f"scores-{round_.number}-commit", [step])
        except _OUTRUN as error:
            log.info("no seat yet", round=round_.number, reason=str(error))
            return False
        log.info("scores committed", round=round_.number, evaluator=str(self.member.owner))
        return True

    async def _score(self, federation: Federation, round_: Round) -> ScoresMemory | None:
        """Scores every update; None while the endpoint lists others than the round counts."""
        if model_architecture(self.held_out.model) != bytes(federation.architecture_hash):
            raise ArchitectureMismatch(
                f"{self.held_out.model} is not of the federation's architecture"
            )
        updates = await self._updates(federation, round_)
        if sorted(updates) != list(range(round_.revealed)):
            log.warning("cannot score yet", round=round_.number, listed=sorted(updates))
            return None
        base = await self.member.base_model(federation)
        scores = score_all(
            self.held_out.model,
            base.values,
            updates,
            bytes(round_.beacon),
            self.held_out.data,
            scale_of(round_),
        )
        memory = ScoresMemory(round_.number, new_salt().hex(), scores.tolist())
        self.member.journal.remember_scores(memory)
        return memory

    async def _updates(
        self, federation: Federation, round_: Round
    ) -> dict[int, NDArray[np.int16] | None]:
        """Every revealed update by index; None where its bytes cannot be had or are others.

        Raises ArtifactError when the store cannot be reached: that is nobody's fault.
        """
        found: dict[int, NDArray[np.int16] | None] = {}
        for one in await self.member.submissions(round_.number):
            if not one.revealed:
                continue
            try:
                found[one.index] = await fetch_update(
                    self.member.artifacts, one, federation.parameter_count
                )
            except (ArtifactMissing, ArtifactCorrupt) as error:
                log.warning("an update scores nothing", index=one.index, reason=str(error))
                found[one.index] = None
        return found

    async def _displaced(self, round_: Round) -> Pubkey | None:
        """Whose evaluation gives its seat to this one; None while there are free seats."""
        if round_.seats < round_.params.scoring.max_evaluators:
            return None
        address = round_address(self.member.federation.address, round_.number)
        seated = [
            (one.ticket, key)
            for key, one, _ in await list_evaluations(self.member.chain, address)
            if one.status.kind == "Committed"
        ]
        return max(seated)[1] if seated else None

    async def _show(self, round_: Round, mine: Evaluation, data: bytes) -> bool:
        """Shows the scores, in pieces if there are many; the last one brings the salt."""
        if mine.status.kind != "Committed":
            return False
        memory = self.member.journal.recall_scores(round_.number)
        if memory is None:
            log.error("no scores on disk, cannot show any", round=round_.number)
            return False
        there = scores_of(data)
        starts = range(0, len(memory.scores), PIECE)
        for start in starts:
            piece = memory.scores[start : start + PIECE]
            last = start == starts[-1]
            if not last and list(there[start : start + PIECE]) == piece:
                continue
            step = ix.score_reveal(
                self.member.federation.address,
                round_.number,
                self.member.owner,
                piece,
                start=start,
                salt=bytes.fromhex(memory.salt) if last else None,
            )
            await self.member.send(f"scores-{round_.number}-reveal-{start}", [step])
        log.info("scores shown", round=round_.number, evaluator=str(self.member.owner))
        return True

    async def _settle_accounts(self, now: Snapshot) -> bool:
        """Claims and closes one evaluation with which nothing else is to happen."""
        for number in self.member.journal.scored_rounds():
            round_ = await self.member.round(number)
            mine = await self.member.evaluation(number)
            if mine is None:
                self._forget(number, now)
                continue
            steps = self._leaving(round_, mine[0])
            if steps:
                await self.member.send(f"scores-{number}-leave", steps)
                return True
        return False

    def _forget(self, number: int, now: Snapshot) -> None:
        """Drops what was kept for a round in which it cannot be needed any more."""
        newest = now.federation.round
        # A node that lags does not know the newest round yet: its salt must not be forgotten.
        if number < newest or (number == newest and not now.federation.round_active):
            self.member.journal.forget_scores(number)

    def _leaving(self, round_: Round | None, mine: Evaluation) -> list[Instruction]:
        if round_ is None:
            return []
        federation, owner, number = self.member.federation, self.member.owner, round_.number
        close = ix.evaluation_close(federation.address, number, owner)
        if mine.status.kind in ("Done", "Faulted", "Displaced"):
            return [close]
        if not is_ended(round_) or is_faulty(mine, round_):
            return []
        if round_.phase.kind == "Aborted":
            return [close]
        return [ix.evaluation_claim(federation, number, owner), close]


def may_evaluate(me: Participant, round_: Round, address: Pubkey) -> bool:
    """Whether a participant may take a seat in a round: role, stake that was there in time, ticket."""
    if not me.roles & EVALUATOR or me.stake < me.locked + round_.params.min_stake:
        return False
    if me.stake_slot >= round_.beacon_slot:
        return False
    seats = round_.params.scoring.max_evaluators
    return round_.seats < seats or ticket(bytes(round_.beacon), address) < max(
        round_.tickets[:seats]
    )
