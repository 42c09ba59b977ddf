"""An evaluator: who may be one, what it makes of what it cannot read, and how it shows many scores."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from solders.keypair import Keypair

import fedsol
from fedsol.artifacts import ArtifactStore, artifact_hash, encode_update
from fedsol.chain.building import Draft
from fedsol.chain.records import PACKET_SIZE
from fedsol.errors import ArchitectureMismatch, ArtifactError, ProgramError
from fedsol.learning.merkle import update_root
from fedsol.learning.update import Update
from fedsol.program import Federation, Participant, Round
from fedsol.program import instructions as ix
from fedsol.reading import scores_of
from fedsol.roles import Evaluator, HeldOut, Trainer
from fedsol.roles import evaluator as module
from fedsol.roles.evaluator import PIECE
from fedsol.roles.memory import RoundMemory
from tests.stories.cast import Town, town
from tests.stories.jury import acting_as, by_ticket, evaluator_of
from tests.stories.mortal import Died, MortalChain
from tests.unit.roles.stage import ALONE, scoring, step, until


async def status(one: Evaluator) -> str:
    """What has become of somebody's evaluation of round 1."""
    found = await one.member.evaluation(1)
    return found[0].status.kind if found is not None else "none"


async def test_it_commits_once_and_shows_once(tmp_path: Path) -> None:
    async with scoring(tmp_path, "ada", "ben") as hospitals:
        ida = evaluator_of(hospitals.people["ida"])
        assert [await step(ida), await step(ida)] == [True, False]
        assert await status(ida) == "Committed"
        await until(hospitals, "ScoreReveal")
        assert [await step(ida), await step(ida)] == [True, False]
        assert await status(ida) == "Revealed"


async def test_stake_that_came_after_the_beacon_does_not_evaluate(tmp_path: Path) -> None:
    async with scoring(tmp_path, "ada", "ben") as hospitals:
        await hospitals.judges("jon")
        jon = evaluator_of(hospitals.people["jon"])
        assert await step(jon) is False
        assert (await status(jon), jon.member.journal.scored_rounds()) == ("none", [])


async def test_who_has_too_little_stake_does_not_evaluate(tmp_path: Path) -> None:
    async with town(tmp_path, **ALONE) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.judges("ida", stake=999)
        await until(hospitals, "Score", "ada", "ben")
        ida = evaluator_of(hospitals.people["ida"])
        assert await step(ida) is False
        assert (await status(ida), ida.member.journal.scored_rounds()) == ("none", [])


async def test_who_did_not_take_the_role_does_not_evaluate(tmp_path: Path) -> None:
    async with scoring(tmp_path, "ada", "ben") as hospitals:
        held_out = evaluator_of(hospitals.people["ida"]).held_out
        ada = Evaluator(hospitals.people["ada"].member, held_out)
        assert await step(ada) is False
        assert (await status(ada), ada.member.journal.scored_rounds()) == ("none", [])


async def test_a_model_of_another_architecture_scores_nothing(tmp_path: Path) -> None:
    async with scoring(tmp_path, "ada", "ben") as hospitals:
        ida = evaluator_of(hospitals.people["ida"])
        other = fedsol.model("mlp", features=30, classes=2, hidden=(4,))
        wrong = replace(ida, held_out=HeldOut(other, ida.held_out.data))
        with pytest.raises(ArchitectureMismatch):
            await step(wrong)
        assert (await status(ida), ida.member.journal.scored_rounds()) == ("none", [])


async def scores_with(hospitals: Town, store: ArtifactStore) -> list[int]:
    """What Ida says of the updates that she finds in a store."""
    ida = evaluator_of(hospitals.people["ida"])
    assert await step(replace(ida, member=replace(ida.member, artifacts=store)))
    memory = ida.member.journal.recall_scores(1)
    assert memory is not None
    return memory.scores


async def copied(hospitals: Town, folder: Path) -> list[Path]:
    """A store of files with the model and every update of round 1; where the updates are."""
    whole, store = hospitals.federation.artifacts, ArtifactStore(str(folder))
    account = await hospitals.federation.account()
    await store.put(await whole.get(bytes(account.model_artifact)))
    listed = await hospitals.people["ida"].member.submissions(1)
    digests = [await store.put(await whole.get(bytes(one.artifact))) for one in listed]
    return [folder / digest.hex()[:2] / digest.hex() for digest in digests]


@pytest.mark.parametrize("how", ["missing", "corrupt"])
async def test_an_update_that_cannot_be_read_scores_nothing(tmp_path: Path, how: str) -> None:
    async with scoring(tmp_path / "state", "ada", "ben") as hospitals:
        first, _ = await copied(hospitals, tmp_path / "store")
        content = first.read_bytes()
        first.unlink()
        if how == "corrupt":
            first.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        scores = await scores_with(hospitals, ArtifactStore(str(tmp_path / "store")))
        assert scores == [0, 10_000]


