"""solana-py's unmodified AsyncClient on the embedded ledger."""

from __future__ import annotations

import time

import pytest
from solana.exceptions import SolanaRpcException
from solana.rpc.async_api import AsyncClient
from solana.rpc.core import RPCException
from solana.rpc.types import DataSliceOpts, MemcmpOpts, TokenAccountOpts, TxOpts
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.rpc.responses import SendTransactionPreflightFailureMessage
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import VersionedTransaction
from spl.token.async_client import AsyncToken
from spl.token.constants import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID

from fedsol.chain import EmbeddedLedger, RpcRefused

SOL = 10**9


@pytest.fixture
def client(chain) -> AsyncClient:
    return chain.client


def signed(ledger, signers, *instructions, blockhash=None, v0=False):
    payer, recent = signers[0].pubkey(), blockhash or ledger.blocks.latest
    if v0:
        message = MessageV0.try_compile(payer, list(instructions), [], recent)
    else:
        message = Message.new_with_blockhash(list(instructions), payer, recent)
    return VersionedTransaction(message, list(signers))


async def test_reads_accounts_and_balances(client, alice, bob):
    assert (await client.get_balance(alice.pubkey())).value == 100 * SOL
    assert (await client.get_account_info(alice.pubkey())).value.lamports == 100 * SOL
    nobody = Keypair().pubkey()
    assert (await client.get_account_info(nobody)).value is None
    many = await client.get_multiple_accounts([alice.pubkey(), nobody, bob.pubkey()])
    assert [one and one.lamports for one in many.value] == [100 * SOL, None, SOL]


async def test_slices_account_data(client, ledger):
    address = Keypair().pubkey()
    ledger.set_account(address, lamports=SOL, data=bytes(range(200)))
    cut = DataSliceOpts(offset=10, length=5)
    got = await client.get_account_info(address, encoding="base64", data_slice=cut)
    assert got.value.data == bytes(range(10, 15))


async def test_program_accounts_pass_memcmp_and_size_filters(client, ledger):
    program = Keypair().pubkey()
    addresses = [Keypair().pubkey() for _ in range(4)]
    for kind, address in enumerate(addresses):
        ledger.set_account(
            address, lamports=SOL, owner=program, data=bytes([kind % 2] * (8 + kind))
        )
    everything = await client.get_program_accounts(program, encoding="base64")
    assert {one.pubkey for one in everything.value} == set(addresses)
    ones = [MemcmpOpts(offset=0, bytes="2")]  # base58 of 0x01
    kept = await client.get_program_accounts(program, encoding="base64", filters=ones)
    assert {one.pubkey for one in kept.value} == {addresses[1], addresses[3]}
    sized = await client.get_program_accounts(program, encoding="base64", filters=[11, *ones])
    assert [one.pubkey for one in sized.value] == [addresses[3]]


async def test_program_accounts_forget_an_account_that_changed_owner(client, ledger):
    first, second, address = (Keypair().pubkey() for _ in range(3))
    ledger.set_account(address, lamports=SOL, owner=first)
    ledger.set_account(address, lamports=SOL, owner=second)
    assert (await client.get_program_accounts(first)).value == []
    assert len((await client.get_program_accounts(second)).value) == 1


async def test_node_methods_answer(client, ledger):
    assert (await client.get_slot()).value == ledger.slot
    assert (await client.get_block_height()).value == ledger.blocks.height
    assert (await client.get_genesis_hash()).value == ledger.blocks.genesis
    assert (await client.get_epoch_info()).value.absolute_slot == ledger.slot
    assert (await client.get_version()).value.solana_core
    assert (await client.get_minimum_balance_for_rent_exemption(0)).value == 890_880
    assert (await client.get_block_time(ledger.slot)).value == 1_800_000_000
    assert await client.is_connected()


async def test_airdrop_is_confirmed_like_any_transaction(client):
    nobody = Keypair().pubkey()
    signature = (await client.request_airdrop(nobody, SOL)).value
    status = (await client.confirm_transaction(signature)).value[0]
    assert status.err is None
    assert (await client.get_balance(nobody)).value == SOL


@pytest.mark.parametrize("v0", [False, True])
@pytest.mark.parametrize("encoding", ["json", "base64"])
async def test_transaction_is_read_back(client, ledger, alice, bob, pay, v0, encoding):
    transaction = signed(ledger, [alice], pay(alice, bob, 7), v0=v0)
    slot = ledger.slot
    signature = (await client.send_transaction(transaction)).value
    got = await client.get_transaction(
        signature, encoding=encoding, max_supported_transaction_version=0
    )
    meta = got.value.transaction.meta
    assert (got.value.slot, got.value.block_time) == (slot, 1_800_000_000)
    assert (meta.fee, meta.err, meta.compute_units_consumed) == (5_000, None, 150)
    assert meta.pre_balances[:2] == [100 * SOL, SOL]
    assert meta.post_balances[:2] == [100 * SOL - 5_007, SOL + 7]
    assert "success" in meta.log_messages[-1]


