"""What a server does on the chain: opens rounds, turns them, combines what was revealed, settles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.artifacts import artifact_hash
from fedsol.errors import ArtifactError, ConfigError
from fedsol.flower.notices import Answer
from fedsol.flower.openness import require_open
from fedsol.membership import Membership
from fedsol.program import Federation
from fedsol.program import instructions as ix
from fedsol.program.addresses import participant_address
from fedsol.reading import is_ended
from fedsol.roles import Member, Role, run
from fedsol.roles.member import Snapshot, fetch_update
from fedsol.round_result import RoundResult, read_result


@dataclass(frozen=True)
class Server:
    """A member that runs a federation's rounds, with the roles that it plays in turn."""

    member: Member
    roles: Sequence[Role]

    async def begin(self, stake: int | None) -> Federation:
        """Registers as an aggregator and stakes, on the first use of the key.

        ``stake`` is in token units; if None, the federation's minimum and one aggregator's bond.
        Raises InsufficientFunds, and ConfigError for a federation that is paused or masked.
        """
        me = await self.member.me()
        federation = (await self.member.snapshot()).federation
        require_open(federation.params.rule)
        if federation.paused:
            raise ConfigError(
                "this federation is paused", hint="Its creator must resume it before it trains."
            )
        if me is None or me.stake == 0:
            membership = Membership(self.member, self.roles)
            await membership.register()
            enough = federation.params.min_stake + federation.params.aggregator_bond
            await membership.deposit(enough if stake is None else stake)
        return federation

    async def agreement(self) -> bytes:
        """The text that participants sign. Raises ArtifactMissing and ArtifactCorrupt."""
        federation = (await self.member.snapshot()).federation
        return await self.member.artifacts.get(bytes(federation.agreement_hash))

    async def model(self) -> NDArray[np.int32]:
        """The current model (int32[d]), checked against its root on chain."""
        federation = (await self.member.snapshot()).federation
        return (await self.member.base_model(federation)).values

    async def open(self) -> int:
        """Opens the next round and returns its number. Raises what ``Chain.send`` raises."""
        number = int((await self.member.snapshot()).federation.round) + 1
        ref, owner = self.member.federation, self.member.owner
        participant = None if owner == ref.creator else self.member.participant
        step = ix.round_open(ref.address, owner, number, participant=participant)
        await self.member.chain.send([step], [self.member.key])
        return number

    async def end_commitments(self) -> None:
        """Waits until the time to commit is over."""
        await run(self.roles, until=lambda now: _phase(now) != "Commit")

    async def receive(self, number: int, answer: Answer) -> str:
        """Publishes the update that a client sent; what is wrong with it, or nothing.

        Published is only what has the hash that its owner revealed on chain.
        """
        size = (await self.member.snapshot()).federation.parameter_count
        owner = Pubkey.from_string(answer.owner)
        address = participant_address(self.member.federation.address, owner)
        submission = await self.member.submission(number, address)
        if submission is None:
            return ""
        if submission.status.kind != "Revealed":
            return f"it committed to an update, which is {submission.status.kind.lower()}"
        if answer.update and artifact_hash(answer.update) != bytes(submission.artifact):
            return "it sent another update than the one that it committed to"
        try:
            if answer.update:
                await self.member.artifacts.put(answer.update)
            await fetch_update(self.member.artifacts, submission, size)
        except ArtifactError as error:
            return str(error)
        return ""

    async def proceed(self, seen: int) -> tuple[bool, int]:
        """Goes on until the round has ended, or is disputed beyond what the clients have ``seen``.

        Returns whether it has ended, and how many events it has had.
        """

        def stops(now: Snapshot) -> bool:
            return _ended(now) or (now.round is not None and _is_news(now, seen))

        now = await run(self.roles, until=stops)
        assert now.round is not None
        return _ended(now), int(now.round.seq)

    async def result(self, number: int) -> RoundResult:
        """How a round ended."""
        one = await self.member.round(number)
        if one is None:
            raise ConfigError(f"round {number} was closed before its result was read")
        return await read_result(self.member, one)


def _phase(now: Snapshot) -> str:
    return str(now.round.phase.kind) if now.round is not None else ""


def _ended(now: Snapshot) -> bool:
    return now.round is not None and is_ended(now.round)


def _is_news(now: Snapshot, seen: int) -> bool:
    return now.round is not None and bool(now.round.disputes) and now.round.seq > seen
