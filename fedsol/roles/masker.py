"""A trainer's side of masked rounds: its update is in the sum, and nobody sees it.

Join with a channel key, share, mask, agree, unmask, check. Whatever it draws follows from what is on
disk before its key is on chain: started again, it says the same. What it has agreed to it keeps, and
it never agrees to anything else: two stories of one round would open its update.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import artifact_hash, encode_update
from fedsol.errors import ArtifactError, ChainError
from fedsol.learning import update_root
from fedsol.learning.privacy import BudgetExhausted, ClientPrivacy
from fedsol.learning.privacy import secure_aggregation as masks
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors, UnmaskingRefused
from fedsol.learning.update import Update
from fedsol.log import get_logger
from fedsol.masked import read_bundle
from fedsol.program import Federation, Round, Submission
from fedsol.program import instructions as ix
from fedsol.reading import is_over, objectors_of, update_length
from fedsol.roles.masked_round import (
    AGREED,
    REVEALED,
    MaskedRound,
    find_agreements,
    is_right,
    read_masked_round,
)
from fedsol.roles.member import Member, Snapshot
from fedsol.roles.memory import MaskMemory, RoundMemory, new_salt
from fedsol.roles.notes import leave_note
from fedsol.roles.private import SumNoise
from fedsol.updates import read_update

log = get_logger(__name__)

Learn = Callable[[Federation, Round], Awaitable[Update]]


@dataclass(frozen=True)
class Masker:
    """What a member does in a masked round; ``learn`` makes its update.

    With ``privacy`` its part of the sum's noise is in what it masks.
    """

    member: Member
    learn: Learn
    privacy: ClientPrivacy | None = None

    async def step(self, now: Snapshot, round_: Round, mine: Submission | None) -> bool:
        """Does what is due and says whether anything was."""
        phase, over = round_.phase.kind, is_over(round_, now.clock)
        status = mine.status.kind if mine is not None else None
        memory = self.member.journal.recall_mask(round_.number)
        if phase == "Commit" and status is None and not over:
            return await self._join(now.federation, round_, memory)
        if mine is None or memory is None:
            return False
        match phase, status:
            case "Share", "Committed" if not over:
                return await self._share(now.federation, round_, memory)
            case "Reveal", "Shared" if not over and round_.revealed < round_.params.max_submissions:
                return await self._reveal(now.federation, round_, memory)
            case "Aggregate", "Revealed":
                return await self._unmask(now.federation, round_, memory)
            case "Challenge", "Revealed" if not over:
                return await self._check(now.federation, round_, memory, mine)
        return False

    async def _join(self, federation: Federation, round_: Round, memory: MaskMemory | None) -> bool:
        if round_.members >= round_.params.max_submissions:
            return False
        me = await self.member.me()
        if federation.paused or me is None or me.stake < me.locked + round_.params.min_stake:
            return False
        if memory is None:
            try:
                update = await self.learn(federation, round_)
            except BudgetExhausted as error:
                log.warning("budget_exhausted", round=round_.number, reason=str(error))
                return False
            private = masks.new_key().hex()
            memory = MaskMemory(round_.number, private, new_salt().hex())
            hidden = self._noisy(round_, np.asarray(update.values))
            self.member.journal.remember_mask(memory, encode_update(hidden))
        address, owner = self.member.federation.address, self.member.owner
        step = ix.round_join(address, round_.number, owner, _channel_key(memory))
        await self.member.send(f"round-{round_.number}-join", [step])
        log.info("joined", round=round_.number, trainer=str(owner))
        return True

    def _noisy(self, round_: Round, values: NDArray[np.int16]) -> NDArray[np.int16]:
        if self.privacy is None:
            return values
        return SumNoise.of(round_.params, self.privacy, values.size).add(values)

    async def _share(self, federation: Federation, round_: Round, memory: MaskMemory) -> bool:
        data = b""
        try:
            facts = await read_masked_round(self.member, federation, round_)
            data = self._shared(facts, memory)[1].to_bytes()
        except TooFewSurvivors as error:
            # The round cannot succeed. Who falls silent in it would be punished for the others.
            log.warning("nothing to share", round=round_.number, reason=str(error))
        await self.member.artifacts.put(data)
        address, owner = self.member.federation.address, self.member.owner
        step = ix.round_share(address, round_.number, owner, artifact_hash(data))
        await self.member.send(f"round-{round_.number}-share", [step])
        log.info("shared", round=round_.number, trainer=str(owner))
        return True

    async def _reveal(self, federation: Federation, round_: Round, memory: MaskMemory) -> bool:
        number = round_.number
        kept = self.member.journal.recall(number)
        if kept is None:
            memory, words = await self._words(federation, round_, memory)
            data = encode_update(words)
            root = update_root(read_update(data, update_length(round_)))
            kept = RoundMemory(
                number=number,
                salt=_channel_key(memory).hex(),
                root=root.hash.hex(),
                norm_squared=root.sum,
                artifact=artifact_hash(data).hex(),
            )
            self.member.journal.remember_mask(memory)
            self.member.journal.remember(kept, data)
        await self.member.artifacts.put(self.member.journal.update_bytes(number))
        address, owner = self.member.federation.address, self.member.owner
        step = ix.round_reveal(address, number, owner, kept.update, bytes.fromhex(kept.salt))
        await self.member.send(f"round-{number}-reveal", [step])
        log.info("masked", round=number, trainer=str(owner))
        return True

    async def _words(
        self, federation: Federation, round_: Round, memory: MaskMemory
    ) -> tuple[MaskMemory, NDArray[np.int16]]:
        """The masked update, and with whom; where masks cannot hold, what looks like one and says
        nothing."""
        try:
            facts = await read_masked_round(self.member, federation, round_)
            memory = replace(memory, sharers=facts.story[0])
            _, masked = await self._masked(facts, memory)
        except TooFewSurvivors as error:
            log.warning("nothing to mask with", round=round_.number, reason=str(error))
            size = 2 * update_length(round_)
            noise = hashlib.shake_256(b"fedsol no mask" + bytes.fromhex(memory.secret))
            return memory, np.frombuffer(noise.digest(size), "<i2").astype(np.int16)
        return memory, masks.halves_of(masked.words)

    async def _unmask(self, federation: Federation, round_: Round, memory: MaskMemory) -> bool:
        """The last two messages; the first only when nothing can change any more who is in the sum."""
        if memory.told > 1:
            return False
        try:
            facts = await read_masked_round(self.member, federation, round_)
            if self.member.participant not in facts.survivors:
                return False
            if memory.told == 0:
                return await self._agree(facts, memory)
            agreements = await find_agreements(self.member, facts)
            if len(agreements) + 1 < facts.board.plan.threshold:
                return False
            party, _ = await self._agreed(facts, memory)
            revealed = party.unmask(agreements)
        except (ArtifactError, TooFewSurvivors, UnmaskingRefused) as error:
            log.warning("cannot unmask yet", round=round_.number, reason=str(error))
            return False
        await leave_note(self.member, facts.topic(REVEALED), revealed.to_bytes())
        self.member.journal.remember_mask(replace(memory, told=2))
        log.info("unmasked", round=round_.number, trainer=str(self.member.owner))
        return True

    async def _agree(self, facts: MaskedRound, memory: MaskMemory) -> bool:
        if memory.survivors is None:
            if not facts.is_final:
                return False
            # Whose words cannot be had may still fall: then it is no survivor.
            await facts.words(self.member.artifacts)
            sharers, survivors = facts.story
            if sharers != memory.sharers:
                raise UnmaskingRefused("the chain names other sharers than when this was masked")
            memory = replace(memory, survivors=survivors)
            self.member.journal.remember_mask(memory)
        _, agreement = await self._agreed(facts, memory)
        await leave_note(self.member, facts.topic(AGREED), agreement.to_bytes())
        self.member.journal.remember_mask(replace(memory, told=1))
        log.info("agreed", round=facts.round.number, survivors=len(memory.survivors or ()))
        return True

    async def _check(
        self, federation: Federation, round_: Round, memory: MaskMemory, mine: Submission
    ) -> bool:
        """Objects to an aggregate that is not the sum of what was masked."""
        if memory.checked >= round_.attempt or mine.index in objectors_of(round_):
            return False
        if await self._finds_right(federation, round_):
            self.member.journal.remember_mask(replace(memory, checked=round_.attempt))
            return False
        address, owner = self.member.federation.address, self.member.owner
        step = ix.round_object(address, round_.number, owner, round_.aggregator)
        await self.member.send(f"round-{round_.number}-object-{round_.attempt}", [step])
        log.warning("objected", round=round_.number, aggregator=str(round_.aggregator))
        return True

    async def _finds_right(self, federation: Federation, round_: Round) -> bool:
        """Whether the aggregate is right; what cannot be looked at is not."""
        try:
            facts = await read_masked_round(self.member, federation, round_)
            return await is_right(self.member, federation, facts)
        except (ArtifactError, InvalidMessage, TooFewSurvivors) as error:
            log.warning("aggregate does not open", round=round_.number, reason=str(error))
            return False

    def _shared(
        self, facts: MaskedRound, memory: MaskMemory
    ) -> tuple[masks.Member, masks.EncryptedShares]:
        """This member after its second stage, and what it says there."""
        number = facts.board.numbers.get(self.member.participant)
        if number is None:
            raise ChainError(
                "the endpoint does not list this member's commitment yet",
                hint="It is behind; it is asked again, or name another one with --url.",
            )
        channels = masks.Channels(number, bytes.fromhex(memory.private), facts.board.keys)
        secret, nonce = bytes.fromhex(memory.secret), _channel_key(memory)
        party = masks.Member(facts.board.plan, channels, secret=secret, nonce=nonce)
        party.advertise()
        return party, party.share(facts.board.advertisements)

    async def _masked(
        self, facts: MaskedRound, memory: MaskMemory
    ) -> tuple[masks.Member, masks.MaskedUpdate]:
        """This member after its third stage, and what it says there."""
        party, _ = self._shared(facts, memory)
        ciphertexts = {}
        for participant, data in (await facts.bundles(self.member.artifacts)).items():
            bundle = read_bundle(data, facts.board.numbers[participant])
            if bundle is not None and party.number in bundle.ciphertexts:
                ciphertexts[bundle.sender] = bundle.ciphertexts[party.number]
        size = facts.board.plan.size
        update = read_update(self.member.journal.hidden_bytes(facts.round.number), size)
        on_board = set(memory.sharers or ()) - {party.number}
        return party, party.mask(ciphertexts, update, on_board=on_board)

    async def _agreed(
        self, facts: MaskedRound, memory: MaskMemory
    ) -> tuple[masks.Member, masks.Agreement]:
        """This member after it has agreed on what it remembers, and what it says then."""
        party, _ = await self._masked(facts, memory)
        return party, party.agree(memory.sharers or (), memory.survivors or ())


def _channel_key(memory: MaskMemory) -> bytes:
    return masks.public_key(bytes.fromhex(memory.private))
