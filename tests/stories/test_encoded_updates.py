"""Ada encodes her updates, Ben does not: the same rounds, roots and payments, in fewer bytes."""

from pathlib import Path
from typing import Any

import pytest

from fedsol.errors import ConfigError
from fedsol.learning.codecs import TopK, is_encoded
from fedsol.roles import Crank, Trainer
from fedsol.roles.journal import Journal
from fedsol.roles.residuals import Residuals
from tests.stories.cast import POOL, STAKE, Town, town
from tests.stories.jury import Board

CODEC = TopK(0.1)


async def test_encoded_and_plain_updates_make_rounds_together(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        await hospitals.joins("ada", codec=CODEC)
        await hospitals.joins("ben")
        ada, ben = hospitals.people["ada"], hospitals.people["ben"]
        board, residuals = Board(ada.member), []
        for number in (1, 2):
            result = await hospitals.round(watch=board)
            assert (result.settled, result.revealed, result.accepted) == (True, 2, 2)
            data = [await _artifact(hospitals, board.submission(one)) for one in (ada, ben)]
            assert list(map(is_encoded, data)) == [True, False]
            assert len(data[0]) < 40 < 124 < len(data[1])
            held = Residuals(ada.member.journal.folder).newest(number + 1, [])
            assert held is not None
            residuals.append(held.tolist())
        assert residuals[0] != residuals[1]
        assert await hospitals.tokens("ada") == (0, POOL)
        assert await hospitals.stake_of("ada") == STAKE
        await hospitals.assert_audit()


async def test_a_residual_is_given_once_whatever_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the round is remembered, a trainer trains again, on the residual before."""

    def die(*_: Any) -> None:
        raise InterruptedError

    updates = {}
    for fate in ("lives", "dies", "loses its residual"):
        async with town(tmp_path / fate) as hospitals:
            await hospitals.joins("ada", codec=CODEC)
            await hospitals.joins("ben")
            await hospitals.round()
            trainer = await _committing(hospitals)
            now = await trainer.member.snapshot()
            if fate == "loses its residual":
                (trainer.member.journal.folder / "residual-1.counted").unlink()
            if fate == "dies":
                with monkeypatch.context() as patched:
                    patched.setattr(Journal, "remember", die)
                    with pytest.raises(InterruptedError):
                        await trainer.step(now)
            assert await trainer.step(now)
            updates[fate] = trainer.member.journal.update_bytes(2)
    assert updates["dies"] == updates["lives"] != updates["loses its residual"]


async def test_who_plants_cannot_encode(tmp_path: Path) -> None:
    async with town(tmp_path) as hospitals:
        with pytest.raises(ConfigError, match="plants"):
            await hospitals.joins("ada", codec=CODEC, plants=True)


async def _artifact(hospitals: Town, submission: Any) -> bytes:
    return await hospitals.federation.artifacts.get(bytes(submission.artifact))


async def _committing(hospitals: Town) -> Trainer:
    """Ada, in the commit phase of the second round."""
    crank = Crank(hospitals.federation.member(hospitals.creator), opens=True)
    await crank.step(await crank.member.snapshot())
    crank.member.journal.close()
    (trainer,) = [one for one in hospitals.people["ada"].roles if isinstance(one, Trainer)]
    return trainer
