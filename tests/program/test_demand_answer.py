"""demand_answer: a chunk that is shown with its path can be read by anybody, and the asker pays for it."""

from __future__ import annotations

import pytest

from fedsol.learning.merkle import UPDATE_VALUES, Path, Root, chunk_count, verify_update
from fedsol.program import errors
from fedsol.program.instructions.dispute import wrong_aggregate
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    parts,
    post_wrong,
)
from tests.program.expect import assert_event, change
from tests.world import STAKE, World, framework_error


async def asked(world: World, on: str | None = "bob", chunk: int = 1) -> Dispute:
    """Eve has demanded a chunk of bob's update, or of the aggregate."""
    await world.reach("Challenge")
    case = dispute(world, "eve", on)
    await case.demand(chunk)
    return case


@pytest.mark.parametrize("chunk", [0, 1, 2])
async def test_the_chunk_and_its_path_stand_in_the_account(chunk: int) -> None:
    async with open_court() as world:
        case = await asked(world, chunk=chunk)
        with change(world) as changed:
            landed = await case.answer_truly(chunk)
        assert (changed.tokens, changed.lamports) == ({}, {})
        assert changed.written == {case.address, world.round_at()}
        shown = case.learnt("bob")
        assert case.data.endswith(shown.chunk(chunk) + b"".join(shown.path(chunk)))
        # Whoever reads them can check them against the root that is on chain.
        read = case.data[-256 - 2 * 40 :]
        submission = await world.submission("bob")
        root = Root(bytes(submission.root), submission.norm_squared)
        siblings = tuple(read[at : at + 40] for at in range(256, len(read), 40))
        chunks = chunk_count(SIZE, UPDATE_VALUES)
        assert verify_update(root, chunks, read[:256], Path(chunk, siblings))
        assert case.state.evidence.kind == "Refutes"
        deadline = (await world.round()).deadline
        assert_event(
            world,
            landed,
            "DemandAnswered",
            round=world.round_at(),
            challenge=case.address,
            participant=world.person("bob"),
            deadline=(deadline.time, deadline.slot),
        )
        await world.assert_invariants()


@pytest.mark.parametrize("chunk", [0, 2, 4])
async def test_a_chunk_of_the_new_model_is_shown_in_the_same_way(chunk: int) -> None:
    async with open_court() as world:
        case = await asked(world, None, chunk)
        await case.answer_truly(chunk)
        shown = numbers(world).posted(world, 1)
        assert case.data.endswith(shown.chunk(chunk) + b"".join(shown.path(chunk)))
        await case.judge()
        assert (await world.round()).attempt == 0


async def test_the_bond_pays_the_author_for_the_answer() -> None:
    async with open_court() as world:
        case = await asked(world)
        before = await world.participant("bob")
        await case.answer_truly(1)
        landed = await case.resolve()
        made, bob = case.state, await world.participant("bob")
        assert (made.verdict.kind, made.payout) == ("Acquitted", 0)
        assert bob.stake == before.stake + parts(world, BOND)[0]
        assert (bob.offences, bob.slashed) == (0, 0)
        assert world.event(landed).data.proven is False
        with change(world) as changed:
            await case.close()
        assert changed.tokens == {world.stake_vault: -101, world.treasury_vault: 50}
        assert changed.supply == {world.ref.stake.mint: -51}
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.assert_invariants()
        await world.reach("Settled")


async def test_whoever_asked_has_time_to_look_at_it() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        end = (await world.round()).deadline
        world.warp(end, seconds=-2)
        case = await asked(world)
        start = (await world.chain.clock()).unix_timestamp
        landed = await case.answer_truly(1)
        window, deadline = world.params.dispute, (await world.round()).deadline
        now = (await world.chain.clock()).unix_timestamp
        assert start <= deadline.time - window.seconds <= now
        assert deadline.slot == landed.slot + window.slots


async def test_an_early_answer_makes_nothing_longer() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        before = (await world.round()).deadline
        case = await asked(world)
        await case.answer_truly(1)
        after = (await world.round()).deadline
        assert (after.time, after.slot) == (before.time, before.slot)


