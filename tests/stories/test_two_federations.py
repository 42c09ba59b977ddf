"""Two federations with the same mints and the same people: what happens in one does not touch the other."""

from pathlib import Path

import pytest

import fedsol
from fedsol.program import PROGRAM_ID, errors
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from tests.stories.cast import STAKE, Town, founded, silent


async def _both(sandbox: fedsol.Sandbox, tmp_path: Path) -> tuple[Town, Town]:
    north = await founded(sandbox, tmp_path / "north", name="north")
    south = await founded(sandbox, tmp_path / "south", name="south")
    for name in ("ada", "ben"):
        await north.joins(name)
        await sandbox.endow(north.keys[name].pubkey(), stake=STAKE)
        south.keys[name] = north.keys[name]
        await south.joins(name)
    return north, south


async def test_a_slash_in_one_leaves_every_account_of_the_other_byte_for_byte(
    tmp_path: Path,
) -> None:
    async with fedsol.embedded() as sandbox:
        north, south = await _both(sandbox, tmp_path)
        chain = sandbox.chain
        theirs = {
            account.address: account.data
            for account in await chain.program_accounts(PROGRAM_ID)
            if bytes(south.federation.ref.address) in account.data
            or account.address == south.federation.ref.address
        }
        vault = at.stake_vault_address(south.federation.ref.address)
        held = await chain.account(vault)
        await north.round(ben=silent(north.people["ben"]))
        assert len(theirs) == 3
        for address, data in theirs.items():
            account = await chain.account(address)
            assert account is not None
            assert account.data == data
        assert await chain.account(vault) == held
        assert await south.stake_of("ben") == STAKE
        assert await north.stake_of("ben") < STAKE


async def test_stake_of_one_cannot_be_used_in_the_other(tmp_path: Path) -> None:
    async with fedsol.embedded() as sandbox:
        north, south = await _both(sandbox, tmp_path)
        here, there = north.federation.ref, south.federation.ref
        ada = north.people["ada"].member
        stolen = ix.round_open(
            there.address,
            ada.owner,
            1,
            participant=at.participant_address(here.address, ada.owner),
        )
        with pytest.raises(errors.WrongFederation):
            await sandbox.chain.send([stolen], [ada.key])
