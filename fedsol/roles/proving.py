"""How a proof is sent: the challenge, its evidence, the verdict and the reward.

What fits one transaction is one: then nobody can come in between, and no bond is ever at risk. A
proof about many updates is opened first, its values follow side by side, and the verdict comes
last. What is there already is read from the challenge's account, so that a proof can be gone on
with by any process that can build it again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.chain import PACKET_SIZE, Landed
from fedsol.program import errors as failed
from fedsol.program import instructions as ix
from fedsol.program.addresses import challenge_address
from fedsol.roles.claims import Doubt, Exhibit, Proof, Stream
from fedsol.roles.disputes import DEMANDS, Dispute, place_of
from fedsol.roles.member import Member
from fedsol.roles.pieces import pack, pieces_of, transaction_size
from fedsol.roles.scene import Scene
from fedsol.roles.verdicts import Case, resolving_step

AT_ONCE = 8
"""Transactions of one proof that are on their way at the same time."""


@dataclass
class Evidence:
    """What is still to be shown: ``first`` before all else, ``steps`` in any order, paths that take
    several steps each, and a ``stream`` in its order.
    """

    first: list[Instruction] = field(default_factory=list)
    steps: list[Instruction] = field(default_factory=list)
    trains: list[list[Instruction]] = field(default_factory=list)
    stream: list[Instruction] = field(default_factory=list)

    @property
    def fits_together(self) -> bool:
        """Whether no step must wait for another transaction."""
        return not self.trains and not self.stream


@dataclass(frozen=True)
class Prover:
    """Sends a member's proofs and demands."""

    member: Member
    at_once: int = AT_ONCE

    def address(self, scene: Scene, target: Pubkey | None) -> Pubkey:
        """Where the member's dispute about a target is."""
        return challenge_address(scene.address, target or scene.address, self.member.owner)

    async def demand(self, scene: Scene, doubt: Doubt) -> list[Landed]:
        """Demands a chunk."""
        ref, owner = self.member.federation, self.member.owner
        step = ix.demand_open(
            ref,
            scene.number,
            owner,
            doubt.chunk,
            target=doubt.target,
            of_selection=doubt.of_selection,
        )
        what = f"demand-{DEMANDS[doubt.of_selection]}-{doubt.chunk}"
        label = self._label(scene, doubt.target, what)
        return [await self.member.send(label, [step])]

    async def accuse(self, scene: Scene, proof: Proof) -> list[Landed]:
        """Opens a challenge and proves it, to its end."""
        ref, owner = self.member.federation, self.member.owner
        opening = ix.challenge_open(ref, scene.number, owner, proof.kind, target=proof.target)
        label = self._label(scene, proof.target, f"{proof.kind.kind}-{place_of(proof.kind)}")
        evidence = self._missing(scene, proof, None)
        ending = await self._ending(scene, proof)
        whole = pack([opening, *evidence.first, *evidence.steps, *ending], owner)
        if len(whole) == 1 and evidence.fits_together:
            return [await self.member.send(label, whole[0])]
        opened = await self.member.send(label, [opening])
        return [opened, *await self._show(evidence), await self._send(ending)]

    async def go_on(self, scene: Scene, proof: Proof, dispute: Dispute) -> list[Landed]:
        """Adds what an open challenge still lacks, and ends it."""
        evidence = self._missing(scene, proof, dispute)
        return [*await self._show(evidence), await self._send(await self._ending(scene, proof))]

    async def _ending(self, scene: Scene, proof: Proof) -> list[Instruction]:
        ref, owner = self.member.federation, self.member.owner
        case = Case(owner, proof.accused, proof.target, proof.original)
        verdict = await resolving_step(self.member.chain, ref, scene, case)
        return [verdict, ix.challenge_close(ref, scene.number, owner, target=proof.target)]

    def _missing(self, scene: Scene, proof: Proof, dispute: Dispute | None) -> Evidence:
        found = Evidence()
        for exhibit in proof.exhibits:
            if dispute is not None and _is_there(dispute, exhibit):
                continue
            pieces = self._pieces(scene, proof, exhibit)
            if exhibit.part.kind == "Selection":
                found.first += pieces
            elif len(pieces) == 1:
                found.steps += pieces
            else:
                found.trains.append(pieces)
        if proof.stream is not None:
            found.stream = self._streamed(scene, proof.stream, dispute)
        return found

    def _streamed(self, scene: Scene, stream: Stream, dispute: Dispute | None) -> list[Instruction]:
        """The rest of two updates, in as few transactions as it fits."""
        known = dispute.account.selected if dispute is not None else None
        if known is not None and known.measured is not None:
            return []
        federation, owner = self.member.federation.address, self.member.owner

        def make(position: int, data: bytes, *, last: bool) -> Instruction:
            pair = stream.pair if last else None
            return ix.challenge_measure(federation, scene.number, owner, position, data, pair=pair)

        rooms = [_room(make(0, b"", last=last), owner) for last in (False, True)]
        start, end = (known.position if known is not None else 0), len(stream.data)
        found = []
        while end - start > rooms[True]:
            stop = min(start + rooms[False], end)
            found.append(make(start, stream.data[start:stop], last=False))
            start = stop
        return [*found, make(start, stream.data[start:], last=True)]

    def _pieces(self, scene: Scene, proof: Proof, exhibit: Exhibit) -> list[Instruction]:
        def make(chunk: bytes, siblings: Sequence[bytes]) -> Instruction:
            return ix.challenge_append(
                self.member.federation.address,
                scene.number,
                self.member.owner,
                exhibit.part,
                siblings=siblings,
                chunk=chunk,
                declared=exhibit.declared if chunk else 0,
                target=proof.target,
                submission=exhibit.submission,
                place=exhibit.place,
            )

        shown = exhibit.shown
        return pieces_of(make, shown.chunk, shown.siblings, self.member.owner)

    async def _show(self, evidence: Evidence) -> list[Landed]:
        landed = await self._side_by_side(pack(evidence.first, self.member.owner))
        landed += await self._side_by_side(pack(evidence.steps, self.member.owner))
        # A challenge climbs one path at a time: what takes several steps waits for all others.
        for train in evidence.trains:
            landed += [await self._send([piece]) for piece in train]
        # Bytes count only in their order.
        landed += [await self._send([piece]) for piece in evidence.stream]
        return landed

    async def _side_by_side(self, batches: Sequence[Sequence[Instruction]]) -> list[Landed]:
        gate = asyncio.Semaphore(self.at_once)

        async def one(steps: Sequence[Instruction]) -> Landed:
            async with gate:
                return await self._send(steps)

        done = await asyncio.gather(*map(one, batches), return_exceptions=True)
        landed = [result for result in done if isinstance(result, Landed)]
        for result in done:
            # A process that died may have sent the same: then it is there.
            if isinstance(result, BaseException) and not isinstance(
                result, failed.EvidenceRepeated
            ):
                raise result
        return landed

    async def _send(self, steps: Sequence[Instruction]) -> Landed:
        return await self.member.chain.send(steps, [self.member.key])

    def _label(self, scene: Scene, target: Pubkey | None, what: str) -> str:
        of = f"{target}" if target is not None else f"aggregate-{scene.round.attempt}"
        return f"round-{scene.number}-{of}-{what}"


def _room(step: Instruction, payer: Pubkey) -> int:
    """Bytes that an instruction's data can still take; a long one has another byte of length."""
    return PACKET_SIZE - transaction_size([step], payer) - 1


def _is_there(dispute: Dispute, exhibit: Exhibit) -> bool:
    """Whether a challenge has an exhibit already."""
    account = dispute.account
    if exhibit.part.kind == "Selection":
        return dispute.has_chunk(exhibit.place)
    if account.kind.kind != "WrongAggregate":
        return bool(account.evidence.kind != "Incomplete")
    if exhibit.submission is not None:
        return dispute.has_value(exhibit.index)
    shown = account.base if exhibit.part.kind == "Base" else account.posted
    return shown is not None
