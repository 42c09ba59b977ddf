"""Every balance there is, kept by the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Books:
    """Tokens, lamports and supplies by account name; ``rent`` tells what an account of a size costs."""

    rent: Callable[[int], int]
    sizes: dict[str, int]
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

    def burn(self, source: str, amount: int) -> None:
        """Destroys tokens."""
        self.tokens[source] -= amount
        self.supply[self.mints[source]] -= amount

    def pay_lamports(self, source: str, target: str, amount: int) -> None:
        """Moves lamports."""
        self.lamports[source] -= amount
        self.lamports[target] = self.lamports.get(target, 0) + amount

    def open_account(self, payer: str, account: str, kind: str, more: int = 0) -> None:
        """Fills a new account up to its rent; what lies there already counts. ``more``: bytes."""
        missing = self.rent(self.sizes[kind] + more) - self.lamports.get(account, 0)
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
