"""Ada, Ben and Cem train under masks in a process each; Ben's is killed right after it has shared."""

from pathlib import Path

from tests.localnet.people import town


async def test_who_is_killed_after_sharing_masks_after_a_restart_and_the_sum_is_exact(
    url_v0: str, tmp_path: Path
) -> None:
    dies = {"ben": ("round_share", "sent")}
    async with town(
        url_v0, tmp_path, commit=8, reveal=15, challenge=10, hidden=True, **dies
    ) as hospitals:
        end = await hospitals.run_round()

        assert len(hospitals.people["ben"].deaths) == 1
        assert end.round is not None
        assert (end.round.phase.kind, end.round.revealed, end.round.attempt) == ("Settled", 3, 0)
        events = await hospitals.events()
        names = ("RoundCommitted", "RoundShared", "RoundRevealed", "RewardClaimed")
        for person in hospitals.people.values():
            for name in (*names, "SubmissionClosed"):
                assert events[name, person.participant] == 1
        await hospitals.assert_paid_and_exact()
        # The audit adds the masked updates up again, and takes the masks off.
        await hospitals.assert_record()
