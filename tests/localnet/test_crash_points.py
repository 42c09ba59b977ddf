"""Processes that die at the worst moments: what was signed takes effect once, and nothing twice."""

from pathlib import Path

from tests.localnet.people import town


async def test_what_was_signed_before_a_crash_lands_once_after_it(
    url_v0: str, tmp_path: Path
) -> None:
    # Ada dies with the commit on disk and unsent, Ben with the reveal sent and unanswered, Cem
    # with the claim on disk and unsent.
    points = {
        "ada": ("round_commit", "signed"),
        "ben": ("round_reveal", "sent"),
        "cem": ("reward_claim", "signed"),
    }
    async with town(url_v0, tmp_path, commit=15, reveal=9, **points) as hospitals:
        end = await hospitals.run_round()

        assert end.round is not None
        assert (end.round.phase.kind, end.round.revealed) == ("Settled", 3)
        events = await hospitals.events()
        for person in hospitals.people.values():
            assert len(person.deaths) == 1
            signature = person.deaths[0]
            history = await hospitals.chain.history(person.participant)
            landed = [one for one in history if str(one.signature) == signature]
            assert [one.err for one in landed] == [None], person.name
            assert all(one.err is None for one in history)
            for name in ("RoundCommitted", "RoundRevealed", "RewardClaimed", "SubmissionClosed"):
                assert events[name, person.participant] == 1
        await hospitals.assert_paid_and_exact()
        await hospitals.assert_record()
