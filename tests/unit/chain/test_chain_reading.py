"""Reading through Chain, embedded and over RPC."""

from __future__ import annotations

import asyncio

import pytest
from solders.keypair import Keypair

from fedsol.chain import Chain

SOL = 10**9


@pytest.fixture(params=["chain", "remote"])
def either(request):
    return request.getfixturevalue(request.param)


async def test_account_and_balance(either, alice):
    account = await either.account(alice.pubkey())
    assert (account.address, account.lamports) == (alice.pubkey(), 100 * SOL)
    assert await either.account(Keypair().pubkey()) is None
    assert await either.balance(alice.pubkey()) == 100 * SOL


async def test_many_accounts_keep_their_order(either, ledger):
    addresses = [Keypair().pubkey() for _ in range(230)]
    for number, address in enumerate(addresses[::2]):
        ledger.set_account(address, lamports=SOL + number)
    found = await either.accounts(addresses)
    assert [one.address for one in found[::2]] == addresses[::2]
    assert found[1::2] == [None] * 115


async def test_program_accounts_by_discriminator(either, ledger):
    program, kind = Keypair().pubkey(), bytes(range(8))
    wanted = sorted((Keypair().pubkey() for _ in range(3)), key=bytes)
    for address in wanted:
        ledger.set_account(address, lamports=SOL, owner=program, data=kind + bytes([5]))
    other = Keypair().pubkey()
    ledger.set_account(other, lamports=SOL, owner=program, data=kind + bytes([6]))
    everything = await either.program_accounts(program, discriminator=kind)
    assert len(everything) == 4
    found = await either.program_accounts(program, discriminator=kind, memcmp=[(8, b"\x05")])
    assert [one.address for one in found] == wanted


async def test_clock_rent_and_genesis(either, ledger):
    clock = await either.clock()
    assert (clock.slot, clock.unix_timestamp) == (ledger.slot, 1_800_000_000)
    assert await either.rent(100) == ledger.bank.rent(100)
    assert await either.genesis_hash() == ledger.genesis_hash


async def test_airdrop_has_arrived(either):
    nobody = Keypair().pubkey()
    await either.airdrop(nobody, SOL)
    assert await either.balance(nobody) == SOL


async def test_history_is_whole_and_oldest_first(either, ledger, alice, bob, pay):
    sent = [await either.send([pay(alice, bob, n)], [alice]) for n in range(1, 6)]
    with pytest.raises(Exception, match="short"):
        await either.send([pay(bob, alice, 9 * SOL)], [bob], simulate=False, compute_limit=500)
    records = await either.history(bob.pubkey())
    assert [one.signature for one in records[:5]] == [one.signature for one in sent]
    assert [one.slot for one in records] == sorted(one.slot for one in records)
    assert records[0].err is None
    assert records[0].logs == sent[0].logs
    assert (records[0].fee, records[0].block_time) == (5_000, 1_800_000_000)
    assert records[5].err == {"InstructionError": [1, {"Custom": 1}]}
    newer = await either.history(bob.pubkey(), after=sent[2].signature)
    assert [one.signature for one in newer] == [one.signature for one in records[3:]]


async def test_history_reads_all_pages(chain, ledger, alice, bob, pay, monkeypatch):
    monkeypatch.setattr("fedsol.chain.reading.PAGE", 3)
    for n in range(1, 11):
        await chain.send([pay(alice, bob, n)], [alice])
    assert len(await chain.history(bob.pubkey())) == 10


async def test_waiting_moves_the_embedded_clock_to_both(chain, ledger):
    slot = ledger.slot
    clock = await chain.wait_until(unix_timestamp=1_800_000_060, slot=slot + 10)
    assert clock.unix_timestamp >= 1_800_000_060
    assert clock.slot == slot + 150
    clock = await chain.wait_until(unix_timestamp=1_800_000_061, slot=clock.slot + 50)
    assert clock.slot == slot + 200
    assert clock.unix_timestamp >= 1_800_000_080


async def test_waiting_over_rpc_polls(remote, ledger):
    async def pass_time() -> None:
        await asyncio.sleep(0.05)
        ledger.advance(slots=3)

    task = asyncio.create_task(pass_time())
    clock = await asyncio.wait_for(remote.wait_until(slot=ledger.slot + 3), 3)
    await task
    assert clock.slot == ledger.slot


async def test_client_of_the_chain_is_solana_py(either, alice):
    assert (await either.client.get_balance(alice.pubkey())).value == 100 * SOL


async def test_embedded_follow_hands_out_each_once_in_order(chain, alice, bob, pay):
    got = []
    before = await chain.send([pay(alice, bob, 99)], [alice])

    async def collect() -> None:
        async for record in chain.follow(bob.pubkey()):
            got.append(record.signature)
            if len(got) == 5:
                return

    task = asyncio.create_task(collect())
    await asyncio.sleep(0.01)
    sent = [(await chain.send([pay(alice, bob, n)], [alice])).signature for n in range(1, 6)]
    await asyncio.wait_for(task, 3)
    assert got == sent
    assert before.signature not in got


async def test_follow_after_a_signature_catches_up(chain, alice, bob, pay):
    sent = [(await chain.send([pay(alice, bob, n)], [alice])).signature for n in range(1, 101)]
    got = []
    async for record in chain.follow(bob.pubkey(), after=sent[0]):
        got.append(record.signature)
        if len(got) == 99:
            break
    assert got == sent[1:]


async def test_real_time_ledger_follows_the_wall_clock():
    from fedsol.chain import EmbeddedLedger

    async with Chain.embedded(EmbeddedLedger(real_time=True)) as chain:
        slot = (await chain.clock()).slot
        clock = await asyncio.wait_for(chain.wait_until(slot=slot + 2), 3)
        assert clock.slot >= slot + 2
