"""challenge_open: anyone may claim a fault, with a bond, of what is posted and can still be judged."""

from __future__ import annotations

import pytest
from solders.pubkey import Pubkey

from fedsol.errors import InsufficientFunds, ProgramError
from fedsol.program import PROGRAM_ID, errors
from fedsol.program import addresses as at
from fedsol.program.generated.types import challenge_kind
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.instructions.dispute import (
    copied_update,
    false_plant,
    lying_norm,
    wrong_aggregate,
)
from tests.program.disputing import BOND, PURSE, SIZE, SPOT, dispute, open_court, post_wrong
from tests.program.expect import ALREADY_THERE, assert_event, change, plain
from tests.world import Call, framework_error, world_on

MODEL_CHUNKS = 5
UPDATE_CHUNKS = 3


async def test_the_bond_moves_into_the_vault_and_the_claim_is_written_down() -> None:
    async with open_court() as world:
        cheat = await post_wrong(world)
        case, round_ = dispute(world, "eve"), await world.round()
        with change(world) as changed:
            landed = await case.open(wrong_aggregate(SPOT))
        assert changed.tokens == {world.stake_vault: BOND, world.stake_account("eve"): -BOND}
        assert changed.supply == {}
        rent = world.lamports(case.address)
        assert changed.lamports == {case.address: rent, world.owner("eve"): -rent}
        assert changed.written == {world.ref.address, world.round_at(), case.address}
        assert (await world.federation()).bond_total == round_.bond + BOND
        assert (await world.round()).disputes == 1
        made = case.state
        assert (made.kind.value, made.evidence.kind) == ({"coordinate": SPOT}, "Incomplete")
        assert (made.verdict.kind, made.payout, made.to_treasury, made.burned) == ("Open", 0, 0, 0)
        assert (made.federation, made.round) == (world.ref.address, world.round_at())
        assert (made.target, made.challenger) == (world.round_at(), world.owner("eve"))
        assert (made.accused, made.bond) == (world.person(cheat), BOND)
        assert (made.attempt, made.parameter_count, made.qmax) == (0, SIZE, world.params.qmax)
        assert (made.submissions, made.needed, made.have) == (2, 2, 0)
        assert bytes(made.base_root) == bytes(round_.base_model_root)
        assert bytes(made.posted_root) == bytes(round_.new_model_root)
        kind = world.event(landed).data.kind
        assert repr(kind) == f"ChallengeKind.WrongAggregate(coordinate={SPOT})"
        assert_event(
            world,
            landed,
            "ChallengeOpened",
            round=world.round_at(),
            challenge=case.address,
            kind=plain(kind),
            target=world.round_at(),
            accused=world.person(cheat),
            challenger=world.owner("eve"),
            bond=BOND,
            attempt=0,
            deadline=(made.deadline.time, made.deadline.slot),
        )
        await world.assert_invariants()


async def test_there_is_the_disputes_time_to_show_evidence() -> None:
    async with open_court() as world:
        await post_wrong(world)
        case = dispute(world, "eve")
        start = (await world.chain.clock()).unix_timestamp
        landed = await case.open(wrong_aggregate(SPOT))
        window, deadline = world.params.dispute, case.state.deadline
        now = (await world.chain.clock()).unix_timestamp
        assert deadline.slot == landed.slot + window.slots
        assert start <= deadline.time - window.seconds <= now


async def test_a_claim_about_a_submission_names_its_trainer_and_is_counted_there() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        with change(world) as changed:
            await case.open(lying_norm(1))
        assert changed.written == {
            world.ref.address,
            world.round_at(),
            world.submission_at("bob"),
            case.address,
        }
        assert case.state.accused == world.person("bob")
        assert case.state.target == world.submission_at("bob")
        assert (await world.submission("bob")).disputes == 1
        assert (await world.submission("alice")).disputes == 0
        await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Score", "ScoreReveal", "Tally", "Aggregate", "Challenge"])
async def test_submissions_may_be_challenged_from_the_end_of_the_reveals_on(phase: str) -> None:
    async with open_court(scored=True) as world:
        await world.reach(phase)
        await dispute(world, "eve", "bob").open(lying_norm(0))
        await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Commit", "Reveal", "Settled", "Aborted"])
async def test_nothing_can_be_challenged_before_or_after(phase: str) -> None:
    async with open_court() as world:
        await world.reach(phase)
        if phase == "Commit":
            await world.round_commit("bob")
        await world.refuses(dispute(world, "eve").open(wrong_aggregate(0)), errors.WrongPhase)
        on_bob = dispute(world, "eve", "bob")
        await world.refuses(on_bob.open(lying_norm(0)), errors.WrongPhase)


async def test_an_aggregate_can_be_challenged_only_once_it_is_there() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        await world.refuses(dispute(world, "eve").open(wrong_aggregate(0)), errors.WrongPhase)


@pytest.mark.parametrize(
    ("seconds", "slots", "allowed"), [(-1, 0, True), (0, -1, True), (0, 0, False)]
)
async def test_challenging_ends_with_the_last_moment_of_its_phase(
    seconds: int, slots: int, allowed: bool
) -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
        call = dispute(world, "eve").open(wrong_aggregate(SPOT))
        if allowed:
            await call
        else:
            await world.refuses(call, errors.DeadlinePassed)


async def test_in_aggregate_submissions_may_be_challenged_to_the_end_of_the_second_window() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        round_ = await world.round()
        world.pass_window(round_.deadline)
        await dispute(world, "eve", "bob").open(lying_norm(0))
        world.pass_window(round_.takeover)
        late = dispute(world, "eve", "alice").open(lying_norm(0))
        await world.refuses(late, errors.DeadlinePassed)


