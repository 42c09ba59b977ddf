"""Every account slot of every instruction, broken in every way that the IDL knows.

The cases are made from ``idl/fedsol.json``: a new instruction or a new slot fails here until it has
a valid call and a kind. What is expected follows from the slot's kind; the exceptions are tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.errors import ProgramError
from fedsol.program import PROGRAM_ID, Round, addresses, errors
from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID
from tests.program import idl
from tests.program.shared import freeze, shared
from tests.program.valid_calls import CASES, Stage, stage
from tests.world import Call, framework_error, key_of

MUT, SEEDS, ADDRESS = framework_error(2000), framework_error(2006), framework_error(2012)
TWICE = framework_error(2040)
OTHER_TYPE, OTHER_OWNER = framework_error(3002), framework_error(3007)
NO_PROGRAM, NO_SIGNATURE = framework_error(3008), framework_error(3010)

ACCOUNTS = ("Federation", "Participant", "Round", "Submission")
KINDS = {
    "federation": "Federation",
    "round": "Round",
    "participant": "Participant",
    "aggregator": "Participant",
    "last_aggregator": "Participant",
    "submission": "Submission",
    "stake_mint": "Mint",
    "reward_mint": "Mint",
    "stake_vault": "Vault",
    "reward_vault": "Vault",
    "treasury_vault": "Vault",
    "funder_tokens": "Tokens",
    "owner_tokens": "Tokens",
    "finder_tokens": "Tokens",
    "stake_to": "Tokens",
    "reward_to": "Tokens",
    "creator": "Wallet",
    "closer": "Wallet",
    "owner": "Wallet",
    "opener": "Wallet",
    "finder": "Wallet",
    "funder": "Wallet",
    "payer": "Wallet",
    "slot_hashes": "Sysvar",
    "system_program": "Program",
    "token_program": "Program",
    "stake_token_program": "Program",
    "reward_token_program": "Program",
}

# What an instruction creates: its address is checked, and nothing is there yet.
CREATED = {
    ("federation_create", "federation"),
    ("federation_create", "stake_vault"),
    ("federation_create", "reward_vault"),
    ("federation_create", "treasury_vault"),
    ("participant_register", "participant"),
    ("round_open", "round"),
    ("round_commit", "submission"),
}
# Held by its address alone, because it may be closed by then.
BY_ADDRESS = {("submission_close", "round"): errors.WrongSubmission}
# Who creates an account must be able to pay: the system program says it, not Anchor.
PAYERS = {
    ("federation_create", "creator"),
    ("participant_register", "owner"),
    ("round_open", "opener"),
    ("round_commit", "owner"),
}


@dataclass(frozen=True)
class Slot:
    """A slot of an instruction as the IDL has it."""

    instruction: str
    name: str
    signer: bool
    writable: bool

    @property
    def kind(self) -> str:
        """What belongs in it."""
        if self.name not in KINDS:
            raise AssertionError(f"no kind recorded for slot {self.name} of {self.instruction}")
        return KINDS[self.name]

    @property
    def key(self) -> tuple[str, str]:
        """Instruction and slot."""
        return self.instruction, self.name

    @property
    def typed(self) -> bool:
        """Whether an account of some type must be in it already."""
        plain = self.kind in ("Wallet", "Sysvar", "Program")
        return not plain and self.key not in CREATED and self.key not in BY_ADDRESS

    def __str__(self) -> str:
        return f"{self.instruction}.{self.name}"


def slots() -> list[Slot]:
    """Every slot of every instruction."""
    return [
        Slot(name, one["name"], one.get("signer", False), one.get("writable", False))
        for name in idl.names()
        for one in idl.instruction(name)["accounts"]
    ]


SLOTS = slots()


def each(choose: object) -> pytest.MarkDecorator:
    """Parametrises by the chosen slots."""
    chosen = [one for one in SLOTS if choose(one)]  # type: ignore[operator]
    return pytest.mark.parametrize("slot", chosen, ids=str)


async def staged(name: str) -> Stage:
    """The instruction's valid call in a world that all its cases share."""

    async def make() -> Stage:
        made = await stage(name)
        freeze(made.world)
        return made

    return await shared(f"negatives {name}", make)


