"""What holds after every transaction, whatever was sent: money, counts and rents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from solders.pubkey import Pubkey

from fedsol.program import (
    PROGRAM_ID,
    Challenge,
    Evaluation,
    Federation,
    Participant,
    Round,
    Submission,
)

if TYPE_CHECKING:
    from tests.world import World

KINDS = (Federation, Participant, Round, Submission, Evaluation, Challenge)
_BELOW = KINDS[1:]
HIDDEN = ("Committed", "Shared")
"""What a submission is whose update was not shown."""
_Here = dict[Any, dict[Pubkey, Any]]


def accounts(world: World) -> Iterator[tuple[Pubkey, Any]]:
    """Every account of the program, decoded."""
    for address in world.ledger.owned_by(PROGRAM_ID):
        account = world.ledger.get_account(address)
        assert account is not None
        data = bytes(account.data)
        kind = next(one for one in KINDS if data[:8] == one.discriminator)
        yield address, kind.decode(data)


def of(world: World, kind: Any) -> dict[Pubkey, Any]:
    """The accounts of one kind."""
    return {address: one for address, one in accounts(world) if isinstance(one, kind)}


async def assert_invariants(world: World) -> None:
    """The world's federation is solvent, its sums and counts are exact, all accounts rent-exempt."""
    federation = of(world, Federation).get(world.ref.address)
    everywhere = {kind: of(world, kind) for kind in _BELOW}
    here = {
        kind: {
            a: one
            for a, one in found.items()
            if _federation_of(one, everywhere) == world.ref.address
        }
        for kind, found in everywhere.items()
    }
    if federation is not None:
        _money(world, federation, here)
        _counts(federation, here)
    else:
        assert not any(here.values()), "accounts of a closed federation"
    for person, participant in here[Participant].items():
        _duties(person, participant, here)
    for address, round_ in here[Round].items():
        _submissions(address, round_, here)
        _evaluations(address, round_, here)
        _disputes(address, round_, here)
        if round_.phase.kind == "Settled":
            _pay(address, round_, here)
    _rents(world)


def _federation_of(account: Any, everywhere: _Here) -> Pubkey:
    if isinstance(account, Submission | Evaluation):
        return everywhere[Participant][account.participant].federation  # type: ignore[no-any-return]
    return account.federation  # type: ignore[no-any-return]


def _money(world: World, federation: Any, here: _Here) -> None:
    people, rounds = here[Participant].values(), here[Round].values()
    assert federation.stake_total == sum(one.stake for one in people)
    assert federation.unbonding_total == sum(e.amount for p in people for e in p.unbonding)
    disputed = sum(_held_by(one) for one in here[Challenge].values())
    assert federation.bond_total == sum(one.bond for one in rounds) + disputed
    owed = federation.stake_total + federation.unbonding_total + federation.bond_total
    assert world.amount(world.stake_vault) == owed + world.donated.get(world.stake_vault, 0)
    running = [one for one in rounds if one.phase.kind not in ("Settled", "Aborted")]
    settled = [one for one in rounds if one.phase.kind == "Settled"]
    assert federation.reward_reserved == sum(one.pool for one in running)
    assert federation.reward_owed == sum(one.unpaid for one in settled)
    promised = federation.reward_available + federation.reward_reserved + federation.reward_owed
    assert world.amount(world.reward_vault) == promised + world.donated.get(world.reward_vault, 0)
    treasury = federation.treasury_total + world.donated.get(world.treasury_vault, 0)
    assert world.amount(world.treasury_vault) == treasury


def _held_by(challenge: Any) -> int:
    """What lies in a challenge: the bond, and after the verdict what is still to be moved."""
    if challenge.verdict.kind == "Open":
        return int(challenge.bond)
    return int(challenge.payout + challenge.to_treasury + challenge.burned)


def _counts(federation: Any, here: _Here) -> None:
    people, rounds = here[Participant].values(), here[Round]
    assert federation.participants == len(people)
    assert federation.rounds_open == len(rounds)
    running = [one for one in rounds.values() if one.phase.kind not in ("Settled", "Aborted")]
    assert len(running) == int(federation.round_active)
    places = sorted(one.aggregator_index for one in people if one.listed)
    assert places == list(range(federation.aggregators))


