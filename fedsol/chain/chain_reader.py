"""``ChainReader``: accounts, clock, history and followers of any chain."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain import reading
from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.following import Cursor, follow, ledger_wakeups, websocket_wakeups
from fedsol.chain.records import CLOCK_SYSVAR, SLOT_SECONDS, Account, Clock, TransactionRecord
from fedsol.chain.rpc import Rpc
from fedsol.chain.sending import PATIENT, Pace
from fedsol.errors import ChainError

_LONGEST_NAP = 2.0
_AIRDROP_LOOKS = 150


class ChainReader:
    """What can be asked of a chain without signing; ``Chain`` adds sending.

    ``ledger`` is the embedded ledger, ``None`` for any other chain.
    """

    def __init__(
        self,
        *,
        rpc: Rpc,
        ledger: EmbeddedLedger | None = None,
        websocket_url: str = "",
        commitment: str = "confirmed",
        pace: Pace = PATIENT,
    ) -> None:
        self.ledger = ledger
        self.commitment = commitment
        self._rpc = rpc
        self._websocket_url = websocket_url
        self._pace = pace
        self._genesis: bytes | None = None

    async def account(self, address: Pubkey) -> Account | None:
        """One account, ``None`` where nothing is."""
        return (await self.accounts([address]))[0]

    async def accounts(self, addresses: Sequence[Pubkey]) -> list[Account | None]:
        """Many accounts, in the order of their addresses."""
        return await reading.read_accounts(self._rpc, addresses, self.commitment)

    async def program_accounts(
        self,
        program_id: Pubkey,
        *,
        discriminator: bytes | None = None,
        memcmp: Sequence[tuple[int, bytes]] = (),
        data_size: int | None = None,
    ) -> list[Account]:
        """A program's accounts, sorted by address.

        ``discriminator`` are the first bytes of the data, ``memcmp`` pairs of offset and bytes.
        """
        wanted = [*(((0, discriminator),) if discriminator else ()), *memcmp]
        filters: list[dict[str, Any]] = [
            {"memcmp": {"offset": offset, "bytes": b64encode(data).decode(), "encoding": "base64"}}
            for offset, data in wanted
        ]
        if data_size is not None:
            filters.append({"dataSize": data_size})
        options = {**self._options(), "encoding": "base64", "filters": filters}
        found = await self._rpc.call("getProgramAccounts", str(program_id), options)
        read = [
            reading.account_of(Pubkey.from_string(one["pubkey"]), one["account"]) for one in found
        ]
        return sorted((one for one in read if one is not None), key=lambda one: bytes(one.address))

    async def balance(self, address: Pubkey) -> int:
        """Lamports of an address."""
        return int((await self._rpc.call("getBalance", str(address), self._options()))["value"])

    async def rent(self, size: int) -> int:
        """Lamports that an account of ``size`` data bytes must hold on this chain."""
        return int(await self._rpc.call("getMinimumBalanceForRentExemption", size, self._options()))

    async def genesis_hash(self) -> bytes:
        """The 32 bytes that name the cluster."""
        if self.ledger is not None:
            return self.ledger.genesis_hash
        if self._genesis is None:
            self._genesis = bytes(Hash.from_string(await self._rpc.call("getGenesisHash")))
        return self._genesis

    async def clock(self) -> Clock:
        """The cluster's slot and time, as programs see them."""
        account = await self.account(CLOCK_SYSVAR)
        if account is None:
            raise ChainError("the chain has no Clock sysvar")
        return Clock.from_sysvar(account.data)

    async def airdrop(self, address: Pubkey, lamports: int) -> Signature:
        """Test lamports from the faucet of a local or test cluster, once they have arrived."""
        signature = Signature.from_string(
            await self._rpc.call("requestAirdrop", str(address), lamports, self._options())
        )
        for _ in range(_AIRDROP_LOOKS):
            status = (await self._rpc.call("getSignatureStatuses", [str(signature)]))["value"][0]
            if status is not None and status["confirmationStatus"] in ("confirmed", "finalized"):
                return signature
            await asyncio.sleep(self._pace.poll)
        raise ChainError(f"the airdrop to {address} was not confirmed")

    async def wait_until(self, *, unix_timestamp: int = 0, slot: int = 0) -> Clock:
        """Returns the clock once both have been reached.

        The embedded ledger is moved there at once unless it runs in real time: for every task that
        uses it.
        """
        while True:
            now = await self.clock()
            seconds, slots = max(0, unix_timestamp - now.unix_timestamp), max(0, slot - now.slot)
            if seconds == 0 and slots == 0:
                return now
            if self.ledger is not None and not self.ledger.real_time:
                slots = max(slots, -(-seconds * 10 // round(SLOT_SECONDS * 10)))
                self.ledger.advance(slots=slots, seconds=max(seconds, slots * SLOT_SECONDS))
            else:
                nap = max(seconds, slots * SLOT_SECONDS / 2)
                await asyncio.sleep(min(_LONGEST_NAP, max(0.1, nap)))

    async def history(
        self, address: Pubkey, *, after: Signature | None = None
    ) -> list[TransactionRecord]:
        """All transactions on ``address`` (after ``after``), oldest first, failed ones too."""
        entries = await reading.signatures_of(
            self._rpc, address, until=after, least_slot=0, commitment=self.commitment
        )
        oldest_first = list(reversed(entries))
        return await reading.read_records(
            self._rpc, oldest_first, self.commitment, pause=self._pace.poll
        )

    async def follow(
        self, address: Pubkey, *, after: Signature | None = None
    ) -> AsyncGenerator[TransactionRecord, None]:
        """Every transaction on ``address`` from now on (or after ``after``), once each, in order.

        Lasts for ever and across lost connections: what landed meanwhile is caught up.
        """
        cursor = Cursor(self._rpc, address, commitment=self.commitment, pause=self._pace.poll)
        await cursor.start_at(after)
        if self.ledger is not None:
            wakeups = ledger_wakeups(self.ledger, address)
        else:
            wakeups = websocket_wakeups(self._websocket_url, address, commitment=self.commitment)
        async for record in follow(cursor, wakeups):
            yield record

    def _options(self) -> dict[str, Any]:
        return {"commitment": self.commitment}
