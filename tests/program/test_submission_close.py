"""submission_close: anyone closes a submission whose duties have ended; its owner gets the rent."""

from __future__ import annotations

import pytest
from solders.system_program import TransferParams, transfer

from fedsol.errors import ChainError
from fedsol.program import Submission, errors
from tests.program.expect import assert_event, change, rent
from tests.world import World, framework_error


async def test_a_claimed_one_closes_and_its_rent_goes_to_its_owner(world: World) -> None:
    await world.reach("Settled")
    await world.reward_claim("alice")
    at, person, cost = world.submission_at("alice"), world.person("alice"), rent(world, Submission)
    with change(world) as changed:
        landed = await world.submission_close("alice")
    assert changed.lamports == {world.owner("alice"): cost, at: -cost}
    assert changed.written == {world.round_at(), person, at}
    assert changed.tokens == {}
    assert not world.exists(at)
    assert (await world.round()).closed == 1
    alice = await world.participant("alice")
    assert (alice.duties, alice.locked) == (0, 0)
    assert_event(
        world,
        landed,
        "SubmissionClosed",
        participant=person,
        round=world.round_at(),
        released=0,
    )
    assert world.event(landed).seq == alice.seq
    await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Commit", "Reveal", "Score", "Aggregate", "Challenge"])
async def test_while_its_round_runs_it_stays(world: World, phase: str) -> None:
    await world.reach(phase)
    if phase == "Commit":
        await world.round_commit("alice")
    await world.refuses(world.submission_close("alice"), errors.RoundNotEnded)


async def test_an_unclaimed_reward_keeps_it(world: World) -> None:
    await world.reach("Settled")
    await world.refuses(world.submission_close("alice"), errors.SubmissionInUse)


async def test_a_share_that_nobody_claims_does_not_keep_a_paused_federation_from_closing(
    world: World,
) -> None:
    await world.reach("Settled")
    round_ = await world.round()
    before = await world.federation()
    await world.federation_pause(True)
    await world.refuses(world.submission_close("alice"), errors.SubmissionInUse)
    world.pass_window(round_.deadline)
    landed = await world.submission_close("alice").by("bob")
    # It waits for the last claim, as all that the round no longer owes.
    assert world.event(landed).data.released == 0
    assert (await world.federation()).reward_owed == before.reward_owed
    assert ((await world.round()).unpaid, (await world.round()).claims_left) == (100, 1)
    await world.assert_invariants()
    landed = await world.reward_claim("bob")
    after = await world.federation()
    assert round_.share == world.event(landed).data.released == 50
    assert after.reward_owed == before.reward_owed - 100 == 0
    assert after.reward_available == before.reward_available + 50
    await world.assert_invariants()


async def test_the_last_share_that_nobody_claims_goes_back_when_it_is_closed(world: World) -> None:
    await world.reach("Settled", trainers=["alice", "bob", "carol"])
    before = await world.federation()
    for who in ("alice", "bob"):
        await world.reward_claim(who)
    await world.federation_pause(True)
    await world.pass_phase()
    landed = await world.submission_close("carol")
    after = await world.federation()
    assert world.event(landed).data.released == 34
    assert after.reward_owed == 0
    assert after.reward_available == before.reward_available + 34
    await world.assert_invariants()


async def test_a_share_outlives_every_window_while_the_federation_is_open(world: World) -> None:
    await world.reach("Settled")
    world.pass_window((await world.round()).deadline)
    await world.refuses(world.submission_close("alice"), errors.SubmissionInUse)
    await world.reward_claim("alice")


async def test_silence_that_can_be_punished_keeps_it(world: World) -> None:
    await world.reach("Settled", silent=["carol"])
    await world.refuses(world.submission_close("carol"), errors.SubmissionInUse)
    await world.reach("Aborted", trainers=["alice"], silent=["bob"])
    await world.refuses(world.submission_close("bob"), errors.SubmissionInUse)


async def test_a_faulted_one_closes_and_does_not_count_as_a_revealed_one(world: World) -> None:
    await world.wallet("eve")
    await world.reach("Score", silent=["carol"])
    await world.fault_no_reveal("eve", "carol")
    await world.refuses(world.submission_close("carol"), errors.RoundNotEnded)
    await world.reach("Settled")
    await world.submission_close("carol")
    assert (await world.round()).closed == 0
    await world.assert_invariants()


