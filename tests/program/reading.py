"""Reading a world: accounts, balances, events and the clock."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from solders.pubkey import Pubkey

from fedsol.chain import EmbeddedLedger
from fedsol.chain.records import Landed
from fedsol.program import (
    Challenge,
    Evaluation,
    Federation,
    FederationRef,
    Participant,
    Round,
    Submission,
    Token,
    events,
)
from fedsol.program import addresses as at
from fedsol.program.events import Event
from fedsol.program.tokens import token_amount
from fedsol.reading import scores_of
from tests.program.naming import key_of

Raw = tuple[int, Pubkey, bytes]
Snapshot = dict[Pubkey, Raw]


@lru_cache(maxsize=1_024)
def _decoded(kind: Any, data: bytes) -> Any:
    """What the bytes say; tests read the same account again and again."""
    return kind.decode(data)


class Reading:
    """What can be asked of a world without sending anything, and moving its clock."""

    ledger: EmbeddedLedger
    ref: FederationRef
    names: dict[Pubkey, str]

    def owner(self, name: str) -> Pubkey:
        """A person's wallet."""
        return key_of(name).pubkey()

    def person(self, name: str) -> Pubkey:
        """A person's participant account."""
        return at.participant_address(self.ref.address, self.owner(name))

    def name_of(self, participant: Pubkey) -> str:
        """Whose participant account it is."""
        return next(n for n in self.names.values() if self.person(n) == participant)

    @property
    def number(self) -> int:
        """The newest round's number."""
        return self.decode(Federation, self.ref.address).round

    def decode(self, kind: Any, address: Pubkey) -> Any:
        """A program account, decoded; fails if it is not there."""
        account = self.ledger.get_account(address)
        assert account is not None, f"no {kind.__name__} at {address}"
        return _decoded(kind, bytes(account.data))

    def exists(self, address: Pubkey) -> bool:
        """Whether there is an account."""
        return self.ledger.get_account(address) is not None

    async def federation(self) -> Federation:
        return self.decode(Federation, self.ref.address)

    async def participant(self, name: str) -> Participant:
        return self.decode(Participant, self.person(name))

    def round_at(self, number: int | None = None) -> Pubkey:
        """A round's address."""
        return at.round_address(self.ref.address, number or self.number)

    def read_round(self, number: int | None = None) -> Round:
        """A round, without waiting for it."""
        return self.decode(Round, self.round_at(number))

    async def round(self, number: int | None = None) -> Round:
        return self.read_round(number)

    def submission_at(self, name: str, number: int | None = None) -> Pubkey:
        """The address of a person's submission."""
        return at.submission_address(self.round_at(number), self.person(name))

    async def submission(self, name: str, number: int | None = None) -> Submission:
        return self.decode(Submission, self.submission_at(name, number))

    def evaluation_at(self, name: str, number: int | None = None) -> Pubkey:
        """The address of a person's evaluation."""
        return at.evaluation_address(self.round_at(number), self.person(name))

    async def evaluation(self, name: str, number: int | None = None) -> Evaluation:
        return self.decode(Evaluation, self.evaluation_at(name, number))

    def scores_at(self, name: str, number: int | None = None) -> tuple[int, ...]:
        """What a person's evaluation says of each submission, by index."""
        account = self.ledger.get_account(self.evaluation_at(name, number))
        assert account is not None
        return scores_of(bytes(account.data))

    def submitted(self, number: int | None = None) -> list[str]:
        """Who has shown a submission of a round that is not closed, by its index."""
        return self._in(Submission, self.submission_at, number, lambda one: one.revealed, "index")

    def seated(self, number: int | None = None) -> list[str]:
        """Who has a seat among the evaluators of a round, by seat."""
        sits = ("Committed", "Revealed")
        return self._evaluators(number, sits, "seat")

    def shown(self, number: int | None = None) -> list[str]:
        """Whose scores of a round were shown, by place."""
        return self._evaluators(number, ("Revealed",), "place")

    def _evaluators(self, number: int | None, statuses: tuple[str, ...], order: str) -> list[str]:
        def chosen(one: Any) -> bool:
            return one.status.kind in statuses

        return self._in(Evaluation, self.evaluation_at, number, chosen, order)

    def _in(
        self,
        kind: Any,
        address_of: Callable[[str, int | None], Pubkey],
        number: int | None,
        chosen: Callable[[Any], bool],
        order: str,
    ) -> list[str]:
        found = []
        for name in dict.fromkeys(self.names.values()):
            if self.exists(address_of(name, number)):
                one = self.decode(kind, address_of(name, number))
                if chosen(one):
                    found.append((getattr(one, order), name))
        return [name for _order, name in sorted(found)]

    def challenge_at(
        self, challenger: str, target: str | None = None, number: int | None = None
    ) -> Pubkey:
        """The address of a person's challenge of somebody's submission, or of the aggregate."""
        round_ = self.round_at(number)
        disputed = self.submission_at(target, number) if target else round_
        return at.challenge_address(round_, disputed, self.owner(challenger))

    async def challenge(
        self, challenger: str, target: str | None = None, number: int | None = None
    ) -> Challenge:
        return self.decode(Challenge, self.challenge_at(challenger, target, number))

    async def phase(self, number: int | None = None) -> str:
        """The phase of a round."""
        return str((await self.round(number)).phase.kind)

    @property
    def stake_vault(self) -> Pubkey:
        return at.stake_vault_address(self.ref.address)

    @property
    def reward_vault(self) -> Pubkey:
        return at.reward_vault_address(self.ref.address)

    @property
    def treasury_vault(self) -> Pubkey:
        return at.treasury_vault_address(self.ref.address)

    def amount(self, tokens: Pubkey) -> int:
        """What a token account holds; 0 without one."""
        account = self.ledger.get_account(tokens)
        return 0 if account is None else token_amount(bytes(account.data))

    def stake_tokens(self, name: str) -> int:
        """A person's stake tokens outside the federation."""
        return self.amount(self.stake_account(name))

    def reward_tokens(self, name: str) -> int:
        """A person's reward tokens."""
        return self.amount(self.reward_account(name))

    def stake_account(self, name: str) -> Pubkey:
        """The address of a person's stake tokens."""
        return at.token_address(self.owner(name), self.ref.stake)

    def reward_account(self, name: str) -> Pubkey:
        """The address of a person's reward tokens."""
        return at.token_address(self.owner(name), self.ref.reward)

    def lamports(self, address: Pubkey | str) -> int:
        """Lamports of a person or an address."""
        if isinstance(address, str):
            address = self.owner(address)
        account = self.ledger.get_account(address)
        return 0 if account is None else account.lamports

    def supply(self, token: Token) -> int:
        """How many tokens of a mint there are."""
        account = self.ledger.get_account(token.mint)
        assert account is not None
        return int(struct.unpack_from("<Q", bytes(account.data), 36)[0])

    def snapshot(self) -> Snapshot:
        """Every account of the chain but programs and sysvars."""
        return {
            address: (account.lamports, account.owner, bytes(account.data))
            for address, account in self.ledger.bank.tracked()
        }

    @staticmethod
    def events(landed: Landed) -> list[Event]:
        """The events that a transaction emitted."""
        return list(events.from_logs(landed.logs))

    def event(self, landed: Landed) -> Event:
        """The only event that a transaction emitted."""
        (found,) = self.events(landed)
        return found

    def warp(self, deadline: Any, *, seconds: int = 0, slots: int = 0) -> None:
        """Goes so far from a deadline that the next transaction runs exactly there.

        Time may go back; slots only forward.
        """
        # Half a second past the full one: the clock counts whole seconds.
        self.ledger.warp_to(
            unix_timestamp=deadline.time + seconds + 0.5,
            slot=max(self.ledger.slot, deadline.slot + slots),
        )

    def pass_window(self, deadline: Any) -> None:
        """Goes to the first moment after a window, unless that has passed."""
        time = max(self.ledger.blocks.time, deadline.time + 0.5)
        slot = max(self.ledger.slot, deadline.slot)
        self.ledger.warp_to(unix_timestamp=time, slot=slot)

    async def pass_phase(self) -> None:
        """Lets the running phase's window pass (in Aggregate, with the takeover's)."""
        round_ = await self.round()
        last = round_.takeover if round_.phase.kind == "Aggregate" else round_.deadline
        self.pass_window(last)