async def refuse(made: Stage, call: Call, error: type[ProgramError], **also: str) -> None:
    """It fails so, in a trial run and landed, and nothing at all has changed."""
    await made.world.refuses(call, error, **also)


@pytest.mark.parametrize("name", idl.names())
async def test_the_valid_call_of_every_instruction_succeeds(name: str) -> None:
    made = await stage(name)
    landed = await made.call
    assert landed.units < 200_000, "what a transaction gets without asking for more"
    assert set(CASES) == set(idl.names()), "no valid call recorded, or one too many"
    await made.world.assert_invariants()
    await made.twin.assert_invariants()


def test_every_slot_has_a_kind() -> None:
    assert {one.kind for one in SLOTS} <= {*ACCOUNTS, *set(KINDS.values())}


@each(lambda one: one.signer)
async def test_v01_without_a_signature_it_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    await refuse(made, made.call.flag(slot.name, signer=False).by(), NO_SIGNATURE)


@each(lambda one: one.typed)
async def test_v02_the_same_bytes_under_another_owner_are_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    ledger = made.world.ledger
    real = ledger.get_account(made.call.at(slot.name))
    assert real is not None
    clone = key_of(f"clone for {slot}").pubkey()
    owner = key_of("another program").pubkey()
    ledger.set_account(clone, lamports=real.lamports, owner=owner, data=bytes(real.data))
    await refuse(made, made.call.swap(**{slot.name: clone}), OTHER_OWNER)


@each(lambda one: one.typed)
async def test_v03_an_account_of_any_other_type_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    # federation_close's world has no other accounts left: the twin's serve.
    twin = made.twin
    others = {
        "Federation": twin.ref.address,
        "Participant": twin.person("bob"),
        "Round": twin.round_at(1),
        "Submission": twin.submission_at("bob", 1),
    }
    others.pop(slot.kind, None)
    expected = OTHER_TYPE if slot.kind in ACCOUNTS else OTHER_OWNER
    for other in others.values():
        assert made.world.exists(other)
        await refuse(made, made.call.swap(**{slot.name: other}), expected)


def foreigners(made: Stage, slot: Slot) -> Iterator[tuple[str, Pubkey]]:
    """Accounts of the right type that belong elsewhere, by a label of where."""
    world, twin = made.world, made.twin
    here: dict[str, Pubkey] = {}
    match slot.kind:
        case "Federation":
            here = {"twin": twin.ref.address}
        case "Round":
            here = {"twin": twin.round_at(), "older": world.round_at(1)}
        case "Participant":
            who = _name_in(made, slot)
            here = {
                "twin": twin.person(who),
                "other": world.person("carol" if who == "bob" else "bob"),
            }
        case "Submission":
            here = {
                "twin": twin.submission_at("alice"),
                "other": world.submission_at("bob"),
                "older": world.submission_at("alice", 1),
            }
        case "Mint":
            here = {"other": made.other_mint.mint}
            here["sibling"] = (
                world.ref.reward.mint if slot.name == "stake_mint" else world.ref.stake.mint
            )
        case "Vault":
            for name in ("stake_vault", "reward_vault", "treasury_vault"):
                here[f"twin's {name}"] = getattr(twin, name)
                here[f"own {name}"] = getattr(world, name)
            here["eve's stake"] = world.stake_account("eve")
            here["eve's reward"] = world.reward_account("eve")
        case "Tokens":
            here["other mint"] = (
                world.stake_account("alice")
                if "reward" in slot.name or slot.instruction in ("federation_fund", "reward_claim")
                else world.reward_account("alice")
            )
        case "Wallet":
            here = {"stranger": world.owner("mallory")}
    present = made.call.instruction.accounts
    taken = {meta.pubkey for meta in present}
    for label, address in here.items():
        # What is in the call already would be a duplicate: V05.
        if address not in taken and world.exists(address):
            yield label, address


def _name_in(made: Stage, slot: Slot) -> str:
    """Whose participant the valid call passes."""
    if slot.key in CREATED:
        return "alice"
    return made.world.name_of(made.call.at(slot.name))


