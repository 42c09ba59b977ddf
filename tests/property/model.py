"""A federation's money in plain Python: what the reference keeps, under names instead of addresses.

Accounts have names: ``alice`` (a wallet), ``alice:X`` (her tokens of mint X), ``A`` (a federation),
``A.stake`` (a vault), ``A/alice`` (a participant), ``A#3`` (a round), ``A#3/alice`` (a submission).
Nothing here is taken from the program's code, and nothing here knows a chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

ACTORS = ("alice", "bob", "carol", "dave", "eve")
MINTS = ("X", "Y")
CREATOR = {"A": "alice", "B": "bob", "C": "carol"}
VAULTS = ("stake", "reward", "treasury")
TRAINER, AGGREGATOR = 1, 4
NOBODY = 2**32 - 1
U64 = 2**64 - 1
BPS = 10_000
ENTRIES = 4

Moment = tuple[int, int]


class Refused(Exception):
    """The reference refuses a step; ``error`` is the program's name for it, empty if it has none."""

    def __init__(self, error: str = "") -> None:
        super().__init__(error)
        self.error = error


def need(holds: bool, error: str = "") -> None:
    """Refuses unless the condition holds."""
    if not holds:
        raise Refused(error)


def digest(*words: object) -> bytes:
    """32 bytes that follow from the words."""
    return hashlib.sha256(" ".join(map(str, words)).encode()).digest()


HASHES_KEPT = 512  # slots that the sysvar remembers


@dataclass(frozen=True)
class Now:
    """The present: seconds, slot, and the slot hashes (anything bytes can be made of), newest first."""

    time: int
    slot: int
    hashes: Sequence[tuple[int, Any]] = ()

    def passed(self, moment: Moment) -> bool:
        """Whether both the time and the slot of a moment are reached."""
        return self.time >= moment[0] and self.slot >= moment[1]

    def after(self, window: tuple[int, int]) -> Moment:
        """The end of a window that starts now."""
        return self.time + window[0], self.slot + window[1]

    def has_forgotten(self, slot: int) -> bool:
        """Whether so old a slot may have had a hash that is no longer there."""
        return len(self.hashes) >= HASHES_KEPT and self.hashes[-1][0] > slot

    def first_hash(self, slot: int) -> bytes | None:
        """The oldest hash at or after a slot."""
        return next((bytes(value) for at, value in reversed(self.hashes) if at >= slot), None)


@dataclass(frozen=True)
class Step:
    """One instruction as somebody wants it; what it means is told in the methods of Reference."""

    name: str
    fed: str
    actor: str
    number: int = 0
    who: str = ""
    amount: int = 0
    last: str = ""
    tokens: str = ""
    flag: bool = False
    roles: int = 0
    word: str = "good"


@dataclass(frozen=True)
class Rules:
    """The rules of a federation that matter to the reference; windows are (seconds, slots)."""

    commit: Moment = (20, 20)
    reveal: Moment = (20, 20)
    score: Moment = (0, 0)
    aggregate: Moment = (20, 20)
    challenge: Moment = (20, 20)
    unbonding: Moment = (200, 200)
    min_submissions: int = 1
    max_submissions: int = 3
    min_stake: int = 1_000
    bond: int = 500
    reward: int = 100
    norm: int = 1_000
    rate: int = 2_500
    finder: int = 3_333
    treasury: int = 3_334

    @property
    def seat(self) -> int:
        """The stake with which an aggregator is on the list."""
        return self.min_stake + self.bond


@dataclass
class Entry:
    """One place in the unbonding queue; free while its amount is zero."""

    amount: int = 0
    release: Moment = (0, 0)
    round: int = 0


@dataclass
class Person:
    """A participant, with the sum of all that it ever paid in and took out."""

    roles: int
    stake: int = 0
    locked: int = 0
    duties: int = 0
    queue: list[Entry] = field(default_factory=lambda: [Entry() for _ in range(ENTRIES)])
    deposited: int = 0
    withdrawn: int = 0
    slashed: int = 0
    rewarded: int = 0
    overdrawn: bool = False
    bonded: int = 0
    seated_slot: int = 0

    @property
    def slashable(self) -> int:
        """All that a slash can reach."""
        return self.stake + sum(entry.amount for entry in self.queue)


