"""The embedded chain of a property run: mints, wallets, and transactions without a network."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from solders.account import Account
from solders.instruction import Instruction
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction
from spl.token.instructions import TransferCheckedParams, transfer_checked

from fedsol.chain import EmbeddedLedger
from fedsol.chain.embedded_blocks import Blocks
from fedsol.chain.embedded_history import History
from fedsol.chain.embedded_ledger import Dropped
from fedsol.program.errors import PROGRAM_ERRORS
from fedsol.program.tokens import MINT_LEN, mint_create, token_account_create, tokens_mint
from fedsol.sandbox import load_program
from tests.property.books import Books
from tests.property.building import Builder
from tests.property.model import ACTORS, CREATOR, MINTS, Now, Rules, Step
from tests.property.names import address, keypair, token

START = 1_800_000_000
SOL = 10**9
# Whoever is rich has more than half of all tokens that can be.
TOKENS = {"alice": 10**6, "bob": 10**6, "carol": 50_000, "dave": 2**63, "eve": 10**6}
# Bytes of accounts, discriminator included: a change of layout must show here too. What an evaluation
# or a challenge holds besides comes on top.
SPACE = {
    "federation": 742,
    "participant": 476,
    "round": 892,
    "submission": 277,
    "evaluation": 177,
    "challenge": 546,
    "tokens X": 165,
    "tokens Y": 165,
}

Raw = tuple[int, Pubkey, bytes]


@dataclass(frozen=True)
class Outcome:
    """What became of a transaction: an error's name (None: success) and what it logged."""

    error: str | None
    logs: tuple[str, ...]
    fee: int


@dataclass(frozen=True)
class Base:
    """What a chain starts with: the program, two mints, and wallets full of tokens."""

    blocks: dict[str, Any]
    accounts: dict[Pubkey, Account]


@cache
def base() -> Base:
    """Makes it once; the chain on which it was made is the first that can be used."""
    ledger = EmbeddedLedger(seed=b"property", unix_timestamp=START)
    load_program(ledger)
    bank = keypair("bank")
    ledger.set_account(bank.pubkey(), lamports=1_000 * SOL)
    for actor in ACTORS:
        ledger.set_account(address(actor), lamports=1_000 * SOL)
    for mint in MINTS:
        made = token(mint)
        rent = ledger.bank.rent(MINT_LEN)
        steps = mint_create(bank.pubkey(), made, bank.pubkey(), lamports=rent)
        _land(ledger, steps, [bank, keypair(f"mint {mint}")])
        for actor in ACTORS:
            owner = address(actor)
            steps = [token_account_create(bank.pubkey(), owner, made)]
            steps.append(tokens_mint(made, bank.pubkey(), owner, TOKENS[actor]))
            _land(ledger, steps, [bank])
    _IDLE.append(ledger)
    return Base(ledger.blocks.to_json(), dict(ledger.bank.tracked()))


# Chains that no world uses any more. Loading the program takes longer than most histories.
_IDLE: list[EmbeddedLedger] = []


def _fresh_ledger() -> EmbeddedLedger:
    """A chain with the program and what it starts with, and nothing else."""
    start = base()
    if not _IDLE:
        made = EmbeddedLedger(seed=b"property", unix_timestamp=START)
        load_program(made)
        _IDLE.append(made)
    ledger = _IDLE.pop()
    nothing = Account(0, b"", Pubkey.default())
    for key in [key for key, _ in ledger.bank.tracked() if key not in start.accounts]:
        ledger.bank.set_account(key, nothing)
    for key, account in start.accounts.items():
        ledger.bank.set_account(key, account)
    ledger.blocks, ledger.history = Blocks.from_json(start.blocks), History()
    # Publishes slot and time.
    ledger.warp_to(unix_timestamp=ledger.blocks.time, slot=ledger.slot)
    return ledger


def _land(ledger: EmbeddedLedger, steps: Sequence[Instruction], signers: Sequence) -> None:
    message = Message.new_with_blockhash(steps, signers[0].pubkey(), ledger.blocks.latest)
    landed = ledger.submit(VersionedTransaction(message, signers))
    assert not isinstance(landed, Dropped), landed
    assert landed.err is None, landed


