"""Reads a federation's open accounts, and compares rounds with what their events say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Dispute, Evaluation, Ledger, Round, Scores, Submission
from fedsol.audit.report import Check, check
from fedsol.chain import Chain
from fedsol.chain.records import Account
from fedsol.program import Challenge as ChallengeAccount
from fedsol.program import Evaluation as EvaluationAccount
from fedsol.program import Federation, Participant
from fedsol.program import Round as RoundAccount
from fedsol.program import Submission as SubmissionAccount
from fedsol.program import addresses as at
from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.commitment import scores_digest
from fedsol.program.events import Event
from fedsol.program.tokens import token_amount
from fedsol.reading import list_participants, scores_of

_FEDERATION_IN_ROUND = 19  # discriminator 8, version, bump, phase, number 8


@dataclass(frozen=True)
class Accounts:
    """All that is open of a federation."""

    federation: Federation
    participants: dict[Pubkey, Participant]
    rounds: dict[Pubkey, RoundAccount]
    vaults: tuple[int, int, int]

    def heads(self, address: Pubkey) -> dict[Pubkey, tuple[int, bytes]]:
        """Number of events and head of every account that has a record, by address."""
        mine = {address: self.federation}
        every: Iterable[tuple[Pubkey, Any]] = (
            *mine.items(),
            *self.participants.items(),
            *self.rounds.items(),
        )
        return {one: (held.seq, bytes(held.head)) for one, held in every}


async def read_accounts(chain: Chain, federation: Pubkey) -> Accounts | None:
    """The federation with its people, rounds and vaults; None if it is closed."""
    account = await chain.account(federation)
    if account is None or not account.data:
        return None
    rounds = await chain.program_accounts(
        PROGRAM_ID,
        discriminator=RoundAccount.discriminator,
        memcmp=[(_FEDERATION_IN_ROUND, bytes(federation))],
    )
    return Accounts(
        Federation.decode(account.data),
        dict(await list_participants(chain, federation)),
        {one.address: RoundAccount.decode(one.data) for one in rounds},
        await _vaults(chain, federation),
    )


async def _vaults(chain: Chain, federation: Pubkey) -> tuple[int, int, int]:
    addresses = (
        at.stake_vault_address(federation),
        at.reward_vault_address(federation),
        at.treasury_vault_address(federation),
    )
    found = await chain.accounts(addresses)
    stake, reward, treasury = (
        token_amount(one.data) if one is not None and one.data else 0 for one in found
    )
    return stake, reward, treasury


async def read_scores(chain: Chain, events: Sequence[Event]) -> dict[bytes, Scores]:
    """The scores that stand in open accounts, by their digest."""
    shown = [
        at.evaluation_address(one.data.round, one.data.participant)
        for one in events
        if one.name == "ScoreRevealed"
    ]
    found = [scores_of(one.data) for one in await _open(chain, shown) if one is not None]
    return {scores_digest(scores): scores for scores in found}


async def read_disputes(chain: Chain, ledger: Ledger) -> dict[Pubkey, ChallengeAccount]:
    """The challenges and demands that are open by the events, as far as they are there."""
    addresses = list(ledger.disputes)
    found = zip(addresses, await _open(chain, addresses), strict=True)
    return {where: ChallengeAccount.decode(one.data) for where, one in found if one is not None}


async def check_rounds(
    chain: Chain, ledger: Ledger, accounts: Accounts, disputes: dict[Pubkey, ChallengeAccount]
) -> Check:
    """Compares rounds, submissions, evaluations and challenges that are open with their events."""
    problems = [
        f"{one.address}: {name} is {held} on chain, {told} by the events"
        for one in ledger.disputes.values()
        for name, held, told in _dispute(one, disputes.get(one.address))
    ]
    problems += [
        f"there is no event of round {one}" for one in accounts.rounds.keys() - ledger.rounds
    ]
    open_rounds = [one for one in ledger.rounds.values() if not one.closed]
    for round_ in open_rounds:
        held = accounts.rounds.get(round_.address)
        told = _round(round_, ledger) if held is not None else {"phase": round_.phase}
        differ = [
            f"round {round_.number}: {name} is {_plain(held, name)} on chain, {value} by the events"
            for name, value in told.items()
            if _plain(held, name) != value
        ]
        problems += [*differ, *await _inside(chain, round_)]
    return check("rounds equal their events", problems, f"{len(open_rounds)} open rounds compared")


def _dispute(
    dispute: Dispute, held: ChallengeAccount | None
) -> Iterable[tuple[str, object, object]]:
    for name in ("verdict", "bond", "payout", "to_treasury", "burned"):
        told = getattr(dispute, name)
        if _plain(held, name) != told:
            yield name, _plain(held, name), told


def _round(round_: Round, ledger: Ledger) -> dict[str, object]:
    standing = round_.standing if round_.phase == "Challenge" else None
    undecided = [one for one in ledger.disputes.values() if one.verdict == "Open"]
    told: dict[str, object] = {
        "phase": round_.phase,
        "revealed": len(round_.shown),
        "false_plants": round_.false_plants,
        "disputes": sum(one.round == round_.address for one in undecided),
        "attempt": round_.attempt,
        "pool": round_.pool,
        "bond": standing.bond if standing is not None else 0,
        "evaluator_pool": round_.shares.evaluators,
        "plant_share": round_.shares.plant,
        "score_pool": round_.shares.scores,
        "unpaid": round_.unpaid,
        "claims_left": round_.claims_left,
        "credit_total": round_.credit_total,
        "score_total": round_.score_total,
        "drawn": round_.drawn,
        "objectors": _bits(round_.objectors).hex(),
        "members": round_.members,
    }
    # Before the beacon is drawn nothing is accepted yet: the round may still abort by quorum.
    return told | ({"accepted": len(round_.accepted)} if round_.drawn else {})


def _bits(indices: Iterable[int]) -> bytes:
    """A bit for each index, as a round's account has them: 32 bytes."""
    return sum(1 << index for index in indices if index < 256).to_bytes(32, "little")


