"""Chain.send and Chain.resume: at most once on chain, and a typed error for everything else."""

from __future__ import annotations

import asyncio

import pytest
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import ComputeExhausted
from fedsol.errors import (
    ConfigError,
    InsufficientFunds,
    ProgramError,
    RpcUnreachable,
    TransactionExpired,
    TransactionTooLarge,
)

SOL = 10**9
EITHER = ["chain", "remote"]


@pytest.fixture(params=EITHER)
def either(request):
    """Embedded, and the same ledger behind RPC endpoints."""
    return request.getfixturevalue(request.param)


async def test_send_lands_and_reports(either, ledger, alice, bob, pay):
    landed = await either.send([pay(alice, bob, 7)], [alice])
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7
    assert (landed.fee, landed.units) == (5_000, 300)
    assert landed.signature == ledger.history.transactions[-1].signature
    assert landed.logs[-1].endswith("success")


async def test_send_sets_the_measured_compute_limit(either, ledger, alice, bob, pay):
    from solders.transaction import VersionedTransaction

    await either.send([pay(alice, bob, 7)], [alice])
    message = VersionedTransaction.from_bytes(ledger.history.transactions[-1].raw).message
    limits = [bytes(one.data) for one in message.instructions if bytes(one.data)[:1] == b"\x02"]
    # 300 units and a tenth, plus 1,000; the transfer's own data starts with 2 as well.
    assert int.from_bytes(limits[0][1:], "little") == 1_330


async def test_priority_fee_is_paid_in_lamports(either, ledger, alice, bob, pay):
    landed = await either.send(
        [pay(alice, bob, 7)], [alice], compute_limit=10_000, priority_fee=1_000
    )
    assert landed.fee == 6_000
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL - 7 - 6_000


async def test_bulk_send_needs_no_simulation(remote, network, alice, bob, pay):
    await remote.send([pay(alice, bob, 7)], [alice], simulate=False, compute_limit=1_000)
    assert network.calls["simulateTransaction"] == 0


async def test_another_payer_pays(either, ledger, alice, bob, pay):
    await either.send([pay(bob, alice, 7)], [bob], payer=alice)
    assert ledger.get_account(bob.pubkey()).lamports == SOL - 7
    assert ledger.get_account(alice.pubkey()).lamports == 100 * SOL + 7 - 10_000


async def test_missing_signature_is_named(either, alice, bob, pay):
    with pytest.raises(ConfigError, match=str(bob.pubkey())):
        await either.send([pay(bob, alice, 7)], [alice], simulate=False, compute_limit=1_000)


async def test_failure_is_raised_before_anything_is_sent(either, ledger, alice, bob, pay):
    with pytest.raises(InsufficientFunds) as caught:
        await either.send([pay(alice, bob, 1_000 * SOL)], [alice])
    assert str(alice.pubkey()) in str(caught.value)
    assert "900,000,005,000 short" in str(caught.value)
    assert len(ledger.history) == 0


async def test_landed_failure_is_raised_too(either, ledger, alice, bob, pay):
    with pytest.raises(InsufficientFunds):
        await either.send(
            [pay(alice, bob, 1_000 * SOL)], [alice], simulate=False, compute_limit=1_000
        )
    assert ledger.history.transactions[-1].err is not None


async def test_payer_without_lamports_is_named_with_its_shortage(either, bob, pay):
    poor = Keypair()
    with pytest.raises(InsufficientFunds, match=f"{poor.pubkey()} holds 0 lamports.* 10,000 short"):
        await either.send([pay(bob, poor, 7)], [bob], payer=poor)


async def test_compute_exhaustion_is_typed(either, alice, bob, pay):
    with pytest.raises(ComputeExhausted):
        await either.send([pay(alice, bob, 7)], [alice], compute_limit=200)


async def test_oversized_transaction_is_never_sent(either, ledger, alice):
    keys = [AccountMeta(Keypair().pubkey(), False, False) for _ in range(40)]
    with pytest.raises(TransactionTooLarge, match="1,232"):
        await either.send([Instruction(Pubkey.default(), b"", keys)], [alice])
    assert len(ledger.history) == 0


async def test_unknown_program_is_a_program_error(either, alice):
    with pytest.raises(ProgramError):
        await either.send([Instruction(Keypair().pubkey(), b"", [])], [alice])


async def test_dropped_sends_are_repeated_with_the_same_bytes(
    remote, network, ledger, alice, bob, pay
):
    network.queue("sendTransaction", "drop", "drop", "drop")
    await remote.send([pay(alice, bob, 7)], [alice])
    assert len(network.sent) >= 4
    assert len(set(network.sent)) == 1
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7


async def test_lost_reply_pays_once(remote, network, ledger, alice, bob, pay):
    network.queue("sendTransaction", "reply_lost", "reply_lost")
    await remote.send([pay(alice, bob, 7)], [alice])
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7
    assert len(ledger.history) == 1


async def test_send_that_arrives_twice_pays_once(remote, network, ledger, alice, bob, pay):
    network.queue("sendTransaction", "twice", "twice")
    await remote.send([pay(alice, bob, 7)], [alice])
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7


async def test_lagging_status_is_waited_for(remote, network, ledger, alice, bob, pay):
    network.queue("getSignatureStatuses", "empty", "empty", "empty", "empty")
    await remote.send([pay(alice, bob, 7)], [alice])
    assert len(ledger.history) == 1
    assert network.calls["getSignatureStatuses"] >= 5