async def test_each_fault_can_be_claimed_of_its_own_kind_of_target_only() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        aggregate, submission = dispute(world, "eve"), dispute(world, "eve", "bob")
        await world.refuses(submission.open(wrong_aggregate(0)), errors.TargetMismatch)
        for kind in (lying_norm(0), copied_update(), false_plant(0)):
            await world.refuses(aggregate.open(kind), errors.TargetMismatch)


@pytest.mark.parametrize(
    ("kind", "on", "allowed"),
    [
        (wrong_aggregate(SIZE), None, True),
        (wrong_aggregate(64 * MODEL_CHUNKS - 1), None, True),
        (wrong_aggregate(64 * MODEL_CHUNKS), None, False),
        (wrong_aggregate(2**32 - 1), None, False),
        (lying_norm(UPDATE_CHUNKS - 1), "bob", True),
        (lying_norm(UPDATE_CHUNKS), "bob", False),
        # A place that the tree is deep enough for, but where no chunk is.
        (lying_norm(2**32 - 1), "bob", False),
    ],
    ids=str,
)
async def test_a_claim_lies_within_the_chunks(
    kind: ChallengeKindKind, on: str | None, allowed: bool
) -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        call = dispute(world, "eve", on).open(kind)
        if allowed:
            await call
        else:
            await world.refuses(call, errors.ChunkOutOfRange)


async def test_missing_bytes_are_demanded_not_challenged() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        kind = challenge_kind.Unavailable({"chunk": 0})
        for on in (None, "bob"):
            await world.refuses(dispute(world, "eve", on).open(kind), errors.UseDemand)


async def test_a_submission_that_was_never_shown_or_has_fallen_is_not_challenged() -> None:
    async with open_court(min_submissions=1) as world:
        await world.reach("Aggregate", silent=["carol"])
        silent = dispute(world, "eve", "carol")
        await world.refuses(silent.open(lying_norm(0)), errors.WrongSubmissionStatus)
        await world.fault_no_reveal("eve", "carol")
        await world.refuses(silent.open(lying_norm(0)), errors.WrongSubmissionStatus)


async def test_only_a_plant_is_a_false_plant() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        call = dispute(world, "eve", "bob").open(false_plant(0))
        await world.refuses(call, errors.WrongSubmissionStatus)


async def test_one_challenger_has_one_dispute_of_a_target_and_others_have_theirs() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        for by in ("eve", "mallory"):
            for on in (None, "alice", "bob"):
                case = dispute(world, by, on)
                await case.open(lying_norm(0) if on else wrong_aggregate(0))
                again = case.open(copied_update() if on else wrong_aggregate(1))
                await world.refuses(again, ProgramError, name=ALREADY_THERE)
                await world.refuses(case.demand(0), ProgramError, name=ALREADY_THERE)
        assert (await world.round()).disputes == 6
        assert (await world.submission("bob")).disputes == 2
        assert world.stake_tokens("eve") == PURSE - 3 * BOND
        await world.assert_invariants()


async def test_members_and_the_accused_themselves_may_challenge() -> None:
    async with open_court() as world:
        await world.actor("dan", spare=BOND)
        await world.actor("uma", spare=BOND)
        await world.reach("Challenge", trainers=["alice", "dan"])
        before = (await world.participant("dan")).stake  # less a bond, if dan has aggregated
        await dispute(world, "dan", "dan").open(lying_norm(0))
        await dispute(world, "uma", "dan").open(lying_norm(0))
        assert (await world.participant("dan")).stake == before
        await world.assert_invariants()


async def test_a_paused_federation_can_still_be_challenged() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        await world.federation_pause()
        await dispute(world, "eve").open(wrong_aggregate(0))


async def test_who_has_no_bond_cannot_claim() -> None:
    async with open_court() as world:
        await world.wallet("zoe", stake=BOND - 1)
        await world.reach("Challenge")
        call = dispute(world, "zoe").open(wrong_aggregate(0))
        await world.refuses(call, InsufficientFunds)


async def test_nobody_else_pays_the_bond() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        call = case.open(wrong_aggregate(0), tokens=world.stake_account("mallory"))
        await world.refuses(call, ProgramError, name="OwnerMismatch")
        call = case.open(wrong_aggregate(0), tokens=world.reward_account("eve"))
        await world.refuses(call, errors.WrongMint)
        call = case.open(wrong_aggregate(0), tokens=world.stake_vault)
        await world.refuses(call, framework_error(2040))


def aimed(call: Call, **slots: Pubkey) -> Call:
    """The same with another round or submission, and with the challenge that belongs to these."""
    call = call.swap(**slots)
    round_, target = call.at("round"), call.at("submission")
    target = round_ if target == PROGRAM_ID else target
    return call.swap(challenge=at.challenge_address(round_, target, call.at("challenger")))


async def test_round_and_submission_belong_together() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        other = await world_on(
            world.sandbox, name="another", creator="alice", real=True, parameter_count=SIZE
        )
        await other.actors("bob", "carol")
        await other.reach("Challenge", trainers=["bob", "carol"])
        call = dispute(world, "eve").open(wrong_aggregate(0))
        foreign = aimed(call, round=other.round_at())
        await world.refuses(foreign, errors.WrongFederation)
        on_bob = dispute(world, "eve", "bob").open(lying_norm(0))
        foreign = aimed(on_bob, submission=other.submission_at("bob"))
        await world.refuses(foreign, errors.WrongSubmission)


async def test_a_submission_of_another_round_is_refused() -> None:
    async with open_court() as world:
        await world.reach("Settled")
        old = world.submission_at("bob")
        await world.reach("Challenge")
        call = dispute(world, "eve", "bob").open(lying_norm(0))
        await world.refuses(aimed(call, submission=old), errors.WrongSubmission)
