"""Answers demands: shows the chunk that somebody asks an author for, before silence is a fault.

An author answers from its own memory; a long path takes several transactions. Anybody else who has
the bytes may answer for an author who is away, where the whole path fits one.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.artifacts import decode_model
from fedsol.chain import Clock
from fedsol.errors import ArtifactError, LearningError, ProgramError, StateError
from fedsol.learning import model_tree, update_tree
from fedsol.learning.merkle import Tree, model_chunk, update_chunk
from fedsol.log import get_logger
from fedsol.program import Round
from fedsol.program import instructions as ix
from fedsol.program.addresses import FederationRef, round_address
from fedsol.reading import is_past, update_length
from fedsol.roles.disputes import Dispute, Shown, list_disputes
from fedsol.roles.member import Member, Snapshot
from fedsol.roles.pieces import pieces_of
from fedsol.updates import read_update

log = get_logger(__name__)


@dataclass(frozen=True, eq=False)
class Material:
    """What an author posted: the values (int16[d] or int32[d]) and the tree that its root is of.

    A selection's bytes are taken as int32, as its tree takes them.
    """

    values: NDArray[Any]
    tree: Tree

    def show(self, chunk: int) -> Shown:
        """A chunk with its path."""
        cut = update_chunk if self.values.dtype == np.int16 else model_chunk
        return Shown(chunk, cut(self.values, chunk), self.tree.prove(chunk).siblings)


@dataclass(frozen=True)
class Answerer:
    """Answers what a member is asked for: its update as a trainer, its model as an aggregator."""

    member: Member

    async def step(self, now: Snapshot) -> bool:
        """Answers one demand, if there is one, and says whether it did."""
        round_ = now.round
        if round_ is None or not round_.disputes:
            return False
        address = round_address(self.member.federation.address, round_.number)
        for dispute in await list_disputes(self.member.chain, address):
            mine = dispute.account.accused == self.member.participant
            waits = is_waiting(dispute, now.clock)
            if mine and waits and await self._answer(dispute, round_):
                return True
        return False

    async def material(self, dispute: Dispute, round_: Round) -> Material:
        """What the member posted; of an update from its journal, of anything else from the store.

        Raises ``ArtifactError`` and ``StateError`` if that is lost.
        """
        size = round_.parameter_count
        if dispute.of_selection:
            return selection_material(await self.member.artifacts.get(_selection_of(round_)))
        if dispute.target is None:
            data = await self.member.artifacts.get(bytes(round_.new_model_artifact))
            values = decode_model(data, size=size).values
            return Material(values, model_tree(values))
        data = self.member.journal.update_bytes(round_.number)
        # Whoever asks did not find it: the store may have lost it.
        with suppress(ArtifactError):
            await self.member.artifacts.put(data)
        values = read_update(data, update_length(round_))
        return Material(values, update_tree(values))

    async def _answer(self, dispute: Dispute, round_: Round) -> bool:
        try:
            material = await self.material(dispute, round_)
        except (ArtifactError, StateError, LearningError) as error:
            log.error("answer_lost", chunk=dispute.place, reason=str(error))
            return False
        steps = answering_steps(
            self.member.federation, round_.number, dispute, material, owner=self.member.owner
        )
        try:
            for step in steps:
                await self.member.chain.send([step], [self.member.key])
        except ProgramError as error:
            log.error("answer_refused", chunk=dispute.place, reason=str(error))
            return False
        log.info("demand_answered", round=round_.number, chunk=dispute.place, pieces=len(steps))
        return True


def selection_material(data: bytes) -> Material:
    """What the author of a selection shows."""
    values = np.frombuffer(data, np.int32)
    return Material(values, model_tree(values))


def _selection_of(round_: Round) -> bytes:
    if round_.selection is None:
        raise StateError("the selection that is asked for has fallen")
    return bytes(round_.selection.artifact)


def is_waiting(dispute: Dispute, clock: Clock) -> bool:
    """Whether a dispute is a demand that can still be answered."""
    asked = dispute.is_demand and dispute.is_open and not dispute.is_complete
    return asked and not is_past(dispute.account.deadline, clock)


def answering_steps(
    ref: FederationRef,
    number: int,
    dispute: Dispute,
    material: Material,
    *,
    owner: Pubkey,
    answerer: Pubkey | None = None,
) -> list[Instruction]:
    """What shows the demanded chunk, each in a transaction of its own.

    ``owner`` is the accused's; ``answerer`` who signs, unless it is the owner: the program takes an
    answer from somebody else in one transaction only.
    """
    shown = material.show(dispute.place)
    level = _climbed(dispute, material) if answerer is None else None

    def make(chunk: bytes, siblings: Sequence[bytes]) -> Instruction:
        return ix.demand_answer(
            ref.address,
            number,
            owner,
            dispute.account.challenger,
            siblings=siblings,
            chunk=chunk,
            target=dispute.target,
            answerer=answerer,
        )

    chunk = shown.chunk if level is None else b""
    return pieces_of(make, chunk, shown.siblings[level or 0 :], answerer or owner)


def _climbed(dispute: Dispute, material: Material) -> int | None:
    """How many siblings of an answer that was begun are there; None if it must begin anew."""
    ascent = dispute.account.ascent
    if ascent is None:
        return None
    level, node = int(ascent.climb.level), ascent.climb.node
    record = material.tree.levels[level][dispute.place >> level].tobytes()
    reached = bytes(node.hash) + node.sum.to_bytes(8, "little")
    return level if reached[: len(record)] == record else None