def _submissions(address: Pubkey, round_: Any, here: _Here) -> None:
    mine = [one for one in here[Submission].values() if one.round == address]
    shown = [one for one in mine if one.revealed]
    assert round_.revealed == len(shown) + round_.closed
    assert len({one.index for one in shown}) == len(shown)
    assert all(one.status.kind not in HIDDEN and one.weight == 1 for one in shown)
    _members(round_, mine)
    _objections(round_)
    if round_.closed or round_.phase.kind in ("Commit", "Share", "Reveal"):
        return
    if round_.phase.kind == "Aborted" and not round_.drawn:
        return
    accepted = [one for one in shown if one.status.kind == "Revealed"]
    assert round_.accepted == len(accepted)
    assert round_.planted == sum(one.status.kind == "Planted" for one in shown)
    assert round_.scored == sum(one.scored for one in shown)
    assert round_.score_total == sum(one.score for one in accepted)


def _members(round_: Any, mine: list[Any]) -> None:
    """A masked round counts who joined, no more than may show words, and does not forget who closed."""
    if round_.params.rule.kind != "Masked":
        assert round_.members == 0
        return
    assert max(len(mine), round_.revealed) <= round_.members <= round_.params.max_submissions
    running = round_.phase.kind not in ("Settled", "Aborted")
    assert not running or round_.members == len(mine)


def _objections(round_: Any) -> None:
    """Members alone object, to what stands in a masked round, and no more than half of them."""
    bits = int.from_bytes(bytes(round_.objectors), "little")
    assert bits >> round_.revealed == 0
    assert 2 * bits.bit_count() <= round_.accepted
    stands = round_.phase.kind in ("Challenge", "Settled")
    assert bits == 0 or (stands and round_.params.rule.kind == "Masked")


def _evaluations(address: Pubkey, round_: Any, here: _Here) -> None:
    mine = [one for one in here[Evaluation].values() if one.round == address]
    assert round_.evaluations == len(mine)
    seated = [one for one in mine if one.status.kind in ("Committed", "Revealed")]
    assert len({one.seat for one in seated}) == len(seated) <= round_.seats
    assert all(round_.tickets[one.seat] == one.ticket for one in seated)
    assert round_.seats <= round_.params.scoring.max_evaluators
    shown = [one for one in mine if one.status.kind == "Revealed"]
    assert len({one.place for one in shown}) == len(shown) <= round_.score_reveals
    assert round_.credit_total >= sum(one.credits for one in mine)
    assert all(one.missed <= one.strikes for one in mine)


def _disputes(address: Pubkey, round_: Any, here: _Here) -> None:
    mine = [one for one in here[Challenge].values() if one.round == address]
    running = [one.target for one in mine if one.verdict.kind == "Open"]
    assert round_.disputes == len(running)
    for target, submission in here[Submission].items():
        if submission.round == address:
            assert submission.disputes == running.count(target)


def _pay(address: Pubkey, round_: Any, here: _Here) -> None:
    """What may still be claimed is there, and all of it has left with the last claim."""
    params = round_.params
    scored = (params.score.seconds, params.score.slots) != (0, 0)
    points = round_.score_total if scored else round_.accepted
    claims = []
    for one in here[Submission].values():
        if one.round == address and not one.claimed and one.status.kind in ("Revealed", "Planted"):
            worth = one.score if scored else 1
            planted = one.status.kind == "Planted"
            share = round_.score_pool * worth // points if points else 0
            claims.append(round_.plant_share if planted else share)
    for one in here[Evaluation].values():
        if one.round == address and one.status.kind == "Revealed":
            total = round_.credit_total
            claims.append(round_.evaluator_pool * one.credits // total if total else 0)
    assert round_.claims_left == len(claims)
    assert round_.unpaid >= sum(claims)
    assert claims or round_.unpaid == 0
    parts = round_.evaluator_pool + round_.score_pool + round_.plant_share * round_.planted
    assert parts <= round_.pool


def _duties(person: Pubkey, participant: Any, here: _Here) -> None:
    submissions = [one for one in here[Submission].values() if one.participant == person]
    evaluations = [one for one in here[Evaluation].values() if one.participant == person]
    bonds = [one for one in here[Round].values() if one.aggregator == person and one.bond]
    assert participant.duties == len(submissions) + len(evaluations) + len(bonds)
    assert participant.bonded == sum(one.bond for one in bonds)
    liabilities = [one.liability for one in (*submissions, *evaluations)]
    assert participant.locked == sum(liabilities)
    for one in submissions:
        assert (one.liability > 0) == (one.status.kind in HIDDEN)
    for one in evaluations:
        # Who was displaced is free once the account is closed.
        assert (one.liability > 0) == (one.status.kind in ("Committed", "Displaced"))


def _rents(world: World) -> None:
    for address in world.ledger.owned_by(PROGRAM_ID):
        account = world.ledger.get_account(address)
        assert account is not None
        least = world.ledger.bank.rent(len(account.data))
        assert account.lamports >= least, f"{address} is below the rent minimum"
