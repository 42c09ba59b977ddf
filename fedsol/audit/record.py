"""Replays the record: every event in its account's chain, every head against the accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from solders.pubkey import Pubkey

from fedsol.audit.report import Check, check
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.events import HEAD_START, Event, extend


@dataclass
class Chain:
    """One account's record so far."""

    seq: int = 0
    head: bytes = HEAD_START


@dataclass(frozen=True)
class Replay:
    """Every account's record after the last event, and what did not fit on the way."""

    chains: dict[Pubkey, Chain]
    problems: list[str]


def replay(events: Sequence[Event]) -> Replay:
    """Chains all events, and compares each head that an event folds in with the replayed one."""
    chains: dict[Pubkey, Chain] = {}
    problems = []
    for event in events:
        folded = _folded(event)
        if folded is not None:
            account, seq, head = folded
            inner = chains.get(account, Chain())
            if inner != Chain(seq, head):
                problems.append(f"{event.name} {event.seq} folds in a head that is not {account}'s")
        chain = chains.setdefault(event.recorded_in, Chain())
        if event.seq != chain.seq + 1:
            problems.append(
                f"{event.recorded_in}: event {chain.seq + 1} is missing before {event.seq}"
            )
        chain.seq, chain.head = event.seq, extend(chain.head, event)
        if event.name == "ParticipantClosed":
            # Its address may be registered again: that is a new record.
            del chains[event.data.participant]
    return Replay(chains, problems)


def _folded(event: Event) -> tuple[Pubkey, int, bytes] | None:
    data = event.data
    if event.name in ("RoundSettled", "RoundAborted"):
        return data.round, data.round_seq, bytes(data.round_head)
    if event.name in ("RoundRevealed", "ParticipantClosed"):
        return data.participant, data.participant_seq, bytes(data.participant_head)
    return None


def check_heads(done: Replay, accounts: dict[Pubkey, tuple[int, bytes]]) -> list[Check]:
    """Compares replayed heads with those that the open accounts hold: (seq, head) by address."""
    problems = [
        f"{address} holds event {seq}, the replay ends at {done.chains.get(address, Chain()).seq}"
        for address, (seq, head) in accounts.items()
        if done.chains.get(address, Chain()) != Chain(seq, head)
    ]
    return [
        check("events are complete and in order", done.problems, f"{len(done.chains)} records"),
        check("heads equal the accounts'", problems, f"{len(accounts)} heads recomputed"),
    ]


def check_commitments(events: Sequence[Event], genesis: bytes) -> list[Check]:
    """Recomputes every commitment from what was revealed, and the salts that were mixed into beacons."""
    committed: dict[tuple[Pubkey, Pubkey], bytes] = {}
    numbers: dict[Pubkey, int] = {}
    mixed: dict[Pubkey, bytes] = {}
    wrong, beacons, revealed = [], [], 0
    for event in events:
        data = event.data
        if event.name == "RoundOpened":
            numbers[data.round], mixed[data.round] = data.number, HEAD_START
        elif event.name == "RoundCommitted":
            committed[data.round, data.participant] = bytes(data.commitment)
        elif event.name == "RoundRevealed":
            revealed += 1
            mixed[data.round] = _mix(mixed[data.round], bytes(data.salt))
            place = Place(genesis, data.federation, numbers[data.round], data.participant)
            update = Update(bytes(data.root), data.norm_squared, bytes(data.artifact))
            if committed.get((data.round, data.participant)) != commitment(
                place, update, bytes(data.salt)
            ):
                wrong.append(f"round {numbers[data.round]}: {data.participant} revealed another")
        elif (
            event.name == "RoundAdvanced"
            and type(data.phase).__name__ == "Score"
            and bytes(data.beacon) != mixed[data.round]
        ):
            beacons.append(f"round {numbers[data.round]}: the beacon does not hold all salts")
    return [
        check("commitments open to what was revealed", wrong, f"{revealed} recomputed"),
        check("beacons hold every salt", beacons, f"{len(mixed)} rounds recomputed"),
    ]


def _mix(beacon: bytes, salt: bytes) -> bytes:
    return sha256(beacon + salt).digest()


def check_models(events: Sequence[Event]) -> Check:
    """Every round starts from the model that the last settled round left."""
    problems, root, rounds = [], b"", 0
    for event in events:
        if event.name == "FederationCreated":
            root = bytes(event.data.model_root)
        elif event.name == "RoundOpened":
            rounds += 1
            if bytes(event.data.base_model_root) != root:
                problems.append(f"round {event.data.number} starts from another model")
        elif event.name == "RoundSettled":
            root = bytes(event.data.model_root)
    return check("each round starts from the last model", problems, f"{rounds} rounds")