async def test_busy_endpoints_are_retried(remote, network, ledger, alice, bob, pay):
    network.queue("getLatestBlockhash", "429")
    network.queue("sendTransaction", "500")
    network.queue("getSignatureStatuses", "timeout")
    await remote.send([pay(alice, bob, 7)], [alice])
    assert len(ledger.history) == 1


async def test_expired_transaction_is_proved_absent(remote, network, ledger, alice, bob, pay):
    network.queue("sendTransaction", *["drop"] * 1_000)
    network.before = lambda method: method == "getBlockHeight" and ledger.advance(slots=200)
    with pytest.raises(TransactionExpired):
        await remote.send([pay(alice, bob, 7)], [alice])
    assert len(ledger.history) == 0
    network.faults.clear()
    network.before = None
    await remote.send([pay(alice, bob, 7)], [alice])
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7


async def test_landing_at_the_last_moment_is_not_expired(remote, network, ledger, alice, bob, pay):
    network.queue("getSignatureStatuses", "empty", "empty")
    network.before = lambda method: method == "getBlockHeight" and ledger.advance(slots=200)
    landed = await remote.send([pay(alice, bob, 7)], [alice])
    assert landed.signature == ledger.history.transactions[-1].signature


async def test_outage_ends_in_unreachable_and_resume_lands_the_same_bytes(
    remote, network, ledger, alice, bob, pay
):
    kept: list[tuple[bytes, int]] = []

    async def persist(raw: bytes, _signature: object, height: int) -> None:
        assert network.calls["sendTransaction"] == 0
        kept.append((raw, height))
        network.down.update(one="refused", two="refused")

    with pytest.raises(RpcUnreachable, match=r"http://one.*http://two"):
        await remote.send([pay(alice, bob, 7)], [alice], before_send=persist)
    network.down.clear()
    first = await remote.resume(*kept[0])
    again = await remote.resume(*kept[0])
    assert first == again
    assert len(ledger.history) == 1


async def test_resume_after_expiry_says_so(either, ledger, alice, bob, pay):
    kept: list[tuple[bytes, int]] = []

    async def persist(raw: bytes, _signature: object, height: int) -> None:
        kept.append((raw, height))
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await either.send([pay(alice, bob, 7)], [alice], before_send=persist)
    ledger.advance(slots=151)
    with pytest.raises(TransactionExpired):
        await either.resume(*kept[0])
    assert len(ledger.history) == 0


async def test_resume_of_a_landed_failure_raises_it_again(either, ledger, alice, bob, pay):
    kept: list[tuple[bytes, int]] = []

    async def persist(raw: bytes, _signature: object, height: int) -> None:
        kept.append((raw, height))

    with pytest.raises(InsufficientFunds):
        await either.send(
            [pay(alice, bob, 1_000 * SOL)],
            [alice],
            simulate=False,
            compute_limit=1_000,
            before_send=persist,
        )
    with pytest.raises(InsufficientFunds):
        await either.resume(*kept[0])


async def test_many_tasks_share_one_ledger(chain, ledger, alice, bob, pay):
    await asyncio.gather(*(chain.send([pay(alice, bob, n)], [alice]) for n in range(1, 41)))
    assert ledger.get_account(bob.pubkey()).lamports == SOL + sum(range(1, 41))


async def test_rolled_back_fork_is_sent_again(remote, network, ledger, alice, bob, pay):
    before = ledger.snapshot()
    rolled: list[bool] = []

    def fork(method: str) -> None:
        if method == "getSignatureStatuses" and not rolled:
            rolled.append(True)
            ledger.restore(before)

    network.before = fork
    await remote.send([pay(alice, bob, 7)], [alice])
    assert rolled
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7


async def test_lookup_tables_make_room_and_their_accounts_are_indexed(
    either, ledger, alice, bob, pay
):
    from solders.address_lookup_table_account import AddressLookupTableAccount

    table, program = Keypair().pubkey(), "AddressLookupTab1e1111111111111111111111111"
    # Kind 1, never deactivated, last extended in slot 0 from index 0, no authority, padding.
    meta = (1).to_bytes(4, "little") + b"\xff" * 8 + bytes(8) + bytes(1) + bytes(33) + bytes(2)
    data = meta + bytes(bob.pubkey())
    owner = Pubkey.from_string(program)
    ledger.set_account(table, lamports=SOL, owner=owner, data=data)
    ledger.advance(slots=2)
    tables = [AddressLookupTableAccount(table, [bob.pubkey()])]
    await either.send([pay(alice, bob, 7)], [alice], lookup_tables=tables)
    assert ledger.get_account(bob.pubkey()).lamports == SOL + 7
    [record] = await either.history(bob.pubkey())
    assert record.err is None


async def test_ledger_takes_transactions_from_several_threads(ledger, alice, bob, pay):
    from concurrent.futures import ThreadPoolExecutor

    from solders.message import Message
    from solders.transaction import VersionedTransaction

    def one(lamports: int) -> None:
        message = Message.new_with_blockhash(
            [pay(alice, bob, lamports)], alice.pubkey(), ledger.blocks.latest
        )
        ledger.submit(VersionedTransaction(message, [alice]))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(1, 101)))
    assert ledger.get_account(bob.pubkey()).lamports == SOL + sum(range(1, 101))
    assert [one.index for one in ledger.history.transactions] == list(range(100))
