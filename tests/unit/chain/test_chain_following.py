"""The follower's cursor on nodes that list late, in another order, or everything."""

from __future__ import annotations

from typing import Any

from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain.following import Cursor

ADDRESS = Pubkey.new_unique()


def entry(number: int, slot: int) -> dict[str, Any]:
    signature = Keypair.from_seed(bytes([7] * 32)).sign_message(number.to_bytes(4, "big"))
    return {"signature": str(signature), "slot": slot}


class ListedNode:
    """Answers with ``entries``, given oldest first; one that lags does not know ``until``."""

    def __init__(self, *entries: dict[str, Any], knows_until: bool = True) -> None:
        self.entries = list(entries)
        self.knows_until = knows_until

    async def call(self, method: str, *params: Any) -> Any:
        if method == "getTransaction":
            found = next(one for one in self.entries if one["signature"] == params[0])
            return {"slot": found["slot"], "blockTime": 1, "meta": {"err": None, "fee": 5_000}}
        if method == "getSignatureStatuses":
            found = next((one for one in self.entries if one["signature"] == params[0][0]), None)
            return {"value": [found]}
        newest_first = list(reversed(self.entries))
        names = [one["signature"] for one in newest_first]
        until, before = params[1].get("until"), params[1].get("before")
        end = names.index(until) if until in names and self.knows_until else len(names)
        start = names.index(before) + 1 if before in names else 0
        return newest_first[start:end][: params[1]["limit"]]


async def started(node: ListedNode) -> Cursor:
    cursor = Cursor(node, ADDRESS, commitment="confirmed", pause=0.0)
    await cursor.start_at(None)
    return cursor


def names(records) -> list[str]:
    return [str(one.signature) for one in records]


async def test_what_was_there_before_is_left_out():
    node = ListedNode(entry(1, 1), entry(2, 2))
    cursor = await started(node)
    assert await cursor.new() == []


async def test_transaction_listed_late_is_still_handed_out():
    one, late, three = entry(1, 10), entry(2, 11), entry(3, 12)
    node = ListedNode(one)
    cursor = await started(node)
    node.entries = [one, three]
    assert names(await cursor.new()) == [three["signature"]]
    node.entries = [one, late, three]
    assert names(await cursor.new()) == [late["signature"]]
    assert await cursor.new() == []


async def test_node_that_does_not_know_the_cursor_repeats_nothing():
    everything = [entry(n, n) for n in range(1, 3_001)]
    node = ListedNode(*everything[:2_500], knows_until=False)
    cursor = await started(node)
    assert await cursor.new() == []
    node.entries = everything
    assert names(await cursor.new()) == [one["signature"] for one in everything[2_500:]]
    assert await cursor.new() == []


async def test_many_transactions_of_one_slot_come_once():
    crowd = [entry(n, 5) for n in range(1, 301)]
    node = ListedNode(*crowd[:100])
    cursor = await started(node)
    assert names(await cursor.new()) == []
    node.entries = crowd
    assert names(await cursor.new()) == [one["signature"] for one in crowd[100:]]
    node.entries = [*crowd, entry(301, 6)]
    assert len(await cursor.new()) == 1
    assert await cursor.new() == []


async def test_starting_after_a_signature_hands_out_all_that_is_newer():
    everything = [entry(n, n) for n in range(1, 1_501)]
    cursor = Cursor(ListedNode(*everything), ADDRESS, commitment="confirmed", pause=0.0)
    await cursor.start_at(Signature.from_string(everything[9]["signature"]))
    assert names(await cursor.new()) == [one["signature"] for one in everything[10:]]


async def test_starting_after_a_signature_that_the_lister_does_not_know():
    everything = [entry(n, n) for n in range(1, 1_501)]
    node = ListedNode(*everything, knows_until=False)
    cursor = Cursor(node, ADDRESS, commitment="confirmed", pause=0.0)
    await cursor.start_at(Signature.from_string(everything[9]["signature"]))
    assert names(await cursor.new()) == [one["signature"] for one in everything[10:]]