async def test_in_an_aborted_round_a_revealed_one_closes_without_a_claim(world: World) -> None:
    await world.reach("Aborted")
    await world.submission_close("alice")
    assert (await world.round()).closed == 1
    await world.assert_invariants()


async def test_an_unrevealed_one_closes_unpunished_once_its_rounds_account_is_gone(
    world: World,
) -> None:
    await world.reach("Aborted", trainers=(), silent=["carol"])
    await world.pass_phase()
    await world.round_close()
    at, cost = world.submission_at("carol"), rent(world, Submission)
    with change(world) as changed:
        await world.submission_close("carol")
    assert changed.lamports == {world.owner("carol"): cost, at: -cost}
    assert changed.written == {world.person("carol"), at}
    carol = await world.participant("carol")
    assert (carol.duties, carol.locked, carol.offences) == (0, 0, 0)
    await world.assert_invariants()


async def test_lamports_at_a_closed_rounds_address_hold_nothing_up(world: World) -> None:
    await world.reach("Aborted", trainers=(), silent=["carol"])
    await world.pass_phase()
    await world.round_close()
    world.ledger.set_account(world.round_at(1), lamports=10**9)
    await world.submission_close("carol")
    assert world.lamports(world.round_at(1)) == 10**9


async def test_closing_the_round_and_the_silent_submission_in_one_transaction_works(
    world: World,
) -> None:
    await world.reach("Aborted", trainers=(), silent=["carol"])
    await world.pass_phase()
    await world.send(world.round_close(), world.submission_close("carol"))
    assert not world.exists(world.round_at(1))
    await world.assert_invariants()


async def test_closing_twice_is_refused(world: World) -> None:
    await world.reach("Aborted")
    await world.submission_close("alice")
    await world.refuses(world.submission_close("alice"), framework_error(3012))


async def test_closing_twice_in_one_transaction_is_refused(world: World) -> None:
    await world.reach("Aborted")

    async def both() -> None:
        await world.send(world.submission_close("alice"), world.submission_close("alice"))

    await world.refuses(both, framework_error(3012))


async def test_a_closed_one_claims_nothing_in_the_same_transaction(world: World) -> None:
    await world.reach("Settled")
    await world.reward_claim("alice")

    async def both() -> None:
        await world.send(world.submission_close("alice"), world.reward_claim("alice"))

    await world.refuses(both, framework_error(3012))


async def test_lamports_sent_after_it_revive_nothing(world: World) -> None:
    # The old revival attack: put the rent back in the transaction that closes an account.
    await world.reach("Settled")
    await world.reward_claim("alice")
    close, at = world.submission_close("alice"), world.submission_at("alice")
    bank = world.sandbox.bank
    lamports = rent(world, Submission)
    revive = transfer(TransferParams(from_pubkey=bank.pubkey(), to_pubkey=at, lamports=lamports))
    await world.chain.send([close.instruction, revive], [bank])
    account = world.ledger.get_account(at)
    assert account is not None
    assert (bytes(account.data), str(account.owner)) == (b"", "1" * 32)
    before = world.snapshot()
    with pytest.raises(ChainError):
        await world.reward_claim("alice")
    world.assert_only_fees_changed(before)


async def test_the_rent_goes_to_nobody_but_the_owner(world: World) -> None:
    await world.reach("Aborted")
    call = world.submission_close("alice").swap(owner=world.owner("bob"))
    await world.refuses(call, errors.NotOwner)


async def test_somebody_elses_submission_is_not_closed_as_ones_own(world: World) -> None:
    await world.reach("Aborted")
    call = world.submission_close("bob").swap(submission=world.submission_at("alice"))
    await world.refuses(call, errors.WrongSubmission)


async def test_a_running_submission_is_not_closed_through_an_ended_round(world: World) -> None:
    await world.reach("Aborted", trainers=())
    await world.reach("Reveal")
    call = world.submission_close("alice").swap(round=world.round_at(1))
    await world.refuses(call, errors.WrongSubmission)


async def test_a_running_submission_is_not_closed_through_an_address_without_account(
    world: World,
) -> None:
    await world.reach("Reveal")
    call = world.submission_close("alice").swap(round=world.round_at(99))
    await world.refuses(call, errors.WrongSubmission)
