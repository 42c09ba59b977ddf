"""fault_no_reveal in masked rounds: who joined and kept silent pays, whether it shared or not."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.expect import assert_event, change
from tests.program.masking import meet, open_members
from tests.world import STAKE

SILENT = {"who joined only": "silent", "who shared only": "sharers"}


@pytest.mark.parametrize("case", SILENT)
async def test_silence_costs_the_same_and_is_punished_once(case: str) -> None:
    async with open_members() as world:
        await meet(world, "Score", "alice", "bob", "carol", **{SILENT[case]: ["dan"]})
        with change(world) as changed:
            landed = await world.fault_no_reveal("eve", "dan")
        # 25 % of 3,001 is 750.25: 751. Of that 33.33 % (250.3) and 33.34 % (250.4); 251 are left.
        assert changed.tokens == {
            world.stake_vault: -751,
            world.stake_account("eve"): 250,
            world.treasury_vault: 250,
        }
        assert changed.supply == {world.ref.stake.mint: -251}
        made, dan = await world.submission("dan"), await world.participant("dan")
        assert (made.status.kind, made.liability) == ("Faulted", 0)
        assert (dan.stake, dan.locked, dan.offences) == (STAKE - 751, 0, 1)
        assert_event(
            world,
            landed,
            "NoRevealFaulted",
            participant=world.person("dan"),
            round=world.round_at(),
            finder=world.owner("eve"),
            slashed=751,
            to_finder=250,
            to_treasury=250,
            burned=251,
            stake=STAKE - 751,
        )
        await world.refuses(world.fault_no_reveal("eve", "dan"), errors.WrongSubmissionStatus)
        await world.assert_invariants()


@pytest.mark.parametrize("case", SILENT)
@pytest.mark.parametrize("phase", ["Share", "Reveal"])
async def test_before_revealing_is_over_nobody_is_at_fault(case: str, phase: str) -> None:
    async with open_members() as world:
        await meet(world, phase, "alice", "bob", "carol", **{SILENT[case]: ["dan"]})
        if phase == "Share":
            await world.share_all()
        call = world.fault_no_reveal("eve", "dan")
        await world.refuses(call, errors.WrongPhase)
        await world.pass_phase()
        await world.refuses(call, errors.WrongPhase)


@pytest.mark.parametrize("case", SILENT)
async def test_in_an_aborted_round_silence_still_costs(case: str) -> None:
    async with open_members() as world:
        await meet(world, "Aborted", "alice", "bob", **{SILENT[case]: ["dan"]})
        await world.fault_no_reveal("eve", "dan")
        assert (await world.participant("dan")).slashed == 751
        await world.assert_invariants()


@pytest.mark.parametrize("case", SILENT)
async def test_who_kept_silent_does_not_slip_away(case: str) -> None:
    async with open_members() as world:
        await meet(world, "Settled", "alice", "bob", "carol", **{SILENT[case]: ["dan"]})
        await world.refuses(world.submission_close("dan"), errors.SubmissionInUse)
        await world.refuses(world.reward_claim("dan"), errors.WrongSubmissionStatus)
        await world.fault_no_reveal("eve", "dan")
        await world.submission_close("dan")
        assert (await world.participant("dan")).duties == 0


@pytest.mark.parametrize("case", SILENT)
async def test_silence_is_never_part_of_the_aggregate_and_cannot_be_challenged(case: str) -> None:
    async with open_members() as world:
        await meet(world, "Challenge", "alice", "bob", "carol", **{SILENT[case]: ["dan"]})
        assert (await world.round()).accepted == 3
        call = world.demand_open("eve", 0, target="dan")
        await world.refuses(call, errors.WrongSubmissionStatus)