async def test_preflight_failure_is_typed_and_lands_nothing(client, ledger, alice, bob, pay):
    transaction = signed(ledger, [alice], pay(alice, bob, 1_000 * SOL))
    with pytest.raises(RPCException) as caught:
        await client.send_transaction(transaction)
    failure = caught.value.args[0]
    assert isinstance(failure, SendTransactionPreflightFailureMessage)
    assert "custom program error: 0x1" in failure.message
    assert failure.data.logs[-1].endswith("custom program error: 0x1")
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL


async def test_skipped_preflight_lands_the_failure_and_charges_the_fee(
    client, ledger, alice, bob, pay
):
    transaction = signed(ledger, [alice], pay(alice, bob, 1_000 * SOL))
    options = TxOpts(skip_preflight=True)
    signature = (await client.send_transaction(transaction, options)).value
    status = (await client.get_signature_statuses([signature])).value[0]
    assert status.err.err.code == 1
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL - 5_000


async def test_bad_signature_is_refused_and_dropped(client, ledger, alice, bob, pay):
    good = signed(ledger, [alice], pay(alice, bob, 7))
    bad = VersionedTransaction.populate(good.message, [bob.sign_message(b"other")])
    with pytest.raises(RPCException):
        await client.send_transaction(bad)
    await client.send_transaction(bad, TxOpts(skip_preflight=True))
    assert len(ledger.history) == 0


async def test_signatures_page_newest_first(client, ledger, alice, bob, pay):
    sent = [
        (await client.send_transaction(signed(ledger, [alice], pay(alice, bob, n)))).value
        for n in range(1, 8)
    ]
    newest = (await client.get_signatures_for_address(bob.pubkey(), limit=3)).value
    assert [one.signature for one in newest] == sent[:3:-1]
    older = await client.get_signatures_for_address(
        bob.pubkey(), before=newest[-1].signature, until=sent[0]
    )
    assert [one.signature for one in older.value] == sent[3:0:-1]


async def test_simulation_reports_units_and_changes_nothing(client, ledger, alice, bob, pay):
    result = await client.simulate_transaction(signed(ledger, [alice], pay(alice, bob, 7)))
    assert (result.value.err, result.value.units_consumed) == (None, 150)
    assert ledger.get_account(bob.pubkey()).lamports == SOL


async def test_fee_for_message_counts_the_priority_fee(client, ledger, alice, bob, pay):
    from solders.compute_budget import set_compute_unit_limit, set_compute_unit_price

    budget = [set_compute_unit_limit(10_000), set_compute_unit_price(2_000_000)]
    transaction = signed(ledger, [alice], *budget, pay(alice, bob, 7))
    assert (await client.get_fee_for_message(transaction.message)).value == 25_000
    await client.send_transaction(transaction)
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL - 7 - 25_000


@pytest.mark.parametrize("program", [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID])
async def test_spl_tokens_work_through_their_own_client(client, alice, bob, program):
    token = await AsyncToken.create_mint(client, alice, alice.pubkey(), 6, program)
    account = await token.create_associated_token_account(bob.pubkey())
    await token.mint_to(account, alice, 1_500_000)
    balance = (await client.get_token_account_balance(account)).value
    assert (balance.amount, balance.ui_amount_string) == ("1500000", "1.5")
    assert (await client.get_token_supply(token.pubkey)).value.amount == "1500000"
    owned = await client.get_token_accounts_by_owner(
        bob.pubkey(), TokenAccountOpts(mint=token.pubkey)
    )
    assert [one.pubkey for one in owned.value] == [account]


async def test_unknown_method_is_method_not_found(chain):
    with pytest.raises(RpcRefused) as caught:
        await chain._rpc.call("getNonsense")
    assert caught.value.code == -32601


async def test_bad_params_are_invalid_params(chain):
    for params in ([], ["not an address"], [{"a": 1}]):
        with pytest.raises(RpcRefused) as caught:
            await chain._rpc.call("getAccountInfo", *params)
        assert caught.value.code == -32602


