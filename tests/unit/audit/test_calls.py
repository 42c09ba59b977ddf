"""What was shown to the program is found in a transaction, however it got there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import AccountMeta, CompiledInstruction, Instruction
from solders.message import Message, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from fedsol.audit.calls import Call, steps_of
from fedsol.chain.records import TransactionRecord
from fedsol.program import PROGRAM_ID
from fedsol.program.events import Event
from tests.world import World, open_scored_world

OTHER = Pubkey.from_bytes(bytes([7] * 32))


@pytest.fixture
async def shown() -> tuple[TransactionRecord, Instruction]:
    """The transaction in which somebody shows scores, and its instruction."""
    async with open_scored_world("alice", "bob") as world:
        return await _shown(world)


async def _shown(world: World) -> tuple[TransactionRecord, Instruction]:
    await world.reach("ScoreReveal")
    call = world.score_reveal("eva")
    await call
    return (await world.chain.history(world.round_at()))[-1], call.instruction


def names(record: TransactionRecord) -> list[str]:
    """What happened in a transaction."""
    return [one.name for one in steps_of(record)]


def the_call(record: TransactionRecord) -> Call:
    """The only call of a transaction."""
    (found,) = [one for one in steps_of(record) if isinstance(one, Call)]
    return found


def unsigned(message: Message | MessageV0) -> bytes:
    """A transaction's bytes; nobody looks at the signatures."""
    signatures = [Signature.default()] * message.header.num_required_signatures
    return bytes(VersionedTransaction.populate(message, signatures))


def test_a_call_stands_before_its_event(shown: tuple[TransactionRecord, Instruction]) -> None:
    record, instruction = shown
    assert names(record) == ["score_reveal", "ScoreRevealed"]
    call = the_call(record)
    assert list(call.accounts.values()) == [one.pubkey for one in instruction.accounts]
    assert (call.args.from_, list(call.args.scores)) == (0, [8_000, 8_000])


def test_what_failed_did_not_happen(shown: tuple[TransactionRecord, Instruction]) -> None:
    assert names(replace(shown[0], err={"InstructionError": [0, "Custom"]})) == []


def test_events_are_found_without_the_transactions_bytes(
    shown: tuple[TransactionRecord, Instruction],
) -> None:
    assert names(replace(shown[0], raw=b"")) == ["ScoreRevealed"]


def test_accounts_of_lookup_tables_are_found(
    shown: tuple[TransactionRecord, Instruction],
) -> None:
    record, instruction = shown
    owner = instruction.accounts[0].pubkey
    looked_up = [one.pubkey for one in instruction.accounts[1:]]
    table = AddressLookupTableAccount(OTHER, looked_up)
    message = MessageV0.try_compile(owner, [instruction], [table], Hash.default())
    (lookup,) = message.address_table_lookups
    places = (*bytes(lookup.writable_indexes), *bytes(lookup.readonly_indexes))
    loaded = tuple(looked_up[place] for place in places)
    assert len(loaded) == 4
    through = replace(record, raw=unsigned(message), loaded=loaded)
    assert the_call(through).accounts == the_call(record).accounts
    # A node that does not tell what tables hold leaves the rest to be found.
    kept = the_call(replace(through, loaded=()))
    assert kept.accounts["owner"] == owner
    assert kept.accounts["evaluation"] is None


def test_what_another_program_calls_is_found(
    shown: tuple[TransactionRecord, Instruction],
) -> None:
    record, instruction = shown
    carried = [*instruction.accounts, AccountMeta(PROGRAM_ID, False, False)]
    outer = Instruction(OTHER, b"whatever", carried)
    message = Message.new_with_blockhash([outer], instruction.accounts[0].pubkey, Hash.default())
    through = replace(
        record,
        raw=unsigned(message),
        inner=(_compiled(instruction, message.account_keys),),
        logs=(
            f"Program {OTHER} invoke [1]",
            *(line.replace("invoke [1]", "invoke [2]") for line in _of_program(record.logs)),
            f"Program {OTHER} success",
        ),
    )
    assert names(through) == ["score_reveal", "ScoreRevealed"]
    assert the_call(through).accounts == the_call(record).accounts
    assert names(replace(through, inner=())) == ["ScoreRevealed"]


def test_each_of_two_calls_stands_before_its_own_event(
    shown: tuple[TransactionRecord, Instruction],
) -> None:
    record, instruction = shown
    message = Message.new_with_blockhash(
        [instruction, instruction], instruction.accounts[0].pubkey, Hash.default()
    )
    once = tuple(_of_program(record.logs))
    twice = replace(record, raw=unsigned(message), logs=(*once, *once))
    assert names(twice) == ["score_reveal", "ScoreRevealed"] * 2
    assert all(isinstance(one, Event) for one in list(steps_of(twice))[1::2])


def _of_program(logs: Sequence[str]) -> list[str]:
    """The lines that are fedsol's."""
    start = next(i for i, line in enumerate(logs) if str(PROGRAM_ID) in line)
    return list(logs[start:])


def _compiled(instruction: Instruction, keys: Sequence[Pubkey]) -> CompiledInstruction:
    places = bytes(list(keys).index(one.pubkey) for one in instruction.accounts)
    program = list(keys).index(PROGRAM_ID)
    return CompiledInstruction(program, bytes(instruction.data), places)