FOREIGN: dict[str, type[ProgramError]] = {
    "Federation": errors.WrongFederation,
    "Round": errors.WrongFederation,
    "Participant": errors.WrongFederation,
    "Submission": errors.WrongSubmission,
    "Mint": errors.WrongMint,
    "Vault": SEEDS,
    "Tokens": errors.WrongMint,
    "Wallet": errors.NotOwner,
}
OLDER_ROUND: dict[str, type[ProgramError]] = {
    "round_commit": SEEDS,
    "round_reveal": errors.WrongSubmission,
    "fault_no_reveal": errors.WrongSubmission,
    "reward_claim": errors.WrongSubmission,
    "round_close": errors.RoundInUse,
}
# Addresses that are derived from the federation are checked before what belongs to it.
EXCEPTIONS: dict[tuple[str, str, str], type[ProgramError]] = {
    ("federation_fund", "federation", "twin"): SEEDS,
    ("federation_pause", "federation", "twin"): errors.NotCreator,
    ("federation_close", "federation", "twin"): errors.NotCreator,
    ("participant_register", "federation", "twin"): SEEDS,
    ("round_open", "federation", "twin"): SEEDS,
    ("round_commit", "round", "twin"): SEEDS,
    ("round_commit", "participant", "twin"): SEEDS,
    ("round_commit", "participant", "other"): SEEDS,
    ("submission_close", "round", "twin"): errors.WrongSubmission,
    ("submission_close", "round", "older"): errors.WrongSubmission,
    ("round_close", "round", "twin"): errors.WrongRound,
    ("round_settle", "aggregator", "twin"): errors.WrongAggregator,
    ("round_settle", "aggregator", "other"): errors.WrongAggregator,
    ("fault_no_reveal", "participant", "other"): errors.WrongSubmission,
    ("fault_no_reveal", "last_aggregator", "other"): errors.WrongLastAggregator,
    ("stake_unbond", "last_aggregator", "other"): errors.WrongLastAggregator,
    ("federation_pause", "creator", "stranger"): errors.NotCreator,
    ("federation_close", "creator", "stranger"): errors.NotCreator,
    ("federation_create", "creator", "stranger"): SEEDS,
    ("participant_register", "owner", "stranger"): SEEDS,
    ("round_close", "payer", "stranger"): errors.WrongRound,
    ("participant_close", "closer", "stranger"): errors.CloserNotAllowed,
}
# Free to choose: any mint may found a federation, anybody may find a fault.
FREE = {
    ("federation_create", "stake_mint"),
    ("federation_create", "reward_mint"),
    ("fault_no_reveal", "finder"),
}


def expected_for(made: Stage, slot: Slot, label: str) -> type[ProgramError]:
    """The error that names what is foreign."""
    if slot.key in CREATED:
        return SEEDS
    if (found := EXCEPTIONS.get((*slot.key, label))) is not None:
        return found
    if (*slot.key, label) == ("round_settle", "round", "older"):
        older = made.world.decode(Round, made.world.round_at(1))
        same = older.aggregator == made.call.at("aggregator")
        return errors.WrongPhase if same else errors.WrongAggregator
    if slot.kind == "Round" and label == "older":
        return OLDER_ROUND.get(slot.instruction, errors.WrongPhase)
    if slot.kind == "Participant" and label == "other":
        return errors.NotOwner
    return FOREIGN[slot.kind]


@each(lambda one: one.kind in FOREIGN and one.key not in FREE)
async def test_v04_an_account_that_belongs_elsewhere_is_refused_by_name(slot: Slot) -> None:
    made = await staged(slot.instruction)
    tried = 0
    for label, address in foreigners(made, slot):
        call = made.call.swap(**{slot.name: address})
        if slot.signer:
            call = call.by("mallory")
        if slot.key == ("federation_fund", "funder"):
            await refuse(made, call, ProgramError, name="OwnerMismatch")
        else:
            await refuse(made, call, expected_for(made, slot, label))
        tried += 1
    assert tried or slot.kind in ("Tokens", "Vault", "Round", "Participant"), f"{slot}: untried"


@each(lambda one: one.key in CREATED)
async def test_v04_an_address_that_does_not_follow_from_the_seeds_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    call = made.call.swap(**{slot.name: key_of("nowhere").pubkey()})
    await refuse(made, call, SEEDS)


