"""A list of endpoints that behaves like one."""

from __future__ import annotations

import httpx
import pytest

from fedsol.chain import Chain, EmbeddedLedger, display_url
from fedsol.errors import ConfigError, RpcUnreachable, WrongCluster

TWO = ["http://one", "http://two"]


async def test_next_endpoint_is_taken_and_remembered(remote, network, alice):
    network.down["one"] = "refused"
    await remote.balance(alice.pubkey())
    network.asked.clear()
    await remote.balance(alice.pubkey())
    assert network.asked == ["two"]


@pytest.mark.parametrize("fault", ["429", "500", "503", "timeout", "refused"])
async def test_each_kind_of_outage_fails_over(remote, network, alice, fault):
    network.down["one"] = fault
    assert await remote.balance(alice.pubkey()) == 100 * 10**9


async def test_dead_list_names_every_endpoint_and_why(network):
    network.down.update(one="refused", two="503")
    with pytest.raises(RpcUnreachable) as caught:
        await Chain.connect(TWO, transport=network, rounds=2)
    text = str(caught.value)
    assert "http://one (ConnectError: connection refused)" in text
    assert "http://two (HTTP 503)" in text
    assert caught.value.hint


async def test_solana_py_client_gets_the_same_error(remote, network, alice):
    network.down.update(one="refused", two="refused")
    with pytest.raises(RpcUnreachable, match="http://two"):
        await remote.client.get_balance(alice.pubkey())


async def test_nothing_listening_is_unreachable():
    with pytest.raises(RpcUnreachable, match=r"http://127\.0\.0\.1:9"):
        await Chain.connect("http://127.0.0.1:9", rounds=1)


async def test_endpoints_of_two_clusters_are_refused(network):
    network.ledgers["two"] = EmbeddedLedger()
    with pytest.raises(WrongCluster, match="another cluster"):
        await Chain.connect(TWO, transport=network, rounds=1)


async def test_endpoint_that_was_down_is_checked_before_it_is_used(network, alice):
    network.ledgers["two"] = EmbeddedLedger()
    network.down["two"] = "refused"
    async with await Chain.connect(TWO, transport=network, rounds=1) as chain:
        network.down.update(one="refused")
        del network.down["two"]
        with pytest.raises(WrongCluster):
            await chain.balance(alice.pubkey())


async def test_connects_while_one_endpoint_is_down(network, alice):
    network.down["one"] = "timeout"
    async with await Chain.connect(TWO, transport=network, rounds=1) as chain:
        assert await chain.balance(alice.pubkey()) == 100 * 10**9


async def test_json_rpc_errors_are_answers_not_outages(remote, network):
    before = network.calls["getNonsense"]
    with pytest.raises(Exception, match="-32601"):
        await remote._rpc.call("getNonsense")
    assert network.calls["getNonsense"] == before + 1


async def test_unhealthy_node_is_left(network, alice):
    class Behind(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.host == "one":
                body = b'{"jsonrpc":"2.0","id":1,"error":{"code": -32005,"message":"behind"}}'
                return httpx.Response(200, content=body)
            return await network.handle_async_request(request)

    async with await Chain.connect(TWO, transport=Behind(), rounds=1) as chain:
        assert await chain.balance(alice.pubkey()) == 100 * 10**9


@pytest.mark.parametrize("urls", [[], ["ftp://one"], ["one"], ""])
async def test_bad_lists_are_config_errors(urls):
    with pytest.raises(ConfigError):
        await Chain.connect(urls)


def test_shown_urls_hide_keys():
    assert display_url("https://rpc.example.com:443/v2/SECRET") == "https://rpc.example.com:443/…"
    assert "SECRET" not in display_url("https://rpc.example.com/?api-key=SECRET")
    assert "SECRET" not in display_url("https://user:SECRET@rpc.example.com")
    assert display_url("http://localhost:8899") == "http://localhost:8899"
