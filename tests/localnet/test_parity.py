"""The embedded chain and the validator do the same with the same transactions."""

from typing import Any

from benchmarks.script import accounts, play
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.sandbox import load_program

# What time, slots and slot hashes are part of.
_OF_THE_MOMENT = {"head", "deadline", "takeover", "beacon", "release"}
_TOLERANCE = 0.03
# The beacon's slot is looked for by halving: among a few hashes here, among up to 512 there.
_LOOKED_FOR = {"round_advance to Aggregate, the beacon": 400}
SECONDS = 5


async def test_equal_transactions_leave_equal_accounts_for_equal_compute_units(
    url_v0: str,
) -> None:
    ledger = EmbeddedLedger(seed=b"parity")
    load_program(ledger)
    async with Chain.embedded(ledger) as here, await Chain.connect(url_v0) as there:
        embedded = [step async for step in play(here, whole=False, seconds=SECONDS)]
        cluster = [step async for step in play(there, whole=False, seconds=SECONDS)]
        left, right = await accounts(here), await accounts(there)

    for name, (size, fields) in left.items():
        assert right[name][0] == size, name
        assert _lasting(right[name][1]) == _lasting(fields), name
    assert [step.move.name for step in cluster] == [step.move.name for step in embedded]
    for one, other in zip(embedded, cluster, strict=True):
        mine, theirs = one.units["fedsol"], other.units["fedsol"]
        room = _TOLERANCE * mine + _LOOKED_FOR.get(one.move.name, 0)
        assert abs(theirs - mine) <= room, (one.move.name, mine, theirs)


def _lasting(value: Any) -> Any:
    """The value without what depends on when it was written."""
    if isinstance(value, dict):
        lasting = [key for key in value if not (key in _OF_THE_MOMENT or key.endswith("_slot"))]
        return {key: _lasting(value[key]) for key in lasting}
    return [_lasting(one) for one in value] if isinstance(value, (list, tuple)) else value
