"""Of a masked round the sum is opened once more, from the record and the stored bytes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fedsol.artifacts import ArtifactStore, artifact_hash
from fedsol.audit import History, audit, watch
from fedsol.audit.updates import check_updates
from fedsol.learning import Mean, aggregate
from fedsol.learning.privacy.secure_aggregation import Opening
from fedsol.program.params import masked
from fedsol.roles.rules import scale_of
from tests.program.court import numbers
from tests.unit.audit.histories import told
from tests.unit.audit.masking import FOUR, Masked, open_masked_court, play, store
from tests.unit.audit.tampering import change, flipped, without
from tests.world import World

SAID = (
    "; masked: the posted model is the exact sum of what was committed; what single updates are, and "
    "their norms, cannot be checked"
)
LEFT_OUT = ", 1 updates in no sum, as their channel key is none or their update a copy"
FIVE = (*FOUR, "erin")
NOT_THE_SUM = "round 1: the aggregate is not the sum of what was committed"


async def problem(world: World, artifacts: ArtifactStore, history: History | None = None) -> str:
    """What recomputing finds wrong in a world, or in another history of it; nothing: empty."""
    found = await told(world)
    ledger = watch(history or found.history, found.genesis, found.kept).ledger
    (check,) = await check_updates(ledger, artifacts)
    return "" if check.ok else check.detail


async def settled(world: World, **posted: object) -> Masked:
    """A round in which dan showed nothing and carol shared nothing, with what its aggregator posted."""
    round_ = await play(world, FIVE, silent=["dan"], mute=["carol"])
    await round_.aggregate(**posted)  # type: ignore[arg-type]
    await world.reach("Settled")
    return round_


@pytest.mark.parametrize("qmax", [100, 32_767], ids=["words of 16 bits", "words of 32 bits"])
async def test_every_masked_sum_is_recomputed_and_what_cannot_be_is_said(qmax: int) -> None:
    async with open_masked_court(qmax=qmax) as world:
        first = await play(world, silent=["dan"])
        await first.aggregate()
        await world.reach("Settled")
        second = await play(world)
        await second.aggregate()
        await world.reach("Settled")
        stored = await store(world, f"honest {qmax}", first, second)
        report = await audit(world.chain, world.ref.address, stored)
        assert report.ok, [one for one in report.checks if not one.ok]
        assert report.checks[-1].detail == "7 masked updates, 2 aggregates" + SAID


async def test_the_sum_is_of_those_who_shared_and_showed() -> None:
    async with open_masked_court(*FIVE, rule=masked(5_001)) as world:
        round_ = await settled(world)
        assert await problem(world, await store(world, "few", round_)) == ""


async def test_a_wrong_model_that_nobody_objected_to_is_found() -> None:
    async with open_masked_court(*FIVE, rule=masked(5_001)) as world:
        round_ = await settled(world, wrong=1)
        assert await problem(world, await store(world, "wrong model", round_)) == NOT_THE_SUM


async def test_a_sum_that_no_updates_within_the_norm_bound_have_is_found() -> None:
    async with open_masked_court(*FIVE, rule=masked(5_001), max_norm_squared=1_000) as world:
        round_ = await settled(world)
        said = await problem(world, await store(world, "too long", round_))
        assert said == "round 1: the sum of 3 updates is longer than so many can be; somebody's is"


def _another(opening: Opening) -> Opening:
    number, secret = min(opening.secrets.items())
    return Opening({**opening.secrets, number: bytes(flipped(secret))})


def _fewer(opening: Opening) -> Opening:
    return Opening(dict(sorted(opening.secrets.items())[1:]))


def _more(opening: Opening) -> Opening:
    return Opening({**opening.secrets, 99: bytes(33)})


@pytest.mark.parametrize(
    ("change_it", "said"),
    [
        (_another, "round 1: the opening has another secret than that of member 0"),
        (_fewer, "round 1: the opening lacks a secret of member 0"),
        (_more, "round 1: the opening must not have a secret of member 99"),
    ],
)
async def test_an_opening_that_is_not_what_was_shared_is_found(
    change_it: Callable[[Opening], Opening], said: str
) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate(opening=change_it(round_.unmask()).to_bytes())
        await world.reach("Settled")
        assert await problem(world, await store(world, change_it.__name__, round_)) == said


async def test_an_opening_that_is_none_is_found() -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate(opening=b"nothing opens")
        await world.reach("Settled")
        found = await problem(world, await store(world, "no opening", round_))
        assert found == "round 1: 13 bytes are no message of kind 6"


async def test_an_opening_under_another_root_is_found() -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate()
        await world.reach("Settled")
        history, stored = (await told(world)).history, await store(world, "other root", round_)

        def elsewhere(posted: object) -> object:
            return replace(posted, root=flipped(posted.root))  # type: ignore[attr-defined,type-var]

        forged = change(history, "RoundAggregated", selection=elsewhere)
        found = await problem(world, stored, forged)
        assert found == "round 1: the stored opening does not have the root that was posted"


@pytest.mark.parametrize("what", ["bundle", "words", "opening", "model"])
async def test_bytes_that_are_not_there_are_not_passed_over(what: str) -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate()
        await world.reach("Settled")
        gone = {
            "bundle": round_.bundles["bob"],
            "words": numbers(world).learnt("bob", 1).data,
            "opening": round_.unmask().to_bytes(),
            "model": numbers(world).models[1].data,
        }[what]
        numbers(world).updates.clear()
        numbers(world).models = {0: numbers(world).models[0]}
        found = await problem(world, await store(world, f"no {what}", round_, without=[gone]))
        digest = artifact_hash(gone).hex()
        assert found == f"round 1: cannot read {digest[:2]}/{digest}: it is not there"


async def test_masked_words_under_a_lying_root_are_found() -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate()
        await world.reach("Settled")
        stored = await store(world, "lying", round_)
        forged = change((await told(world)).history, "RoundRevealed", 1, root=flipped)
        found = await problem(world, stored, forged)
        assert found == "submission 1 does not have the root or norm it revealed"


async def test_another_channel_key_makes_another_round() -> None:
    async with open_masked_court() as world:
        round_ = await play(world, silent=["dan"])
        await round_.aggregate()
        await world.reach("Settled")
        stored, history = await store(world, "other key", round_), (await told(world)).history
        # With a key that is none bob has no place in it, and the numbers of others change.
        forged = change(history, "RoundCommitted", 1, commitment=[0] * 32)
        assert (await problem(world, stored, forged)).startswith("round 1: what ")


async def test_shares_that_are_left_out_of_the_record_are_missed_in_the_sum() -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate()
        await world.reach("Settled")
        stored, history = await store(world, "left out", round_), (await told(world)).history
        found = await problem(world, stored, without(history, "RoundShared", 2))
        assert found.startswith("round 1: the opening must not have a secret of member ")


async def test_whose_channel_key_is_none_is_in_no_sum_and_that_is_said() -> None:
    async with open_masked_court(*FOUR, "mallory") as world:
        round_ = await play(world, keyless=["mallory"])
        await round_.aggregate()
        await world.reach("Settled")
        stored = await store(world, "keyless", round_)
        report = await audit(world.chain, world.ref.address, stored)
        assert report.ok, [one for one in report.checks if not one.ok]
        assert report.checks[-1].detail == "5 masked updates, 1 aggregates" + LEFT_OUT + SAID


async def copied(world: World, *people: str) -> Masked:
    """A round in which carol shows alice's masked words; they show theirs in this order."""
    round_ = Masked(world)
    await round_.join(*FOUR)
    await round_.share(*FOUR)
    await round_.reveal(*people, copies={"carol": "alice"})
    await round_.draw()
    await round_.aggregate()
    await world.reach("Settled")
    return round_