class World:
    """A fresh copy of the base chain, driven synchronously."""

    def __init__(self, rules: dict[str, Rules]) -> None:
        self.ledger = _fresh_ledger()
        # Whoever has no more use for it may call this before the garbage collector does.
        self.release = weakref.finalize(self, _IDLE.append, self.ledger)
        self.builder = Builder(rules, self.ledger.genesis_hash)
        self._known = {address(actor): keypair(actor) for actor in ACTORS}

    def books(self) -> Books:
        """The balances that the reference starts with."""
        tokens = {f"{actor}:{mint}": TOKENS[actor] for actor in ACTORS for mint in MINTS}
        return Books(
            rent=self.ledger.bank.rent,
            sizes=SPACE,
            tokens=tokens,
            lamports=dict.fromkeys(ACTORS, 1000 * SOL),
            supply={mint: sum(TOKENS.values()) for mint in MINTS},
            mints={name: name.split(":")[1] for name in tokens},
            prefunding=takes_prefunding(),
        )

    def now(self) -> Now:
        """The moment at which the next transaction runs."""
        ledger = self.ledger
        return Now(ledger.unix_timestamp, ledger.slot, tuple(ledger.blocks.slot_hashes))

    def scan(self) -> dict[Pubkey, Raw]:
        """Every account of the chain."""
        return {
            key: (account.lamports, account.owner, account.data)
            for key, account in self.ledger.bank.tracked()
        }

    def take(self, step: Step) -> Outcome:
        """Asks the program for a step; the actor signs and pays the fee."""
        return self.send(self.builder.instruction(step), step.actor)

    def send(self, instruction: Instruction, payer: str) -> Outcome:
        """Lands one instruction, signed by every actor whose signature it asks for."""
        landed = self.ledger.submit(self._signed(instruction, payer))
        if isinstance(landed, Dropped):
            return Outcome(str(landed.err), (), 0)
        return Outcome(error_name(landed.err), landed.logs, landed.fee)

    def would(self, step: Step) -> bool:
        """Whether a step would succeed now; nothing happens."""
        signed = self._signed(self.builder.instruction(step), step.actor)
        return self.ledger.simulate(signed, age=False).err is None

    def donate_tokens(self, giver: str, mint: str, target: str, amount: int) -> Outcome:
        """Sends tokens to an account without asking the program."""
        made = token(mint)
        params = TransferCheckedParams(
            program_id=made.program,
            source=address(f"{giver}:{mint}"),
            mint=made.mint,
            dest=address(target),
            owner=address(giver),
            amount=amount,
            decimals=made.decimals,
        )
        return self.send(transfer_checked(params), giver)

    def donate_lamports(self, giver: str, target: str, lamports: int) -> Outcome:
        """Sends lamports to an account, or to where one may be some day."""
        params = TransferParams(
            from_pubkey=address(giver), to_pubkey=address(target), lamports=lamports
        )
        return self.send(transfer(params), giver)

    def _signed(self, instruction: Instruction, payer: str) -> VersionedTransaction:
        latest = self.ledger.blocks.latest
        message = Message.new_with_blockhash([instruction], address(payer), latest)
        required = message.account_keys[: message.header.num_required_signatures]
        return VersionedTransaction(message, [self._known[key] for key in required])


def error_name(err: object | None) -> str | None:
    """The program's name for an error, a description of any other, None for none."""
    if err is None:
        return None
    detail = (
        err["InstructionError"][1] if isinstance(err, dict) and "InstructionError" in err else err
    )
    code = detail.get("Custom") if isinstance(detail, dict) else None
    return PROGRAM_ERRORS[code].name if code in PROGRAM_ERRORS else f"{detail}"


@cache
def takes_prefunding() -> bool:
    """Whether the chain makes an account at an address on which somebody has put lamports."""
    world = World({fed: Rules() for fed in CREATOR})
    world.take(Step("federation_create", "A", "alice"))
    world.donate_lamports("eve", "A/alice", SOL)
    return world.take(Step("participant_register", "A", "alice", roles=1)).error is None