@dataclass(frozen=True)
class Shortens(Trainer):
    """Publishes one value fewer than the model has: the last chunk is padded, and the root the same."""

    async def _train(self, federation: Federation, round_: Round) -> Update:
        values = (await super()._train(federation, round_)).values.copy()
        values[-1] = 0
        return Update(values, update_root(values))

    async def _prepare(self, federation: Federation, round_: Round, me: Participant) -> RoundMemory:
        memory = await super()._prepare(federation, round_, me)
        values = (await self._train(federation, round_)).values[:-1]
        assert update_root(values).hash.hex() == memory.root
        data = encode_update(np.asarray(values))
        memory = replace(memory, artifact=artifact_hash(data).hex())
        self.member.journal.remember(memory, data)
        return memory


async def test_an_update_of_another_size_scores_nothing_and_stops_nobody(tmp_path: Path) -> None:
    async with town(tmp_path, **ALONE) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        await hospitals.judges("ida")
        hospitals.people["ada"] = acting_as(hospitals.people["ada"], Shortens)
        await until(hospitals, "Score", "ada", "ben")
        assert await scores_with(hospitals, hospitals.federation.artifacts) == [0, 10_000]


async def test_a_store_that_cannot_be_reached_is_nobodys_fault(tmp_path: Path) -> None:
    async with scoring(tmp_path, "ada", "ben") as hospitals:
        ida = evaluator_of(hospitals.people["ida"])
        nowhere = ArtifactStore("http://127.0.0.1:9/store")
        away = replace(ida, member=replace(ida.member, artifacts=nowhere))
        with pytest.raises(ArtifactError) as raised:
            await step(away)
        assert type(raised.value) is ArtifactError
        assert (await status(ida), ida.member.journal.scored_rounds()) == ("none", [])


def test_a_piece_and_its_salt_fit_one_transaction() -> None:
    owner = Keypair().pubkey()
    step = ix.score_reveal(owner, 1, owner, [10_000] * PIECE, salt=bytes(32))
    assert Draft((step,), owner).with_budget(units=1, price=1).size <= PACKET_SIZE


async def test_many_scores_come_in_pieces_and_only_those_that_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE", 2)
    async with scoring(tmp_path, "ada", "ben", "cem", "dan", "eva") as hospitals:
        ida = evaluator_of(hospitals.people["ida"])
        assert await step(ida)
        await until(hospitals, "ScoreReveal")
        chain: Any = MortalChain(ida.member.chain, dies_at=2, how="before", talks=("send",))
        with pytest.raises(Died):
            await step(replace(ida, member=replace(ida.member, chain=chain)))
        memory = ida.member.journal.recall_scores(1)
        assert memory is not None
        assert list(await shown(ida)) == [*memory.scores[:2], 0, 0, 0]
        sent = len(hospitals.sandbox.chain.ledger.history)  # type: ignore[union-attr]
        assert await step(ida)
        assert (list(await shown(ida)), await status(ida)) == (memory.scores, "Revealed")
        assert len(hospitals.sandbox.chain.ledger.history) == sent + 2  # type: ignore[union-attr]


async def shown(one: Evaluator) -> tuple[int, ...]:
    found = await one.member.evaluation(1)
    assert found is not None
    return scores_of(found[1])


async def test_without_its_memory_it_shows_nothing_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scoring(tmp_path, "ada", "ben") as hospitals:
        ida = evaluator_of(hospitals.people["ida"])
        assert await step(ida)
        await until(hospitals, "ScoreReveal")
        ida.member.journal.forget_scores(1)
        assert await step(ida) is False
        assert await status(ida) == "Committed"
        assert "no scores on disk" in caplog.text


async def test_who_lost_a_seat_gets_its_stake_back_while_the_round_goes_on(tmp_path: Path) -> None:
    async with town(tmp_path, **ALONE | {"max_evaluators": 1}) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        for name in ("ida", "jon"):
            await hospitals.judges(name)
        now = await until(hospitals, "Score", "ada", "ben")
        assert now.round is not None
        jury = [evaluator_of(hospitals.people[name]) for name in ("ida", "jon")]
        low, high = by_ticket(jury, now.round)
        assert [await step(high), await step(low)] == [True, True]
        assert [await status(high), await status(low)] == ["Displaced", "Committed"]
        assert [await step(high), await step(high)] == [True, False]
        me = await high.member.me()
        assert me is not None
        assert (await status(high), me.locked, me.duties) == ("none", 0, 0)
        assert await step(low) is False


async def test_the_program_refuses_who_tries_to_sit_on_a_taken_seat(tmp_path: Path) -> None:
    """What ``may_evaluate`` spares an evaluator is the program's rule."""
    async with town(tmp_path, **ALONE | {"max_evaluators": 1}) as hospitals:
        for name in ("ada", "ben"):
            await hospitals.joins(name)
        for name in ("ida", "jon"):
            await hospitals.judges(name)
        now = await until(hospitals, "Score", "ada", "ben")
        assert now.round is not None
        low, high = by_ticket(
            [evaluator_of(hospitals.people[name]) for name in ("ida", "jon")], now.round
        )
        assert await step(low)
        assert await step(high) is False
        blind = ix.score_commit(high.member.federation.address, 1, high.member.owner, bytes(32))
        with pytest.raises(ProgramError, match="EvaluatorsFull"):
            await high.member.send("blind", [blind])