async def test_a_copy_that_was_shown_later_is_in_no_sum_and_that_is_said() -> None:
    async with open_masked_court() as world:
        round_ = await copied(world, "alice", "bob", "carol", "dan")
        assert round_.survivors == ("alice", "bob", "dan")
        base, weights = numbers(world).base(1).values, np.ones(3, np.uint32)
        hidden = np.stack([round_.update(who) for who in round_.survivors])
        expected = aggregate(base, hidden, weights, Mean(), scale_of(await world.round()))
        assert (numbers(world).models[1].values == expected).all()
        report = await audit(world.chain, world.ref.address, await store(world, "copied", round_))
        assert report.ok, [one for one in report.checks if not one.ok]
        assert report.checks[-1].detail == "4 masked updates, 1 aggregates" + LEFT_OUT + SAID


async def test_a_copy_that_was_shown_first_spoils_the_sum_and_that_is_found() -> None:
    async with open_masked_court() as world:
        round_ = await copied(world, "carol", "alice", "bob", "dan")
        assert round_.survivors == ("carol", "bob", "dan")
        found = await problem(world, await store(world, "spoilt", round_))
        assert found.startswith("round 1: a coordinate of the sum is ")


async def test_an_aggregate_that_most_turned_down_blames_nobody_and_the_next_one_counts() -> None:
    async with open_masked_court() as world:
        round_ = await play(world)
        await round_.aggregate(wrong=5)
        for who in ("alice", "bob", "carol"):
            await world.round_object(who)
        await round_.aggregate()
        await world.reach("Settled")
        report = await audit(world.chain, world.ref.address, await store(world, "fell", round_))
        assert report.ok, [one for one in report.checks if not one.ok]
        assert report.checks[-1].detail == "4 masked updates, 1 aggregates" + SAID


async def test_the_mean_of_the_sum_is_what_the_mean_rule_makes_of_the_hidden_updates() -> None:
    """The reference that no auditor has: all updates in the clear, and the rule of open rounds."""
    async with open_masked_court() as world:
        round_ = await play(world, silent=["carol"])
        await round_.aggregate()
        hidden = np.stack([round_.update(who) for who in ("alice", "bob", "dan")])
        base, weights = numbers(world).base(1).values, np.ones(3, np.uint32)
        expected = aggregate(base, hidden, weights, Mean(), scale_of(await world.round()))
        assert (numbers(world).models[1].values == expected).all()
