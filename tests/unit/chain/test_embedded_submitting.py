"""What the embedded chain checks before it runs a transaction, and what it writes down of one."""

import pytest
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from fedsol.chain import Draft, Dropped
from fedsol.chain.embedded_wire import account_keys
from fedsol.chain.records import SYSTEM_PROGRAM
from fedsol.errors import TransactionTooLarge

SOL = 10**9


@pytest.fixture
def unsigned(ledger, alice, bob, pay) -> VersionedTransaction:
    """A payment that nobody has signed."""
    return Draft((pay(alice, bob, 7),), alice.pubkey()).unsigned(ledger.blocks.latest)


def test_signatures_are_checked_unless_told_otherwise(ledger, unsigned, bob) -> None:
    assert ledger.submit(unsigned) == Dropped("SignatureFailure")
    assert ledger.get_account(bob.pubkey()).lamports == SOL
    done = ledger.submit(unsigned, sig_verify=False)
    assert done.err is None
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7


def test_nothing_else_is_left_out_with_the_signatures(ledger, unsigned, alice, bob, pay) -> None:
    ledger.submit(unsigned, sig_verify=False)
    assert ledger.submit(unsigned, sig_verify=False) == Dropped("AlreadyProcessed")
    old = Draft((pay(alice, bob, 8),), alice.pubkey()).unsigned(Hash.default())
    assert ledger.submit(old, sig_verify=False) == Dropped("BlockhashNotFound")
    large = Instruction(SYSTEM_PROGRAM, bytes(1_300), [])
    message = Draft((large,), alice.pubkey())._message(ledger.blocks.latest)
    too_large = VersionedTransaction.populate(message, unsigned.signatures)
    with pytest.raises(TransactionTooLarge):
        ledger.submit(too_large, sig_verify=False)


def test_balances_of_all_accounts_are_written_down(ledger, alice, bob, pay) -> None:
    witness = Pubkey.new_unique()
    ledger.set_account(witness, lamports=3 * SOL)
    step = pay(alice, bob, 7)
    seen = AccountMeta(witness, is_signer=False, is_writable=False)
    step = Instruction(step.program_id, step.data, [*step.accounts, seen])
    done = ledger.submit(Draft((step,), alice.pubkey()).signed(ledger.blocks.latest, [alice]))
    before = dict(zip(done.keys, done.pre_balances, strict=True))
    after = dict(zip(done.keys, done.post_balances, strict=True))
    people = (alice.pubkey(), bob.pubkey(), witness)
    assert [before[one] for one in people] == [100 * SOL, SOL, 3 * SOL]
    assert [after[one] for one in people] == [100 * SOL - 5_007, SOL + 7, 3 * SOL]
    assert before[SYSTEM_PROGRAM] == after[SYSTEM_PROGRAM] > 0


def test_a_failure_changes_no_balance_but_the_payers(ledger, alice, bob, pay) -> None:
    step = pay(alice, bob, 1_000 * SOL)
    done = ledger.submit(Draft((step,), alice.pubkey()).signed(ledger.blocks.latest, [alice]))
    assert done.err is not None
    assert done.keys[:2] == (alice.pubkey(), bob.pubkey())
    assert done.post_balances[:2] == (100 * SOL - 5_000, SOL)


def test_who_would_fall_below_the_rent_minimum_is_named_by_its_place(ledger, alice, pay) -> None:
    step = pay(alice, Keypair(), 1)
    done = ledger.submit(Draft((step,), alice.pubkey()).signed(ledger.blocks.latest, [alice]))
    assert done.err == {"InsufficientFundsForRent": {"account_index": 1}}


def test_the_written_keys_are_the_writable_ones_in_order() -> None:
    payer, cosigner = Keypair(), Keypair()
    static, looked_up, only_read = (Pubkey.new_unique() for _ in range(3))
    metas = [
        AccountMeta(cosigner.pubkey(), is_signer=True, is_writable=False),
        AccountMeta(static, is_signer=False, is_writable=True),
        AccountMeta(looked_up, is_signer=False, is_writable=True),
        AccountMeta(only_read, is_signer=False, is_writable=False),
    ]
    table = AddressLookupTableAccount(Pubkey.new_unique(), [only_read, looked_up])
    draft = Draft((Instruction(SYSTEM_PROGRAM, b"", metas),), payer.pubkey(), (table,))
    data = bytes(56) + b"".join(map(bytes, table.addresses))
    named = account_keys(draft.unsigned(Hash.default()), {table.key: data}.get)
    signers = (payer.pubkey(), cosigner.pubkey())
    assert named.keys == (*signers, static, SYSTEM_PROGRAM, looked_up, only_read)
    assert named.written == (payer.pubkey(), static, looked_up)


def test_a_dropped_transaction_leaves_no_trace(ledger, bob, pay) -> None:
    nobody = Keypair()
    draft = Draft((pay(nobody, bob, 7),), nobody.pubkey())
    dropped = ledger.submit(draft.signed(ledger.blocks.latest, [nobody]))
    assert isinstance(dropped, Dropped)
    assert len(ledger.history) == 0
    assert ledger.get_account(nobody.pubkey()) is None