async def test_each_landed_transaction_makes_a_block(client, ledger, alice, bob, pay):
    slot, height, latest = ledger.slot, ledger.blocks.height, ledger.blocks.latest
    for n in range(1, 6):
        await client.send_transaction(signed(ledger, [alice], pay(alice, bob, n)))
    assert (ledger.slot, ledger.blocks.height) == (slot + 5, height + 5)
    assert ledger.unix_timestamp == 1_800_000_002
    assert ledger.blocks.latest != latest
    assert ledger.blocks.slot_hashes[0][0] == ledger.slot - 1


async def test_programs_see_the_clock_and_slot_hashes(chain, ledger):
    ledger.advance(slots=600)
    assert (await chain.clock()).slot == ledger.slot
    sysvar = await chain.account(Pubkey.from_string("SysvarS1otHashes111111111111111111111111111"))
    count = int.from_bytes(sysvar.data[:8], "little")
    newest = int.from_bytes(sysvar.data[8:16], "little")
    assert (count, newest) == (512, ledger.slot - 1)
    assert sysvar.data[16:48] == bytes(ledger.blocks.slot_hashes[0][1])


async def test_blockhash_lives_150_blocks(client, ledger, alice, bob, pay):
    old = ledger.blocks.latest
    ledger.advance(slots=150)
    transaction = signed(ledger, [alice], pay(alice, bob, 1), blockhash=old)
    signature = (await client.send_transaction(transaction)).value
    assert (await client.get_signature_statuses([signature])).value[0].err is None
    late = signed(ledger, [alice], pay(alice, bob, 2), blockhash=old)
    with pytest.raises(RPCException, match="Blockhash not found"):
        await client.send_transaction(late)
    await client.send_transaction(late, TxOpts(skip_preflight=True))
    assert (await client.get_signature_statuses([late.signatures[0]])).value == [None]


async def test_same_transaction_lands_once(client, ledger, alice, bob, pay):
    transaction = signed(ledger, [alice], pay(alice, bob, 7))
    await client.send_transaction(transaction)
    with pytest.raises(RPCException, match="already been processed"):
        await client.send_transaction(transaction)
    await client.send_transaction(transaction, TxOpts(skip_preflight=True))
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7


async def test_rent_minimum_is_kept_as_on_a_cluster(client, ledger, alice, pay):
    transaction = signed(ledger, [alice], pay(alice, Keypair(), 1))
    with pytest.raises(RPCException, match="InsufficientFundsForRent"):
        await client.send_transaction(transaction)
    await client.send_transaction(transaction, TxOpts(skip_preflight=True))
    status = (await client.get_signature_statuses([transaction.signatures[0]])).value[0]
    assert status.err is not None
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL - 5_000


async def test_transaction_above_the_packet_size_is_refused(client, ledger, alice):
    huge = Instruction(Pubkey.default(), bytes(1_200), [])
    with pytest.raises((RPCException, SolanaRpcException), match="too large"):
        await client.send_transaction(signed(ledger, [alice], huge))


async def test_seeded_ledgers_are_equal_and_others_are_not():
    one, same = (EmbeddedLedger(seed=b"s", unix_timestamp=1) for _ in range(2))
    assert one.genesis_hash == same.genesis_hash
    assert EmbeddedLedger().genesis_hash != EmbeddedLedger().genesis_hash


async def test_account_closed_by_a_transaction_is_gone(client, ledger, alice, bob, pay):
    drained = SOL - 5_000
    await client.send_transaction(signed(ledger, [bob], pay(bob, alice, drained)))
    assert (await client.get_account_info(bob.pubkey())).value is None


async def test_created_account_is_found_under_its_owner(client, ledger, alice):
    account, owner = Keypair(), Keypair().pubkey()
    make = create_account(
        CreateAccountParams(
            from_pubkey=alice.pubkey(),
            to_pubkey=account.pubkey(),
            lamports=ledger.bank.rent(16),
            space=16,
            owner=owner,
        )
    )
    await client.send_transaction(signed(ledger, [alice, account], make))
    found = (await client.get_program_accounts(owner, encoding="base64")).value
    assert [(one.pubkey, one.account.data) for one in found] == [(account.pubkey(), bytes(16))]


async def test_reads_are_fast(client, alice):
    started = time.perf_counter()
    for _ in range(300):
        await client.get_account_info(alice.pubkey())
    assert 300 / (time.perf_counter() - started) > 500


async def test_blockhash_validity_is_answered(chain, ledger):
    async def valid(blockhash: Hash) -> bool:
        answer = await chain._rpc.call("isBlockhashValid", str(blockhash))
        return answer["value"]

    old = ledger.blocks.latest
    assert await valid(old)
    ledger.advance(slots=151)
    assert not await valid(old)
    assert not await valid(Hash.new_unique())