@dataclass
class Submission:
    """A submission: its status, what it locks, and the word that was committed."""

    word: str
    liability: int
    status: str = "Committed"
    claimed: bool = False


@dataclass
class Round:
    """A round with the rules it opened under and its submissions by owner."""

    rules: Rules
    payer: str
    deadline: Moment
    pool: int
    phase: str = "Commit"
    takeover: Moment = (0, 0)
    revealed: int = 0
    claimed: int = 0
    closed: int = 0
    chosen: int = NOBODY
    share: int = 0
    bond: int = 0
    aggregator: str = ""
    beacon: bytes = bytes(32)
    beacon_slot: int = 0
    aggregators: int = 0
    new_root: bytes = bytes(32)

    @property
    def full(self) -> bool:
        """Whether no more reveals fit."""
        return self.revealed >= self.rules.max_submissions

    @property
    def ended(self) -> bool:
        """Whether nothing can move it any more."""
        return self.phase in ("Settled", "Aborted")


@dataclass
class Federation:
    """A federation's ledger; ``seats`` is the list of aggregators."""

    rules: Rules
    stake_mint: str
    reward_mint: str
    root: bytes
    paused: bool = False
    active: bool = False
    round: int = 0
    seats: list[str] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    rounds: dict[int, Round] = field(default_factory=dict)
    submissions: dict[tuple[int, str], Submission] = field(default_factory=dict)
    available: int = 0
    reserved: int = 0
    owed: int = 0
    treasury: int = 0

    @property
    def rounds_open(self) -> int:
        """How many rounds still have an account."""
        return len(self.rounds)


@dataclass
class Books:
    """Every balance there is, by account name, and what a wallet pays for an account."""

    rent: dict[str, int]
    tokens: dict[str, int]
    lamports: dict[str, int]
    supply: dict[str, int]
    donated: dict[str, int] = field(default_factory=dict)
    mints: dict[str, str] = field(default_factory=dict)
    # Whether the chain makes accounts where lamports already lie (not every system program does).
    prefunding: bool = True

    def can_open(self, account: str) -> bool:
        """Whether an account can be made at an address that has none."""
        return self.prefunding or not self.lamports.get(account)

    def mint_of(self, account: str) -> str:
        """The mint of a token account; empty if there is no such account."""
        return self.mints.get(account, "")

    def move(self, source: str, target: str, amount: int) -> None:
        """Moves tokens; what a vault gets that no rule gave it counts as a donation."""
        self.tokens[source] -= amount
        self.tokens[target] += amount

    def give(self, source: str, target: str, amount: int) -> None:
        """Moves tokens to an account of the giver's choice, which may be some vault."""
        self.move(source, target, amount)
        if target in self.donated:
            self.donated[target] += amount

    def pay_lamports(self, source: str, target: str, amount: int) -> None:
        """Moves lamports."""
        self.lamports[source] -= amount
        self.lamports[target] = self.lamports.get(target, 0) + amount

    def open_account(self, payer: str, account: str, kind: str) -> None:
        """Fills a new account up to its rent; what lies there already counts."""
        missing = self.rent[kind] - self.lamports.get(account, 0)
        self.pay_lamports(payer, account, max(0, missing))

    def close_account(self, account: str, receiver: str) -> None:
        """Sends all of an account's lamports away."""
        self.pay_lamports(account, receiver, self.lamports[account])
        del self.lamports[account]

    def open_vault(self, payer: str, vault: str, mint: str) -> None:
        """Makes an empty vault."""
        self.open_account(payer, vault, f"tokens {mint}")
        self.tokens[vault], self.donated[vault], self.mints[vault] = 0, 0, mint

    def close_vault(self, vault: str, receiver: str) -> None:
        """Empties a vault into its owner's wallet and closes it."""
        self.move(vault, f"{receiver}:{self.mints[vault]}", self.tokens[vault])
        for book in (self.tokens, self.donated, self.mints):
            del book[vault]  # type: ignore[attr-defined]
        self.close_account(vault, receiver)
