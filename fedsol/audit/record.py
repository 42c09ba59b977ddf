"""Replays the record: every event in its account's chain, every head against the accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from solders.pubkey import Pubkey

from fedsol.audit.report import Check, check
from fedsol.program.events import HEAD_START, Event, extend

# What folds in the head of a record that is complete then: nothing may follow in that account.
_SEALS = ("RoundSettled", "RoundAborted", "ChallengeResolved", "ChallengeExpired")


@dataclass
class Chain:
    """One account's record so far."""

    seq: int = 0
    head: bytes = HEAD_START


@dataclass
class Replay:
    """The record of every account that is open after the last event, and what did not fit."""

    chains: dict[Pubkey, Chain] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    sealed: set[Pubkey] = field(default_factory=set)


def chain_up(events: Sequence[Event]) -> Replay:
    """Chains all events, and compares each head that an event folds in with the replayed one."""
    done = Replay()
    for event in events:
        folded = _folded(event)
        if folded is not None:
            _fold(done, event, *folded)
        chain = done.chains.setdefault(event.recorded_in, Chain())
        if event.recorded_in in done.sealed:
            done.problems.append(f"{event.name} came after the record of {event.recorded_in}")
        if event.seq != chain.seq + 1:
            done.problems.append(
                f"{event.recorded_in}: event {chain.seq + 1} is missing before {event.seq}"
            )
        chain.seq, chain.head = event.seq, extend(chain.head, event)
        closed = _closed(event)
        if closed is not None:
            _close(done, event, closed)
    return done


def _folded(event: Event) -> tuple[Pubkey, int, bytes] | None:
    data = event.data
    if event.name in ("RoundSettled", "RoundAborted"):
        return data.round, data.round_seq, bytes(data.round_head)
    if event.name in ("RoundRevealed", "ParticipantClosed"):
        return data.participant, data.participant_seq, bytes(data.participant_head)
    if event.name in ("ChallengeResolved", "ChallengeExpired"):
        return data.challenge, data.challenge_seq, bytes(data.challenge_head)
    return None


def _fold(done: Replay, event: Event, account: Pubkey, seq: int, head: bytes) -> None:
    if done.chains.get(account, Chain()) != Chain(seq, head):
        done.problems.append(f"{event.name} {event.seq} folds in a head that is not {account}'s")
    if event.name in _SEALS:
        done.sealed.add(account)


def _closed(event: Event) -> Pubkey | None:
    """The account that goes with an event."""
    names = {
        "ParticipantClosed": "participant",
        "RoundClosed": "round",
        "ChallengeClosed": "challenge",
        "FederationClosed": "federation",
    }
    return getattr(event.data, names[event.name]) if event.name in names else None


def _close(done: Replay, event: Event, account: Pubkey) -> None:
    """An address may be used again: that is a new record. What goes must have been folded in."""
    if event.name in ("RoundClosed", "ChallengeClosed") and account not in done.sealed:
        done.problems.append(f"{account} was closed and its head is in no other record")
    done.sealed.discard(account)
    done.chains.pop(account, None)


def check_heads(done: Replay, accounts: dict[Pubkey, tuple[int, bytes]]) -> list[Check]:
    """Compares replayed heads with those of the open accounts, (seq, head) by address: all of both."""
    problems = [
        f"{address} holds event {seq}, the replay ends at {done.chains.get(address, Chain()).seq}"
        for address, (seq, head) in accounts.items()
        if done.chains.get(address, Chain()) != Chain(seq, head)
    ]
    problems += [
        f"{address} is gone, and no event closes it"
        for address in done.chains
        if address not in accounts
    ]
    return [
        check("events are complete and in order", done.problems, f"{len(done.chains)} records"),
        check("heads equal the accounts'", problems, f"{len(accounts)} heads recomputed"),
    ]


def check_models(events: Sequence[Event]) -> Check:
    """Every round starts from the model that the last settled round left, and settles on what stands."""
    problems, root, rounds = [], b"", 0
    posted: dict[Pubkey, tuple[bytes, bytes]] = {}
    for event in events:
        data = event.data
        if event.name == "FederationCreated":
            root = bytes(data.model_root)
        elif event.name == "RoundOpened":
            rounds += 1
            if bytes(data.base_model_root) != root:
                problems.append(f"round {data.number} starts from another model")
        elif event.name == "RoundAggregated":
            posted[data.round] = bytes(data.new_model_root), bytes(data.new_model_artifact)
        elif event.name == "RoundSettled":
            root = bytes(data.model_root)
            if posted.get(data.round) != (root, bytes(data.model_artifact)):
                problems.append(f"round {data.number} settled on another model than was posted")
    return check("each round starts from the last model", problems, f"{rounds} rounds")
