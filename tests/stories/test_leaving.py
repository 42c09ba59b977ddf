"""Ben leaves: not at once, not with more than was his, and not before his duties end."""

from pathlib import Path

import pytest

from fedsol.program import errors
from fedsol.program import instructions as ix
from tests.stories.cast import POOL, STAKE, town


async def test_stake_leaves_after_the_unbonding_window_and_not_a_moment_before(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.round()
        ben, chain = hospitals.people["ben"], hospitals.sandbox.chain
        await ben.unbond()
        me = await ben.member.me()
        assert me is not None
        release = me.unbonding[0].release
        ledger = chain.ledger
        assert ledger is not None
        ledger.warp_to(unix_timestamp=release.time - 1, slot=release.slot + 10)
        withdraw = ix.stake_withdraw(ben.member.federation, ben.owner)
        with pytest.raises(errors.NothingToWithdraw):
            await chain.send([withdraw], [ben.member.key])
        ledger.warp_to(unix_timestamp=release.time, slot=release.slot + 10)
        await chain.send([withdraw], [ben.member.key])
        assert await hospitals.tokens("ben") == (STAKE, POOL // 2)


async def test_who_leaves_gets_the_rent_of_its_accounts_back(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        await hospitals.joins("ben")
        chain = hospitals.sandbox.chain
        await hospitals.round()
        ben = hospitals.people["ben"]
        rent = await chain.balance(ben.member.participant)
        await ben.unbond()
        await ben.withdraw()
        before = await chain.balance(ben.owner)
        await ben.close()
        fee = 5_000
        assert await chain.balance(ben.owner) == before + rent - fee
        assert (await hospitals.federation.account()).participants == 1
        await hospitals.assert_audit()


async def test_the_federation_goes_on_without_who_has_left(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben", "cem"):
            await hospitals.joins(name)
        await hospitals.round()
        await hospitals.people.pop("ben").leave()
        result = await hospitals.round()
        assert (result.settled, result.accepted) == (True, 2)


async def test_who_has_left_can_come_back_and_the_record_still_replays(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.round()
        ben = hospitals.people.pop("ben")
        await ben.leave()
        ben.member.journal.close()
        await hospitals.joins("ben")
        result = await hospitals.round()
        assert result.accepted == 2
        report = await hospitals.federation.audit()
        assert report.ok, [check for check in report.checks if not check.ok]
        assert sorted(person.closed for person in report.people) == [False, False, True]
