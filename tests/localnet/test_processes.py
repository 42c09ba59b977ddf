"""Ada, Ben and Cem train in a process each; Ben's is killed between commit and reveal."""

from pathlib import Path

from fedsol.roles.member import Snapshot
from tests.localnet.people import town


async def test_who_is_killed_after_the_commit_reveals_after_a_restart_and_is_paid(
    url_v0: str, tmp_path: Path
) -> None:
    async with town(url_v0, tmp_path, commit=8, reveal=15) as hospitals:
        ben = hospitals.people["ben"]
        reader = hospitals.federation.member(ben.key)

        async def kill_once_committed(now: Snapshot) -> None:
            if ben.deaths or now.round is None or ben.process is None:
                return
            mine = await reader.submission(now.round.number, ben.participant)
            if mine is None:
                return
            ben.kill()
            await ben.process.wait()
            killed_at = await reader.snapshot()
            mine = await reader.submission(now.round.number, ben.participant)
            assert killed_at.round is not None
            assert killed_at.round.phase.kind == "Commit"
            assert mine is not None
            assert mine.status.kind == "Committed"

        end = await hospitals.run_round(watch=kill_once_committed)

        assert len(ben.deaths) == 1
        assert end.round is not None
        assert (end.round.phase.kind, end.round.revealed) == ("Settled", 3)
        events = await hospitals.events()
        for person in hospitals.people.values():
            for name in ("RoundCommitted", "RoundRevealed", "RewardClaimed", "SubmissionClosed"):
                assert events[name, person.participant] == 1
        await hospitals.assert_paid_and_exact()
        await hospitals.assert_record()
