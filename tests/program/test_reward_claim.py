"""reward_claim: each revealed submission pulls its share of a settled round, once."""

from __future__ import annotations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from tests.program.expect import assert_event, change, freeze_tokens
from tests.world import FUNDED, World, framework_error


async def test_it_pays_the_share_and_books_it(world: World) -> None:
    await world.reach("Settled")
    with change(world) as changed:
        landed = await world.reward_claim("alice")
    assert changed.tokens == {world.reward_vault: -50, world.reward_account("alice"): 50}
    assert changed.lamports == {}
    at, person = world.submission_at("alice"), world.person("alice")
    assert changed.written == {world.ref.address, world.round_at(), person, at}
    round_, alice = await world.round(), await world.participant("alice")
    assert (await world.submission("alice")).claimed
    assert (round_.claims_left, round_.unpaid) == (1, 50)
    assert (alice.rewarded, alice.duties) == (50, 1)
    assert (await world.federation()).reward_owed == 50
    assert_event(
        world,
        landed,
        "RewardClaimed",
        participant=person,
        round=world.round_at(),
        amount=50,
        released=0,
    )
    assert world.event(landed).seq == alice.seq
    await world.assert_invariants()


async def test_everybody_who_revealed_gets_the_same(world: World) -> None:
    await world.reach("Settled", trainers=["alice", "bob", "carol"])
    for who in ("carol", "alice", "bob"):
        await world.reward_claim(who)
    assert {world.reward_tokens(who) for who in ("alice", "bob", "carol")} == {33}
    assert (await world.federation()).reward_owed == 0


async def test_what_rounding_leaves_goes_back_with_the_last_claim(world: World) -> None:
    await world.reach("Settled", trainers=["alice", "bob", "carol"])
    assert (await world.federation()).reward_owed == 100
    for who in ("carol", "alice"):
        landed = await world.reward_claim(who)
        assert world.event(landed).data.released == 0
    assert (await world.federation()).reward_owed == 34
    landed = await world.reward_claim("bob")
    assert world.event(landed).data.released == 1
    federation, round_ = await world.federation(), await world.round()
    assert (federation.reward_owed, federation.reward_available) == (0, FUNDED - 99)
    assert (round_.claims_left, round_.unpaid) == (0, 0)
    await world.assert_invariants()


async def test_claiming_twice_is_refused(world: World) -> None:
    await world.reach("Settled")
    await world.reward_claim("alice")
    await world.refuses(world.reward_claim("alice"), errors.AlreadyClaimed)


async def test_claiming_twice_in_one_transaction_is_refused(world: World) -> None:
    await world.reach("Settled")

    async def both() -> None:
        await world.send(world.reward_claim("alice"), world.reward_claim("alice"))

    await world.refuses(both, errors.AlreadyClaimed)


async def test_the_silent_get_nothing(world: World) -> None:
    await world.reach("Settled", silent=["carol"])
    await world.refuses(world.reward_claim("carol"), errors.WrongSubmissionStatus)
    await world.wallet("eve")
    await world.fault_no_reveal("eve", "carol")
    await world.refuses(world.reward_claim("carol"), errors.WrongSubmissionStatus)


async def test_who_was_not_in_the_round_has_nothing_to_claim(world: World) -> None:
    await world.reach("Settled")
    await world.refuses(world.reward_claim("carol"), framework_error(3012))


@pytest.mark.parametrize("phase", ["Reveal", "Score", "Aggregate", "Challenge", "Aborted"])
async def test_a_round_that_did_not_settle_pays_nothing(world: World, phase: str) -> None:
    await world.reach(phase)
    await world.refuses(world.reward_claim("alice"), errors.WrongPhase)


async def test_nobody_claims_for_somebody_else(world: World) -> None:
    await world.reach("Settled")
    thief = world.reward_claim("alice").swap(
        owner=world.owner("carol"), owner_tokens=world.reward_account("carol")
    )
    await world.refuses(thief.by("carol"), errors.NotOwner)
    own = world.reward_claim("carol").swap(submission=world.submission_at("alice"))
    await world.refuses(own, errors.WrongSubmission)


async def test_a_submission_of_one_round_claims_in_no_other(world: World) -> None:
    await world.reach("Settled")
    await world.reach("Commit")
    await world.reach("Settled")
    call = world.reward_claim("alice", number=1).swap(round=world.round_at(2))
    await world.refuses(call, errors.WrongSubmission)


async def test_the_owner_may_name_any_account_of_the_mint(world: World) -> None:
    await world.reach("Settled")
    await world.reward_claim("alice").swap(owner_tokens=world.reward_account("carol"))
    assert (world.reward_tokens("alice"), world.reward_tokens("carol")) == (0, 50)


async def test_an_account_of_another_mint_is_refused(world: World) -> None:
    await world.reach("Settled")
    call = world.reward_claim("alice").swap(owner_tokens=world.stake_account("alice"))
    await world.refuses(call, errors.WrongMint)


async def test_a_frozen_account_stops_its_owner_alone(world: World) -> None:
    await world.reach("Settled")
    freeze_tokens(world, world.reward_account("alice"))
    await world.refuses(world.reward_claim("alice"), ProgramError, name="AccountFrozen")
    await world.reward_claim("bob")
    await world.reward_claim("alice").swap(owner_tokens=world.reward_account("carol"))
    await world.assert_invariants()


async def test_a_donation_changes_nobodys_share(world: World) -> None:
    await world.wallet("eve", reward=10_000)
    await world.reach("Challenge")
    await world.donate("eve", world.ref.reward, world.reward_vault, 10_000)
    await world.reach("Settled")
    await world.reward_claim("alice")
    await world.reward_claim("bob")
    assert [world.reward_tokens(who) for who in ("alice", "bob")] == [50, 50]
    await world.assert_invariants()


async def test_a_vault_that_was_robbed_pays_nobody_more_than_it_may(world: World) -> None:
    # Impossible through the program; if it ever happened, no claim may eat what others are owed.
    await world.reach("Settled")
    vault = world.ledger.get_account(world.reward_vault)
    assert vault is not None
    data = bytearray(vault.data)
    data[64:72] = (60).to_bytes(8, "little")
    world.ledger.set_account(
        world.reward_vault, lamports=vault.lamports, owner=vault.owner, data=bytes(data)
    )
    await world.refuses(world.reward_claim("alice"), errors.Insolvent)
    data[64:72] = (49).to_bytes(8, "little")
    world.ledger.set_account(
        world.reward_vault, lamports=vault.lamports, owner=vault.owner, data=bytes(data)
    )
    await world.refuses(world.reward_claim("alice"), errors.Insolvent)


async def test_a_claim_may_come_long_after(world: World) -> None:
    await world.reach("Settled")
    world.ledger.advance(seconds=10**7)
    await world.reach("Aborted", trainers=())
    await world.reward_claim("alice", number=1)
