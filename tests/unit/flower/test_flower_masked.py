"""A masked federation is refused by name, before anybody signs or stakes: a Flower server would see all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from flwr.serverapp.strategy import FedAvg

import fedsol
from fedsol.artifacts import ArtifactStore
from fedsol.errors import ConfigError
from fedsol.flower import found_federation
from fedsol.flower.client import join
from fedsol.flower.notices import Notice
from fedsol.flower.rules import require_settled
from fedsol.flower.server import Server
from fedsol.program.params import Params, masked
from fedsol.roles import Member
from tests.unit.flower.village import STAKE, initial_arrays

REFUSED = "this federation is masked"
PARAMS = Params.local(rule=masked(), min_submissions=3, max_submissions=8)


@asynccontextmanager
async def masked_federation(state: Path) -> AsyncIterator[tuple[fedsol.Federation, Member]]:
    """A masked federation, and somebody with tokens who is not in it."""
    async with fedsol.embedded() as sandbox:
        model = fedsol.model("logreg", features=2, classes=2)
        federation = await fedsol.Federation.on(
            sandbox, name="masked", model=model, params=PARAMS, state=state
        )
        member = federation.member(await sandbox.wallet(stake=STAKE))
        yield federation, member
        member.journal.close()


def test_no_strategy_of_flowers_settles_it() -> None:
    with pytest.raises(ConfigError, match=REFUSED):
        require_settled(FedAvg(), PARAMS.raw())


async def test_a_client_stakes_nothing_in_it(tmp_path: Path) -> None:
    async with masked_federation(tmp_path) as (federation, member):
        notice = Notice("train", str(federation.ref.address), 1, b"any text")
        with pytest.raises(ConfigError, match=REFUSED):
            await join(member, notice, STAKE)
        assert await member.me() is None


async def test_a_server_stakes_nothing_in_it(tmp_path: Path) -> None:
    async with masked_federation(tmp_path) as (_, member):
        with pytest.raises(ConfigError, match=REFUSED):
            await Server(member, []).begin(STAKE)
        assert await member.me() is None


async def test_none_is_founded_for_an_app(tmp_path: Path) -> None:
    async with fedsol.embedded() as sandbox:
        creator = await sandbox.wallet()
        before = await sandbox.chain.balance(creator.pubkey())
        with pytest.raises(ConfigError, match=REFUSED):
            await found_federation(
                sandbox.chain,
                creator,
                initial_arrays(),
                name="masked",
                stake=sandbox.stake,
                reward=sandbox.reward,
                params=PARAMS,
                artifacts=ArtifactStore("memory://flower masked"),
                state=tmp_path,
            )
        assert await sandbox.chain.balance(creator.pubkey()) == before
