"""Events out of logs: whose they are, which record they belong to, and the heads they chain into."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from fedsol.program import PROGRAM_ID, Federation, Participant, Round, events
from tests.program.expect import heads_replayed
from tests.program.idl import idl
from tests.program.valid_calls import leave
from tests.world import World, open_world

NAMES = [one["name"] for one in idl()["events"]]
PLACES = (events.IN_FEDERATION, events.IN_PARTICIPANT, events.IN_ROUND)
OTHER = "1" * 32


@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_recorded_in_exactly_one_kind_of_account(name: str) -> None:
    assert sum(name in place for place in PLACES) == 1


def test_no_record_names_an_event_that_does_not_exist() -> None:
    assert frozenset.union(*PLACES) == set(NAMES)


@pytest.fixture
async def logs() -> tuple[str, ...]:
    """The logs of a transaction with one event."""
    async with open_world() as world:
        return (await world.federation_pause()).logs


def line_of(logs: tuple[str, ...]) -> str:
    """The line that carries the event."""
    return next(line for line in logs if line.startswith("Program data: "))


def test_an_event_is_read_with_the_bytes_that_the_program_hashed(logs: tuple[str, ...]) -> None:
    (event,) = events.from_logs(logs)
    assert event.name == "FederationPaused"
    assert event.payload == base64.b64decode(line_of(logs).removeprefix("Program data: "))
    assert event.payload[:8] == sha256(b"event:FederationPaused").digest()[:8]


def test_the_same_bytes_of_another_program_are_no_event(logs: tuple[str, ...]) -> None:
    renamed = tuple(line.replace(str(PROGRAM_ID), OTHER) for line in logs)
    assert list(events.from_logs(renamed)) == []


def test_what_a_called_program_logs_is_not_the_callers(logs: tuple[str, ...]) -> None:
    inside = (
        f"Program {PROGRAM_ID} invoke [1]",
        f"Program {OTHER} invoke [2]",
        line_of(logs),
        f"Program {OTHER} success",
        f"Program {PROGRAM_ID} success",
    )
    assert list(events.from_logs(inside)) == []
    after = (*inside[:4], line_of(logs), inside[4])
    assert len(list(events.from_logs(after))) == 1


def test_a_text_that_looks_like_data_is_no_event(logs: tuple[str, ...]) -> None:
    spoken = (
        f"Program {PROGRAM_ID} invoke [1]",
        f"Program log: {line_of(logs)}",
        f"Program {PROGRAM_ID} success",
    )
    assert list(events.from_logs(spoken)) == []


@pytest.mark.parametrize("payload", [b"", b"\x00" * 7, b"\x00" * 8, b"\xff" * 200])
def test_bytes_that_are_no_event_of_ours_are_left_out(payload: bytes) -> None:
    line = "Program data: " + base64.b64encode(payload).decode()
    run = (f"Program {PROGRAM_ID} invoke [1]", line, f"Program {PROGRAM_ID} success")
    assert list(events.from_logs(run)) == []
    assert events.decode(payload) is None


def test_an_event_that_was_cut_is_left_out(logs: tuple[str, ...]) -> None:
    (event,) = events.from_logs(logs)
    for length in range(len(event.payload)):
        assert events.decode(event.payload[:length]) is None


def test_logs_that_were_cut_anywhere_yield_a_prefix_and_never_raise(logs: tuple[str, ...]) -> None:
    whole = [one.payload for one in events.from_logs(logs)]
    for count in range(len(logs) + 1):
        cut = (*logs[:count], "Log truncated")
        found = [one.payload for one in events.from_logs(cut)]
        assert found == whole[: len(found)]


@pytest.mark.parametrize("data", ["!!!", "A", "AAAAA", ""])
def test_a_data_line_that_was_cut_is_left_out(data: str) -> None:
    run = (f"Program {PROGRAM_ID} invoke [1]", f"Program data: {data}")
    assert list(events.from_logs(run)) == []


async def test_all_heads_on_chain_are_the_replay_of_the_logs() -> None:
    people = ("alice", "bob", "carol")
    async with open_world(*people) as world:
        await world.wallet("eve")
        await story(world)
        replayed = heads_replayed(world)
        seen = 0
        accounts = [(Federation, world.ref.address), (Round, world.round_at(2))]
        accounts += [(Participant, world.person(name)) for name in ("alice", "carol")]
        for kind, address in accounts:
            account = world.decode(kind, address)
            assert replayed[address] == (account.seq, bytes(account.head))
            seen += account.seq
        assert seen > 20


async def test_what_closes_hands_its_head_to_the_federation() -> None:
    async with open_world("alice", "bob", "carol") as world:
        await world.wallet("eve")
        await story(world)
        replayed = heads_replayed(world)
        handed = {}
        for transaction in world.ledger.history.transactions:
            for event in events.from_logs(transaction.logs):
                data = event.data
                if event.name == "ParticipantClosed":
                    handed[data.participant] = (data.participant_seq, bytes(data.participant_head))
                if event.name in ("RoundSettled", "RoundAborted"):
                    handed[data.round] = (data.round_seq, bytes(data.round_head))
        assert set(handed) == {world.person("bob"), world.round_at(1), world.round_at(2)}
        for address, record in handed.items():
            assert replayed[address] == record


async def test_numbers_count_from_1_without_a_gap_in_every_record() -> None:
    async with open_world("alice", "bob", "carol") as world:
        await world.wallet("eve")
        await story(world)
        numbers: dict[object, list[int]] = {}
        for transaction in world.ledger.history.transactions:
            for event in events.from_logs(transaction.logs):
                numbers.setdefault(event.recorded_in, []).append(event.seq)
        assert len(numbers) == 6
        for found in numbers.values():
            assert found == list(range(1, len(found) + 1))


async def story(world: World) -> None:
    """A settled and an aborted round, a slash, a departure, a pause."""
    await world.reach("Settled", silent=["carol"])
    await world.fault_no_reveal("eve", "carol")
    for who in ("alice", "bob"):
        await world.reward_claim(who)
        await world.submission_close(who)
    await world.submission_close("carol")
    await world.pass_phase()
    await world.round_close()
    await world.federation_pause()
    await world.federation_pause(False)
    await leave(world, "bob")
    await world.reach("Aborted", trainers=["alice"])
    await world.stake_unbond("alice", 1)
