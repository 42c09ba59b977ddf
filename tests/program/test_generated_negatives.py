"""Every account slot of every instruction, broken in every way that the IDL knows.

The cases are made from ``idl/fedsol.json``: a new instruction or a new slot fails here until it has
a valid call and a kind. What is expected follows from the slot's kind; the exceptions are tables.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from solders.instruction import Instruction

from fedsol.errors import ProgramError
from fedsol.program import PROGRAM_ID, addresses, errors
from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID
from tests.program import idl
from tests.program.foreign import FOREIGN, FREE, SEEDS, expected_for, foreigners
from tests.program.shared import freeze, shared
from tests.program.slots import ACCOUNTS, CREATED, KINDS, PAYERS, SLOTS, Slot, each
from tests.program.valid_calls import CASES, Stage, stage
from tests.world import Call, framework_error, key_of

MUT, ADDRESS = framework_error(2000), framework_error(2012)
TWICE = framework_error(2040)
OTHER_TYPE, OTHER_OWNER = framework_error(3002), framework_error(3007)
MISSING, TOO_FEW = framework_error(3012), framework_error(3005)
NO_PROGRAM, NO_SIGNATURE = framework_error(3008), framework_error(3010)


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
        "Evaluation": twin.evaluation_at("eva", 1),
        "Challenge": twin.challenge_at("eve", "bob", 1),
    }
    if twin.masked:
        # Nobody scores in such a federation.
        del others["Evaluation"]
    others.pop(slot.kind, None)
    expected = OTHER_TYPE if slot.kind in ACCOUNTS else OTHER_OWNER
    for other in others.values():
        assert made.world.exists(other)
        await refuse(made, made.call.swap(**{slot.name: other}), expected)


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
        elif other.key in CREATED:
            await refuse(made, call, MISSING)
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


# Accounts that a slot may be left without, and what is said when it is needed.
OMITTED: dict[tuple[str, str], type[ProgramError]] = {
    ("round_open", "participant"): errors.OpenerNotAllowed,
    ("stake_unbond", "last_aggregator"): errors.WrongLastAggregator,
    ("fault_no_reveal", "last_aggregator"): errors.WrongLastAggregator,
    ("fault_evaluator", "last_aggregator"): errors.WrongLastAggregator,
    ("score_commit", "displaced"): errors.WrongEvaluation,
    ("challenge_open", "submission"): SEEDS,
    ("challenge_append", "submission"): errors.EvidenceNotAsked,
    ("challenge_measure", "first"): errors.WrongSubmission,
    ("challenge_measure", "second"): errors.WrongSubmission,
    ("challenge_resolve", "submission"): errors.WrongSubmission,
    ("challenge_resolve", "original"): errors.EvidenceMissing,
    ("challenge_resolve", "aggregator"): errors.WrongAggregator,
    ("challenge_resolve", "last_aggregator"): errors.WrongLastAggregator,
    ("challenge_expire", "accused"): errors.WrongChallenge,
    ("challenge_expire", "submission"): errors.WrongSubmission,
    ("demand_open", "submission"): SEEDS,
    ("demand_answer", "submission"): errors.WrongSubmission,
}


@each(lambda one: one.optional)
async def test_an_optional_account_that_is_needed_and_left_out_is_refused(slot: Slot) -> None:
    made = await staged(slot.instruction)
    # The program's own address stands for none.
    await refuse(made, made.call.swap(**{slot.name: PROGRAM_ID}), OMITTED[slot.key])


@pytest.mark.parametrize("name", idl.names())
async def test_an_account_too_few_is_refused(name: str) -> None:
    made = await staged(name)
    named = list(made.call.instruction.accounts)[: len(made.call.slots)]
    await refuse(made, made.call._with(named[:-1]), TOO_FEW)


@pytest.mark.parametrize("name", idl.names())
async def test_accounts_too_many_change_nothing(name: str) -> None:
    made = await staged(name)
    extra = [*made.call.instruction.accounts, *made.call.instruction.accounts[:2]]
    call = made.call._with(list(extra))
    if made.call.rest:
        await refuse(made, call, errors.EvaluationsMissing)
        return
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
