"""Lamports that somebody sent to an address before its account is made stop nobody.

Every address of the program can be computed in advance by anybody. Whoever could block one with a
little money could lock a person out, or stop a federation's next round for ever.
"""

from __future__ import annotations

import pytest
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

from tests.world import Call, World, open_world

# The least that an account without data may hold, and more than any account needs.
AMOUNTS = {"the rent of nothing": 890_880, "more than the rent": 10**9}
CREATED = {
    "federation_create": ("federation", "stake_vault", "reward_vault", "treasury_vault"),
    "participant_register": ("participant",),
    "round_open": ("round",),
    "round_commit": ("submission",),
}


async def call_of(world: World, name: str) -> Call:
    """A call that makes accounts."""
    if name == "federation_create":
        return world.federation_create(name="new")
    if name == "participant_register":
        await world.wallet("eve")
        return world.participant_register("eve")
    if name == "round_open":
        return world.round_open()
    await world.round_open()
    return world.round_commit("alice")


async def send_lamports(world: World, to: Pubkey, lamports: int) -> None:
    """What an attacker does."""
    bank = world.sandbox.bank
    step = transfer(TransferParams(from_pubkey=bank.pubkey(), to_pubkey=to, lamports=lamports))
    await world.chain.send([step], [bank])


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize(
    ("name", "slot"), [(name, slot) for name, slots in CREATED.items() for slot in slots]
)
async def test_lamports_at_an_address_do_not_keep_its_account_from_being_made(
    name: str, slot: str, amount: str
) -> None:
    async with open_world("alice") as world:
        call = await call_of(world, name)
        await send_lamports(world, call.at(slot), AMOUNTS[amount])
        await call
        account = world.ledger.get_account(call.at(slot))
        assert account is not None
        assert len(account.data) > 0
        assert account.lamports >= AMOUNTS[amount]
        await world.assert_invariants()
