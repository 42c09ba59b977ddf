"""submission_score: the stake-weighted median of all scores that were shown, for anybody to pull."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fedsol.program import errors
from fedsol.program.instructions import copied_update
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.disputing import dispute
from tests.program.expect import assert_event, change
from tests.program.tallying import TRAINERS, about_alice, counts, tallied
from tests.world import EVALUATORS, World, open_scored_world


async def test_it_books_the_median_and_who_was_near_it(scored_world: World) -> None:
    world = scored_world
    await tallied(world, about_alice(eva=7_000, ed=7_500, eli=1_000))
    with change(world) as changed:
        landed = await world.submission_score("alice")
    evaluations = {world.evaluation_at(who) for who in EVALUATORS}
    at = world.submission_at("alice")
    assert changed.written == {world.round_at(), at, *evaluations}
    assert (changed.tokens, changed.lamports) == ({}, {})
    made, round_ = await world.submission("alice"), await world.round()
    assert (made.status.kind, made.scored, made.score) == ("Revealed", True, 7_000)
    assert (round_.scored, round_.accepted) == (1, 3)
    assert (round_.score_total, round_.credit_total) == (7_000, 2)
    found = [await counts(world, who) for who in EVALUATORS]
    assert found == [(1, 0, 0), (1, 0, 0), (0, 1, 0)]
    assert_event(
        world,
        landed,
        "SubmissionScored",
        round=world.round_at(),
        participant=world.person("alice"),
        score=7_000,
        status="Revealed",
    )
    assert world.event(landed).seq == round_.seq
    await world.submission_score_all()
    await world.assert_invariants()


MEDIANS: dict[str, tuple[Sequence[int], Sequence[int], int]] = {
    # stakes, scores, median
    "one": ((1_000,), (4_321,), 4_321),
    "the middle of three": ((1_000, 1_000, 1_000), (9_000, 2_000, 5_000), 5_000),
    "the lower of two": ((1_000, 1_000), (9_000, 2_000), 2_000),
    "of two the heavier": ((1_001, 1_000), (9_000, 2_000), 9_000),
    "all equal": ((1_000, 5_000, 2_000), (7_000, 7_000, 7_000), 7_000),
    "one that outweighs all": ((5_000, 1_000, 1_000), (10_000, 2_000, 2_100), 10_000),
    "stake and not heads": ((3_000, 1_000, 1_000), (9_000, 2_000, 2_000), 9_000),
    # A cartel of eva and ed against eli.
    "less than half cannot push a score up": (
        (1_500, 1_499, 3_000),
        (10_000, 10_000, 4_000),
        4_000,
    ),
    "less than half cannot pull a score down": ((1_500, 1_499, 3_000), (0, 0, 4_000), 4_000),
    "half cannot push a score up": ((1_500, 1_500, 3_000), (10_000, 10_000, 4_000), 4_000),
    "half pulls a score down": ((1_500, 1_500, 3_000), (0, 0, 4_000), 0),
    "more than half decides upwards": ((1_500, 1_501, 3_000), (10_000, 10_000, 4_000), 10_000),
    "more than half decides downwards": ((1_500, 1_501, 3_000), (0, 0, 4_000), 0),
}


@pytest.mark.parametrize("case", MEDIANS)
async def test_the_score_is_the_lower_median_by_stake(case: str) -> None:
    stakes, scores, median = MEDIANS[case]
    names = EVALUATORS[: len(stakes)]
    async with open_scored_world("alice", "bob", evaluators=(), min_evaluators=1) as world:
        for who, stake in zip(names, stakes, strict=True):
            await world.evaluators(who, stake=stake)
        opinions = about_alice(**dict(zip(names, scores, strict=True)))
        await tallied(world, {who: one[:2] for who, one in opinions.items()}, trainers=TRAINERS[:2])
        await world.submission_score("alice")
        assert (await world.submission("alice")).score == median


async def test_it_is_the_stake_of_the_commitment_that_counts(scored_world: World) -> None:
    # Who brings more weight once scores are shown, or takes it away, moves nothing.
    world = scored_world
    await world.wallet("eva", stake=10**6)
    await tallied(world, about_alice(eva=10_000, ed=4_000, eli=4_100))
    await world.stake_deposit("eva", 10**6)
    await world.stake_unbond("ed", 3_001)
    await world.submission_score("alice")
    assert (await world.submission("alice")).score == 4_100


BAND = [
    (2_500, (1, 0, 0)),
    (2_499, (0, 1, 0)),
    (7_500, (1, 0, 0)),
    (7_501, (0, 1, 0)),
    (5_000, (1, 0, 0)),
    (0, (0, 1, 0)),
    (10_000, (0, 1, 0)),
]


@pytest.mark.parametrize(("score", "expected"), BAND)
async def test_outside_the_band_is_a_strike_in_either_direction(
    scored_world: World, score: int, expected: tuple[int, int, int]
) -> None:
    world = scored_world
    await tallied(world, about_alice(eva=5_000, ed=5_000, eli=score))
    await world.submission_score("alice")
    assert await counts(world, "eli") == expected
    assert (await world.round()).credit_total == 2 + expected[0]


@pytest.mark.parametrize(("score", "accepted"), [(1_000, True), (999, False), (0, False)])
async def test_below_the_floor_a_submission_is_rejected_and_not_punished(
    scored_world: World, score: int, accepted: bool
) -> None:
    world = scored_world
    await tallied(world, about_alice(eva=score, ed=score, eli=score))
    before = await world.participant("alice")
    landed = await world.submission_score("alice")
    made, round_ = await world.submission("alice"), await world.round()
    status = "Revealed" if accepted else "Rejected"
    assert (made.status.kind, made.score) == (status, score)
    assert str(world.event(landed).data.status).startswith(f"SubmissionStatus.{status}")
    assert (round_.accepted, round_.score_total) == ((3, score) if accepted else (2, 0))
    assert await world.participant("alice") == before
    await world.submission_score_all()
    await world.assert_invariants()


async def test_an_author_has_no_say_about_its_own_update() -> None:
    async with open_scored_world("alice", "bob", evaluators=("eva", "ed")) as world:
        await world.actor("frank", stake=10**6, roles=TRAINER | EVALUATOR)
        praise = {
            "frank": (0, 0, 10_000),
            "eva": (6_000, 6_000, 3_000),
            "ed": (6_000, 6_000, 3_100),
        }
        cast = {"trainers": ["alice", "bob", "frank"], "evaluators": ["eva", "ed", "frank"]}
        await tallied(world, praise, **cast)
        await world.submission_score("frank")
        assert (await world.submission("frank")).score == 3_000
        # Neither credit nor strike: far off as it was.
        assert await counts(world, "frank") == (0, 0, 0)
        assert (await world.round()).credit_total == 2
        # About others it has the say that its stake gives it.
        await world.submission_score("alice")
        assert (await world.submission("alice")).score == 0
        assert await counts(world, "frank") == (1, 0, 0)
        await world.submission_score_all()
        await world.assert_invariants()


async def test_an_update_that_only_its_author_scored_counts_as_fair() -> None:
    async with open_scored_world("alice", evaluators=(), min_evaluators=1) as world:
        await world.actor("frank", roles=TRAINER | EVALUATOR | AGGREGATOR)
        await tallied(world, {"frank": (8_000, 10_000)}, trainers=["alice", "frank"])
        await world.submission_score("frank")
        made = await world.submission("frank")
        assert (made.status.kind, made.score) == ("Revealed", world.params.score_floor)
        assert (await world.round()).credit_total == 0


async def with_a_plant(world: World, **scores: int) -> None:
    """Round two, in which alice planted."""
    await world.reach("Commit")
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Settled")
    await tallied(world, about_alice(**scores), planters=["alice"])


PLANTS = [
    ({"eva": 0, "ed": 0, "eli": 0}, [(1, 0, 0)] * 3),
    ({"eva": 2_500, "ed": 2_501, "eli": 10_000}, [(1, 0, 0), (0, 1, 1), (0, 1, 1)]),
    # Here the majority is not right.
    ({"eva": 9_000, "ed": 9_000, "eli": 0}, [(0, 1, 1), (0, 1, 1), (1, 0, 0)]),
]


@pytest.mark.parametrize(("scores", "expected"), PLANTS, ids=["heard", "missed", "outvoted"])
async def test_a_plant_is_worth_nothing_whatever_evaluators_think(
    scored_world: World, scores: dict[str, int], expected: list[tuple[int, int, int]]
) -> None:
    world = scored_world
    await with_a_plant(world, **scores)
    landed = await world.submission_score("alice")
    made, round_ = await world.submission("alice"), await world.round()
    assert (made.status.kind, made.scored, made.score) == ("Planted", True, 0)
    assert str(world.event(landed).data.status) == "SubmissionStatus.Planted()"
    assert (round_.planted, round_.accepted, round_.scored) == (1, 2, 1)
    assert round_.score_total == 0
    assert [await counts(world, who) for who in EVALUATORS] == expected
    await world.submission_score_all()
    await world.assert_invariants()


@pytest.mark.parametrize(
    ("seconds", "slots", "due"),
    [(-1, -1, False), (-1, 0, False), (0, -1, False), (10**6, -1, False), (0, 0, True)],
)
async def test_before_the_time_to_tell_of_plants_is_over_nothing_is_scored(
    scored_world: World, seconds: int, slots: int, due: bool
) -> None:
    # Else somebody would score a plant before it was told, and save the evaluators that missed it.
    world = scored_world
    await world.reach("Tally", trainers=TRAINERS)
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if due:
        await world.submission_score("alice")
    else:
        await world.refuses(world.submission_score("alice"), errors.DeadlineNotPassed)


async def test_scoring_twice_is_refused(scored_world: World) -> None:
    world = scored_world
    await tallied(world)
    await world.submission_score("alice")
    await world.refuses(world.submission_score("alice"), errors.WrongSubmissionStatus)


async def test_scoring_twice_in_one_transaction_is_refused(scored_world: World) -> None:
    world = scored_world
    await tallied(world)

    async def both() -> None:
        await world.send(world.submission_score("alice"), world.submission_score("alice"))

    await world.refuses(both, errors.WrongSubmissionStatus)


async def test_a_rejected_one_is_not_scored_again(scored_world: World) -> None:
    world = scored_world
    await tallied(world, about_alice(eva=0, ed=0, eli=0))
    await world.submission_score("alice")
    await world.refuses(world.submission_score("alice"), errors.WrongSubmissionStatus)


async def test_what_was_never_shown_gets_no_score(scored_world: World) -> None:
    world = scored_world
    await tallied(world, trainers=["alice", "bob"], silent=["carol"])
    await world.refuses(world.submission_score("carol"), errors.WrongSubmissionStatus)


async def test_a_faulted_submission_needs_no_score_and_gets_none(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve", stake=1_000)
    await world.reach("Commit", trainers=TRAINERS)
    update = world.update("alice")
    await world.round_commit("alice")
    await world.round_commit("bob", update=update)
    await world.round_commit("carol")
    await world.pass_phase()
    await world.round_advance()
    for who, shown in (("alice", update), ("bob", update), ("carol", None)):
        await world.round_reveal(who, update=shown)
    await world.reach("Tally")
    await world.challenge_open("eve", copied_update(), target="bob")
    await dispute(world, "eve", "bob").decide(original="alice")
    round_ = await world.round()
    assert (round_.accepted, round_.scored, round_.score_total) == (2, 1, 0)
    await world.pass_phase()
    await world.refuses(world.submission_score("bob"), errors.WrongSubmissionStatus)
    for who in ("alice", "carol"):
        await world.submission_score(who)
    await world.round_advance()
    assert await world.phase() == "Aggregate"
    await world.assert_invariants()
