"""An audit finds what was changed, cut or never stored."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import fedsol.audit as audit_module
from fedsol.artifacts import ArtifactStore
from fedsol.audit import History, audit, read_events
from fedsol.chain import Chain
from fedsol.errors import AuditError
from fedsol.program.events import Event, decode
from tests.stories.cast import Town, town


async def played(hospitals: Town) -> Sequence[Event]:
    """One round of two hospitals."""
    for name in ("ada", "ben"):
        await hospitals.joins(name)
    await hospitals.round()
    return await read_events(hospitals.sandbox.chain, hospitals.federation.ref.address)


async def failing(
    hospitals: Town, events: Sequence[Event], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Names of the checks that fail when the ledger shows these events."""

    async def shown(_chain: Chain, _address: object) -> History:
        return History(tuple(events))

    monkeypatch.setattr(audit_module, "read_history", shown)
    report = await audit(hospitals.sandbox.chain, hospitals.federation.ref.address)
    assert report.to_json()["ok"] is report.ok
    return [check.name for check in report.checks if not check.ok]


async def test_an_honest_history_passes_every_check(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await played(hospitals)
        report = await hospitals.federation.audit()
        assert report.ok
        assert [check.name for check in report.checks] == [
            "events are complete and in order",
            "heads equal the accounts'",
            "every stake equals its events",
            "totals equal the sum of the events",
            "vaults hold what is owed",
            "rounds equal their events",
            "events name who and what is there",
            "rounds go from phase to phase",
            "stakes move by what is told",
            "commitments open to what was revealed",
            "revealed updates are within the rules",
            "beacons hold every salt",
            "aggregators are those that were drawn",
            "rounds went on with enough of everybody",
            "bonds are posted and divided by the rules",
            "pools are divided by the rules",
            "claims are what was earned",
            "each round starts from the last model",
            "updates and aggregates recomputed",
        ]


async def test_one_changed_byte_of_one_event_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path) as hospitals:
        events = list(await played(hospitals))
        (index,) = [i for i, one in enumerate(events) if one.name == "RoundOpened"]
        changed = bytearray(events[index].payload)
        changed[-1] ^= 1
        other = decode(bytes(changed))
        assert other is not None
        events[index] = other
        assert "heads equal the accounts'" in await failing(hospitals, events, monkeypatch)


async def test_an_event_left_out_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town(tmp_path) as hospitals:
        events = [one for one in await played(hospitals) if one.name != "RoundAdvanced"]
        assert "events are complete and in order" in await failing(hospitals, events, monkeypatch)


async def test_a_history_cut_at_its_end_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path) as hospitals:
        events = list(await played(hospitals))[:-1]
        assert "heads equal the accounts'" in await failing(hospitals, events, monkeypatch)


async def test_a_deposit_that_never_was_is_found_in_the_money(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path) as hospitals:
        events = list(await played(hospitals))
        deposit = next(one for one in events if one.name == "StakeDeposited")
        failed = await failing(hospitals, [*events, deposit], monkeypatch)
        assert "every stake equals its events" in failed
        assert "totals equal the sum of the events" in failed


async def test_another_salt_than_the_committed_one_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path) as hospitals:
        events = list(await played(hospitals))
        index = next(i for i, one in enumerate(events) if one.name == "RoundRevealed")
        payload = bytearray(events[index].payload)
        payload[-1] ^= 1
        other = decode(bytes(payload))
        assert other is not None
        events[index] = replace(other, recorded_in=events[index].recorded_in)
        failed = await failing(hospitals, events, monkeypatch)
        assert "commitments open to what was revealed" in failed
        assert "beacons hold every salt" in failed


async def test_missing_updates_are_not_passed_over(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await played(hospitals)
        empty = ArtifactStore("memory://empty")
        report = await audit(hospitals.sandbox.chain, hospitals.federation.ref.address, empty)
        assert not report.ok


async def test_an_address_without_history_is_an_error(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        with pytest.raises(AuditError):
            await audit(hospitals.sandbox.chain, hospitals.creator.pubkey())
