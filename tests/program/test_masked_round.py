"""A masked round from its opening to its end: join, share, show words, object or not."""

from __future__ import annotations

from hashlib import sha256

import pytest

from fedsol.program import Participant, Round, errors, events
from fedsol.program import instructions as build
from tests.program.expect import assert_event, change, heads_replayed
from tests.program.leaving import leave_all
from tests.program.masking import MEMBERS, bystanders, meet, objected, open_members
from tests.world import STAKE, Call, World, open_masked_world


async def test_a_masked_round_settles_and_everybody_is_paid_the_same_and_goes() -> None:
    async with open_members() as world:
        seen = []
        for phase in ("Commit", "Share", "Reveal", "Score", "Aggregate", "Challenge", "Settled"):
            await meet(world, phase)
            seen.append(await world.phase())
            await world.assert_invariants()
        round_ = await world.round()
        assert (round_.revealed, round_.accepted, round_.unpaid) == (4, 4, 100)
        for who in MEMBERS:
            await world.reward_claim(who)
            assert world.reward_tokens(who) == 25
        assert bytes((await world.federation()).model_root) == world.model(1)[0]
        await leave_all(world)
        for who in MEMBERS:
            assert world.stake_tokens(who) == STAKE
        await world.federation_close()


async def test_the_heads_on_chain_are_the_replay_of_shares_and_objections() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        await objected(world, *(await bystanders(world)))
        replayed = heads_replayed(world)
        logs = [one.logs for one in world.ledger.history.transactions]
        told = [event.name for one in logs for event in events.from_logs(one)]
        assert (told.count("RoundShared"), told.count("RoundObjected")) == (4, 3)
        accounts = [(Round, world.round_at())]
        accounts += [(Participant, world.person(who)) for who in MEMBERS]
        for kind, address in accounts:
            account = world.decode(kind, address)
            assert replayed[address] == (account.seq, bytes(account.head))


async def test_showing_words_counts_them_and_mixes_the_channel_key_into_the_beacon() -> None:
    async with open_members() as world:
        await meet(world, "Reveal")
        before = await world.participant("bob")
        await world.round_reveal("alice")
        with change(world) as changed:
            landed = await world.round_reveal("bob")
        made, words = await world.submission("bob"), world.update("bob")
        assert changed.written == {
            world.round_at(),
            world.person("bob"),
            world.submission_at("bob"),
        }
        assert (made.status.kind, made.index, made.liability) == ("Revealed", 1, 0)
        assert (bytes(made.root), made.norm_squared) == (words.root, words.norm_squared)
        assert (bytes(made.artifact), bytes(made.shares)) == (words.artifact, world.shares("bob"))
        assert (await world.participant("bob")).locked == 0
        beacon = bytes(32)
        for who in ("alice", "bob"):
            beacon = sha256(beacon + world.salt(who)).digest()
        assert bytes((await world.round()).beacon) == beacon
        assert_event(
            world,
            landed,
            "RoundRevealed",
            round=world.round_at(),
            participant=world.person("bob"),
            participant_seq=before.seq,
            participant_head=bytes(before.head),
            index=1,
            weight=1,
            root=words.root,
            norm_squared=words.norm_squared,
            artifact=words.artifact,
            salt=world.salt("bob"),
        )


async def test_the_bound_on_norms_is_not_applied_to_words() -> None:
    async with open_members(max_norm_squared=1) as world:
        await meet(world, "Aggregate")
        shown = await world.submission("alice")
        assert shown.norm_squared > 10**9
        assert (await world.round()).accepted == 4


async def test_words_of_a_member_that_has_not_shared_are_refused() -> None:
    async with open_members() as world:
        await meet(world, "Reveal", "alice", "bob", "carol", silent=["dan"])
        await world.refuses(world.round_reveal("dan"), errors.WrongSubmissionStatus)
        # Nor can it share now.
        await world.refuses(world.round_share("dan"), errors.WrongPhase)


async def test_words_are_shown_once() -> None:
    async with open_members() as world:
        await meet(world, "Reveal")
        await world.round_reveal("alice")
        await world.refuses(world.round_reveal("alice"), errors.WrongSubmissionStatus)


@pytest.mark.parametrize("key", ["bob's", "none", "one bit"])
async def test_another_salt_than_the_channel_key_is_refused(key: str) -> None:
    async with open_members() as world:
        await meet(world, "Reveal")
        mine = world.salt("alice")
        other = {"bob's": world.salt("bob"), "none": bytes(32), "one bit": _flipped(mine)}[key]
        await world.refuses(world.round_reveal("alice", salt=other), errors.CommitmentMismatch)


def _flipped(key: bytes) -> bytes:
    return key[:-1] + bytes([key[-1] ^ 1])


async def test_the_aggregate_comes_with_its_opening() -> None:
    async with open_members() as world:
        await meet(world, "Aggregate")
        who = await world.chosen()
        await world.refuses(without_opening(world, who), errors.SelectionMismatch)
        landed = await world.round_aggregate(who)
        posted = world.event(landed).data.selection
        assert (bytes(posted.root), bytes(posted.artifact)) == world.selection(1)
        kept = (await world.round()).selection
        assert (bytes(kept.root), bytes(kept.artifact)) == world.selection(1)


def without_opening(world: World, who: str) -> Call:
    """The same aggregate as in an open round."""
    root, artifact = world.model(1)
    made = build.round_aggregate(
        world.ref.address, 1, world.owner(who), model_root=root, model_artifact=artifact
    )
    return world.call("round_aggregate", made, who)


async def test_too_few_that_show_their_words_end_the_round() -> None:
    async with open_masked_world("alice", "bob", "carol") as world:
        await world.reach("Reveal", trainers=["alice", "bob"], sharers=["carol"])
        await world.reveal_all()
        await world.refuses(world.round_abort(), errors.DeadlineNotPassed)
        await world.pass_phase()
        await world.refuses(world.round_advance(), errors.QuorumFailed)
        await world.round_abort()
        assert (await world.federation()).reward_reserved == 0
        await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Commit", "Share"])
async def test_a_round_is_not_aborted_before_words_could_be_shown(phase: str) -> None:
    async with open_masked_world("alice", "bob", "carol") as world:
        await world.reach(phase, trainers=["alice"])
        await world.pass_phase()
        await world.refuses(world.round_abort(), errors.WrongPhase)
        await world.round_advance()


async def test_once_as_many_as_may_have_shown_their_words_the_round_goes_on_at_once() -> None:
    async with open_members(max_submissions=4) as world:
        await meet(world, "Reveal")
        for who in MEMBERS[:3]:
            await world.round_reveal(who)
        await world.refuses(world.round_advance(), errors.DeadlineNotPassed)
        await world.round_reveal("dan")
        await world.round_advance()
        assert (await world.phase(), (await world.round()).accepted) == ("Score", 4)


@pytest.mark.parametrize("case", ["silent", "sharers"])
async def test_everybody_that_joined_has_room_and_silence_is_never_excused(case: str) -> None:
    async with open_members(max_submissions=4) as world:
        await meet(world, "Settled", "alice", "bob", "carol", **{case: ["dan"]})
        round_ = await world.round()
        assert (round_.members, round_.revealed) == (4, 3)
        await world.fault_no_reveal("eve", "dan")
        assert (await world.participant("dan")).slashed == 751
        await world.assert_invariants()
