"""Whatever is wrong is said before anything is lost."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import fedsol
from fedsol.artifacts import ArtifactStore
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.errors import (
    ArchitectureMismatch,
    ArtifactCorrupt,
    ConfigError,
    InsufficientFunds,
    NotFinite,
    RpcUnreachable,
    WrongCluster,
)
from fedsol.learning import Dataset
from fedsol.program import PROGRAM_ID, errors
from fedsol.program import instructions as ix
from fedsol.program.addresses import token_address
from fedsol.roles import Crank, Trainer, Training
from tests.stories.cast import MODEL, STAKE, Town, shares, town


async def committing(hospitals: Town) -> Trainer:
    """Ada, in the commit phase of the first round."""
    federation = hospitals.federation
    crank = Crank(federation.member(hospitals.creator), opens=True)
    await crank.step(await crank.member.snapshot())
    crank.member.journal.close()
    (trainer,) = [one for one in hospitals.people["ada"].roles if isinstance(one, Trainer)]
    return trainer


async def assert_nothing_committed(trainer: Trainer) -> None:
    me = await trainer.member.me()
    assert me is not None
    assert (me.locked, me.duties, me.stake) == (0, 0, STAKE)
    assert await trainer.member.submission(1, trainer.member.participant) is None


async def test_tokens_of_another_mint_are_refused_by_name(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        ada, sandbox = hospitals.people["ada"].member, hospitals.sandbox
        await sandbox.endow(ada.owner, reward=STAKE)
        wrong = token_address(ada.owner, sandbox.reward)
        with pytest.raises(errors.WrongMint):
            await ada.send("x", [ix.stake_deposit(ada.federation, ada.owner, 1, tokens=wrong)])
        assert await hospitals.tokens("ada") == (0, STAKE)


async def test_a_federation_of_another_cluster_is_refused(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        address = hospitals.federation.ref.address
        account = await hospitals.sandbox.chain.account(address)
        assert account is not None
        elsewhere = EmbeddedLedger(seed=b"elsewhere")
        elsewhere.set_account(
            address, lamports=account.lamports, owner=PROGRAM_ID, data=account.data
        )
        async with Chain.embedded(elsewhere) as chain:
            with pytest.raises(WrongCluster):
                await fedsol.Federation.at(
                    chain, address, artifacts=ArtifactStore("memory://none"), state=tmp_path
                )


async def test_an_address_without_a_federation_is_said(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        with pytest.raises(ConfigError, match="no federation at"):
            await fedsol.Federation.at(
                hospitals.sandbox.chain,
                hospitals.creator.pubkey(),
                artifacts=ArtifactStore("memory://none"),
                state=tmp_path,
            )


async def test_too_few_tokens_are_said_with_both_amounts(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        with pytest.raises(InsufficientFunds, match=r"holds 0 units .* 5 are to be staked"):
            await hospitals.people["ada"].deposit(5)
        assert await hospitals.stake_of("ada") == STAKE


async def test_too_few_lamports_for_the_rent_lose_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        trainer = await committing(hospitals)
        owner, ledger = trainer.member.owner, hospitals.sandbox.chain.ledger
        assert ledger is not None
        poor = 1_000_000
        ledger.set_account(owner, lamports=poor)
        with pytest.raises(InsufficientFunds):
            await trainer.step(await trainer.member.snapshot())
        await assert_nothing_committed(trainer)
        assert await hospitals.sandbox.chain.balance(owner) == poor


async def test_a_model_of_another_architecture_is_not_trained(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        trainer = await committing(hospitals)
        other = fedsol.model("mlp", features=30, classes=2, hidden=(4,))
        wrong = replace(trainer, training=Training(other, shares()[0]))
        with pytest.raises(ArchitectureMismatch):
            await wrong.step(await trainer.member.snapshot())
        await assert_nothing_committed(trainer)


async def test_data_with_nan_is_not_committed(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        trainer = await committing(hospitals)
        clean = shares()[0]
        data = Dataset(np.full_like(clean.x, np.nan), clean.y, clean.classes, clean.name)
        wrong = replace(trainer, training=Training(MODEL, data))
        with pytest.raises(NotFinite):
            await wrong.step(await trainer.member.snapshot())
        await assert_nothing_committed(trainer)


async def test_a_corrupt_model_is_not_trained_from(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada")
        trainer = await committing(hospitals)
        folder = tmp_path / "store"
        store = ArtifactStore(str(folder))
        federation = await hospitals.federation.account()
        good = await hospitals.federation.artifacts.get(bytes(federation.model_artifact))
        await store.put(good)
        (stored,) = [one for one in folder.rglob("*") if one.is_file()]
        stored.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        wrong = replace(trainer, member=replace(trainer.member, artifacts=store))
        with pytest.raises(ArtifactCorrupt):
            await wrong.step(await trainer.member.snapshot())
        await assert_nothing_committed(trainer)


async def test_an_unreachable_endpoint_is_named() -> None:
    with pytest.raises(RpcUnreachable, match=r"127\.0\.0\.1:9") as raised:
        await Chain.connect("http://127.0.0.1:9", rounds=1)
    assert raised.value.hint