async def _inside(chain: Chain, round_: Round) -> list[str]:
    """What differs in a round's submissions and evaluations that are open."""
    submissions = [one for one in round_.submissions.values() if not one.closed]
    evaluations = [one for one in round_.evaluations.values() if not one.closed]
    mine = [at.submission_address(round_.address, one.participant) for one in submissions]
    its = [at.evaluation_address(round_.address, one.participant) for one in evaluations]
    found = await _open(chain, [*mine, *its])
    decoded = [
        *(_decode(SubmissionAccount, one) for one in found[: len(mine)]),
        *(_decode(EvaluationAccount, one) for one in found[len(mine) :]),
    ]
    told = [*map(_submission, submissions), *map(_evaluation, evaluations)]
    people = [*(one.participant for one in submissions), *(one.participant for one in evaluations)]
    return [
        f"round {round_.number}: {who}'s {name} is {_plain(held, name)} on chain, {value} by events"
        for who, held, values in zip(people, decoded, told, strict=True)
        for name, value in values.items()
        if _plain(held, name) != value
    ]


def _submission(one: Submission) -> dict[str, object]:
    shares = (one.shares or bytes(32)).hex()
    return {"status": one.status, "score": one.score, "claimed": one.claimed, "shares": shares}


def _evaluation(one: Evaluation) -> dict[str, object]:
    names = ("status", "seat", "credits", "strikes", "missed")
    return {name: getattr(one, name) for name in names}


async def _open(chain: Chain, addresses: Sequence[Pubkey]) -> list[Account | None]:
    """Accounts of the program; None where there is none, or lamports alone."""
    found = await chain.accounts(addresses) if addresses else []
    return [one if one is not None and one.owner == PROGRAM_ID else None for one in found]


def _decode(kind: Any, account: Account | None) -> Any:
    return None if account is None else kind.decode(account.data)


def _plain(held: Any, name: str) -> object:
    """A field as it is compared: of an enumeration its name; bytes in hexadecimal; "gone" without an
    account.
    """
    if held is None:
        return "gone"
    value = getattr(held, name)
    if isinstance(value, list | bytes):
        return bytes(value).hex()
    return getattr(value, "kind", value)
