"""The served ledger: HTTP, websockets, and followers that survive lost sockets."""

from __future__ import annotations

import asyncio
import json

import pytest
import websockets.asyncio.client as websocket
from solana.rpc.websocket_api import connect
from solders.keypair import Keypair
from solders.rpc.config import RpcTransactionLogsFilterMentions

from fedsol.chain import Chain, EmbeddedLedger, Localnet
from fedsol.errors import ConfigError

SOL = 10**9


@pytest.fixture
async def net(ledger: EmbeddedLedger):
    async with Localnet(port=0, ledger=ledger) as served:
        yield served


@pytest.fixture
async def joined(net: Localnet):
    async with await Chain.connect(net.url) as chain:
        yield chain


async def test_second_process_sees_the_same_chain(joined, chain, alice, bob, pay):
    landed = await joined.send([pay(alice, bob, 7)], [alice])
    assert await chain.balance(bob.pubkey()) == SOL + 7
    assert landed.fee == 5_000


async def test_clock_is_controlled_over_rpc(joined, ledger):
    slot = ledger.slot
    now = await joined._rpc.call("fedsol_advance", {"seconds": 8})
    assert now == {"slot": slot + 20, "unixTimestamp": 1_800_000_008}
    await joined._rpc.call("fedsol_warpTo", {"slot": slot + 30})
    assert (await joined.clock()).slot == slot + 30


async def test_batches_and_health(net, joined, alice):
    from solders.rpc.requests import GetBalance, GetSlot
    from solders.rpc.responses import GetBalanceResp, GetSlotResp

    provider = joined.client._provider
    both = await provider.make_batch_request(
        (GetBalance(alice.pubkey(), id=1), GetSlot(id=2)), (GetBalanceResp, GetSlotResp)
    )
    assert both[0].value == 100 * SOL
    assert both[1].value == net.ledger.slot


async def test_solana_py_websocket_hears_of_everything(net, ledger, alice, bob, pay):
    async with Chain.embedded(ledger) as chain, connect(net.websocket_url) as socket:
        await socket.account_subscribe(bob.pubkey(), encoding="base64")
        await socket.logs_subscribe(RpcTransactionLogsFilterMentions(bob.pubkey()))
        await socket.slot_subscribe()
        await socket.program_subscribe(ledger.get_account(bob.pubkey()).owner, encoding="base64")
        first = [await socket.recv() for _ in range(4)]
        assert [one[0].result for one in first] == [1, 2, 3, 4]
        landed = await chain.send([pay(alice, bob, 7)], [alice])
        seen = {}
        while len(seen) < 4:
            for note in await asyncio.wait_for(socket.recv(), 3):
                seen[type(note).__name__] = note
        assert seen["AccountNotification"].result.value.lamports == SOL + 7
        assert seen["LogsNotification"].result.value.signature == landed.signature
        assert seen["SlotNotification"].result.slot == ledger.slot
        assert "ProgramNotification" in seen
        await socket.signature_subscribe(landed.signature)
        while type(note).__name__ != "SignatureNotification":
            [note] = await asyncio.wait_for(socket.recv(), 3)
        assert note.result.value.err is None
        await socket.account_unsubscribe(1)
        assert (await asyncio.wait_for(socket.recv(), 3))[0].result is True


async def test_bad_subscriptions_are_errors_and_the_socket_lives(net):
    async with websocket.connect(f"ws://127.0.0.1:{net.port}/") as socket:
        bad = ["nonsense", "[1]", '{"id":1,"method":"oddSubscribe","params":[]}']
        bad.append('{"id":2,"method":"accountSubscribe","params":["x"]}')
        bad.append('{"id":3,"method":"logsUnsubscribe","params":[99]}')
        for text in bad:
            await socket.send(text)
            assert "error" in json.loads(await asyncio.wait_for(socket.recv(), 3))
        await socket.send('{"id":4,"method":"slotSubscribe"}')
        assert json.loads(await socket.recv())["result"] == 1


async def test_follow_survives_dropped_sockets_without_loss_or_repeats(
    net, joined, chain, alice, bob, pay
):
    got, sent = [], []

    async def collect() -> None:
        async for record in joined.follow(bob.pubkey()):
            got.append(record.signature)

    task = asyncio.create_task(collect())
    await asyncio.sleep(0.3)
    for burst in range(4):
        for n in range(1, 11):
            landed = await chain.send([pay(alice, bob, 100 * burst + n)], [alice])
            sent.append(landed.signature)
            await asyncio.sleep(0.002)
        await net.drop_websockets()
        # Landed while nobody listens.
        landed = await chain.send([pay(alice, bob, 100 * burst + 50)], [alice])
        sent.append(landed.signature)
    for _ in range(100):
        if len(got) >= len(sent):
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    task.cancel()
    assert got == sent


async def test_follow_polls_where_there_is_no_websocket(net, chain, alice, bob, pay):
    nowhere = "ws://127.0.0.1:9/"
    async with await Chain.connect(net.url, websocket_url=nowhere) as joined:
        stream = joined.follow(bob.pubkey())
        waiting = asyncio.create_task(anext(stream))
        await asyncio.sleep(0.1)
        landed = await chain.send([pay(alice, bob, 7)], [alice])
        assert (await asyncio.wait_for(waiting, 5)).signature == landed.signature
        await stream.aclose()


async def test_state_is_kept_between_two_runs(tmp_path):
    state, nobody = tmp_path / "ledger.bin", Keypair().pubkey()
    async with Localnet(port=0, state=state) as net, await Chain.connect(net.url) as chain:
        await chain.airdrop(nobody, SOL)
        genesis = await chain.genesis_hash()
        slot = (await chain.clock()).slot
    async with Localnet(port=0, state=state) as net, await Chain.connect(net.url) as chain:
        assert await chain.genesis_hash() == genesis
        assert await chain.balance(nobody) == SOL
        assert (await chain.clock()).slot >= slot


async def test_save_on_request(tmp_path):
    state = tmp_path / "ledger.bin"
    async with Localnet(port=0, state=state) as net, await Chain.connect(net.url) as chain:
        assert await chain._rpc.call("fedsol_saveState") is True
        assert state.exists()


async def test_real_time_is_the_default_and_slots_pass():
    async with Localnet(port=0) as net, await Chain.connect(net.url) as chain:
        start = (await chain.clock()).slot
        clock = await asyncio.wait_for(chain.wait_until(slot=start + 2), 4)
        assert clock.slot >= start + 2


async def test_taken_port_is_a_config_error(net):
    with pytest.raises(ConfigError, match=str(net.port)):
        await Localnet(port=net.port, ledger=net.ledger).start()