def twins(slot: Slot) -> list[Slot]:
    """Other writable slots of the instruction that take the same kind of account."""
    alike = {"Vault": "Tokens"}
    return [
        one
        for one in SLOTS
        if one.instruction == slot.instruction
        and one.name != slot.name
        and one.writable
        and alike.get(one.kind, one.kind) == alike.get(slot.kind, slot.kind)
    ]


# federation_close marks reward_to as one that may be the same as stake_to.
MAY_REPEAT = ("federation_close", "reward_to")


@each(lambda one: one.writable and one.typed and twins(one))
async def test_v05_the_same_account_in_two_writable_slots_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    for other in twins(slot):
        call = made.call.swap(**{slot.name: made.call.at(other.name)})
        if MAY_REPEAT in (slot.key, other.key):
            await refuse_repeated(made, call, slot, other)
        else:
            await refuse(made, call, TWICE)


async def refuse_repeated(made: Stage, call: Call, slot: Slot, other: Slot) -> None:
    """What stops the slot that may repeat: seeds, the mint, or the amount that arrives."""
    if slot.kind == "Vault":
        await refuse(made, call, SEEDS)
    elif other.name == "reward_vault":
        await refuse(made, call, errors.TransferMismatch)
    else:
        await refuse(made, call, errors.WrongMint)


@each(lambda one: one.kind == "Program")
async def test_v14_another_program_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    # A real program, and an address that is none.
    for fake in (PROGRAM_ID, key_of("no program").pubkey(), addresses.SLOT_HASHES):
        await refuse(made, made.call.swap(**{slot.name: fake}), NO_PROGRAM)


@each(lambda one: one.kind == "Program" and one.name != "system_program")
async def test_v14_the_other_token_program_moves_nothing(slot: Slot) -> None:
    made = await staged(slot.instruction)
    call = made.call.swap(**{slot.name: TOKEN_2022_PROGRAM_ID})
    # It closes an empty vault of the first one without asking, and the runtime stops it.
    names = ("IncorrectProgramId", "ExternalAccountLamportSpend")
    await made.world.refuses(call, ProgramError, name=names)


@each(lambda one: one.kind == "Sysvar")
async def test_v25_a_copy_of_a_sysvar_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    copy = key_of("a sysvar's copy").pubkey()
    data = (1).to_bytes(8, "little") + bytes(40)
    made.world.ledger.set_account(copy, lamports=10**9, data=data)
    await refuse(made, made.call.swap(**{slot.name: copy}), ADDRESS)


@each(lambda one: one.writable)
async def test_a_slot_that_must_be_writable_and_is_not_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    call = made.call.flag(slot.name, writable=False)
    if slot.key in CREATED or slot.key in PAYERS:
        await refuse(made, call, ProgramError, name="PrivilegeEscalation")
    else:
        await refuse(made, call, MUT)


@pytest.mark.parametrize("name", idl.names())
async def test_an_account_too_few_is_refused(name: str) -> None:
    made = await staged(name)
    short = made.call._with(list(made.call.instruction.accounts)[:-1])
    await refuse(made, short, framework_error(3005))


@pytest.mark.parametrize("name", idl.names())
async def test_accounts_too_many_change_nothing(name: str) -> None:
    made = await staged(name)
    extra = [*made.call.instruction.accounts, *made.call.instruction.accounts[:2]]
    call = made.call._with(list(extra))
    units = [
        await made.world.chain.simulate([one.instruction], key_of("bank").pubkey())
        for one in (made.call, call)
    ]
    assert abs(units[0] - units[1]) < 5_000


@pytest.mark.parametrize("name", [one for one in idl.names() if idl.instruction(one)["args"]])
async def test_cut_arguments_are_refused(name: str) -> None:
    made = await staged(name)
    data = bytes(made.call.instruction.data)[:-1]
    cut = Instruction(PROGRAM_ID, data, list(made.call.instruction.accounts))
    await refuse(made, replace(made.call, instruction=cut), framework_error(102))


async def test_an_instruction_that_the_program_does_not_know_is_refused() -> None:
    made = await staged("federation_pause")
    unknown = Instruction(PROGRAM_ID, bytes(8), list(made.call.instruction.accounts))
    await refuse(made, replace(made.call, instruction=unknown), framework_error(101))
