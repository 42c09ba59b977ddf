"""Ida, Jon and Kim say what five updates are worth; Fay sends zeros, and is not paid for them."""

from pathlib import Path

import pytest

from fedsol.program import instructions as ix
from fedsol.roles import Evaluator
from tests.stories.cast import FUNDED, POOL, STAKE, town
from tests.stories.jury import (
    EVALUATORS,
    SCORED,
    TRAINERS,
    Board,
    FreeRider,
    InTicketOrder,
    acting_as,
    by_ticket,
    evaluator_of,
    gather,
)

EVALUATORS_POOL = POOL // 10


async def test_everybody_is_paid_by_what_their_work_is_worth(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, *TRAINERS, "fay")
        board = Board(hospitals.people["ada"].member)
        fay = acting_as(hospitals.people["fay"], FreeRider)
        result = await hospitals.round(watch=board, fay=fay)
        assert (result.settled, result.revealed, result.accepted) == (True, 6, 5)
        assert (result.rejected, result.planted) == (1, 0)

        scores = {name: board.submission(hospitals.people[name]).score for name in TRAINERS}
        assert min(scores.values()) >= 1_000
        total, paid = sum(scores.values()), 0
        for name, score in scores.items():
            earned = (POOL - EVALUATORS_POOL) * score // total
            assert await hospitals.tokens(name) == (0, earned)
            paid += earned
        for name in EVALUATORS:
            evaluation, _ = board.evaluation(hospitals.people[name])
            assert (evaluation.credits, evaluation.strikes) == (6, 0)
            assert await hospitals.tokens(name) == (0, EVALUATORS_POOL // 3)
            paid += EVALUATORS_POOL // 3
        account = await hospitals.federation.account()
        assert account.reward_available == FUNDED - paid
        assert (account.reward_owed, account.reward_reserved) == (0, 0)


async def test_zeros_are_rejected_and_not_paid_and_not_punished(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, *TRAINERS, "fay")
        board = Board(hospitals.people["ada"].member)
        await hospitals.round(watch=board, fay=acting_as(hospitals.people["fay"], FreeRider))
        zeros = board.submission(hospitals.people["fay"])
        assert (zeros.status.kind, zeros.score, zeros.norm_squared) == ("Rejected", 0, 0)
        assert await hospitals.tokens("fay") == (0, 0)
        me = await hospitals.people["fay"].member.me()
        assert me is not None
        assert (me.stake, me.locked, me.duties, me.offences) == (STAKE, 0, 0, 0)


async def test_the_new_model_is_made_of_the_accepted_updates_alone(tmp_path: Path) -> None:
    """With the rule on chain a round without Fay makes the same model as one in which she is rejected."""
    models = []
    for names in (TRAINERS, (*TRAINERS, "fay")):
        async with town(tmp_path / names[-1], **SCORED) as hospitals:
            await gather(hospitals, *names)
            riders = {
                name: acting_as(hospitals.people[name], FreeRider)
                for name in names
                if name == "fay"
            }
            await hospitals.round(**riders)
            models.append((await hospitals.federation.model()).tolist())
            await hospitals.assert_audit()
    assert models[0] == models[1]


async def test_when_all_have_left_every_vault_is_empty(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, "ada", "ben", "fay")
        await hospitals.round(fay=acting_as(hospitals.people["fay"], FreeRider))
        chain, ref = hospitals.sandbox.chain, hospitals.federation.ref
        rewards = 0
        for name, membership in hospitals.people.items():
            assert await membership.leave() == STAKE
            stake, reward = await hospitals.tokens(name)
            assert stake == STAKE
            rewards += reward
            assert membership.member.journal.rounds() == []
            assert membership.member.journal.scored_rounds() == []
        round_ = await hospitals.people["ada"].member.round(1)
        assert round_ is not None
        await chain.wait_until(unix_timestamp=round_.deadline.time, slot=round_.deadline.slot)
        close = ix.round_close(ref.address, 1, hospitals.creator.pubkey())
        await chain.send([close, ix.federation_close(ref)], [hospitals.creator])
        assert await hospitals.creator_tokens() == (0, FUNDED - rewards)
        assert await chain.account(ref.address) is None


async def test_who_evaluates_and_trains_has_no_say_in_its_own_update(tmp_path: Path) -> None:
    async with town(tmp_path, **SCORED) as hospitals:
        await gather(hospitals, "ada", "ben")
        data = evaluator_of(hospitals.people["ida"]).held_out.data
        await hospitals.joins("leo", evaluates=data)
        kinds = [type(role) for role in hospitals.people["leo"].roles]
        assert Evaluator in kinds
        away = {name: acting_as(hospitals.people[name], Absent) for name in ("ida", "jon")}
        board = Board(hospitals.people["ada"].member)
        result = await hospitals.round(watch=board, **away)
        assert result.settled
        leo, _ = board.evaluation(hospitals.people["leo"])
        assert (leo.credits + leo.strikes, result.revealed) == (2, 3)


class Absent(Evaluator):
    """Has no time for evaluating."""

    async def step(self, now: object) -> bool:
        return False


@pytest.mark.parametrize("seats", [1, 2])
async def test_the_seats_go_to_the_lowest_tickets_whoever_came_first(
    tmp_path: Path, seats: int
) -> None:
    rules = SCORED | {"min_evaluators": 1, "max_evaluators": seats}
    async with town(tmp_path, **rules) as hospitals:
        await gather(hospitals, "ada", "ben")
        jury = [evaluator_of(hospitals.people[name]) for name in EVALUATORS]
        first = hospitals.people["ida"]
        together = type(first)(first.member, (InTicketOrder(jury),))
        nobody = {name: type(first)(first.member, ()) for name in EVALUATORS[1:]}
        board = Board(hospitals.people["ada"].member)
        result = await hospitals.round(watch=board, ida=together, **nobody)
        assert result.settled
        assert board.round is not None
        for place, one in enumerate(by_ticket(jury, board.round)):
            me = await one.member.me()
            assert me is not None
            seated = place < seats
            assert (me.evaluated, me.rewarded) == (seated, EVALUATORS_POOL // seats * seated)
            assert (me.stake, me.locked, me.duties) == (STAKE, 0, 0)
        assert (await hospitals.federation.account()).reward_owed == 0
