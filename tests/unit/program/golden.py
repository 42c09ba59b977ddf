"""The stored accounts: bytes as the program wrote them once, and what they say.

    python -m tests.unit.program.golden

writes ``tests/golden/accounts.json`` anew. Do that only with a layout change that is meant, together
with the account version: whoever has accounts on a chain has these bytes.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from fedsol.program import Challenge, Evaluation, Federation, Participant, Round, Submission
from fedsol.program.instructions import BASE, POSTED, UPDATE, wrong_aggregate
from tests.world import World, open_scored_world

PATH = Path(__file__).parents[2] / "golden" / "accounts.json"
_ALL = (Federation, Participant, Round, Submission, Evaluation, Challenge)
KINDS = {one.__name__: one for one in _ALL}
COORDINATE = 200


def opened() -> AbstractAsyncContextManager[World]:
    """The world of the stored accounts."""
    people = ("alice", "bob", "carol", "dan")
    return open_scored_world(*people, round_reward=101, real=True, parameter_count=300)


async def stored(world: World) -> dict[str, bytes]:
    """One account of each kind, at a moment when few of its fields are zero."""
    await world.wallet("eve", stake=1_000)
    await world.reach("Commit", trainers=("alice", "bob"), silent=("carol",))
    await world.audit_arm("dan", secret=world.secret("dan", 2))
    await world.reach("Settled")
    await world.fault_no_reveal("eve", "carol")
    await world.reward_claim("alice")
    await world.stake_unbond("alice", 7)
    await world.reach(
        "Challenge",
        trainers=("alice", "bob", "dan"),
        silent=("carol",),
        planters=("dan",),
        opinions={"eva": (9_000, 3_000, 0), "ed": (8_000, 8_100, 0), "eli": (7_900, 8_200, 9_000)},
    )
    await world.audit_arm("alice", secret=world.secret("alice", 3))
    await _disputed(world)
    await world.federation_pause()
    addresses = {
        "Federation": world.ref.address,
        "Participant": world.person("alice"),
        "Round": world.round_at(),
        "Submission": world.submission_at("alice"),
        "Evaluation": world.evaluation_at("eva"),
        "Challenge": world.challenge_at("eve"),
    }
    found = {}
    for kind, address in addresses.items():
        account = world.ledger.get_account(address)
        assert account is not None
        found[kind] = bytes(account.data)
    return found


async def _disputed(world: World) -> None:
    """A demand, and a challenge whose evidence is half there."""
    assert world.numbers is not None
    await world.wallet("frank", stake=1_000)
    await world.demand_open("frank", 1, target="alice")
    await world.challenge_open("eve", wrong_aggregate(COORDINATE))
    round_ = world.number
    for part, shown in (
        (BASE, world.numbers.base(round_)),
        (POSTED, world.numbers.posted(world, round_)),
    ):
        proof = shown.evidence(COORDINATE)
        await world.challenge_append("eve", part, chunk=proof.chunk, siblings=proof.siblings)
    for who, levels in (("bob", None), ("alice", 1)):
        proof = world.numbers.learnt(who, round_).evidence(COORDINATE)
        await world.challenge_append(
            "eve", UPDATE, chunk=proof.chunk, siblings=proof.siblings[:levels], submission=who
        )


def values(kind: str, data: bytes) -> dict[str, Any]:
    """What the client reads out of an account, as JSON."""
    read: dict[str, Any] = json.loads(json.dumps(KINDS[kind].decode(data).to_json()))
    return read


async def _write() -> None:
    async with opened() as world:
        accounts = await stored(world)
    golden = {
        kind: {"bytes": data.hex(), "values": values(kind, data)} for kind, data in accounts.items()
    }
    PATH.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    asyncio.run(_write())
