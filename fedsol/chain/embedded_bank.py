"""LiteSVM with what a cluster's bank adds: priority fees, rent minimum, an account index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from solders.account import Account
from solders.clock import Clock
from solders.hash import Hash
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey
from solders.token import ID as TOKEN_PROGRAM_ID
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata, TransactionMetadata
from solders.transaction_status import TransactionReturnData

from fedsol.chain.embedded_programs import p_token
from fedsol.chain.embedded_wire import AccountKeys, base_fee, err_json, priority_fee
from fedsol.chain.fpu import clear_float_registers
from fedsol.errors import ConfigError

_ELF_FLAGS = slice(48, 52)
_NATIVE_LOADER = Pubkey.from_string("NativeLoader1111111111111111111111111111111")


@dataclass(frozen=True, slots=True)
class Execution:
    """What running a transaction did; ``landed`` is false where not even its fee was paid."""

    err: object | None
    logs: tuple[str, ...] = ()
    units: int = 0
    fee: int = 0
    landed: bool = False
    return_data: tuple[Pubkey, bytes] | None = None
    accounts: Mapping[Pubkey, Account] = field(default_factory=dict)
    pre_balances: tuple[int, ...] = ()
    post_balances: tuple[int, ...] = ()


class Bank:
    """Accounts and programs of the embedded chain; knows no slots and no history."""

    def __init__(self) -> None:
        # The ledger checks signatures, blockhashes and duplicates: LiteSVM knows one blockhash.
        svm = LiteSVM().with_sigverify(False).with_blockhash_check(False)
        self._svm = svm.with_transaction_history(0).with_log_bytes_limit(10_000)
        self._svm.add_program(TOKEN_PROGRAM_ID, p_token())
        self._owner_of: dict[Pubkey, Pubkey] = {}
        self._owned: dict[Pubkey, set[Pubkey]] = defaultdict(set)
        self._rents: dict[int, int] = {}
        self.programs: dict[Pubkey, bytes] = {}

    # -- accounts --------------------------------------------------------------------------------

    def get_account(self, address: Pubkey) -> Account | None:
        """The account, or ``None`` where nothing is."""
        account = self._svm.get_account(address)
        return None if account is None or account.lamports == 0 else account

    def set_account(self, address: Pubkey, account: Account) -> None:
        """Writes an account past all rules."""
        self._svm.set_account(address, account)
        self._index(address, account)

    def owned_by(self, program: Pubkey) -> list[Pubkey]:
        """Addresses that ``program`` owns, in byte order."""
        return sorted(self._owned.get(program, ()), key=bytes)

    def tracked(self) -> Iterable[tuple[Pubkey, Account]]:
        """Every account that was ever written and still is there, programs left out."""
        for address in self._owner_of:
            account = self.get_account(address)
            if account is not None and address not in self.programs:
                yield address, account

    def rent(self, size: int) -> int:
        """Lamports that an account of ``size`` data bytes must hold."""
        if size not in self._rents:
            self._rents[size] = self._svm.minimum_balance_for_rent_exemption(size)
        return self._rents[size]

    def load_program(self, program_id: Pubkey, path: Path) -> None:
        """Deploys an SBPF v0 build; raises ``ConfigError`` for any other file."""
        try:
            elf = path.read_bytes()
        except OSError as error:
            raise ConfigError(f"program file {path} cannot be read: {error}") from error
        self.add_program(program_id, elf, name=str(path))

    def add_program(self, program_id: Pubkey, elf: bytes, *, name: str) -> None:
        """Deploys the bytes of a build; ``name`` is what errors call it."""
        if elf[:4] != b"\x7fELF":
            raise ConfigError(f"{name} is not a Solana program (no ELF file)")
        if (version := int.from_bytes(elf[_ELF_FLAGS], "little")) != 0:
            raise ConfigError(
                f"{name} is an SBPF v{version} build; the embedded chain runs v0 only",
                hint="Build with `cargo build-sbf --arch v0`.",
            )
        try:
            self._svm.add_program(program_id, elf)
        except BaseException as error:
            # solders panics on a bad build, and a panic is no Exception.
            if type(error).__name__ != "PanicException":
                raise
            raise ConfigError(f"{name} is not a program that the embedded chain can load") from None
        self.programs[program_id] = elf
        self._index(program_id, self._svm.get_account(program_id))

    def publish(self, *, slot: int, time: int, hashes: Iterable[tuple[int, Hash]]) -> None:
        """Sets the Clock and SlotHashes sysvars; ``hashes`` come newest first."""
        schedule = self._svm.get_epoch_schedule()
        epoch = schedule.get_epoch(slot)
        clock = self._svm.get_clock()
        started = clock.epoch_start_timestamp if clock.epoch == epoch and clock.slot else time
        self._svm.set_clock(Clock(slot, started, epoch, epoch + 1, time))
        self._svm.set_slot_hashes(list(hashes))

    def epoch(self, slot: int) -> tuple[int, int, int]:
        """Epoch of a slot, the slot's index in it, and the epoch's length in slots."""
        schedule = self._svm.get_epoch_schedule()
        epoch, index = schedule.get_epoch_and_slot_index(slot)
        return epoch, index, schedule.get_slots_in_epoch(epoch)

    # -- transactions ----------------------------------------------------------------------------

    def simulate(self, transaction: VersionedTransaction, named: AccountKeys) -> Execution:
        """Runs a transaction and forgets it."""
        done = self._svm.simulate_transaction(transaction)
        clear_float_registers()
        fee = base_fee(transaction) + priority_fee(transaction)
        if isinstance(done, FailedTransactionMetadata):
            return _execution(err_json(done.err()), done.meta(), fee=fee)
        after = dict(done.post_accounts())
        err = self._rent_err(named, self._svm.get_account, after.get)
        return _execution(err, done.meta(), fee=fee, accounts=after)

    def execute(self, transaction: VersionedTransaction, named: AccountKeys) -> Execution:
        """Runs a transaction for good: all of it, its fee alone (failed) or nothing (dropped)."""
        payer = named.keys[0]
        before = self._accounts(named.written)
        pre = self._balances(named.keys, before)
        extra = priority_fee(transaction)
        if extra and not self._charge(payer, extra):
            return Execution(err="AccountNotFound" if pre[0] == 0 else "InsufficientFundsForFee")
        done = self._svm.send_transaction(transaction)
        clear_float_registers()
        failed = isinstance(done, FailedTransactionMetadata)
        err = err_json(done.err()) if isinstance(done, FailedTransactionMetadata) else None
        meta = done.meta() if isinstance(done, FailedTransactionMetadata) else done
        if failed and (self._svm.get_balance(payer) or 0) + extra == pre[0]:
            self._restore({payer: before[payer]})
            return _execution(err, meta, fee=0)
        fee = base_fee(transaction) + extra
        after = self._accounts(named.written)
        if not failed and (err := self._rent_err(named, before.get, after.get)) is not None:
            self._restore(before)
            self._charge(payer, fee)
            after = self._accounts(named.written)
        for key, account in after.items():
            self._index(key, account)
        # What is only read keeps its balance.
        post = tuple(
            _lamports(after[key]) if key in after else had
            for key, had in zip(named.keys, pre, strict=True)
        )
        return _execution(err, meta, fee=fee, landed=True, pre=pre, post=post)

    # -- inner -----------------------------------------------------------------------------------

    def _accounts(self, keys: Iterable[Pubkey]) -> dict[Pubkey, Account | None]:
        return {key: self._svm.get_account(key) for key in keys}

    def _balances(
        self, keys: Iterable[Pubkey], read: Mapping[Pubkey, Account | None]
    ) -> tuple[int, ...]:
        return tuple(
            _lamports(read[key]) if key in read else self._svm.get_balance(key) or 0 for key in keys
        )

    def _charge(self, payer: Pubkey, lamports: int) -> bool:
        account = self._svm.get_account(payer)
        if account is None or account.lamports < lamports:
            return False
        left = Account(account.lamports - lamports, account.data, account.owner)
        self._svm.set_account(payer, left)
        return True

    def _restore(self, before: Mapping[Pubkey, Account | None]) -> None:
        empty = Account(0, b"", Pubkey.default())
        for key, account in before.items():
            self._svm.set_account(key, empty if account is None else account)

    def _rent_err(
        self,
        named: AccountKeys,
        before: Callable[[Pubkey], Account | None],
        after: Callable[[Pubkey], Account | None],
    ) -> object | None:
        """No account may end below its rent minimum, unless it was before and did not gain."""
        for key in named.written:
            left = after(key)
            if left is None or left.lamports == 0 or left.lamports >= self.rent(len(left.data)):
                continue
            was = before(key)
            poor = was is not None and 0 < was.lamports < self.rent(len(was.data))
            if (
                was is not None
                and poor
                and len(was.data) == len(left.data)
                and left.lamports <= was.lamports
            ):
                continue
            if left.owner != _NATIVE_LOADER:
                return {"InsufficientFundsForRent": {"account_index": named.keys.index(key)}}
        return None

    def _index(self, address: Pubkey, account: Account | None) -> None:
        owner = account.owner if account and account.lamports else None
        known = self._owner_of.get(address)
        if known == owner:
            return
        if known is not None:
            self._owned[known].discard(address)
            del self._owner_of[address]
        if owner is not None:
            self._owned[owner].add(address)
            self._owner_of[address] = owner


def _lamports(account: Account | None) -> int:
    return 0 if account is None else account.lamports


def _execution(
    err: object | None,
    meta: TransactionMetadata,
    *,
    fee: int,
    landed: bool = False,
    accounts: Mapping[Pubkey, Account] | None = None,
    pre: tuple[int, ...] = (),
    post: tuple[int, ...] = (),
) -> Execution:
    # solders' stub calls this method transaction_return_data.
    returned: TransactionReturnData = meta.return_data()  # type: ignore[attr-defined]
    data = bytes(returned.data)
    return Execution(
        err=err,
        logs=tuple(meta.logs()),
        units=meta.compute_units_consumed(),
        fee=fee,
        landed=landed,
        return_data=(returned.program_id, data) if data else None,
        accounts=accounts or {},
        pre_balances=pre,
        post_balances=post,
    )
