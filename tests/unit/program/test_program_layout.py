"""Accounts that were written once can be read for ever, or are refused; never misread."""

from __future__ import annotations

import json
from typing import Any

import pytest
from anchorpy.error import AccountInvalidDiscriminator

from fedsol.program.generated import types
from fedsol.reading import scores_of
from tests.program.expect import SPACE
from tests.program.naming import PHASES
from tests.unit.program.golden import KINDS, PATH, opened, stored, values

GOLDEN: dict[str, dict[str, Any]] = json.loads(PATH.read_text())
# Behind the fields: three scores; a bitmap of three submissions and their values.
TAILS = {"Evaluation": 2 * 3, "Challenge": 1 + 2 * 3}
# What was made out of the reserve since the accounts were stored.
SINCE = {"Round": {"objectors", "members"}, "Submission": {"shares"}}


def test_every_kind_of_account_is_stored() -> None:
    assert set(GOLDEN) == set(KINDS) == set(SPACE)


@pytest.mark.parametrize("kind", GOLDEN)
def test_stored_bytes_say_today_what_they_said_when_they_were_written(kind: str) -> None:
    then = GOLDEN[kind]["values"]
    now = values(kind, bytes.fromhex(GOLDEN[kind]["bytes"]))
    assert {field: now.get(field) for field in then if field != "reserved"} == {
        field: value for field, value in then.items() if field != "reserved"
    }


@pytest.mark.parametrize("kind", GOLDEN)
def test_a_field_made_out_of_the_reserve_is_zero_in_an_older_account(kind: str) -> None:
    then = GOLDEN[kind]["values"]
    now = values(kind, bytes.fromhex(GOLDEN[kind]["bytes"]))
    assert set(now) - set(then) == SINCE.get(kind, set())
    assert all(is_zero(value) for field, value in now.items() if field not in then)
    # A dispute lasts for days: a challenge needs no room for later versions. A submission's is used.
    assert (kind in ("Challenge", "Submission")) == ("reserved" not in now)
    assert not any(now.get("reserved", ()))


def is_zero(value: Any) -> bool:
    """Whether a field, as JSON, is made of zero bytes alone."""
    return not (any(value) if isinstance(value, list) else value)


@pytest.mark.parametrize("kind", GOLDEN)
def test_stored_bytes_have_the_size_that_the_program_allocates(kind: str) -> None:
    assert len(bytes.fromhex(GOLDEN[kind]["bytes"])) == SPACE[kind] + TAILS.get(kind, 0)


def test_what_is_behind_the_fields_of_an_evaluation_are_its_scores() -> None:
    data = bytes.fromhex(GOLDEN["Evaluation"]["bytes"])
    assert scores_of(data) == (9_000, 3_000, 0)


@pytest.mark.parametrize("kind", GOLDEN)
def test_an_account_of_another_kind_is_refused(kind: str) -> None:
    for other in GOLDEN:
        if other != kind:
            with pytest.raises(AccountInvalidDiscriminator):
                KINDS[kind].decode(bytes.fromhex(GOLDEN[other]["bytes"]))


def test_stored_accounts_are_of_the_third_layout() -> None:
    assert {one["values"]["version"] for one in GOLDEN.values()} == {3}


async def test_the_program_writes_the_layout_that_is_stored() -> None:
    async with opened() as world:
        fresh = await stored(world)
    for kind, data in fresh.items():
        golden = GOLDEN[kind]
        assert len(data) == len(bytes.fromhex(golden["bytes"]))
        # What does not hang on chance: names, amounts, keys, rules.
        now, then = values(kind, data), golden["values"]
        chance = {"beacon", "head", "chosen", "aggregator", "deadline", "takeover", "seq"}
        chance |= {"stake", "stake_total", "duties", "beacon_slot", "bond_total", "committed_slot"}
        chance |= {"unbonding", "aggregated", "bonded"}
        chance |= {"parent_beacon", "parent_beacon_slot", "tickets", "ticket", "accused"}
        chance |= {"reserved"}
        kept = [field for field in then if field not in chance]
        assert {f: now.get(f) for f in kept} == {f: then[f] for f in kept}


ENUMS = {
    "phase": (*PHASES, "Share"),
    "submission_status": ("Committed", "Revealed", "Rejected", "Planted", "Faulted", "Shared"),
    "evaluation_status": ("Committed", "Displaced", "Revealed", "Done", "Faulted"),
    "challenge_kind": (
        *("WrongAggregate", "LyingNorm", "CopiedUpdate", "FalsePlant", "Unavailable"),
        *("WrongWeights", "WrongSelection", "WrongDistance", "SelectionUnavailable"),
    ),
    "evidence": ("Incomplete", "Proves", "Refutes"),
    "verdict": ("Open", "Convicted", "Acquitted", "Moot"),
    "part": ("Update", "Base", "Posted", "Selection"),
    "aggregation_rule": ("Mean", "TrimmedMean", "Median", "MultiKrum", "Weighted", "Masked"),
}


def test_enums_keep_their_numbers() -> None:
    for module, names in ENUMS.items():
        kinds = [getattr(getattr(types, module), name) for name in names]
        assert [one.discriminator for one in kinds] == list(range(len(names))), module
