"""A chain's state as the invariants read it: the program's accounts decoded, tokens, lamports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from solders.pubkey import Pubkey

from fedsol.program import Federation, Participant, Round, Submission
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID
from fedsol.program.tokens import token_amount
from tests.property.world import Raw

_MINT_LEN = 82
_KINDS = {bytes(kind.discriminator): kind for kind in (Federation, Participant, Round, Submission)}


@lru_cache(maxsize=4096)
def decoded(data: bytes) -> Any:
    """A program account's content."""
    return _KINDS[data[:8]].decode(data)


@dataclass(frozen=True)
class View:
    """One moment of the chain; keys are addresses."""

    raw: Mapping[Pubkey, Raw]
    federations: dict[Pubkey, Any] = field(default_factory=dict)
    participants: dict[Pubkey, Any] = field(default_factory=dict)
    rounds: dict[Pubkey, Any] = field(default_factory=dict)
    submissions: dict[Pubkey, Any] = field(default_factory=dict)
    tokens: dict[Pubkey, int] = field(default_factory=dict)
    supply: dict[Pubkey, int] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: Mapping[Pubkey, Raw]) -> View:
        """Sorts a scan of the chain."""
        view = cls(raw)
        books = {
            Federation: view.federations,
            Participant: view.participants,
            Round: view.rounds,
            Submission: view.submissions,
        }
        for key, (_, owner, data) in raw.items():
            if owner == PROGRAM_ID:
                account = decoded(data)
                books[type(account)][key] = account
            elif owner in (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID):
                if len(data) == _MINT_LEN:
                    view.supply[key] = int.from_bytes(data[36:44], "little")
                else:
                    view.tokens[key] = token_amount(data)
        return view

    def people_of(self, federation: Pubkey) -> dict[Pubkey, Any]:
        """The participants of a federation."""
        return {k: p for k, p in self.participants.items() if p.federation == federation}

    def rounds_of(self, federation: Pubkey) -> dict[Pubkey, Any]:
        """The rounds of a federation that still have an account."""
        return {k: r for k, r in self.rounds.items() if r.federation == federation}

    def submissions_of(self, participant: Pubkey) -> list[Any]:
        """The submissions of a participant."""
        return [s for s in self.submissions.values() if s.participant == participant]


def vaults_of(federation: Pubkey) -> tuple[Pubkey, Pubkey, Pubkey]:
    """The addresses of the stake, reward and treasury vaults."""
    return (
        at.stake_vault_address(federation),
        at.reward_vault_address(federation),
        at.treasury_vault_address(federation),
    )


def phase_of(round_: Any) -> str:
    """A round's phase by name."""
    return str(round_.phase.kind)


def has_ended(round_: Any) -> bool:
    """Whether a round is settled or aborted."""
    return phase_of(round_) in ("Settled", "Aborted")


def slashable(person: Any) -> int:
    """All that a slash of a participant can reach."""
    return int(person.stake) + sum(entry.amount for entry in person.unbonding)
