"""A masked round as its people find it: on chain who takes part, in the store what they have sent."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore, artifact_hash, encode_model
from fedsol.errors import ArtifactError
from fedsol.learning import model_root
from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation import (
    Agreement,
    Opening,
    RevealedShares,
    Server,
)
from fedsol.log import get_logger
from fedsol.masked import (
    Board,
    board,
    new_model,
    opening_root,
    server,
    without_copies,
)
from fedsol.program import Federation, Participant, Round, Submission
from fedsol.program.addresses import round_address
from fedsol.reading import update_length
from fedsol.roles.member import Member, fetch_update
from fedsol.roles.notes import find_note
from fedsol.roles.rules import scale_of

log = get_logger(__name__)

AGREED, REVEALED = "agreed", "revealed"
"""Topics of the last two messages: what members agreed on, and their shares of others' secrets."""

_Message = TypeVar("_Message", Agreement, RevealedShares)


@dataclass(frozen=True)
class MaskedRound:
    """What the chain says of a masked round; ``sharers`` and ``survivors`` by participant.

    ``listed`` is how many submissions the endpoint lists as accepted: of somebody whose channel key
    is none, or whose update is a copy, nothing is in the sum.
    """

    round: Round
    address: Pubkey
    board: Board
    sharers: dict[Pubkey, Submission]
    survivors: dict[Pubkey, Submission]
    listed: int

    @cached_property
    def story(self) -> tuple[list[int], list[int]]:
        """The numbers of who shared, and of whose updates are in the sum."""
        numbers = self.board.numbers
        shared, survived = (
            sorted(numbers[one] for one in some) for some in (self.sharers, self.survivors)
        )
        return shared, survived

    @property
    def is_final(self) -> bool:
        """Whether nobody's place in the sum is in doubt: no dispute, no stale list."""
        return self.listed == self.round.accepted and not self.round.disputes

    def topic(self, what: str) -> str:
        """Where members leave such messages of this round."""
        return f"{self.address}/{what}"

    async def bundles(self, artifacts: ArtifactStore) -> dict[Pubkey, bytes]:
        """What the sharers have stored, as far as it can be had."""
        found = {}
        for participant, one in self.sharers.items():
            try:
                found[participant] = await artifacts.get(bytes(one.shares))
            except ArtifactError:
                continue
        return found

    async def words(self, artifacts: ArtifactStore) -> dict[Pubkey, NDArray[np.int16]]:
        """The survivors' masked updates. Raises ArtifactError if one cannot be had."""
        size = update_length(self.round)
        return {
            participant: await fetch_update(artifacts, one, size)
            for participant, one in self.survivors.items()
        }

    async def server(self, artifacts: ArtifactStore) -> Server:
        """The server that has it all. Raises ArtifactError and InvalidMessage if something is not there."""
        bundles = await self.bundles(artifacts)
        missing = self.sharers.keys() - bundles.keys()
        if missing:
            raise ArtifactError(f"the shares of {next(iter(missing))} cannot be had")
        return server(self.board, bundles, await self.words(artifacts))


async def read_masked_round(member: Member, federation: Federation, round_: Round) -> MaskedRound:
    """Reads a masked round from the chain. Raises TooFewSurvivors if it has too few members."""
    listed = await member.submissions(round_.number)
    roster = {one.participant: bytes(one.commitment) for one in listed}
    address = member.federation.address
    place = bytes(federation.genesis), address, round_.number
    made = board(*place, roster, round_.params, round_.parameter_count)
    here = {one.participant: one for one in listed if one.participant in made.numbers}
    sharers = {whose: one for whose, one in here.items() if any(one.shares)}
    shown = {whose: one for whose, one in sharers.items() if one.status.kind == "Revealed"}
    counting = without_copies({whose: (one.index, bytes(one.root)) for whose, one in shown.items()})
    survivors = {whose: one for whose, one in shown.items() if whose in counting}
    accepted = sum(one.status.kind == "Revealed" for one in listed)
    where = round_address(address, round_.number)
    return MaskedRound(round_, where, made, sharers, survivors, accepted)


async def find_agreements(member: Member, facts: MaskedRound) -> list[Agreement]:
    """What the survivors have agreed on so far, this member's own left out."""
    others = facts.survivors.keys() - {member.participant}
    return _read(Agreement, await _notes(member, facts, AGREED, others))


async def unmask(
    member: Member, federation: Federation, facts: MaskedRound
) -> tuple[NDArray[np.int32], bytes, bytes]:
    """The round's new model (int32[d]), its artifact and its opening, out of what members have told.

    Raises:
        ArtifactError: something is not there.
        TooFewSurvivors: too few have told their shares so far.
        InvalidMessage: what was told opens nothing, or a sum that no honest updates have.
    """
    held = await facts.server(member.artifacts)
    notes = await _notes(member, facts, REVEALED, facts.survivors)
    opening = held.recover(_read(RevealedShares, notes))
    if held.liars:
        log.warning("wrong shares", round=facts.round.number, members=sorted(held.liars))
    return *await _model(member, federation, facts, held.total(opening)), opening.to_bytes()


async def is_right(member: Member, federation: Federation, facts: MaskedRound) -> bool:
    """Whether the posted model is what the masked updates make, by the opening beside it.

    Raises ArtifactError if something is not there, InvalidMessage if the opening opens nothing.
    """
    posted, round_ = facts.round.selection, facts.round
    if posted is None:
        return False
    opening = await member.artifacts.get(bytes(posted.artifact))
    if opening_root(opening) != bytes(posted.root):
        return False
    held = await facts.server(member.artifacts)
    total = held.total(Opening.from_bytes(opening))
    values, data = await _model(member, federation, facts, total)
    stated = bytes(round_.new_model_root), bytes(round_.new_model_artifact)
    return stated == (model_root(values), artifact_hash(data))


async def _model(
    member: Member, federation: Federation, facts: MaskedRound, total: NDArray[np.int64]
) -> tuple[NDArray[np.int32], bytes]:
    base, round_ = await member.base_model(federation), facts.round
    survivors = len(facts.survivors)
    values = new_model(base.values, total, survivors, round_.params, scale_of(round_))
    return values, encode_model(values, base.metadata)


async def _notes(
    member: Member, facts: MaskedRound, what: str, whose: Iterable[Pubkey]
) -> list[tuple[int, bytes]]:
    """The notes of some members with their numbers; signed by the owner that the chain names."""
    people = sorted(whose, key=bytes)
    accounts = await member.chain.accounts(people)
    found = []
    for participant, account in zip(people, accounts, strict=True):
        if account is None:
            continue
        owner = Participant.decode(account.data).owner
        note = await find_note(member.artifacts, facts.topic(what), owner)
        if note is not None:
            found.append((facts.board.numbers[participant], note))
    return found


def _read(kind: type[_Message], notes: Iterable[tuple[int, bytes]]) -> list[_Message]:
    """The messages of a kind; a note that is none, or names another sender, is passed over."""
    found = []
    for number, text in notes:
        with suppress(InvalidMessage):
            message = kind.from_bytes(text)
            if message.sender == number:
                found.append(message)
    return found
