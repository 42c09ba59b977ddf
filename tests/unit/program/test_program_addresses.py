"""Addresses and builders say what the IDL says."""

from __future__ import annotations

import inspect
import json

import pytest
from solders.pubkey import Pubkey

from fedsol.errors import ConfigError
from fedsol.program import PROGRAM_ID, addresses, instructions
from fedsol.program.tokens import token_of_mint
from tests.program import idl
from tests.program.shared import shared
from tests.program.valid_calls import Stage, stage
from tests.world import key_of

SEEDED = [
    (name, account["name"])
    for name in idl.names()
    for account in idl.instruction(name)["accounts"]
    if "pda" in account
]


async def staged(name: str) -> Stage:
    """The instruction's valid call."""
    return await shared(f"addresses {name}", lambda: stage(name))


def seeds_of(made: Stage, slot: str) -> list[bytes]:
    """An account's seeds, filled in from the other accounts of the call."""
    spec = next(a for a in idl.instruction(made.call.name)["accounts"] if a["name"] == slot)
    found = []
    for seed in spec["pda"]["seeds"]:
        if seed["kind"] == "const":
            found.append(bytes(seed["value"]))
        elif seed["path"] == "federation.round.saturating_add(1)":
            found.append((made.world.number + 1).to_bytes(8, "little"))
        else:
            found.append(bytes(made.call.at(seed["path"])))
    return found


@pytest.mark.parametrize(("name", "slot"), SEEDED, ids=lambda one: str(one))
async def test_an_address_is_what_the_seeds_of_the_idl_yield(name: str, slot: str) -> None:
    made = await staged(name)
    derived, _bump = Pubkey.find_program_address(seeds_of(made, slot), PROGRAM_ID)
    assert made.call.at(slot) == derived


def test_every_seed_of_the_program_is_one_of_the_clients() -> None:
    owner, place = key_of("someone").pubkey(), key_of("somewhere").pubkey()
    b, p = bytes(owner), bytes(place)
    derived = {
        "FEDERATION_SEED": (addresses.federation_address(owner, "x"), (b, b"x")),
        "STAKE_VAULT_SEED": (addresses.stake_vault_address(place), (p,)),
        "REWARD_VAULT_SEED": (addresses.reward_vault_address(place), (p,)),
        "TREASURY_VAULT_SEED": (addresses.treasury_vault_address(place), (p,)),
        "PARTICIPANT_SEED": (addresses.participant_address(place, owner), (p, b)),
        "ROUND_SEED": (addresses.round_address(place, 7), (p, (7).to_bytes(8, "little"))),
        "SUBMISSION_SEED": (addresses.submission_address(place, owner), (p, b)),
        "EVALUATION_SEED": (addresses.evaluation_address(place, owner), (p, b)),
        "CHALLENGE_SEED": (addresses.challenge_address(place, owner, owner), (p, b, b)),
    }
    constants = {one["name"]: bytes(json.loads(one["value"])) for one in idl.idl()["constants"]}
    assert set(constants) == set(derived)
    for name, (address, rest) in derived.items():
        seeds = [constants[name], *rest]
        assert address == Pubkey.find_program_address(seeds, PROGRAM_ID)[0], name


def test_the_program_id_is_the_idls() -> None:
    assert str(PROGRAM_ID) == idl.idl()["address"]


def test_there_is_a_builder_for_every_instruction_and_no_other() -> None:
    public = {name for name in vars(instructions) if not name.startswith("_")}
    functions = {n for n in public if inspect.isfunction(getattr(instructions, n))}
    # What can be claimed in a challenge.
    kinds = {"wrong_aggregate", "lying_norm", "copied_update", "false_plant"}
    kinds |= {"wrong_weights", "wrong_selection", "wrong_distance"}
    assert functions - kinds == set(idl.names())


@pytest.mark.parametrize("name", idl.names())
async def test_a_builder_makes_what_the_idl_describes(name: str) -> None:
    made = (await staged(name)).call.instruction
    spec = idl.instruction(name)
    assert made.program_id == PROGRAM_ID
    assert bytes(made.data)[:8] == bytes(spec["discriminator"])
    named = made.accounts[: len(spec["accounts"])]
    # Scores come from every evaluation that was shown, behind the named accounts.
    rest = 3 if name == "submission_score" else 0
    assert len(made.accounts) == len(named) + rest
    for meta, account in zip(named, spec["accounts"], strict=True):
        flags = (account.get("signer", False), account.get("writable", False))
        assert (meta.is_signer, meta.is_writable) == flags, account["name"]
        if "address" in account:
            assert str(meta.pubkey) == account["address"]


async def test_an_account_left_out_is_named_by_the_program_itself_and_not_written() -> None:
    key = key_of("someone").pubkey()
    for made in (
        instructions.stake_unbond(key, key, 1),
        instructions.round_open(key, key, 1),
    ):
        assert any(m.pubkey == PROGRAM_ID and not m.is_writable for m in made.accounts)


@pytest.mark.parametrize("name", ["", "é", "x" * 33])
def test_a_name_that_is_no_seed_is_refused_before_anything_is_sent(name: str) -> None:
    with pytest.raises(ConfigError):
        addresses.federation_address(key_of("someone").pubkey(), name)


def test_only_the_token_programs_mints_are_tokens() -> None:
    key = key_of("someone").pubkey()
    with pytest.raises(ConfigError):
        token_of_mint(key, PROGRAM_ID, bytes(82))
    with pytest.raises(ConfigError):
        token_of_mint(key, addresses.TOKEN_PROGRAM_ID, bytes(81))
