"""audit_reveal: who was picked to plant tells so, after all scores are shown and before they count."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.commitment import may_plant, plant_seed
from tests.program.calls_scoring import AMPLITUDE
from tests.program.expect import assert_event, change
from tests.world import World, digest, open_scored_world

TRAINERS = ["alice", "bob", "carol"]


async def armed(world: World, *names: str) -> None:
    """These are armed for the next round; the running one ends."""
    number = (await world.federation()).round + 1
    await world.reach("Commit", trainers=TRAINERS)
    for who in names:
        await world.audit_arm(who, secret=world.secret(who, number + 1))
    await world.reach("Settled")


async def telling(world: World, *names: str) -> None:
    """These were armed in time, and now is the time to tell."""
    await armed(world, *names)
    await world.reach("Tally", trainers=TRAINERS)


async def test_it_takes_a_submission_out_and_stores_what_it_was_made_of(
    scored_world: World,
) -> None:
    world = scored_world
    await telling(world, "alice")
    before = await world.participant("alice")
    with change(world) as changed:
        landed = await world.audit_reveal("alice")
    at, person = world.submission_at("alice"), world.person("alice")
    assert changed.written == {world.round_at(), person, at}
    assert (changed.tokens, changed.lamports) == ({}, {})
    made, round_ = await world.submission("alice"), await world.round()
    secret = world.secret("alice")
    seed = plant_seed(secret, world.round_at())
    assert (made.status.kind, made.scored, made.score) == ("Planted", False, 0)
    assert (bytes(made.plant_seed), made.plant_amplitude) == (seed, AMPLITUDE)
    assert (round_.accepted, round_.planted, round_.scored) == (2, 1, 0)
    alice = await world.participant("alice")
    # A secret that was told can pick nobody again.
    assert bytes(alice.audit_commitment) == bytes(32)
    assert (alice.stake, alice.duties) == (before.stake, before.duties)
    assert_event(
        world,
        landed,
        "AuditRevealed",
        round=world.round_at(),
        participant=person,
        secret=secret,
        seed=seed,
        amplitude=AMPLITUDE,
    )
    assert world.event(landed).seq == round_.seq
    await world.assert_invariants()


@pytest.mark.parametrize("amplitude", [0, 1, 32_767, 65_535])
async def test_any_amplitude_may_be_told(scored_world: World, amplitude: int) -> None:
    # The noise that follows from it is what can be challenged.
    world = scored_world
    await telling(world, "alice")
    await world.audit_reveal("alice", amplitude=amplitude)
    assert (await world.submission("alice")).plant_amplitude == amplitude


async def test_the_beacon_of_the_round_before_picks_whom_the_client_says() -> None:
    picked, people = set(), ("alice", "bob", "carol", "dan")
    for one_in in (2, 3):
        async with open_scored_world(*people, audit_one_in=one_in) as world:
            await world.reach("Commit", trainers=people)
            for who in people:
                await world.audit_arm(who, secret=world.secret(who, 2))
            await world.reach("Settled")
            await world.reach("Tally", trainers=people)
            beacon = bytes((await world.round(1)).beacon)
            assert bytes((await world.round()).parent_beacon) == beacon
            for who in people:
                may = may_plant(beacon, world.secret(who), one_in)
                picked.add(may)
                if may:
                    await world.audit_reveal(who)
                else:
                    await world.refuses(world.audit_reveal(who), errors.AuditNotPicked)
    assert picked == {True, False}, "both were seen"


@pytest.mark.parametrize("one_in", [0, 65_535])
async def test_who_was_not_picked_has_not_planted(one_in: int) -> None:
    async with open_scored_world(*TRAINERS, audit_one_in=one_in) as world:
        await telling(world, "alice")
        beacon = bytes((await world.round()).parent_beacon)
        assert not may_plant(beacon, world.secret("alice"), one_in)
        await world.refuses(world.audit_reveal("alice"), errors.AuditNotPicked)


async def test_in_the_first_round_nobody_plants(scored_world: World) -> None:
    world = scored_world
    await world.audit_arm("alice", secret=world.secret("alice", 1))
    await world.reach("Tally", trainers=TRAINERS)
    await world.refuses(world.audit_reveal("alice"), errors.AuditTooFresh)


async def test_armed_with_the_end_of_revealing_it_counts_and_one_slot_later_it_does_not(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Reveal", trainers=TRAINERS)
    await world.reveal_all()
    await world.pass_phase()
    arm = world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.send(world.round_advance(), arm)
    await world.audit_arm("bob", secret=world.secret("bob", 2))
    beacon_slot = (await world.round()).beacon_slot
    slots = [(await world.participant(who)).audit_slot for who in ("alice", "bob")]
    assert slots == [beacon_slot - 1, beacon_slot]
    await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    assert (await world.round()).parent_beacon_slot == beacon_slot
    await world.refuses(world.audit_reveal("bob"), errors.AuditTooFresh)
    await world.audit_reveal("alice")


@pytest.mark.parametrize("phase", ["Aggregate", "Challenge", "Settled"])
async def test_a_secret_that_was_chosen_once_the_beacon_was_known_picks_nobody(
    scored_world: World, phase: str
) -> None:
    # Else whoever likes would try secrets until one is picked, and plant at will.
    world = scored_world
    await world.reach(phase, trainers=TRAINERS)
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    if phase != "Settled":
        await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    assert world.number == 2
    await world.refuses(world.audit_reveal("alice"), errors.AuditTooFresh)


async def test_in_the_round_in_which_it_was_armed_a_secret_picks_nobody(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Settled", trainers=TRAINERS)
    await world.reach("Commit", trainers=TRAINERS)
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Tally")
    await world.refuses(world.audit_reveal("alice"), errors.AuditTooFresh)


async def test_a_round_that_ended_before_its_beacon_hands_on_none(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled", trainers=TRAINERS)
    await world.audit_arm("alice", secret=world.secret("alice", 3))
    await world.reach("Aborted", trainers=["alice"])
    await world.reach("Tally", trainers=TRAINERS)
    first, third = await world.round(1), await world.round(3)
    assert bytes(third.parent_beacon) == bytes(first.beacon)
    assert third.parent_beacon_slot == first.beacon_slot
    await world.refuses(world.audit_reveal("alice"), errors.AuditTooFresh)


async def test_a_round_that_was_aborted_after_its_beacon_hands_it_on(scored_world: World) -> None:
    world = scored_world
    await world.reach("Commit", trainers=TRAINERS)
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Aborted")
    await world.reach("Tally", trainers=TRAINERS)
    assert bytes((await world.round()).parent_beacon) == bytes((await world.round(1)).beacon)
    await world.audit_reveal("alice")


async def test_another_secret_than_the_one_committed_to_is_refused(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice", "bob")
    for secret in (digest("made up"), world.secret("bob"), bytes(32)):
        call = world.audit_reveal("alice", secret=secret)
        await world.refuses(call, errors.AuditMismatch)


async def test_somebody_elses_audit_commitment_arms_nobody(scored_world: World) -> None:
    world = scored_world
    await world.reach("Commit", trainers=TRAINERS)
    copied = world.audit_commitment("alice", world.secret("alice", 2))
    await world.audit_arm("alice", commitment=copied)
    await world.audit_arm("bob", commitment=copied)
    await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    await world.audit_reveal("alice")
    call = world.audit_reveal("bob", secret=world.secret("alice"))
    await world.refuses(call, errors.AuditMismatch)


async def test_who_never_armed_itself_is_refused(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice")
    await world.refuses(world.audit_reveal("bob"), errors.AuditMismatch)


async def test_arming_again_gives_up_the_older_secret(scored_world: World) -> None:
    world = scored_world
    await armed(world, "alice")
    await world.audit_arm("alice", secret=digest("newer"))
    await world.reach("Tally", trainers=TRAINERS)
    await world.refuses(world.audit_reveal("alice"), errors.AuditMismatch)
    call = world.audit_reveal("alice", secret=digest("newer"))
    await world.refuses(call, errors.AuditTooFresh)


async def test_a_secret_that_was_told_is_spent(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice")
    await world.audit_reveal("alice")
    await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    call = world.audit_reveal("alice", secret=world.secret("alice", 2))
    await world.refuses(call, errors.AuditMismatch)


async def test_a_secret_that_is_armed_again_waits_for_another_beacon_and_makes_another_plant(
    scored_world: World,
) -> None:
    world = scored_world
    await telling(world, "alice")
    await world.audit_reveal("alice")
    first, secret = bytes((await world.submission("alice")).plant_seed), world.secret("alice", 2)
    await world.audit_arm("alice", secret=secret)
    await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    await world.refuses(world.audit_reveal("alice", secret=secret), errors.AuditTooFresh)
    await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    await world.audit_reveal("alice", secret=secret)
    assert bytes((await world.submission("alice")).plant_seed) != first


async def test_a_secret_that_was_not_told_stays_good_for_the_next_round(
    scored_world: World,
) -> None:
    world = scored_world
    await telling(world, "alice")
    await world.reach("Settled")
    await world.reach("Tally", trainers=TRAINERS)
    await world.audit_reveal("alice", secret=world.secret("alice", 2))


async def test_telling_twice_is_refused(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice")
    await world.audit_reveal("alice")
    await world.refuses(world.audit_reveal("alice"), errors.WrongSubmissionStatus)


async def test_telling_twice_in_one_transaction_is_refused(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice")

    async def both() -> None:
        await world.send(world.audit_reveal("alice"), world.audit_reveal("alice"))

    await world.refuses(both, errors.WrongSubmissionStatus)


async def test_what_was_never_shown_was_not_planted(scored_world: World) -> None:
    world = scored_world
    await armed(world, "alice")
    await world.reach("Tally", trainers=["bob", "carol"], silent=["alice"])
    await world.refuses(world.audit_reveal("alice"), errors.WrongSubmissionStatus)


async def test_nobody_tells_of_somebody_elses_submission(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice")
    stolen = world.audit_reveal("alice").swap(owner=world.owner("bob")).by("bob")
    await world.refuses(stolen, errors.NotOwner)
    own = world.audit_reveal("alice").swap(submission=world.submission_at("bob"))
    await world.refuses(own, errors.WrongSubmission)


@pytest.mark.parametrize(
    ("seconds", "slots", "late"), [(-1, -1, False), (-1, 0, False), (0, -1, False), (0, 0, True)]
)
async def test_at_the_deadline_it_is_late(
    scored_world: World, seconds: int, slots: int, late: bool
) -> None:
    world = scored_world
    await telling(world, "alice")
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if late:
        await world.refuses(world.audit_reveal("alice"), errors.DeadlinePassed)
    else:
        await world.audit_reveal("alice")


@pytest.mark.parametrize("phase", ["Reveal", "Score", "ScoreReveal", "Aggregate", "Settled"])
async def test_in_every_other_phase_it_is_refused(scored_world: World, phase: str) -> None:
    # Told before the scores are bound, it would be no audit; after they count, no truth.
    world = scored_world
    await armed(world, "alice")
    await world.reach(phase, trainers=TRAINERS)
    await world.refuses(world.audit_reveal("alice"), errors.WrongPhase)


async def test_a_pause_does_not_keep_a_plant_from_being_told(scored_world: World) -> None:
    world = scored_world
    await telling(world, "alice")
    await world.federation_pause()
    await world.audit_reveal("alice")
