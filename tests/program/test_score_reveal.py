"""score_reveal: only what was committed, by who committed it, where it was committed."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol.program import errors
from tests.program.expect import assert_event, change
from tests.program.seating import by_ticket, seats_open
from tests.world import EVALUATORS, STAKE, World, digest, open_scored_world

SCORES = (9_000, 1_234, 10_000)
TRAINERS = ["alice", "bob", "carol"]


async def committed(world: World, *names: str, **hidden: Any) -> None:
    """These have committed to SCORES in a round of three submissions; others are mute."""
    await world.reach(
        "ScoreReveal",
        trainers=TRAINERS,
        evaluators=names,
        mute=[one for one in EVALUATORS if one not in names],
        opinions={who: hidden.get("scores", SCORES) for who in EVALUATORS},
    )


def packed(scores: Sequence[int]) -> bytes:
    """Scores as they are hashed."""
    return struct.pack(f"<{len(scores)}H", *scores)


async def test_it_shows_the_scores_counts_them_and_frees_the_stake(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    await world.score_reveal("eli", scores=SCORES)
    with change(world) as changed:
        landed = await world.score_reveal("eva", scores=SCORES)
    at, person = world.evaluation_at("eva"), world.person("eva")
    assert changed.written == {world.round_at(), person, at}
    assert (changed.tokens, changed.lamports) == ({}, {})
    made, eva = await world.evaluation("eva"), await world.participant("eva")
    # The second that was shown, whatever its seat.
    assert (made.status.kind, made.seat, made.place, made.liability) == ("Revealed", 0, 1, 0)
    assert world.scores_at("eva") == SCORES
    assert (eva.stake, eva.locked, eva.duties, eva.evaluated) == (STAKE, 0, 1, 1)
    round_ = await world.round()
    assert round_.score_reveals == 2
    assert_event(
        world,
        landed,
        "ScoreRevealed",
        round=world.round_at(),
        participant=person,
        place=1,
        scores=sha256(packed(SCORES)).digest(),
        salt=world.salt("eva"),
    )
    assert world.event(landed).seq == round_.seq
    await world.assert_invariants()


@pytest.mark.parametrize(
    "pieces",
    [[(0, 1), (1, 2)], [(2, 1), (0, 2)], [(1, 1), (2, 1), (0, 1)], [(0, 3), (3, 0)]],
    ids=str,
)
async def test_scores_may_come_in_pieces_in_any_order(
    scored_world: World, pieces: list[tuple[int, int]]
) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    for start, count in pieces[:-1]:
        piece = SCORES[start : start + count]
        landed = await world.score_reveal("eva", scores=piece, start=start, whole=False)
        assert world.events(landed) == []
        assert (await world.evaluation("eva")).status.kind == "Committed"
        assert (await world.round()).score_reveals == 0
    start, count = pieces[-1]
    await world.score_reveal("eva", scores=SCORES[start : start + count], start=start)
    assert (await world.evaluation("eva")).status.kind == "Revealed"
    assert world.scores_at("eva") == SCORES
    await world.assert_invariants()


async def test_a_piece_may_be_corrected_until_the_salt_comes(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    await world.score_reveal("eva", scores=(1, 2, 3), whole=False)
    await world.refuses(world.score_reveal("eva", scores=()), errors.CommitmentMismatch)
    await world.score_reveal("eva", scores=SCORES)
    assert world.scores_at("eva") == SCORES


async def test_with_a_piece_missing_the_salt_is_refused(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    await world.refuses(world.score_reveal("eva", scores=SCORES[:2]), errors.CommitmentMismatch)
    call = world.score_reveal("eva", scores=SCORES[1:], start=1)
    await world.refuses(call, errors.CommitmentMismatch)


@pytest.mark.parametrize("index", [0, 1, 2])
async def test_one_score_that_differs_is_refused(scored_world: World, index: int) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    scores = list(SCORES)
    scores[index] -= 1
    await world.refuses(world.score_reveal("eva", scores=scores), errors.CommitmentMismatch)


async def test_the_same_scores_in_another_order_are_refused(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    call = world.score_reveal("eva", scores=SCORES[::-1])
    await world.refuses(call, errors.CommitmentMismatch)


async def test_another_salt_is_refused(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    call = world.score_reveal("eva", scores=SCORES, salt=digest("another"))
    await world.refuses(call, errors.CommitmentMismatch)


ELSEWHERE: dict[str, dict[str, Any]] = {
    "genesis": {"genesis": digest("another cluster")},
    "federation": {"federation": Pubkey.from_bytes(digest("another federation"))},
    "round": {"round": 2},
    "participant": {"participant": Pubkey.from_bytes(digest("another participant"))},
}


@pytest.mark.parametrize("part", ELSEWHERE)
async def test_what_was_committed_for_another_place_is_worthless_here(
    scored_world: World, part: str
) -> None:
    world = scored_world
    await seats_open(world)
    elsewhere = world.scores_commitment("eva", scores=(1, 2), **ELSEWHERE[part])
    await world.score_commit("eva", commitment=elsewhere)
    await world.score_commit("ed")
    await world.pass_phase()
    await world.round_advance()
    call = world.score_reveal("eva", scores=(1, 2))
    await world.refuses(call, errors.CommitmentMismatch)


async def test_whoever_copies_a_commitment_can_never_show_it(scored_world: World) -> None:
    world = scored_world
    await seats_open(world)
    await world.score_commit("eva", scores=(9_000, 10))
    copied = bytes((await world.evaluation("eva")).commitment)
    await world.score_commit("ed", commitment=copied)
    await world.score_commit("eli")
    await world.pass_phase()
    await world.round_advance()
    await world.score_reveal("eva", scores=(9_000, 10))
    for salt in (world.salt("eva"), world.salt("ed")):
        call = world.score_reveal("ed", scores=(9_000, 10), salt=salt)
        await world.refuses(call, errors.CommitmentMismatch)


async def test_nobody_shows_somebody_elses_scores(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    shown = world.score_reveal("eva", scores=SCORES)
    await world.refuses(shown.swap(owner=world.owner("ed")).by("ed"), errors.NotOwner)
    own = world.score_reveal("ed", scores=SCORES, salt=world.salt("eva"))
    call = own.swap(evaluation=world.evaluation_at("eva"))
    await world.refuses(call, errors.WrongEvaluation)


async def test_showing_twice_is_refused(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    await world.score_reveal("eva", scores=SCORES)
    for whole in (True, False):
        call = world.score_reveal("eva", scores=SCORES, whole=whole)
        await world.refuses(call, errors.WrongEvaluationStatus)


async def test_showing_twice_in_one_transaction_is_refused(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)

    async def both() -> None:
        call = world.score_reveal("eva", scores=SCORES)
        await world.send(call, call)

    await world.refuses(both, errors.WrongEvaluationStatus)


async def test_who_was_displaced_shows_nothing(scored_world: World) -> None:
    world = scored_world
    await world.evaluators("emil")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    await world.score_commit(lowest, displaced=others[-1])
    await world.pass_phase()
    await world.round_advance()
    await world.refuses(world.score_reveal(others[-1]), errors.WrongEvaluationStatus)
    # All who sit have shown: nobody waits for who does not.
    for who in (lowest, *others[:-1]):
        await world.score_reveal(who)
    await world.round_advance()
    assert await world.phase() == "Tally"


@pytest.mark.parametrize("start", [3, 4, 1_000, 2**31, 2**32 - 1])
async def test_scores_behind_the_last_submission_are_refused(
    scored_world: World, start: int
) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    call = world.score_reveal("eva", scores=(5,), start=start, whole=False)
    await world.refuses(call, errors.ScoresOutOfRange)


@pytest.mark.parametrize("start", [0, 1])
async def test_more_scores_than_submissions_are_refused(scored_world: World, start: int) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    call = world.score_reveal("eva", scores=(5,) * (4 - start), start=start, whole=False)
    await world.refuses(call, errors.ScoresOutOfRange)


@pytest.mark.parametrize("score", [10_001, 2**15, 2**16 - 1])
async def test_more_than_a_full_score_is_refused_also_when_it_was_committed(
    scored_world: World, score: int
) -> None:
    world = scored_world
    await committed(world, *EVALUATORS, scores=(score, 5, 5))
    call = world.score_reveal("eva", scores=(score, 5, 5))
    await world.refuses(call, errors.ScoresOutOfRange)


@pytest.mark.parametrize("score", [0, 1, 9_999, 10_000])
async def test_the_program_hashes_every_score_as_the_client_does(
    scored_world: World, score: int
) -> None:
    world = scored_world
    await committed(world, *EVALUATORS, scores=(score, 10_000 - score, score))
    await world.score_reveal("eva", scores=(score, 10_000 - score, score))
    assert world.scores_at("eva") == (score, 10_000 - score, score)


async def test_at_the_deadline_it_is_late(scored_world: World) -> None:
    world = scored_world
    await committed(world, "eva", "ed")
    await world.score_reveal("eva", scores=SCORES)
    world.warp((await world.round()).deadline)
    await world.refuses(world.score_reveal("ed", scores=SCORES), errors.DeadlinePassed)


async def test_before_all_have_committed_nothing_is_shown(scored_world: World) -> None:
    world = scored_world
    await seats_open(world)
    await world.score_commit("eva")
    await world.refuses(world.score_reveal("eva"), errors.WrongPhase)


async def test_who_has_not_committed_has_nothing_to_show() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.evaluators("emil")
        await world.reach("ScoreReveal", evaluators=["eva", "ed"])
        own = world.score_reveal("emil").swap(evaluation=world.evaluation_at("eva"))
        await world.refuses(own, errors.WrongEvaluation)


async def test_four_hundred_scores_fit_a_transaction_that_their_evaluator_pays(
    scored_world: World,
) -> None:
    # The client refuses what is longer than a packet; it is the program that refuses these.
    world = scored_world
    await committed(world, *EVALUATORS)
    call = world.score_reveal("eva", scores=(5,) * 400)
    await world.refuses(lambda: call.send(payer="eva"), errors.ScoresOutOfRange)


async def test_a_paused_federation_still_counts_what_is_shown(scored_world: World) -> None:
    world = scored_world
    await committed(world, *EVALUATORS)
    await world.federation_pause()
    await world.score_reveal("eva", scores=SCORES)
    assert (await world.round()).score_reveals == 1
