"""The embedded chain's block producer: slots, time, blockhashes and slot hashes."""

from __future__ import annotations

from collections import deque
from hashlib import sha256
from typing import Any

from solders.hash import Hash

from fedsol.chain.records import BLOCKHASH_LIFE, SLOT_SECONDS

MAX_SLOT_HASHES = 512
_KEPT_BLOCKHASHES = 2 * BLOCKHASH_LIFE


class Blocks:
    """Numbers and hashes of the blocks; deterministic in ``genesis`` and in what is put into them.

    ``slot`` is the open slot, in which the next transaction runs; ``height`` counts the closed
    blocks. ``time`` is in unix seconds, with a fraction.
    """

    def __init__(self, *, genesis: Hash, time: float) -> None:
        self.genesis = genesis
        self.time = time
        self.slot = 0
        self.height = 0
        self.latest = genesis
        self.slot_hashes: deque[tuple[int, Hash]] = deque(maxlen=MAX_SLOT_HASHES)
        self._heights: dict[Hash, int] = {genesis: 0}
        self.close(slots=1)

    def close(self, *, slots: int = 1, seconds: float | None = None, entropy: bytes = b"") -> None:
        """Closes ``slots`` blocks that took ``seconds`` together (0.4 s each if ``None``)."""
        self.time += slots * SLOT_SECONDS if seconds is None else seconds
        # Hashes of blocks that nobody can still ask for are not worth computing.
        skipped = max(0, slots - MAX_SLOT_HASHES)
        self.slot += skipped
        self.height += skipped
        for _ in range(slots - skipped):
            self._close_one(entropy)

    def is_valid(self, blockhash: Hash) -> bool:
        """Whether a transaction on that blockhash can still land."""
        height = self._heights.get(blockhash)
        return height is not None and self.height - height <= BLOCKHASH_LIFE

    def last_valid_height(self) -> int:
        """The last block height at which a transaction on the latest blockhash can land."""
        return self.height + BLOCKHASH_LIFE

    def _close_one(self, entropy: bytes) -> None:
        link = bytes(self.latest) + self.slot.to_bytes(8, "little") + entropy
        self.slot_hashes.appendleft((self.slot, Hash(sha256(b"bank" + link).digest())))
        self.latest = Hash(sha256(b"poh" + link).digest())
        self.slot += 1
        self.height += 1
        self._heights[self.latest] = self.height
        while len(self._heights) > _KEPT_BLOCKHASHES:
            del self._heights[next(iter(self._heights))]

    def to_json(self) -> dict[str, Any]:
        """A JSON value from which ``from_json`` rebuilds the same blocks."""
        return {
            "genesis": str(self.genesis),
            "time": self.time,
            "slot": self.slot,
            "height": self.height,
            "latest": str(self.latest),
            "slot_hashes": [[slot, str(hash_)] for slot, hash_ in self.slot_hashes],
            "blockhashes": [[str(hash_), height] for hash_, height in self._heights.items()],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Blocks:
        """Rebuilds what ``to_json`` wrote."""
        blocks = cls(genesis=Hash.from_string(value["genesis"]), time=float(value["time"]))
        # Making it closed a block, which took time.
        blocks.time = float(value["time"])
        blocks.slot = int(value["slot"])
        blocks.height = int(value["height"])
        blocks.latest = Hash.from_string(value["latest"])
        blocks.slot_hashes = deque(
            ((int(slot), Hash.from_string(text)) for slot, text in value["slot_hashes"]),
            maxlen=MAX_SLOT_HASHES,
        )
        blocks._heights = {Hash.from_string(text): int(h) for text, h in value["blockhashes"]}
        return blocks
