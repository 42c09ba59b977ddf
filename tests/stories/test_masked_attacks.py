"""Dee breaks the rules of masked rounds: what that costs the others, and what it never does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fedsol.membership import Membership
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address, submission_address
from fedsol.roles import Watcher
from fedsol.roles.disputes import list_disputes
from fedsol.roles.masked_round import AGREED, read_masked_round
from fedsol.roles.masker import Masker
from fedsol.roles.member import Snapshot
from fedsol.roles.notes import find_note
from tests.stories import masked_people as people
from tests.stories.cast import FUNDED, STAKE, Town
from tests.stories.masked_people import NAMES, Seen, forestalling, masked_town, masking

HONEST = NAMES[:3]


async def _assert_nobody_paid_for(hospitals: Town) -> None:
    """The honest have their stakes and no offence; the pool is where it was."""
    for name in HONEST:
        me = await hospitals.people[name].member.me()
        assert me is not None
        assert (me.stake, me.locked, me.offences) == (STAKE, 0, 0)
    account = await hospitals.federation.account()
    assert (account.reward_available, account.reward_owed) == (FUNDED, 0)


async def test_wrong_shares_of_one_are_found_and_the_sum_is_exact(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        dee = masking(hospitals.people["dee"], people.WrongShares)
        result = await hospitals.round(watch=seen, dee=dee)
        assert (result.settled, result.accepted) == (True, 4)
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*NAMES))
        await hospitals.assert_audit()


@pytest.mark.parametrize("how", [people.Illegible, people.Withholding, people.Poisoner])
async def test_one_can_make_a_round_fail_and_nobody_else_is_punished_for_it(
    tmp_path: Path, how: type[Masker]
) -> None:
    async with masked_town(tmp_path) as hospitals:
        before = await hospitals.federation.model()
        result = await hospitals.round(dee=masking(hospitals.people["dee"], how))
        assert not result.settled
        assert np.array_equal(await hospitals.federation.model(), before)
        await _assert_nobody_paid_for(hospitals)
        await hospitals.assert_audit()


async def test_a_channel_key_that_is_none_leaves_its_owner_out_of_the_sum_alone(
    tmp_path: Path,
) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        dee = masking(hospitals.people["dee"], people.Keyless)
        result = await hospitals.round(watch=seen, dee=dee)
        assert (result.settled, result.accepted) == (True, 4)
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*HONEST))
        for name in HONEST:
            assert await hospitals.stake_of(name) == STAKE
        await hospitals.assert_audit()


async def test_a_copy_of_a_masked_update_is_in_no_sum(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        result = await hospitals.round(
            watch=seen, dee=masking(hospitals.people["dee"], people.Copycat)
        )
        assert (result.settled, result.accepted) == (True, 4)
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*HONEST))
        for name in NAMES:
            assert await hospitals.stake_of(name) == STAKE
        await hospitals.assert_audit()


async def test_who_is_copied_before_its_own_is_on_chain_is_not_punished_for_it(
    tmp_path: Path,
) -> None:
    async with masked_town(tmp_path) as hospitals:
        guard = await hospitals.sandbox.wallet(stake=1_000)
        member = hospitals.federation.member(guard)
        ada, dee = hospitals.people["ada"], hospitals.people["dee"]
        hospitals.people["guard"] = Membership(member, (Watcher(member, budget=500),))
        result = await hospitals.round(ada=forestalling(ada, dee))
        assert not result.settled
        for name in NAMES:
            assert await hospitals.stake_of(name) == STAKE
        await hospitals.assert_audit()


async def test_a_member_that_is_asked_for_a_chunk_shows_the_masked_one(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        seen, federation = Seen(hospitals), hospitals.federation
        ada, guard = hospitals.people["ada"].member, await hospitals.sandbox.wallet(stake=1_000)
        shown: list[bytes] = []

        async def ask(now: Snapshot) -> None:
            await seen(now)
            if now.round is None or now.round.phase.kind != "Aggregate":
                return
            address = round_address(federation.ref.address, 1)
            target = submission_address(address, ada.participant)
            disputes = await list_disputes(federation.chain, address)
            shown.extend(bytes(one.shown.chunk) for one in disputes if one.shown is not None)
            if not disputes and not shown:
                step = ix.demand_open(federation.ref, 1, guard.pubkey(), 0, target=target)
                await federation.chain.send([step], [guard])

        watcher = federation.member(guard)
        hospitals.people["guard"] = Membership(watcher, (Watcher(watcher, budget=500),))
        assert (await hospitals.round(watch=ask)).settled
        masked = np.frombuffer(shown[0], "<i2")[: seen.learnt["ada"].size]
        assert not np.array_equal(masked, seen.learnt["ada"])
        assert np.count_nonzero(masked == seen.learnt["ada"]) < 8, "62 values, of 65,536 each"


async def test_who_has_agreed_says_the_same_whatever_it_is_told_later(tmp_path: Path) -> None:
    async with masked_town(tmp_path) as hospitals:
        ada, said = hospitals.people["ada"].member, list[bytes | None]()

        async def tell_another_story(now: Snapshot) -> None:
            memory = ada.journal.recall_mask(1)
            if said or memory is None or memory.told != 1 or now.round is None:
                return
            facts = await read_masked_round(ada, now.federation, now.round)
            fewer = {
                whose: one
                for whose, one in facts.survivors.items()
                if whose != hospitals.people["dee"].member.participant
            }
            said.append(await find_note(ada.artifacts, facts.topic(AGREED), ada.owner))
            masker = Masker(ada, None)  # type: ignore[arg-type]
            await masker._agree(replace(facts, survivors=fewer), replace(memory, told=0))
            said.append(await find_note(ada.artifacts, facts.topic(AGREED), ada.owner))

        assert (await hospitals.round(watch=tell_another_story)).settled
        assert said[0] is not None
        assert said[0] == said[1]