async def test_what_a_shown_chunk_gives_away_can_still_be_challenged() -> None:
    async with open_court() as world:
        cheat = await post_wrong(world)
        world.warp((await world.round()).deadline, seconds=-5)
        case = dispute(world, "eve")
        await case.demand(SPOT // 64)
        await case.answer_truly(SPOT // 64)
        await case.judge()
        world.warp((await world.round()).takeover, seconds=1)
        await case.prove()
        await case.judge()
        assert (await world.participant(cheat)).offences == 1


async def test_before_challenge_an_answer_makes_nothing_longer() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        before = (await world.round()).deadline
        case = dispute(world, "eve", "bob")
        await case.demand(1)
        await case.answer_truly(1)
        after = (await world.round()).deadline
        assert (after.time, after.slot) == (before.time, before.slot)
        await case.decide()
        assert case.state.verdict.kind == "Acquitted"


@pytest.mark.parametrize(
    ("seconds", "slots", "allowed"), [(-1, 0, True), (0, -1, True), (0, 0, False)]
)
async def test_an_answer_comes_in_time(seconds: int, slots: int, allowed: bool) -> None:
    async with open_court() as world:
        case = await asked(world)
        world.warp(case.state.deadline, seconds=seconds, slots=slots)
        if allowed:
            await case.answer_truly(1)
        else:
            await world.refuses(case.answer_truly(1), errors.DeadlinePassed)


async def test_an_answer_that_leads_elsewhere_is_none() -> None:
    async with open_court() as world:
        case = await asked(world)
        bob, alice = case.learnt("bob"), case.learnt("alice")
        for chunk, siblings in (
            (alice.chunk(1), alice.path(1)),
            (bob.chunk(0), bob.path(0)),
            (bob.chunk(1), bob.path(0)),
            (bytes(256), bob.path(1)),
        ):
            call = case.answer(chunk=chunk, siblings=siblings)
            await world.refuses(call, errors.ProofMismatch)
        for chunk, siblings in (
            (bob.chunk(1)[:-1], bob.path(1)),
            (bob.chunk(1), (*bob.path(1), bytes(40))),
            (bob.chunk(1), (bob.path(1)[0][:-1],)),
            (b"", bob.path(1)),
        ):
            call = case.answer(chunk=chunk, siblings=siblings)
            await world.refuses(call, errors.ProofMalformed)
        assert case.state.evidence.kind == "Incomplete"


async def test_a_path_may_come_in_pieces_and_be_begun_anew() -> None:
    async with open_court() as world:
        case = await asked(world)
        bob = case.learnt("bob")
        await case.answer(chunk=bob.chunk(0), siblings=[bytes(40)])
        await case.answer(chunk=bob.chunk(1), siblings=bob.path(1)[:1])
        assert case.state.evidence.kind == "Incomplete"
        await case.answer(siblings=bob.path(1)[1:])
        assert case.state.evidence.kind == "Refutes"
        assert case.data.endswith(bob.chunk(1) + b"".join(bob.path(1)))


async def test_pieces_are_the_authors_own_and_a_whole_answer_anybodys() -> None:
    async with open_court() as world:
        case = await asked(world)
        bob = case.learnt("bob")
        first = {"chunk": bob.chunk(1), "siblings": bob.path(1)[:1]}
        await world.refuses(case.answer(**first, by="mallory"), errors.NotOwner)
        await case.answer(**first)
        rest = bob.path(1)[1:]
        await world.refuses(case.answer(siblings=rest, by="mallory"), errors.NotOwner)
        await world.refuses(case.answer(**first, by="eve"), errors.NotOwner)
        await case.answer_truly(1, by="mallory")
        assert case.data.endswith(bob.chunk(1) + b"".join(bob.path(1)))
        await case.resolve()
        assert (await world.participant("bob")).stake >= STAKE - 500 + parts(world, BOND)[0]


async def test_one_is_the_author_of_ones_own_only() -> None:
    async with open_court() as world:
        case = await asked(world)
        call = case.answer_truly(1)
        posing = call.swap(participant=world.person("alice"), answerer=world.owner("alice"))
        await world.refuses(posing.by("alice"), errors.WrongChallenge)
        other = call.swap(submission=world.submission_at("alice"))
        await world.refuses(other, errors.WrongSubmission)
        unnamed = call.swap(submission=call.instruction.program_id)
        await world.refuses(unnamed, errors.WrongSubmission)


async def test_what_was_answered_or_decided_is_not_answered_again() -> None:
    async with open_court() as world:
        case = await asked(world)
        await case.answer_truly(1)
        await world.refuses(case.answer_truly(1), errors.EvidenceComplete)
        again = case.answer_truly(1)
        await case.resolve()
        await world.refuses(again, errors.ChallengeDecided)
        await case.close()
        await world.refuses(again, framework_error(3012))


async def test_a_challenge_is_not_answered() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        await world.refuses(case.answer_truly(1), errors.WrongChallenge)


async def test_a_tree_of_one_chunk_is_answered_without_a_path() -> None:
    async with open_court(size=62) as world:
        for on in ("bob", None):
            case = await asked(world, on, 0)
            await case.answer_truly(0)
            assert case.data.endswith(case.demanded(0).chunk(0))
            await case.judge()
        await world.assert_invariants()


async def test_who_asks_itself_for_nothing_still_pays() -> None:
    async with open_court(finder_bps=5_000) as world:
        await world.wallet("bob's friend", stake=BOND)
        await world.reach("Challenge")
        case = dispute(world, "bob's friend", "bob")
        before = (await world.participant("bob")).stake
        await case.demand(0)
        await case.answer_truly(0)
        await case.judge()
        assert (await world.participant("bob")).stake - before == BOND // 2
        assert world.stake_tokens("bob's friend") == 0
