"""A chain's state as the invariants read it: the program's accounts decoded, tokens, lamports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from solders.pubkey import Pubkey

from fedsol.program import Challenge, Evaluation, Federation, Participant, Round, Submission
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID
from fedsol.program.tokens import token_amount
from tests.property.decoding import decoder
from tests.property.world import SPACE, Raw

_MINT_LEN = 82
KINDS = (Federation, Participant, Round, Submission, Evaluation, Challenge)
_DECODERS = {bytes(kind.discriminator): (kind, decoder(kind.__name__)) for kind in KINDS}


@lru_cache(maxsize=4096)
def decoded(data: bytes) -> tuple[type, Any]:
    """A program account's kind and content."""
    kind, decode = _DECODERS[data[:8]]
    return kind, decode(data)


@dataclass(frozen=True)
class View:
    """One moment of the chain; keys are addresses."""

    raw: Mapping[Pubkey, Raw]
    federations: dict[Pubkey, Any] = field(default_factory=dict)
    participants: dict[Pubkey, Any] = field(default_factory=dict)
    rounds: dict[Pubkey, Any] = field(default_factory=dict)
    submissions: dict[Pubkey, Any] = field(default_factory=dict)
    evaluations: dict[Pubkey, Any] = field(default_factory=dict)
    challenges: dict[Pubkey, Any] = field(default_factory=dict)
    tokens: dict[Pubkey, int] = field(default_factory=dict)
    supply: dict[Pubkey, int] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: Mapping[Pubkey, Raw]) -> View:
        """Sorts a scan of the chain."""
        view = cls(raw)
        books = view.kinds
        for key, (_, owner, data) in raw.items():
            if owner == PROGRAM_ID:
                kind, account = decoded(data)
                books[kind][key] = account
            elif owner in (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID):
                if len(data) == _MINT_LEN:
                    view.supply[key] = int.from_bytes(data[36:44], "little")
                else:
                    view.tokens[key] = token_amount(data)
        return view

    @property
    def kinds(self) -> dict[type, dict[Pubkey, Any]]:
        """The program's accounts by their kind."""
        return {
            Federation: self.federations,
            Participant: self.participants,
            Round: self.rounds,
            Submission: self.submissions,
            Evaluation: self.evaluations,
            Challenge: self.challenges,
        }

    def people_of(self, federation: Pubkey) -> dict[Pubkey, Any]:
        """The participants of a federation."""
        return {k: p for k, p in self.participants.items() if p.federation == federation}

    def rounds_of(self, federation: Pubkey) -> dict[Pubkey, Any]:
        """The rounds of a federation that still have an account."""
        return {k: r for k, r in self.rounds.items() if r.federation == federation}

    def work_of(self, participant: Pubkey) -> list[Any]:
        """The submissions and evaluations of a participant."""
        work = (*self.submissions.values(), *self.evaluations.values())
        return [one for one in work if one.participant == participant]

    def submissions_in(self, round_: Pubkey) -> list[Any]:
        """The submissions to a round that still have an account."""
        return [one for one in self.submissions.values() if one.round == round_]

    def evaluations_in(self, round_: Pubkey) -> list[Any]:
        """The evaluations of a round that still have an account."""
        return [one for one in self.evaluations.values() if one.round == round_]

    def challenges_in(self, round_: Pubkey) -> dict[Pubkey, Any]:
        """The disputes in a round that still have an account."""
        return {key: one for key, one in self.challenges.items() if one.round == round_}


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


def is_open(challenge: Any) -> bool:
    """Whether a dispute is not decided yet."""
    return bool(challenge.verdict.kind == "Open")


def held_for(challenge: Any) -> int:
    """What of the stake vault is kept for a dispute: the bond, or what its verdict divides."""
    if is_open(challenge):
        return int(challenge.bond)
    return int(challenge.payout + challenge.to_treasury + challenge.burned)


def tail_of(raw: Raw, kind: type) -> bytes:
    """What follows the fields in the data of an evaluation or a challenge."""
    return raw[2][SPACE[kind.__name__.lower()] :]


def has_ended(round_: Any) -> bool:
    """Whether a round is settled or aborted."""
    return phase_of(round_) in ("Settled", "Aborted")


def slashable(person: Any) -> int:
    """All that a slash of a participant can reach."""
    return int(person.stake) + sum(entry.amount for entry in person.unbonding)
