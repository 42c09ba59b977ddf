"""One instruction that can be sent, and broken first."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain.records import Landed
from tests.program.idl import slots_of
from tests.program.naming import key_of

if TYPE_CHECKING:
    from tests.world import World


@dataclass(frozen=True)
class Call:
    """One instruction that can be sent (``await call``), and broken first.

    ``slots`` maps each account's name in the IDL to its place; what follows them has no name.
    """

    world: World
    name: str
    instruction: Instruction
    signers: tuple[Keypair, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of its accounts, in order."""
        return slots_of(self.name)

    @property
    def rest(self) -> list[AccountMeta]:
        """The accounts behind the named ones."""
        return list(self.instruction.accounts)[len(self.slots) :]

    def at(self, slot: str) -> Pubkey:
        """The account in a slot."""
        return self.instruction.accounts[self.slots.index(slot)].pubkey

    def swap(self, **accounts: Pubkey) -> Call:
        """The same with other accounts in the named slots."""
        metas = list(self.instruction.accounts)
        for slot, address in accounts.items():
            place = self.slots.index(slot)
            metas[place] = AccountMeta(address, metas[place].is_signer, metas[place].is_writable)
        return self._with(metas)

    def flag(self, slot: str, *, signer: bool | None = None, writable: bool | None = None) -> Call:
        """The same with another flag on a slot."""
        metas = list(self.instruction.accounts)
        place = self.slots.index(slot)
        old = metas[place]
        metas[place] = AccountMeta(
            old.pubkey,
            old.is_signer if signer is None else signer,
            old.is_writable if writable is None else writable,
        )
        return self._with(metas)

    def followed_by(self, *addresses: Pubkey, writable: bool = True) -> Call:
        """The same with other accounts behind the named ones."""
        rest = [AccountMeta(one, is_signer=False, is_writable=writable) for one in addresses]
        return self._with([*list(self.instruction.accounts)[: len(self.slots)], *rest])

    def by(self, *names: str) -> Call:
        """The same, signed by others (only signatures: swap the slots as well)."""
        return replace(self, signers=tuple(key_of(name) for name in names))

    async def send(self, *, simulate: bool | None = None, payer: str = "bank") -> Landed:
        """Sends it; ``simulate=False`` lands it even if it fails."""
        return await self.world.send(self, simulate=simulate, payer=payer)

    def __await__(self) -> Generator[Any, None, Landed]:
        return self.send().__await__()

    def _with(self, metas: list[AccountMeta]) -> Call:
        data = bytes(self.instruction.data)
        return replace(self, instruction=Instruction(self.instruction.program_id, data, metas))
