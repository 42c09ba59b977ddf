"""The stored accounts: bytes as the program wrote them once, and what they say.

    python -m tests.unit.program.golden

writes ``tests/golden/accounts.json`` anew. Do that only with a layout change that is meant, together
with the account version: whoever has accounts on a chain has these bytes.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from fedsol.program import Federation, Participant, Round, Submission
from tests.world import World, open_world

PATH = Path(__file__).parents[2] / "golden" / "accounts.json"
KINDS = {one.__name__: one for one in (Federation, Participant, Round, Submission)}


async def stored(world: World) -> dict[str, bytes]:
    """One account of each kind, at a moment when few of its fields are zero."""
    await world.reach("Settled", trainers=("alice", "bob"), silent=("carol",))
    await world.wallet("eve")
    await world.fault_no_reveal("eve", "carol")
    await world.reward_claim("alice")
    await world.stake_unbond("alice", 7)
    await world.reach("Challenge", trainers=("alice", "bob"), silent=("carol",))
    await world.federation_pause()
    addresses = {
        "Federation": world.ref.address,
        "Participant": world.person("alice"),
        "Round": world.round_at(),
        "Submission": world.submission_at("alice"),
    }
    found = {}
    for kind, address in addresses.items():
        account = world.ledger.get_account(address)
        assert account is not None
        found[kind] = bytes(account.data)
    return found


def values(kind: str, data: bytes) -> dict[str, Any]:
    """What the client reads out of an account, as JSON."""
    read: dict[str, Any] = json.loads(json.dumps(KINDS[kind].decode(data).to_json()))
    return read


async def _write() -> None:
    async with open_world("alice", "bob", "carol", round_reward=101) as world:
        accounts = await stored(world)
    golden = {
        kind: {"bytes": data.hex(), "values": values(kind, data)} for kind, data in accounts.items()
    }
    PATH.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(_write())
