"""What holds after every transaction, whatever was sent: money, counts and rents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from solders.pubkey import Pubkey

from fedsol.program import PROGRAM_ID, Federation, Participant, Round, Submission

if TYPE_CHECKING:
    from tests.world import World

KINDS = (Federation, Participant, Round, Submission)


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
    everywhere = {k: of(world, k) for k in (Participant, Round, Submission)}
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
    _rents(world)


def _federation_of(account: Any, everywhere: dict[Any, dict[Pubkey, Any]]) -> Pubkey:
    if isinstance(account, Submission):
        return everywhere[Participant][account.participant].federation  # type: ignore[no-any-return]
    return account.federation  # type: ignore[no-any-return]


def _money(world: World, federation: Any, here: dict[Any, dict[Pubkey, Any]]) -> None:
    people, rounds = here[Participant].values(), here[Round].values()
    assert federation.stake_total == sum(one.stake for one in people)
    assert federation.unbonding_total == sum(e.amount for p in people for e in p.unbonding)
    assert federation.bond_total == sum(one.bond for one in rounds)
    owed = federation.stake_total + federation.unbonding_total + federation.bond_total
    assert world.amount(world.stake_vault) == owed + world.donated.get(world.stake_vault, 0)
    running = [one for one in rounds if one.phase.kind not in ("Settled", "Aborted")]
    settled = [one for one in rounds if one.phase.kind == "Settled"]
    assert federation.reward_reserved == sum(one.pool for one in running)
    assert federation.reward_owed == sum(o.share * (o.revealed - o.claimed) for o in settled)
    promised = federation.reward_available + federation.reward_reserved + federation.reward_owed
    assert world.amount(world.reward_vault) == promised + world.donated.get(world.reward_vault, 0)
    treasury = federation.treasury_total + world.donated.get(world.treasury_vault, 0)
    assert world.amount(world.treasury_vault) == treasury


def _counts(federation: Any, here: dict[Any, dict[Pubkey, Any]]) -> None:
    people, rounds = here[Participant].values(), here[Round]
    assert federation.participants == len(people)
    assert federation.rounds_open == len(rounds)
    running = [one for one in rounds.values() if one.phase.kind not in ("Settled", "Aborted")]
    assert len(running) == int(federation.round_active)
    places = sorted(one.aggregator_index for one in people if one.listed)
    assert places == list(range(federation.aggregators))
    for address, round_ in rounds.items():
        mine = [one for one in here[Submission].values() if one.round == address]
        shown = [one for one in mine if one.status.kind == "Revealed"]
        assert round_.revealed == len(shown) + round_.closed
        assert round_.weight_total == round_.revealed
        assert len({one.index for one in shown}) == len(shown)


def _duties(person: Pubkey, participant: Any, here: dict[Any, dict[Pubkey, Any]]) -> None:
    mine = [one for one in here[Submission].values() if one.participant == person]
    bonds = [one for one in here[Round].values() if one.aggregator == person and one.bond]
    assert participant.duties == len(mine) + len(bonds)
    posted = sum(one.bond for one in bonds)
    assert participant.bonded == posted
    assert participant.locked == sum(one.liability for one in mine)
    for one in mine:
        assert (one.liability > 0) == (one.status.kind == "Committed")


def _rents(world: World) -> None:
    for address in world.ledger.owned_by(PROGRAM_ID):
        account = world.ledger.get_account(address)
        assert account is not None
        least = world.ledger.bank.rent(len(account.data))
        assert account.lamports >= least, f"{address} is below the rent minimum"
