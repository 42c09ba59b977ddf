"""``Chain``: one way to talk to any chain, embedded in the process or behind RPC endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain import preparing
from fedsol.chain.building import Draft
from fedsol.chain.chain_reader import ChainReader
from fedsol.chain.config import websocket_url_of
from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_transport import client_over, embedded_client
from fedsol.chain.failover import FailoverTransport
from fedsol.chain.records import MAX_COMPUTE_UNITS, Landed
from fedsol.chain.rpc import EmbeddedRpc, HttpRpc, Rpc
from fedsol.chain.sending import PATIENT, Delivery, Pace, deliver, deliver_embedded
from fedsol.errors import ConfigError

BeforeSend = Callable[[bytes, Signature, int], Awaitable[None]]
"""Awaited before the first send, with signed bytes, signature and last valid block height."""

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


class Chain(ChainReader):
    """A chain to send to, read and follow: ``Chain.embedded()``, ``await Chain.connect(…)``.

    ``client`` is solana-py's own; ``ledger`` is the embedded ledger, ``None`` for any other chain.
    Use it as an async context manager, or ``await chain.close()``.
    """

    def __init__(
        self,
        *,
        rpc: Rpc,
        client: AsyncClient,
        ledger: EmbeddedLedger | None = None,
        websocket_url: str = "",
        commitment: str = "confirmed",
        pace: Pace = PATIENT,
        max_priority_fee: int = 0,
    ) -> None:
        super().__init__(
            rpc=rpc, ledger=ledger, websocket_url=websocket_url, commitment=commitment, pace=pace
        )
        self.client = client
        self.max_priority_fee = max_priority_fee

    @classmethod
    def embedded(cls, ledger: EmbeddedLedger | None = None) -> Self:
        """A chain in the process; a new one if no ledger is given."""
        ledger = ledger or EmbeddedLedger()
        return cls(rpc=EmbeddedRpc(ledger), client=embedded_client(ledger), ledger=ledger)

    @classmethod
    async def connect(
        cls,
        urls: str | Sequence[str],
        commitment: str = "confirmed",
        *,
        websocket_url: str | None = None,
        max_priority_fee: int = 100_000,
        pace: Pace = PATIENT,
        transport: httpx.AsyncBaseTransport | None = None,
        rounds: int = 4,
    ) -> Self:
        """Connects to RPC endpoints of one cluster; the first that answers is used.

        ``max_priority_fee`` is in lamports a transaction (0 on a local chain unless one is asked
        for); ``rounds`` is how often the list is tried. Raises ``ConfigError``, ``RpcUnreachable``,
        ``WrongCluster``.
        """
        listed = [urls] if isinstance(urls, str) else list(urls)
        if commitment not in ("confirmed", "finalized"):
            raise ConfigError(f"commitment must be confirmed or finalized, not {commitment!r}")
        failover = FailoverTransport(listed, transport=transport, rounds=rounds)
        try:
            genesis = await failover.check_all()
        except BaseException:
            await failover.aclose()
            raise
        local = all(urlsplit(url).hostname in _LOCAL_HOSTS for url in listed)
        chain = cls(
            rpc=HttpRpc(failover),
            client=client_over(failover, url=listed[0], commitment=Commitment(commitment)),
            websocket_url=websocket_url or websocket_url_of(listed[0]),
            commitment=commitment,
            pace=pace,
            max_priority_fee=0 if local else max_priority_fee,
        )
        chain._genesis = bytes(Hash.from_string(genesis))
        return chain

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections; the embedded ledger stays usable."""
        await self.client.close()
        if isinstance(self._rpc, HttpRpc):
            await self._rpc.session.aclose()

    async def send(
        self,
        instructions: Sequence[Instruction],
        signers: Sequence[Keypair],
        *,
        payer: Keypair | None = None,
        compute_limit: int | None = None,
        priority_fee: int | None = None,
        simulate: bool = True,
        lookup_tables: Sequence[AddressLookupTableAccount] = (),
        before_send: BeforeSend | None = None,
    ) -> Landed:
        """Signs once and lands one transaction, or raises the typed error that says why it cannot.

        ``payer`` is the first signer unless given. ``compute_limit`` (units) is measured by
        simulating unless given; ``simulate=False`` skips that, for bulk work. ``priority_fee`` is
        in lamports for the whole transaction; unless given it is what is usual for these accounts,
        at most ``max_priority_fee``. ``before_send`` is awaited before the first send, so that a
        caller can put the bytes on disk.

        Raises ``TransactionTooLarge``, ``InsufficientFunds``, a ``ProgramError``,
        ``TransactionExpired`` (nothing happened) and ``RpcUnreachable`` (it may still land:
        ``resume`` the same bytes).
        """
        all_signers = list(signers) if payer is None else [payer, *signers]
        if not all_signers:
            raise ConfigError("a transaction needs a signer")
        draft = Draft(tuple(instructions), all_signers[0].pubkey(), tuple(lookup_tables))
        limit = await self._limit(draft, compute_limit) if simulate else compute_limit
        price = await self._price(draft, limit, priority_fee)
        recent = await preparing.latest_blockhash(self._rpc, self.commitment)
        signed = draft.with_budget(units=limit, price=price).signed(recent.hash, all_signers)
        delivery = Delivery(bytes(signed), recent.last_valid_block_height)
        if before_send is not None:
            await before_send(delivery.raw, delivery.signature, delivery.last_valid_block_height)
        return await self._deliver(delivery)

    async def resume(self, tx_bytes: bytes, last_valid_block_height: int) -> Landed:
        """Lands bytes that were signed before, perhaps by a process that died: at most once.

        Raises what ``send`` raises; after ``TransactionExpired`` it is safe to sign anew.
        """
        return await self._deliver(Delivery(tx_bytes, last_valid_block_height))

    async def simulate(
        self,
        instructions: Sequence[Instruction],
        payer: Pubkey,
        *,
        compute_limit: int | None = None,
    ) -> int:
        """Compute units of a trial run that signs and sends nothing; raises the typed error."""
        draft = Draft(tuple(instructions), payer)
        return await preparing.simulated_units(
            self._rpc, draft, limit=compute_limit, commitment=self.commitment
        )

    async def _deliver(self, delivery: Delivery) -> Landed:
        if self.ledger is not None:
            # Other tasks get their turn, as they would while a network answers.
            await asyncio.sleep(0)
            return deliver_embedded(self.ledger, delivery)
        return await deliver(self._rpc, delivery, commitment=self.commitment, pace=self._pace)

    async def _limit(self, draft: Draft, wanted: int | None) -> int:
        units = await preparing.simulated_units(
            self._rpc, draft, limit=wanted, commitment=self.commitment
        )
        return wanted or preparing.units_with_margin(units)

    async def _price(self, draft: Draft, limit: int | None, priority_fee: int | None) -> int:
        units = limit or MAX_COMPUTE_UNITS
        if priority_fee is not None:
            return priority_fee * preparing.MICRO // units
        if self.max_priority_fee == 0:
            return 0
        usual = await preparing.usual_price(self._rpc, draft)
        return min(usual, self.max_priority_fee * preparing.MICRO // units)
