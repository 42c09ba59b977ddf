"""Ada, Ben, Cem and Dee train under masks: nobody sees an update, and everybody can check the sum."""

from pathlib import Path

import numpy as np

from fedsol.artifacts import artifact_hash, encode_update
from fedsol.learning import update_root
from fedsol.roles.member import Snapshot
from tests.stories.cast import FUNDED, POOL, STAKE, absent
from tests.stories.masked_people import NAMES, Later, Liar, Seen, aggregating, masked_town, only

SLASHED = STAKE * 2_000 // 10_000


async def test_the_new_model_is_the_exact_mean_of_updates_that_nobody_saw(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        result = await hospitals.round(watch=seen)
        assert (result.settled, result.accepted, result.share) == (True, 4, POOL // 4)
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*NAMES))
        for name in NAMES:
            assert await hospitals.stake_of(name) == STAKE
            assert await hospitals.tokens(name) == (0, POOL // 4)
        await hospitals.assert_audit()


async def test_an_update_is_neither_in_the_store_nor_on_chain_by_its_root(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen, roots = Seen(hospitals), set[bytes]()

        async def look(now: Snapshot) -> None:
            await seen(now)
            if now.round is not None:
                for one in await hospitals.people["ada"].member.submissions(now.round.number):
                    roots.add(bytes(one.root))

        await hospitals.round(watch=look)
        assert len(roots - {bytes(32)}) == 4, "masked roots were seen"
        for name in NAMES:
            plain = seen.learnt[name]
            assert np.any(plain), "there was something to hide"
            assert update_root(plain).hash not in roots
            assert not await hospitals.federation.artifacts.has(artifact_hash(encode_update(plain)))


async def test_who_never_shares_is_not_in_the_sum_and_pays_for_its_silence(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen, dee = Seen(hospitals), hospitals.people["dee"]
        result = await hospitals.round(watch=seen, dee=only(dee, "Commit"))
        assert (result.settled, result.accepted) == (True, 3)
        assert np.array_equal(
            await hospitals.federation.model(), await seen.mean("ada", "ben", "cem")
        )
        assert await hospitals.stake_of("dee") == STAKE - SLASHED
        await hospitals.assert_audit()


async def test_who_shares_and_then_goes_is_taken_out_of_the_others_masks(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen, dee = Seen(hospitals), hospitals.people["dee"]
        result = await hospitals.round(watch=seen, dee=only(dee, "Commit", "Share"))
        assert (result.settled, result.accepted) == (True, 3)
        assert np.array_equal(
            await hospitals.federation.model(), await seen.mean("ada", "ben", "cem")
        )
        assert await hospitals.stake_of("dee") == STAKE - SLASHED
        await hospitals.assert_audit()


async def test_who_goes_after_masking_is_in_the_sum_all_the_same(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen, dee = Seen(hospitals), hospitals.people["dee"]
        result = await hospitals.round(watch=seen, dee=only(dee, "Commit", "Share", "Reveal"))
        assert (result.settled, result.accepted) == (True, 4)
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*NAMES))
        assert await hospitals.stake_of("dee") == STAKE
        await hospitals.assert_audit()


async def test_too_few_answers_unmask_nothing_and_the_round_ends_without_a_model(
    tmp_path: Path,
) -> None:
    async with masked_town(tmp_path) as hospitals:
        before = await hospitals.federation.model()
        gone = {
            name: only(hospitals.people[name], "Commit", "Share", "Reveal")
            for name in ("cem", "dee")
        }
        result = await hospitals.round(**gone)
        assert not result.settled
        assert np.array_equal(await hospitals.federation.model(), before)
        account = await hospitals.federation.account()
        assert (account.reward_available, account.reward_owed) == (FUNDED, 0)
        for name in NAMES:
            assert await hospitals.stake_of(name) == STAKE
        await hospitals.assert_audit()


async def test_two_alone_cannot_mask_and_are_not_punished_for_it(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        gone = {name: absent(hospitals.people[name]) for name in ("cem", "dee")}
        result = await hospitals.round(**gone)
        assert not result.settled
        for name in NAMES:
            assert await hospitals.stake_of(name) == STAKE
        await hospitals.assert_audit()


async def test_when_most_never_share_the_others_show_nothing_and_are_not_punished(
    tmp_path: Path,
) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        gone = {name: only(hospitals.people[name], "Commit") for name in ("cem", "dee")}
        result = await hospitals.round(watch=seen, **gone)
        assert not result.settled
        for name in ("ada", "ben"):
            assert await hospitals.stake_of(name) == STAKE
        for name in ("cem", "dee"):
            assert await hospitals.stake_of(name) == STAKE - SLASHED
        await hospitals.assert_audit()


async def test_a_wrong_model_falls_when_most_members_object_and_the_next_one_is_right(
    tmp_path: Path,
) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        people = {name: aggregating(one, Later) for name, one in hospitals.people.items()}
        people["dee"] = aggregating(hospitals.people["dee"], Liar)
        result = await hospitals.round(watch=seen, **people)
        assert (result.settled, result.accepted) == (True, 4)
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*NAMES))
        dee = await hospitals.people["dee"].member.me()
        assert dee is not None
        assert (dee.stake, dee.bonded, dee.barred_round, dee.offences) == (STAKE, 0, 1, 0)
        await hospitals.assert_audit()
