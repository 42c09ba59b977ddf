"""Events out of logs: whose they are, which record they belong to, and the heads they chain into."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import pytest

from fedsol.program import PROGRAM_ID, Challenge, Federation, Participant, Round, events
from fedsol.program.instructions import UPDATE, lying_norm
from tests.program.expect import heads_replayed
from tests.program.idl import idl
from tests.program.leaving import end, leave
from tests.world import World, open_scored_world, open_world

NAMES = [one["name"] for one in idl()["events"]]
PLACES = (events.IN_FEDERATION, events.IN_PARTICIPANT, events.IN_ROUND, events.IN_CHALLENGE)
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


@asynccontextmanager
async def told() -> AsyncIterator[World]:
    """A world after the story."""
    async with open_scored_world("alice", "bob", "carol", "dan", real=True) as world:
        await story(world)
        yield world


async def test_the_story_tells_every_event_of_a_federation_that_lives() -> None:
    async with told() as world:
        transactions = world.ledger.history.transactions
        names = {event.name for one in transactions for event in events.from_logs(one.logs)}
    # A distance is measured only where the rule selects: tests/program/test_challenge_measure.py.
    # Shares and objections are of masked rounds: tests/program/test_masked_round.py.
    elsewhere = {"ChallengeMeasured", "RoundShared", "RoundObjected"}
    assert names == set(NAMES) - {"FederationClosed", *elsewhere}


async def test_all_heads_on_chain_are_the_replay_of_the_logs() -> None:
    async with told() as world:
        replayed = heads_replayed(world)
        seen = 0
        accounts = [(Federation, world.ref.address)]
        accounts += [(Round, world.round_at(number)) for number in (2, 3)]
        accounts += [(Participant, world.person(name)) for name in ("alice", "carol", "eva", "eli")]
        accounts += [(Challenge, world.challenge_at("gus", "alice", 2))]
        for kind, address in accounts:
            account = world.decode(kind, address)
            assert replayed[address] == (account.seq, bytes(account.head))
            seen += account.seq
        assert seen > 60


async def test_what_closes_hands_its_head_on() -> None:
    async with told() as world:
        replayed = heads_replayed(world)
        handed = {}
        for transaction in world.ledger.history.transactions:
            for event in events.from_logs(transaction.logs):
                data = event.data
                if event.name == "ParticipantClosed":
                    handed[data.participant] = (data.participant_seq, bytes(data.participant_head))
                if event.name in ("RoundSettled", "RoundAborted"):
                    handed[data.round] = (data.round_seq, bytes(data.round_head))
                if event.name in ("ChallengeResolved", "ChallengeExpired"):
                    handed[data.challenge] = (data.challenge_seq, bytes(data.challenge_head))
        disputes = [
            ("eve", "alice", 1),
            ("frank", "bob", 1),
            ("eve", "bob", 1),
            ("gus", "alice", 2),
        ]
        assert set(handed) == {
            world.person("bob"),
            *(world.round_at(number) for number in (1, 2, 3)),
            *(world.challenge_at(*dispute) for dispute in disputes),
        }
        for address, record in handed.items():
            # A challenge to which nobody added evidence has no record of its own.
            assert replayed.get(address, (0, events.HEAD_START)) == record


async def test_numbers_count_from_1_without_a_gap_in_every_record() -> None:
    async with told() as world:
        numbers: dict[object, list[int]] = {}
        for transaction in world.ledger.history.transactions:
            for event in events.from_logs(transaction.logs):
                numbers.setdefault(event.recorded_in, []).append(event.seq)
        # The federation, four trainers, three evaluators, three rounds, two challenges.
        assert len(numbers) == 13
        for found in numbers.values():
            assert found == list(range(1, len(found) + 1))


async def story(world: World) -> None:
    """Two settled rounds and an aborted one, disputes, a plant, slashes, a departure, a pause."""
    for who in ("eve", "frank", "gus"):
        await world.wallet(who, stake=1_000)
    await world.reach("Commit", silent=["carol"], evaluators=["eva", "ed"], mute=["eli"])
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Challenge")
    await disputes(world)
    await world.reach("Settled")
    await world.fault_no_reveal("eve", "carol")
    await world.fault_evaluator("eve", "eli")
    await end(world, 1)
    await world.federation_pause()
    await world.federation_pause(False)
    await leave(world, "bob")
    await world.reach("Challenge", trainers=["alice", "carol", "dan"], planters=["alice"])
    await challenge(world, "gus", "alice")
    await world.reach("Settled")
    await world.reach("Aborted", trainers=["alice"])
    await world.stake_unbond("alice", 1)


async def disputes(world: World) -> None:
    """A challenge that is resolved, a demand that is answered, a challenge that expires."""
    await challenge(world, "eve", "alice")
    await world.challenge_close("eve", target="alice")
    await world.demand_open("frank", 0, target="bob")
    chunk = world.numbers.learnt("bob", world.number).chunk(0)
    await world.demand_answer("bob", "frank", chunk=chunk, target="bob")
    await world.challenge_resolve("frank", "bob", target="bob")
    await world.challenge_open("eve", lying_norm(0), target="bob")
    world.pass_window((await world.challenge("eve", "bob")).deadline)
    await world.challenge_expire("eve", "bob", target="bob")


async def challenge(world: World, challenger: str, who: str) -> None:
    """Somebody finds nothing wrong with an update."""
    update = world.numbers.learnt(who, world.number)
    await world.challenge_open(challenger, lying_norm(0), target=who)
    await world.challenge_append(
        challenger,
        UPDATE,
        chunk=update.chunk(0),
        declared=update.sum_of(0),
        target=who,
        submission=who,
    )
    await world.challenge_resolve(challenger, who, target=who)
