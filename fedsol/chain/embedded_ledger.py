"""A whole Solana chain in the process: LiteSVM, with the block producer that it lacks.

LiteSVM runs transactions; it moves neither its clock nor SlotHashes, forgets what landed, knows one
blockhash only, charges no priority fee and lets accounts fall below the rent minimum.
``EmbeddedLedger`` adds what a cluster adds: slots, time, blockhashes that live 150 blocks, history,
fees and rent.
"""

from __future__ import annotations

import os
import threading
import time as wall
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from solders.account import Account as SvmAccount
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from fedsol.chain import embedded_state
from fedsol.chain.embedded_bank import Bank, Execution
from fedsol.chain.embedded_blocks import Blocks
from fedsol.chain.embedded_faucet import FAUCET_LAMPORTS, airdrop_transaction, faucet
from fedsol.chain.embedded_history import History, LandedTransaction
from fedsol.chain.embedded_wire import account_keys
from fedsol.chain.records import PACKET_SIZE, SLOT_SECONDS, SYSTEM_PROGRAM
from fedsol.errors import TransactionTooLarge
from fedsol.files import write_atomic


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """A change: the transaction that ``landed``, the accounts ``written``, the ``slot``."""

    slot: int
    landed: LandedTransaction | None = None
    written: tuple[Pubkey, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A transaction that did not land; ``err`` is the JSON form of the reason."""

    err: object


class EmbeddedLedger:
    """The chain in the process; every method may be called from any task or thread.

    ``seed`` makes genesis hash, blockhashes and slot hashes reproducible (random if ``None``).
    ``unix_timestamp`` starts the clock (now if ``None``). ``block_on_tx``: each landed transaction
    closes its block, so 0.4 s pass. ``real_time``: blocks follow the wall clock instead, and
    transactions share them.
    """

    def __init__(
        self,
        *,
        seed: bytes | None = None,
        unix_timestamp: float | None = None,
        block_on_tx: bool = True,
        real_time: bool = False,
    ) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Callable[[LedgerEvent], None]] = []
        self.block_on_tx = block_on_tx and not real_time
        self.real_time = real_time
        genesis = sha256(b"fedsol genesis" + (os.urandom(32) if seed is None else seed)).digest()
        started = wall.time() if unix_timestamp is None else unix_timestamp
        self.blocks = Blocks(genesis=Hash(genesis), time=float(started))
        self.history = History()
        self.bank = Bank()
        self._airdrops = 0
        self._ahead_of_wall = 0.0
        self._follow_wall()
        funds = SvmAccount(FAUCET_LAMPORTS, b"", SYSTEM_PROGRAM)
        self.bank.set_account(faucet(self.blocks.genesis).pubkey(), funds)
        self._publish_sysvars()

    # -- reading ---------------------------------------------------------------------------------

    @property
    def slot(self) -> int:
        """The open slot, in which the next transaction runs."""
        return self.blocks.slot

    @property
    def unix_timestamp(self) -> int:
        """The chain's time in whole seconds."""
        return int(self.blocks.time)

    @property
    def genesis_hash(self) -> bytes:
        """32 bytes that name this ledger."""
        return bytes(self.blocks.genesis)

    def get_account(self, address: Pubkey) -> SvmAccount | None:
        """The account, or ``None`` where nothing is."""
        with self._lock:
            return self.bank.get_account(address)

    def owned_by(self, program: Pubkey) -> list[Pubkey]:
        """Addresses of the accounts that ``program`` owns, in byte order."""
        with self._lock:
            return self.bank.owned_by(program)

    # -- transactions ----------------------------------------------------------------------------

    def check(
        self, transaction: VersionedTransaction, *, sig_verify: bool = True, age: bool = True
    ) -> str | None:
        """Why the transaction cannot land, before running it; ``None`` if it may."""
        if sig_verify and not all(transaction.verify_with_results()):
            return "SignatureFailure"
        if age and not self.blocks.is_valid(transaction.message.recent_blockhash):
            return "BlockhashNotFound"
        if self.history.get(transaction.signatures[0]) is not None:
            return "AlreadyProcessed"
        return None

    def simulate(
        self, transaction: VersionedTransaction, *, sig_verify: bool = False, age: bool = True
    ) -> Execution:
        """Runs a transaction and forgets it."""
        with self._lock:
            self.tick()
            if (refused := self.check(transaction, sig_verify=sig_verify, age=age)) is not None:
                return Execution(err=refused)
            return self.bank.simulate(transaction, account_keys(transaction, self._table))

    def submit(
        self, transaction: VersionedTransaction, *, sig_verify: bool = True
    ) -> LandedTransaction | Dropped:
        """Runs a transaction for good; it lands (``err`` says how) or is dropped without a trace.

        ``sig_verify=False`` is for whoever has checked the signatures already; nothing else is left
        out. Raises ``TransactionTooLarge`` above 1,232 bytes.
        """
        raw = bytes(transaction)
        if len(raw) > PACKET_SIZE:
            raise TransactionTooLarge(
                f"the transaction has {len(raw)} bytes, the network takes {PACKET_SIZE}"
            )
        with self._lock:
            self.tick()
            if (refused := self.check(transaction, sig_verify=sig_verify)) is not None:
                return Dropped(refused)
            named = account_keys(transaction, self._table)
            done = self.bank.execute(transaction, named)
            if not done.landed:
                return Dropped(done.err)
            landed = LandedTransaction(
                signature=transaction.signatures[0],
                slot=self.blocks.slot,
                block_time=self.unix_timestamp,
                raw=raw,
                keys=named.keys,
                err=done.err,
                logs=done.logs,
                units=done.units,
                fee=done.fee,
                pre_balances=done.pre_balances,
                post_balances=done.post_balances,
                index=len(self.history),
            )
            self.history.append(landed)
            if self.block_on_tx:
                self._close(entropy=bytes(landed.signature))
            self._announce(LedgerEvent(slot=landed.slot, landed=landed, written=named.written))
            return landed

    def airdrop(self, address: Pubkey, lamports: int) -> Signature:
        """Pays lamports out of the faucet, as a transaction of the ledger."""
        with self._lock:
            self._airdrops += 1
            genesis, latest = self.blocks.genesis, self.blocks.latest
            landed = self.submit(
                airdrop_transaction(genesis, latest, address, lamports, number=self._airdrops)
            )
            if isinstance(landed, Dropped) or landed.err is not None:
                raise ValueError(f"the airdrop of {lamports} lamports to {address} failed")
            return landed.signature

    # -- control ---------------------------------------------------------------------------------

    def advance(self, *, seconds: float | None = None, slots: int | None = None) -> None:
        """Lets ``seconds`` (and the slots that fit), ``slots`` (0.4 s each) or both pass."""
        if (seconds or 0) < 0 or (slots or 0) < 0:
            raise ValueError("time cannot be advanced by a negative amount: use warp_to")
        with self._lock:
            if slots is None:
                slots = round((seconds or 0) / SLOT_SECONDS)
            self._close(slots=slots, seconds=seconds)
            self._announce(LedgerEvent(slot=self.slot))

    def warp_to(self, *, unix_timestamp: float | None = None, slot: int | None = None) -> None:
        """Jumps to a time (and the slots that fit), a slot or exactly both; time may go back."""
        with self._lock:
            if slot is not None and slot < self.slot:
                raise ValueError(f"slot {slot} has passed: the ledger is at {self.slot}")
            seconds = None if unix_timestamp is None else unix_timestamp - self.blocks.time
            fit = 0 if seconds is None else max(0, round(seconds / SLOT_SECONDS))
            self._close(slots=fit if slot is None else slot - self.slot, seconds=seconds)
            self._announce(LedgerEvent(slot=self.slot))

    def tick(self) -> None:
        """Closes the blocks that the wall clock asks for; does nothing unless ``real_time``."""
        if not self.real_time:
            return
        with self._lock:
            behind = wall.time() + self._ahead_of_wall - self.blocks.time
            if (due := int(behind / SLOT_SECONDS)) > 0:
                self.blocks.close(slots=due)
                self._publish_sysvars()
                self._announce(LedgerEvent(slot=self.slot))

    def load_program(self, program_id: Pubkey, so_path: str | Path) -> None:
        """Deploys an SBPF v0 build; raises ``ConfigError`` for any other file."""
        with self._lock:
            self.bank.load_program(program_id, Path(so_path))

    def set_account(
        self, address: Pubkey, *, lamports: int, owner: Pubkey = SYSTEM_PROGRAM, data: bytes = b""
    ) -> None:
        """Writes an account past all rules (tests and bulk funding)."""
        with self._lock:
            self.bank.set_account(address, SvmAccount(lamports, data, owner))
            self._announce(LedgerEvent(slot=self.slot, written=(address,)))

    def listen(self, callback: Callable[[LedgerEvent], None]) -> Callable[[], None]:
        """Calls ``callback`` after each change, under the ledger's lock; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    # -- state -----------------------------------------------------------------------------------

    def snapshot(self) -> bytes:
        """The whole ledger as bytes: accounts, programs, clock, blockhashes and history."""
        with self._lock:
            return embedded_state.dump(
                self.blocks, self.history, self.bank, airdrops=self._airdrops
            )

    def restore(self, snapshot: bytes) -> None:
        """Puts the ledger back to a snapshot (a rollback, or another process's state).

        Raises ``StateError`` if the bytes are no snapshot; then nothing has changed.
        """
        with self._lock:
            state = embedded_state.parse(snapshot)
            self.blocks, self.history, self.bank = state.blocks, state.history, state.bank
            self._airdrops = state.airdrops
            self._follow_wall()
            self._publish_sysvars()
            self._announce(LedgerEvent(slot=self.slot))

    def save(self, path: str | Path) -> None:
        """Writes the snapshot to a file: whole or not at all, whatever happens meanwhile."""
        write_atomic(Path(path), self.snapshot())

    @classmethod
    def load(
        cls, path: str | Path, *, block_on_tx: bool = True, real_time: bool = False
    ) -> EmbeddedLedger:
        """Continues the ledger of a file; raises ``StateError`` if it cannot be read."""
        ledger = cls(block_on_tx=block_on_tx, real_time=real_time)
        ledger.restore(embedded_state.read(Path(path)))
        return ledger

    # -- inner -----------------------------------------------------------------------------------

    def _table(self, address: Pubkey) -> bytes | None:
        account = self.bank.get_account(address)
        return None if account is None else account.data

    def _close(self, *, slots: int = 1, seconds: float | None = None, entropy: bytes = b"") -> None:
        before = self.blocks.time
        self.blocks.close(slots=slots, seconds=seconds, entropy=entropy)
        self._ahead_of_wall += self.blocks.time - before
        self._publish_sysvars()

    def _follow_wall(self) -> None:
        # A ledger that was saved in the past catches up; one that was moved ahead stays ahead.
        self._ahead_of_wall = max(0.0, self.blocks.time - wall.time())

    def _publish_sysvars(self) -> None:
        self.bank.publish(
            slot=self.blocks.slot, time=self.unix_timestamp, hashes=self.blocks.slot_hashes
        )

    def _announce(self, event: LedgerEvent) -> None:
        for callback in tuple(self._listeners):
            callback(event)
