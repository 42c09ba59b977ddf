"""Ada's noise is her own: her samples are hidden in her training, or she herself in a masked sum."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy import (
    Budget,
    ClientPrivacy,
    ExamplePrivacy,
    Incompatible,
    PrivacyLedger,
)
from fedsol.learning.privacy.secure_aggregation import channels
from fedsol.membership import Membership
from fedsol.roles import Trainer
from fedsol.roles.private import SumNoise
from tests.stories.cast import STAKE, Town, town
from tests.stories.masked_people import NAMES, Seen, masked_town, training

BUDGET = Budget(epsilon=8.0, delta=1e-5)
EXAMPLES = ExamplePrivacy(clip_norm=1.0, noise_multiplier=1.0)
HIDDEN = ClientPrivacy(clip_norm=0.2, noise_multiplier=0.5)


def ledger_of(hospitals: Town, name: str) -> PrivacyLedger:
    kept = hospitals.people[name].member.journal.recall_ledger()
    assert kept is not None
    return PrivacyLedger.from_json(kept.ledger)


def trained(one: Membership, **changes: Any) -> Membership:
    """The same person, whose training is another in this."""
    return training(one, lambda role: replace(role, training=replace(role.training, **changes)))


async def test_samples_are_hidden_in_training_and_each_round_is_booked_once(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada", privacy=EXAMPLES, budget=BUDGET)
        await hospitals.joins("ben")
        for _ in range(2):
            assert (await hospitals.round()).accepted == 2
        ada = hospitals.people["ada"].roles[0]
        assert isinstance(ada, Trainer)
        one = EXAMPLES.release(len(ada.training.data))
        assert ledger_of(hospitals, "ada").releases == (one.times(2),)
        assert hospitals.people["ben"].member.journal.recall_ledger() is None
        await hospitals.assert_audit()


async def test_a_budget_that_is_spent_ends_the_part_and_costs_no_stake(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada", privacy=EXAMPLES, budget=BUDGET)
        for name in ("ben", "cem"):
            await hospitals.joins(name)
        assert (await hospitals.round()).accepted == 3
        spent = ledger_of(hospitals, "ada").epsilon
        less = Budget(epsilon=spent * 1.01, delta=1e-5)
        frugal = trained(hospitals.people["ada"], budget=less)
        assert (await hospitals.round(ada=frugal)).accepted == 2
        assert ledger_of(hospitals, "ada").epsilon == spent
        assert await hospitals.stake_of("ada") == STAKE


async def test_under_masks_everybody_adds_a_part_of_the_noise_and_the_sum_is_exact(
    tmp_path: Path,
) -> None:
    rules = {"privacy": HIDDEN, "budget": Budget(epsilon=100.0, delta=1e-5)}
    async with masked_town(tmp_path) as hospitals:
        seen = Seen(hospitals)
        noisy = {name: trained(one, **rules) for name, one in hospitals.people.items()}
        assert (await hospitals.round(watch=seen, **noisy)).settled
        assert np.array_equal(await hospitals.federation.model(), await seen.mean(*NAMES))
        round_ = await hospitals.people["ada"].member.round(1)
        assert round_ is not None
        noise = SumNoise.of(round_.params, HIDDEN, 62)
        values = np.concatenate([seen.learnt[name] for name in NAMES]).astype(float)
        # The update itself is within the norm: of 248 values nearly all the spread is noise.
        assert 0.8 * noise.deviation < values.std() < 1.3 * noise.deviation
        for name in NAMES:
            assert ledger_of(hospitals, name).releases == (noise.release,)


async def test_a_member_in_the_open_cannot_hide_itself_in_a_sum(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        with pytest.raises(Incompatible, match="every single update is public"):
            await hospitals.joins("ada", privacy=HIDDEN)
        assert hospitals.people == {}


async def test_noise_for_which_the_federation_has_no_room_is_refused(tmp_path: Path) -> None:
    async with masked_town(tmp_path, qmax=2_000) as hospitals:
        with pytest.raises(ConfigError, match="does not fit the federation's qmax"):
            await hospitals.joins("eve", privacy=ClientPrivacy(clip_norm=1.0, noise_multiplier=1.0))


async def test_without_the_extra_nobody_joins_a_masked_federation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with masked_town(tmp_path) as hospitals:
        channels._x25519.cache_clear()
        monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.x25519", None)
        with pytest.raises(ConfigError, match="cryptography is not installed"):
            await hospitals.joins("eve")
        channels._x25519.cache_clear()
        assert "eve" not in hospitals.people
